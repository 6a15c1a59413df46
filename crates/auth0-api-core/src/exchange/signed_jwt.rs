//! JWTs that this client signs: client assertions, the subjects of privileged workers, and proofs.

use secrecy::zeroize::Zeroizing;
use serde::Serialize;

use crate::jose::{PrivateKey, PrivateKeyError};

/// The header of a JWT whose key the tenant knows.
#[derive(Serialize)]
struct Header<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'static str>,
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

/// Signs a JWT for the tenant, which finds the key by its `kid`, or else tries the keys of the client.
pub(super) fn sign(
    key: &PrivateKey,
    typ: Option<&'static str>,
    claims: &impl Serialize,
) -> Result<Zeroizing<String>, PrivateKeyError> {
    let header = Header { typ, alg: key.algorithm().name(), kid: key.key_id() };
    sign_with_header(key, &header, claims).map(Zeroizing::new)
}

pub(super) fn sign_with_header(
    key: &PrivateKey,
    header: &impl Serialize,
    claims: &impl Serialize,
) -> Result<String, PrivateKeyError> {
    let json = |text: serde_json::Result<String>| text.map_err(|_| PrivateKeyError::Signing);
    key.sign(&json(serde_json::to_string(header))?, &json(serde_json::to_string(claims))?)
}
