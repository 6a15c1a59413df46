//! Encrypted tokens. Their floor is one operation with the private key, which no API can avoid.

use std::sync::Arc;

use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::{ApiClient, TokenCache};
use auth0_api_testing::EncryptionKey;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tokio::runtime::Runtime;

use super::json::MEMBERS;
use super::must;
use super::tokens::encoded;
use super::world::World;
use crate::Candidate;

/// Returns the floor, a valid token, and what an attacker can send who knows the public key and the `kid`.
pub(super) fn tokens(world: &World) -> Vec<Candidate> {
    let (key, other) = (EncryptionKey::generate(), EncryptionKey::generate());
    let named = |key: &EncryptionKey, kid: &str| must(DecryptionKey::from_pem(&key.private_key_pem())).with_key_id(kid);
    let keys = [named(&other, "old"), named(&key, "new")];
    let sender = Sender {
        // Nothing is remembered, so each token is decrypted.
        api: world.api(|builder| builder.decryption_keys(keys).token_cache(TokenCache::off())),
        runtime: Arc::new(must(tokio::runtime::Builder::new_current_thread().enable_all().build())),
    };
    let encryption = key.encryption().key_id("new");
    let valid = world.mint().encrypt(&encryption).sign();
    let no_kid = world.mint().encrypt(&key.encryption()).sign();
    let long = encryption.encrypt(&format!("a.{}.b", "A".repeat(11_000)));
    let header = |rest: &str| encoded(&format!(r#"{{"alg":"RSA-OAEP-256","enc":"A256GCM"{rest}}}"#));
    // The private operation on a number of zeros is cheap, so only a few octets of the encrypted keys are changed.
    let changed = |token: &str| {
        let key = token.split('.').nth(1).unwrap_or_default();
        with(token, 1, &[key.get(..100).unwrap_or_default(), "AAAA", key.get(104..).unwrap_or_default()].concat())
    };
    let members = header(&MEMBERS[0].of_length(1400));
    vec![
        floor(&key, &valid),
        sender.accepted("a valid token", valid.clone()),
        sender.rejected("a wrong tag", with(&valid, 4, &"A".repeat(22))),
        sender.rejected("a wrong tag, a key for each of two attempts", with(&no_kid, 4, &"A".repeat(22))),
        sender.rejected("a wrong encrypted key", changed(&valid)),
        sender.rejected("a wrong encrypted key, two attempts", changed(&no_kid)),
        sender.rejected("16 KiB of content without a valid JWS", long.clone()),
        sender.rejected("16 KiB with a wrong tag, two attempts", {
            let header = no_kid.split('.').next().unwrap_or_default();
            with(&with(&long, 0, header), 4, &"A".repeat(22))
        }),
        sender.rejected("16 KiB of an encrypted key", with(&valid, 1, &"A".repeat(14_000))),
        sender.rejected("16 KiB of a header", with(&valid, 0, &"A".repeat(14_000))),
        sender.rejected("16 KiB of an IV", with(&valid, 2, &"A".repeat(14_000))),
        sender.rejected("16 KiB of a tag", with(&valid, 4, &"A".repeat(14_000))),
        sender.rejected("a header of many members", with(&valid, 0, &members)),
        sender.rejected("an unknown kid", with(&valid, 0, &header(r#","kid":"unknown""#))),
        sender.rejected("an encrypted key of another length", with(&valid, 1, &"A".repeat(683))),
        sender.rejected("100 parts", "a.".repeat(99) + "a"),
        sender.rejected("100 recipients (JSON)", recipients()),
    ]
}

struct Sender {
    api: ApiClient,
    runtime: Arc<Runtime>,
}

impl Sender {
    fn accepted(&self, name: &'static str, token: String) -> Candidate {
        self.candidate(name, token, true)
    }

    fn rejected(&self, name: &'static str, token: String) -> Candidate {
        self.candidate(name, token, false)
    }

    fn candidate(&self, name: &'static str, token: String, is_accepted: bool) -> Candidate {
        assert!(token.len() <= 16 * 1024, "{name}");
        let (api, runtime) = (self.api.clone(), Arc::clone(&self.runtime));
        Candidate::new(name, move || {
            assert_eq!(runtime.block_on(api.verify_access_token(&token)).is_ok(), is_accepted, "{name}");
        })
    }
}

/// The unwrapping of the content key, with a key that is parsed once.
fn floor(key: &EncryptionKey, token: &str) -> Candidate {
    let pem = key.private_key_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = must(PrivateDecryptingKey::from_pkcs8(&must(STANDARD.decode(body))));
    let key = must(OaepPrivateDecryptingKey::new(key));
    let wrapped = must(URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap_or_default()));
    let mut output = vec![0; key.min_output_size()];
    Candidate::new("RSA-OAEP-256, 2048 bits", move || {
        must(key.decrypt(&OAEP_SHA256_MGF1SHA256, &wrapped, &mut output, None));
    })
}

/// Replaces one part of a token.
fn with(token: &str, part: usize, text: &str) -> String {
    let parts = token.split('.').enumerate().map(|(index, own)| if index == part { text } else { own });
    parts.collect::<Vec<_>>().join(".")
}

fn recipients() -> String {
    let recipient = format!(r#"{{"encrypted_key":"{}"}}"#, "A".repeat(100));
    format!(r#"{{"recipients":[{}]}}"#, vec![recipient; 100].join(","))
}
