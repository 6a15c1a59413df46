//! Hints about encrypted tokens.

use super::{Advice, advise, nothing};
use crate::decryption::DecryptionError;
use crate::jose::JweError;

pub(super) fn advice(error: &DecryptionError) -> Advice {
    match error {
        DecryptionError::Busy { .. } => advise(
            "more encrypted tokens arrive than this machine decrypts: remember verified tokens with token_cache(), add \
             replicas, or raise decryptions_at_once(); during an attack, limit the requests of each client at the proxy",
        ),
        DecryptionError::Token(error) => of_token(*error),
    }
}

fn of_token(error: JweError) -> Advice {
    match error {
        JweError::Algorithm => advise(
            "the token is encrypted for the tenant itself if its alg is dir: let the client request this API's identifier \
             as audience; otherwise set RSA-OAEP-256, RSA-OAEP-384 or RSA-OAEP-512 in the API's token encryption",
        ),
        JweError::Content | JweError::ContentType => advise(
            "the encrypted text is not a signed JWT: somebody other than the tenant encrypted it, or the API's token \
             encryption has another format than compact-nested-jwe",
        ),
        JweError::Decryption => advise(
            "none of decryption_keys() decrypts the token: compare the key with the public key in the API's token \
             encryption, and keep the old key until its tokens have expired",
        ),
        JweError::Extension | JweError::Header(_) | JweError::HeaderMember { .. } | JweError::Part { .. } => {
            nothing("no Auth0 tenant writes such a token, so no setting causes it")
        }
        JweError::KeyUnknown => advise(
            "no key of decryption_keys() has the kid of the token: give each key the kid that it has in the API's token \
             encryption, with with_key_id() for a PEM file",
        ),
    }
}
