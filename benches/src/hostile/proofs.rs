//! Proofs, and the request targets that they are compared with. The caller has a bound token of its own, which the API
//! remembers.

use auth0_api_core::ApiClient;
use auth0_api_testing::DpopClient;

use super::json::{MEMBERS, VALUES};
use super::tokens::{encoded, octets_of};
use super::world::{World, request};
use crate::Candidate;

pub(super) fn proofs(world: &World) -> Vec<Candidate> {
    let caller = Caller::new(world);
    let jwk = caller.key.public_jwk().to_string();
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{jwk}}}"#);
    let room = octets_of(LONGEST - header.len() * 4 / 3 - SIGNATURE - 4);
    let claims = |text: String| compact(&header, &text);
    let mut all: Vec<(&'static str, String)> = Vec::new();
    for value in VALUES {
        let text = format!(r#"{{"jti":"a","htm":"GET","htu":"{URL}","iat":0,"x":{}}}"#, value.of_length(room - 90));
        all.push((value.name, claims(text)));
    }
    for members in MEMBERS {
        let text = format!(r#"{{"jti":"a","htm":"GET","htu":"{URL}","iat":0{}}}"#, members.of_length(room - 90));
        all.push((members.name, claims(text)));
    }
    let htu = |unit: &str| {
        let long = unit.repeat((room - 120) / unit.len());
        claims(format!(r#"{{"jti":"a","htm":"GET","iat":1700000000,"htu":"https://api.example.com{long}"}}"#))
    };
    let in_key = |rest: String| {
        let key = jwk.strip_suffix('}').unwrap_or_default();
        compact(&format!(r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{key}{rest}}}}}"#), "{}")
    };
    all.extend([
        ("a key of many members", in_key(MEMBERS[0].of_length(room - 40))),
        ("a key with a member of escapes", in_key(format!(r#","x5c":"{}""#, "\\u0041".repeat((room - 60) / 6)))),
        ("dot segments in htu", htu("/..")),
        ("segments and dot segments in htu", htu("/a/..")),
        ("triplets in htu", htu("%41")),
        ("reserved triplets in htu", htu("%2f")),
        ("escapes in htu", htu("\\u002f")),
        ("a host of letters in htu", htu("a")),
        ("commas", ",".repeat(LONGEST)),
        ("dots", ".".repeat(LONGEST)),
    ]);
    all.into_iter().map(|(name, proof)| caller.sends(name, "/".to_owned(), proof)).collect()
}

pub(super) fn targets(world: &World) -> Vec<Candidate> {
    let caller = Caller::new(world);
    // The target is read before the proof, which is malformed.
    let of_length = |name, before: &str, unit: &str, length: usize| {
        caller.sends(name, format!("{before}{}", unit.repeat((length - before.len()) / unit.len())), "a".to_owned())
    };
    let target = |name, before, unit| of_length(name, before, unit, LONGEST_TARGET);
    vec![
        target("letters", "/", "a"),
        target("slashes", "", "/"),
        target("triplets of letters", "/", "%41"),
        target("reserved triplets", "/", "%2f"),
        target("encoded dots", "/", "/%2e%2ea"),
        target("three dots", "", "/..."),
        target("segments of one letter", "/", "a/"),
        target("a triplet before slashes", "/%2f", "/"),
        target("a triplet before segments of one letter", "/%2f", "/a"),
        target("another origin", "http://other.example/", "a"),
        target("a long host", "http://", "a"),
        target("a long port", "http://api.example.com:", "0"),
        target("colons and slashes", "x", "://"),
        of_length("a query of 60 KiB", "/?", "a", LONGEST_LINE),
        of_length("a path of 60 KiB", "/", "a", LONGEST_LINE),
    ]
}

/// A caller with a token of its own.
struct Caller {
    api: ApiClient,
    key: DpopClient,
    token: String,
}

impl Caller {
    fn new(world: &World) -> Self {
        let key = world.tenant.dpop_client();
        let token = world.mint().bound_to(&key).sign();
        Self { api: world.api(|builder| builder.own_hosts(["api.example.com"])), key, token }
    }

    fn sends(&self, name: &'static str, target: String, proof: String) -> Candidate {
        let headers = vec![("authorization", format!("DPoP {}", self.token)), ("dpop", proof)];
        request(name, &self.api, target, headers)
    }
}

fn compact(header: &str, claims: &str) -> String {
    format!("{}.{}.{}", encoded(header), encoded(claims), "A".repeat(SIGNATURE))
}

const URL: &str = "http://api.example.com/other";
/// The longest proof that is parsed.
const LONGEST: usize = 8 * 1024;
/// The length of the base64url of an ES256 signature.
const SIGNATURE: usize = 86;
/// The longest target that is parsed, without its query.
const LONGEST_TARGET: usize = 8 * 1024;
/// As long as the longest target that hyper reads.
const LONGEST_LINE: usize = 60 * 1024;
