//! Reads the `cnf` claim: what a token is bound to
//! ([RFC 7800 §3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)).

use super::ConfirmationError;
use crate::base64url;
use crate::certificate::CertificateThumbprint;
use crate::jose::{Object, Thumbprint};
use crate::token::ValidClaims;

/// What a token is bound to: a key, a certificate, both, or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Confirmation {
    pub(super) key: Option<Thumbprint>,
    pub(super) certificate: Option<CertificateThumbprint>,
}

/// Reads what a token is bound to.
///
/// The client must prove each known member of `cnf`. A `cnf` without a known member, or with a malformed one, is an
/// error: a binding that this crate cannot check counts as not satisfied. Unknown members beside a known one are
/// ignored.
pub(super) fn read(claims: &ValidClaims) -> Result<Confirmation, ConfirmationError> {
    let Some(text) = claims.confirmation() else { return Ok(Confirmation::default()) };
    let members = Object::read(text).map_err(|_| ConfirmationError::Malformed)?;
    // RFC 9449 §6.1: the thumbprint of a DPoP key.
    let key = digest(&members, "jkt")?.map(Thumbprint::from_bytes);
    // RFC 8705 §3.1: the thumbprint of a client certificate.
    let certificate = digest(&members, "x5t#S256")?.map(CertificateThumbprint::from_bytes);
    if key.is_none() && certificate.is_none() {
        return Err(ConfirmationError::Unknown);
    }
    Ok(Confirmation { key, certificate })
}

/// Decodes a thumbprint. Only one spelling is accepted: 43 characters of base64url without padding, whose unused bits
/// are zero.
fn digest(members: &Object<&str>, name: &str) -> Result<Option<[u8; 32]>, ConfirmationError> {
    let Some(text) = members.string(name).map_err(|_| ConfirmationError::Malformed)? else { return Ok(None) };
    let mut digest = [0; 32];
    base64url::decode_exactly(&text, &mut digest).ok_or(ConfirmationError::Malformed)?;
    Ok(Some(digest))
}
