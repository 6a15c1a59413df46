//! The API decrypts a token only if its header is one of those that the API accepts. An independent JSON parser reads
//! the same header. Whatever the content is, the API accepts only a signed token.
//!
//! Input: a line with the header, then the content, both as text. The API has the private key. The input is also read as
//! a whole encrypted text, of which the placeholder `$KEY` is a well-formed encrypted key.
#![no_main]

use std::sync::LazyLock;

use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::{ApiClient, VerifiedToken};
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::{Sealer, Tenant, client, rejection, replaced, run, split_line, token};

static CLIENT: LazyLock<ApiClient> = LazyLock::new(|| {
    let key = DecryptionKey::from_pem(Sealer::private_key()).expect("a key").with_key_id("k1");
    client(Tenant::default()).decryption_keys([key]).build().expect("a client")
});

libfuzzer_sys::fuzz_target!(
    init: assert!(is_accepted(GOOD)),
    |data: &[u8]| {
        is_accepted(data);
        let text = replaced(data, "$KEY", &Sealer::encrypted_key());
        if let Ok(text) = str::from_utf8(&text) {
            assert!(verify(text, data).is_none(), "an encrypted text whose tag nobody has computed");
        }
    }
);

/// Returns whether the API accepts a token with this header and this content. The placeholder `$TOKEN` in the content is
/// a valid token.
fn is_accepted(data: &[u8]) -> bool {
    let (header, content) = split_line(data);
    let content = replaced(content, "$TOKEN", token());
    let sealed = Sealer::seal(header, &content);
    let verified = verify(&sealed, data);
    let expected = is_supported(header);
    if let Some(token) = &verified {
        assert!(expected, "the API accepts a header that the oracle rejects");
        assert_eq!(token.access_token().expose(), sealed);
    }
    // Only the signed token itself can be accepted.
    assert!(verified.is_none() || content == token().as_bytes());
    let may_be_rejected = !expected || !is_flat(header) || content != token().as_bytes() || sealed.len() > LONGEST;
    assert!(verified.is_some() || may_be_rejected);
    verified.is_some()
}

fn verify(token: &str, data: &[u8]) -> Option<VerifiedToken> {
    let verified = run(CLIENT.verify_access_token(token));
    verified.map_err(|error| rejection::check(&CLIENT, &error, &[data, token.as_bytes()])).ok()
}

/// Whether a header is that of a token that the API decrypts. The sealer encrypts by RSA-OAEP-256 only.
fn is_supported(header: &[u8]) -> bool {
    let Some(json) = Json::read(header) else { return false };
    let text = |name: &str, values: &[&str]| json.text(name).is_some_and(|text| values.contains(&text));
    let is_content_type = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["jwt", "at+jwt"].contains(&text.strip_prefix("application/").unwrap_or(&text))
    };
    header.len() <= LONGEST_HEADER
        && matches!(json, Json::Object(_))
        && json.has_distinct_members()
        && text("alg", &["RSA-OAEP-256"])
        && text("enc", &["A256GCM"])
        && (json.get("kid").is_none() || text("kid", &["k1"]))
        && (json.get("cty").is_none() || json.text("cty").is_some_and(is_content_type))
        && ["crit", "zip"].iter().all(|name| json.get(name).is_none())
}

/// Whether a header has neither nested values nor escapes, of which core rejects some that the oracle accepts, such as
/// 33 levels.
fn is_flat(header: &[u8]) -> bool {
    let count = |octet: u8| header.iter().filter(|other| **other == octet).count();
    count(b'{') == 1 && count(b'[') == 0 && count(b'\\') == 0 && !header.windows(6).any(|part| part == b"$serde")
}

/// In octets: 2048 characters of base64url.
const LONGEST_HEADER: usize = 1536;
const LONGEST: usize = 16 * 1024;
const GOOD: &[u8] = include_bytes!("../seeds/jwe/nested");
