//! What holds for every answer to a request that a stranger has written.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher as _};

use auth0_api_core::{ApiClient, Error};

use crate::json::Json;

/// The caller is told that it is wrong, in legal headers and well-formed JSON, and nothing of what it sent is repeated.
pub fn check(api: &ApiClient, error: &Error, presented: &[&[u8]]) {
    let rejection = api.reject(error);
    // The tenant answers and the store is empty, so that nothing can be our own fault.
    assert!(matches!(rejection.status(), 400 | 401), "{error:?}");
    assert!(!rejection.challenges().is_empty(), "{error:?}");
    for (name, value) in rejection.headers() {
        assert!(value.bytes().all(|octet| matches!(octet, b' '..=b'~')), "{name}: {value}");
        if name == "www-authenticate" {
            check_challenge(&value);
            reject_echo(&value, presented, 8);
        }
    }
    let body = rejection.body();
    let Some(Json::Object(members)) = Json::read(body.as_bytes()) else { panic!("no object: {body}") };
    let [(code, Json::Text(_)), (description, Json::Text(_))] = members.as_slice() else { panic!("members: {body}") };
    assert_eq!((code.as_str(), description.as_str()), ("error", "error_description"));
    reject_echo(&body, presented, 8);
    // For operators there is more to say, but no secret either.
    reject_echo(&format!("{error} {error:?}"), presented, 16);
}

/// `Scheme name="value", …`, where no value needs escaping (RFC 6750 §3).
fn check_challenge(challenge: &str) {
    let (scheme, parameters) = challenge.split_once(' ').expect("a scheme and parameters");
    assert!(matches!(scheme, "Bearer" | "DPoP"), "{challenge}");
    let parameters = parameters.strip_suffix('"').expect("a quote at the end");
    for parameter in parameters.split("\", ") {
        let (name, value) = parameter.split_once("=\"").expect("a name and a value");
        assert!(name.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_'), "{challenge}");
        assert!(!value.contains(['"', '\\']), "{challenge}");
    }
}

/// No `length` bytes in a row of what was presented stand in `answer`.
///
/// An input can hold words of ours by chance: only a piece with a digit, or with what is no ASCII, tells.
fn reject_echo(answer: &str, presented: &[&[u8]], length: usize) {
    let answer = answer.replace(ALGORITHMS, "");
    if !answer.bytes().any(tells) {
        return;
    }
    // Digests, because the fuzzer watches comparisons: of the texts themselves it would learn to write like us.
    let telling = answer.as_bytes().windows(length).filter(|piece| piece.iter().copied().any(tells));
    let answered: BTreeSet<_> = telling.map(digest).collect();
    let mut pieces = presented.iter().flat_map(|text| text.windows(length));
    let echoed = pieces.find(|piece| answered.contains(&digest(piece))).map(String::from_utf8_lossy);
    assert!(echoed.is_none(), "{echoed:?} of the input stands in {answer}");
}

fn tells(octet: u8) -> bool {
    octet.is_ascii_digit() || !octet.is_ascii()
}

fn digest(piece: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(piece);
    hasher.finish()
}

/// In most challenges, and in the documentation of every client.
const ALGORITHMS: &str = r#"algs="ES256""#;
