//! What a token says it is bound to: `cnf` ([RFC 7800 §3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)).

use super::ConfirmationError;
use crate::base64url;
use crate::jose::{Object, Thumbprint};
use crate::token::ValidClaims;

/// The key that a token is bound to; `None` for a token without `cnf`.
///
/// Every method that we know must be proven: a `cnf` of methods that we do not know, or that makes no sense, is a lock that
/// nobody checks, and refuses. Unknown members beside a proven one are fine.
pub(super) fn bound_key(claims: &ValidClaims) -> Result<Option<Thumbprint>, ConfirmationError> {
    let Some(text) = claims.confirmation() else { return Ok(None) };
    let members = Object::read(text).map_err(|_| ConfirmationError::Malformed)?;
    // RFC 8705 §3.1: nothing here proves possession of a certificate yet.
    if members.contains("x5t#S256") {
        return Err(ConfirmationError::Certificate);
    }
    // RFC 9449 §6.1.
    let jkt = members.string("jkt").map_err(|_| ConfirmationError::Malformed)?;
    thumbprint(&jkt.ok_or(ConfirmationError::Unknown)?).map(Some)
}

/// One spelling per thumbprint: 43 characters of base64url, no padding, no spare bits.
fn thumbprint(text: &str) -> Result<Thumbprint, ConfirmationError> {
    let mut digest = [0; 32];
    base64url::decode_exactly(text, &mut digest).ok_or(ConfirmationError::Malformed)?;
    Ok(Thumbprint::from_bytes(digest))
}
