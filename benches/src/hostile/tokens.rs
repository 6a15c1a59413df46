//! Tokens and the header that carries them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::json::{MEMBERS, VALUES};
use super::world::{World, request, token};
use crate::Candidate;

pub(super) fn tokens(world: &World) -> Vec<Candidate> {
    let api = world.api(|builder| builder);
    let claims = |text: String| compact(HEADER, &text);
    let room = octets_of(LONGEST - HEADER.len() * 4 / 3 - SIGNATURE - 4);
    let mut all: Vec<(&'static str, String)> = Vec::new();
    for value in VALUES {
        all.push((value.name, claims(format!(r#"{{"iss":"https://a.example/","x":{}}}"#, value.of_length(room - 40)))));
    }
    for members in MEMBERS {
        all.push((members.name, claims(format!(r#"{{"iss":"https://a.example/"{}}}"#, members.of_length(room - 40)))));
    }
    let header = |rest: &str| compact(&format!("{{{rest}}}"), "{}");
    let escaped = "\\u0041".repeat((room - 60) / 6);
    all.extend([
        ("white space", claims(format!(r#"{{"iss":{}"a"}}"#, " ".repeat(room - 20)))),
        ("an issuer of escapes", claims(format!(r#"{{"iss":"{escaped}"}}"#))),
        ("a long issuer", claims(format!(r#"{{"iss":"https://{}/"}}"#, "a".repeat(room - 30)))),
        ("a key id of escapes", header(&format!(r#""alg":"RS256","kid":"{escaped}""#))),
        ("an algorithm of escapes", header(&format!(r#""alg":"{escaped}""#))),
        ("a header of many members", header(&format!(r#""alg":"RS256"{}"#, MEMBERS[0].of_length(room - 40)))),
        ("dots", ".".repeat(LONGEST)),
        ("no dot", "a".repeat(LONGEST)),
        (
            "a long signature",
            format!("{}.{}.{}", encoded(HEADER), encoded(r#"{"iss":"a"}"#), "A".repeat(LONGEST - 100)),
        ),
        ("a wrong character at the end", format!("{}.{}.a", encoded(HEADER), "A".repeat(LONGEST - 100) + "=")),
    ]);
    let slashes = claims(format!(r#"{{"iss":"https://a.example{}"}}"#, "/".repeat(room - 60)));
    let of_thousand = token("slashes, 1 000 trusted issuers", &world.of_thousand_issuers(), bounded(slashes));
    all.into_iter().map(|(name, text)| token(name, &api, bounded(text))).chain([of_thousand]).collect()
}

pub(super) fn headers(world: &World) -> Vec<Candidate> {
    let api = world.api(|builder| builder);
    let long = 60 * 1024;
    let one = |name, value: String| request(name, &api, "/".to_owned(), vec![("authorization", value)]);
    let repeated = |name, value: &str, times| {
        request(name, &api, "/".to_owned(), vec![("authorization", value.to_owned()); times])
    };
    vec![
        one("spaces before the scheme", format!("{}Bearer a", " ".repeat(long))),
        one("spaces after the scheme", format!("Bearer {}a", " ".repeat(long))),
        one("a long scheme", "a".repeat(long)),
        one("a token of 60 KiB", format!("Bearer {}", "a".repeat(long))),
        one("a token of equals signs", format!("Bearer a{}", "=".repeat(long))),
        one("a wrong character at the end", format!("Bearer {}!", "a".repeat(long))),
        one("no UTF-8 at the end", format!("Bearer {}\u{80}", "é".repeat(long / 2))),
        one("a token of tildes", format!("Bearer {}", "~".repeat(LONGEST))),
        repeated("100 headers", "Bearer a", 100),
        repeated("100 long headers", &format!("Bearer {}", "a".repeat(600)), 100),
    ]
}

fn compact(header: &str, claims: &str) -> String {
    format!("{}.{}.{}", encoded(header), encoded(claims), "A".repeat(SIGNATURE))
}

pub(super) fn encoded(json: &str) -> String {
    URL_SAFE_NO_PAD.encode(json)
}

/// Returns the number of octets that this many characters of base64url carry.
pub(super) fn octets_of(characters: usize) -> usize {
    characters / 4 * 3
}

fn bounded(token: String) -> String {
    assert!((LONGEST - 600..=LONGEST).contains(&token.len()), "{}", token.len());
    token
}

/// The longest token that is parsed.
const LONGEST: usize = 16 * 1024;
/// The length of the base64url of a signature of 2048 bits.
const SIGNATURE: usize = 342;
const HEADER: &str = r#"{"alg":"RS256","kid":"key"}"#;
