//! Whether tokens are encrypted.

use auth0_api_management::{ResourceServer, TokenEncryption};

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::printable::printable;

pub(super) fn compare(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    match (record.token_encryption(), subject.environment.api.has("decryption_key")) {
        (Some(encryption), true) => unsupported(encryption),
        (Some(_), false) => Some(
            Finding::problem(
                "decryption_key_missing",
                "the tenant encrypts the tokens (token_encryption), and the API has no key: every token is rejected",
            )
            .api("AUTH0_DECRYPTION_KEY_FILE names a file with the private key, or decryption_keys()")
            .tenant("switch off Encrypt Signed Access Tokens in the settings of the API (token_encryption null)"),
        ),
        (None, true) => Some(
            Finding::warning(
                "tokens_not_encrypted",
                "the API has a decryption key, and the tenant does not encrypt the tokens",
            )
            .api(format!("unset {}", subject.environment.api.variable("decryption_key")))
            .tenant("switch on Encrypt Signed Access Tokens in the settings of the API (token_encryption)"),
        ),
        (None, false) => None,
    }
}

fn unsupported(encryption: &TokenEncryption) -> Option<Finding> {
    let algorithm = encryption.algorithm().unwrap_or("RSA-OAEP-256");
    let is_known = encryption.format() == "compact-nested-jwe" && ALGORITHMS.contains(&algorithm);
    (!is_known).then(|| {
        let text = format!("the API cannot decrypt {} with {}", printable(encryption.format()), printable(algorithm));
        let mend = "token_encryption.format compact-nested-jwe, and encryption_key.alg RSA-OAEP-256";
        Finding::problem("encryption_unsupported", text).tenant(mend)
    })
}

const ALGORITHMS: [&str; 3] = ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"];
