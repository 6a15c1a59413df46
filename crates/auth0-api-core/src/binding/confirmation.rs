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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::*;

    /// RFC 9449 §6.1, figure 9; RFC 8705 appendix A.
    const JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    const X5T: &str = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";

    fn confirmed(json: &str) -> Result<(Option<String>, Option<String>), ConfirmationError> {
        let claims = ValidClaims::unchecked(Object::parse(json.into()).unwrap(), UNIX_EPOCH);
        let Confirmation { key, certificate } = read(&claims)?;
        Ok((key.map(|key| key.to_string()), certificate.map(|certificate| certificate.to_string())))
    }

    #[test]
    fn a_token_is_bound_to_what_its_known_members_name() {
        for (json, key, certificate) in [
            (r#"{"sub":"a"}"#.to_owned(), None, None),
            (format!(r#"{{"cnf":{{"jkt":"{JKT}"}}}}"#), Some(JKT), None),
            (format!(r#"{{"cnf":{{"x5t#S256":"{X5T}"}}}}"#), None, Some(X5T)),
            (format!(r#"{{"cnf":{{"x5t#S256":"{X5T}","jkt":"{JKT}"}}}}"#), Some(JKT), Some(X5T)),
            (format!(r#"{{"cnf":{{"kid":"a","jkt":"{JKT}"}}}}"#), Some(JKT), None),
        ] {
            let expected = (key.map(str::to_owned), certificate.map(str::to_owned));
            assert_eq!(confirmed(&json), Ok(expected), "{json}");
        }
    }

    #[test]
    fn a_confirmation_that_cannot_be_checked_is_rejected() {
        for (cnf, error) in [
            ("{}".to_owned(), ConfirmationError::Unknown),
            (r#"{"kid":"a"}"#.to_owned(), ConfirmationError::Unknown),
            (r#"{"JKT":"a"}"#.to_owned(), ConfirmationError::Unknown),
            ("null".to_owned(), ConfirmationError::Malformed),
            ("[]".to_owned(), ConfirmationError::Malformed),
            (format!(r#""{JKT}""#), ConfirmationError::Malformed),
            (r#"{"jkt":5}"#.to_owned(), ConfirmationError::Malformed),
            (r#"{"jkt":""}"#.to_owned(), ConfirmationError::Malformed),
            (format!(r#"{{"jkt":"{JKT}A"}}"#), ConfirmationError::Malformed),
            (format!(r#"{{"jkt":"{JKT}="}}"#), ConfirmationError::Malformed),
            // The last two bits of the last character are not zero.
            (format!(r#"{{"jkt":"{}"}}"#, JKT.replace("4I", "4J")), ConfirmationError::Malformed),
            (format!(r#"{{"jkt":"{JKT}","x5t#S256":"a"}}"#), ConfirmationError::Malformed),
        ] {
            assert_eq!(confirmed(&format!(r#"{{"cnf":{cnf}}}"#)), Err(error), "{cnf}");
        }
    }
}
