//! Whether a token is bound to the key of the proof, as far as the token says it.

use auth0_api_core::jose::Thumbprint;

use crate::check::Unverified;

/// Says what an API objects to; `None` if the token is bound to the key, or if it cannot be decoded.
pub(super) fn objection(token: &str, key: &Thumbprint) -> Option<String> {
    let token = Unverified::decode(token).filter(|token| !token.is_encrypted)?;
    match token.confirmation("jkt") {
        Some(bound) if bound == key.to_string() => None,
        Some(bound) => Some(format!(
            "the token is bound to another key: its cnf.jkt is {bound}, and the thumbprint of this key is {key}. An API \
             rejects the request"
        )),
        None => Some(
            "the token is bound to no key, so an API rejects it with a proof. Request the token with a proof of this key: \
             auth0-api proof POST https://TENANT/oauth/token --without-token"
                .to_owned(),
        ),
    }
}
