//! Checks that every rejection of a fuzzed request must pass.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher as _};

use auth0_api_core::issuer::IssuerError;
use auth0_api_core::token::TokenError;
use auth0_api_core::{ApiClient, Error, Reason};

use crate::json::Json;

/// Checks that the rejection has the status of a client error, legal headers and a well-formed JSON body, and that it
/// repeats no text that the client presented.
pub fn check(api: &ApiClient, error: &Error, presented: &[&[u8]]) {
    let rejection = api.reject(error);
    // Tokens with unknown keys use up the permitted fetches, because the clock of the targets stands still. Such an error
    // names the issuer, which is trusted.
    if matches!(error.reason(), Reason::Issuer(IssuerError::KeyNotLookedFor(_))) {
        assert_eq!((rejection.status(), rejection.challenges().len()), (503, 0), "{error:?}");
        return;
    }
    // The tenant and the replay store are available, so no other server error can happen.
    assert!(matches!(rejection.status(), 400 | 401), "{error:?}");
    assert!(!rejection.challenges().is_empty(), "{error:?}");
    for (name, value) in rejection.headers() {
        assert!(value.bytes().all(|octet| matches!(octet, b' '..=b'~')), "{name}: {value}");
        if name == "www-authenticate" {
            check_challenge(&value);
            assert_no_echo(&value, presented, 8);
        }
    }
    let body = rejection.body();
    let Some(Json::Object(members)) = Json::read(body.as_bytes()) else { panic!("no object: {body}") };
    let [(code, Json::Text(_)), (description, Json::Text(_))] = members.as_slice() else { panic!("members: {body}") };
    assert_eq!((code.as_str(), description.as_str()), ("error", "error_description"));
    assert_no_echo(&body, presented, 8);
    // The texts for operators contain more details, but must not repeat the input either, except the audiences.
    assert_no_echo(&without_audiences(error), presented, 16);
}

/// The texts for operators. They name the audiences of a token with a valid signature, which the tenant has chosen.
fn without_audiences(error: &Error) -> String {
    let text = format!("{error} {error:?}");
    match error.reason() {
        Reason::Token(TokenError::Audience { found, .. }) => {
            text.replace(&**found, "").replace(&format!("{found:?}"), "")
        }
        _ => text,
    }
}

/// Checks the form `Scheme name="value", …`, where no value needs escaping (RFC 6750 §3).
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

/// Checks that the texts of an error repeat nothing of an answer, except a code that is short and printable.
pub fn assert_shows_only_code(error: &(impl std::error::Error + ?Sized), code: &str, answer: &[u8]) {
    assert!(code.len() <= 64 && code.bytes().all(|octet| matches!(octet, b' '..=b'~')), "{code:?}");
    let text = format!("{error} {error:?}");
    let without_code = if code.is_empty() { text } else { text.replace(code, "").replace(&format!("{code:?}"), "") };
    assert_no_echo(&without_code, &[answer], 16);
}

/// Checks that `answer` contains no sequence of `length` bytes of what was presented.
///
/// An input can contain words of the fixed texts by chance. So only sequences with a digit or a non-ASCII byte are
/// compared.
pub fn assert_no_echo(answer: &str, presented: &[&[u8]], length: usize) {
    let answer = answer.replace(ALGORITHMS, "");
    if !answer.bytes().any(is_distinctive) {
        return;
    }
    // Compares digests. The fuzzer observes direct comparisons, and would copy the fixed texts into its inputs.
    let distinctive = answer.as_bytes().windows(length).filter(|piece| piece.iter().copied().any(is_distinctive));
    let answered: BTreeSet<_> = distinctive.map(digest).collect();
    let mut pieces = presented.iter().flat_map(|text| text.windows(length));
    let echoed = pieces.find(|piece| answered.contains(&digest(piece))).map(String::from_utf8_lossy);
    assert!(echoed.is_none(), "{answer} repeats {echoed:?} of the input");
}

fn is_distinctive(octet: u8) -> bool {
    octet.is_ascii_digit() || !octet.is_ascii()
}

fn digest(piece: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(piece);
    hasher.finish()
}

/// This text is part of most challenges, so its repetition is not an echo of the input.
const ALGORITHMS: &str = r#"algs="ES256""#;
