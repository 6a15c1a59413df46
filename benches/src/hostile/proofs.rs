//! Proofs, and the request targets that they are compared with. The caller has a bound token of its own, which the API
//! remembers.

use auth0_api_core::{ApiClient, ApiClientBuilder, TrustedProxies};
use auth0_api_testing::DpopClient;

use super::json::{MEMBERS, VALUES};
use super::must;
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

/// Forwarding headers from a trusted peer. Their addresses are those of trusted proxies, so the API reads on.
pub(super) fn forwarded(world: &World) -> Vec<Candidate> {
    let networks = must(TrustedProxies::networks(["10.0.0.0/8", "192.168.0.0/16", "127.0.0.1", "::1"]));
    let caller = Caller::of(world, |builder| builder.trusted_proxies(networks));
    let input = |name, header: &'static str, entry: &str, separator: &str| {
        let times = LONGEST_HEADER / (entry.len() + separator.len());
        let value = vec![entry; times].join(separator);
        caller.sends_with(name, vec![("x-forwarded-proto", "http".to_owned()), (header, value)])
    };
    // Each header has one long entry.
    let all = [
        ("forwarded", "a=a;", "proto=http;host=api.example.com"),
        ("x-forwarded-proto", " ", "http"),
        ("x-forwarded-host", " ", "api.example.com"),
        ("x-forwarded-for", " ", "192.0.2.1"),
        ("x-forwarded-prefix", "/a", ""),
    ];
    let all = all.map(|(header, unit, last)| (header, unit.repeat((LONGEST_HEADER - last.len()) / unit.len()) + last));
    vec![
        input("commas", "x-forwarded-host", "", ","),
        input("long addresses", "x-forwarded-for", "10.255.255.255", ","),
        input("short addresses", "x-forwarded-for", "::1", ","),
        input("addresses with ports", "x-forwarded-for", "[::1]:1", ","),
        input("entries of Forwarded", "forwarded", "for=\"[::1]\"", ","),
        input("parameters of Forwarded", "forwarded", "a=a", ";"),
        caller.sends_with("all five headers", all.into()),
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
        Self::of(world, |builder| builder)
    }

    fn of(world: &World, configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        let key = world.tenant.dpop_client();
        let token = world.mint().bound_to(&key).sign();
        Self { api: world.api(|builder| configure(builder.own_hosts(["api.example.com"]))), key, token }
    }

    fn sends(&self, name: &'static str, target: String, proof: String) -> Candidate {
        let headers = vec![("authorization", format!("DPoP {}", self.token)), ("dpop", proof)];
        request(name, &self.api, target, headers)
    }

    /// Sends these headers with a malformed proof. They are read first.
    fn sends_with(&self, name: &'static str, mut headers: Vec<(&'static str, String)>) -> Candidate {
        headers.extend([("authorization", format!("DPoP {}", self.token)), ("dpop", "a".to_owned())]);
        request(name, &self.api, "/".to_owned(), headers)
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
/// The longest forwarding header that is read.
const LONGEST_HEADER: usize = 8 * 1024;
/// As long as the longest target that hyper reads.
const LONGEST_LINE: usize = 60 * 1024;
