//! The configuration of a server.

use serde_json::{Value, json};

/// The tenant and the keys, as the main process passes them to a server's process.
#[derive(Clone, Debug)]
pub struct Site {
    /// The tenant's address: the issuer without its trailing slash.
    pub domain: String,
    /// The API's identifier.
    pub audience: String,
    /// The public key of the tokens' signatures, for the server that checks only signatures.
    pub signing_key: Value,
    /// The public key of the proofs' signatures, for the server that checks only signatures.
    pub proof_key: Value,
}

impl Site {
    pub(super) fn to_text(&self) -> String {
        let Self { domain, audience, signing_key, proof_key } = self;
        json!({ "domain": domain, "audience": audience, "signing_key": signing_key, "proof_key": proof_key })
            .to_string()
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let site: Value = serde_json::from_str(text).ok()?;
        let text = |name| site.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            domain: text("domain")?,
            audience: text("audience")?,
            signing_key: site.get("signing_key")?.clone(),
            proof_key: site.get("proof_key")?.clone(),
        })
    }
}
