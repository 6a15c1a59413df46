//! What a response says about the token and the proof.

use auth0_api_core::Scheme;
use http::{HeaderMap, StatusCode};

use crate::challenge::Demand;

/// What a response says about the token and the proof.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// They are accepted.
    Accepted,
    /// They are accepted, and the caller may not do this.
    Denied { scope: Option<Box<str>>, step_up: bool },
    /// The token is not valid any more, or the 401 gives no reason: the code is only recommended
    /// ([RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)), and many APIs write none.
    InvalidToken,
    /// A 401 for another reason.
    Rejected,
    /// The proof needs the nonce of this response ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)).
    UseNonce,
}

impl Verdict {
    pub(crate) fn of(status: StatusCode, headers: &HeaderMap, used: Scheme) -> Self {
        match status {
            StatusCode::FORBIDDEN => Self::Denied { scope: Demand::read(headers, used).scope, step_up: false },
            StatusCode::UNAUTHORIZED => {
                let Demand { error, scope } = Demand::read(headers, used);
                match error.as_deref() {
                    Some("insufficient_user_authentication") => Self::Denied { scope, step_up: true },
                    None | Some("invalid_token") => Self::InvalidToken,
                    Some("use_dpop_nonce") if used == Scheme::Dpop => Self::UseNonce,
                    Some(_) => Self::Rejected,
                }
            }
            _ => Self::Accepted,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use http::header::WWW_AUTHENTICATE;

    use super::*;

    #[test]
    fn only_401_and_403_say_something_about_the_token() {
        let denied = |scope: &str, step_up| Verdict::Denied { scope: Some(scope.into()), step_up };
        let nothing = || Verdict::Denied { scope: None, step_up: false };
        for (status, challenge, used, expected) in [
            (200, "Bearer error=\"invalid_token\"", Scheme::Bearer, Verdict::Accepted),
            (302, "", Scheme::Bearer, Verdict::Accepted),
            (400, "DPoP error=\"use_dpop_nonce\"", Scheme::Dpop, Verdict::Accepted),
            (401, "", Scheme::Bearer, Verdict::InvalidToken),
            (401, "Bearer", Scheme::Bearer, Verdict::InvalidToken),
            (401, "Basic realm=\"a\"", Scheme::Bearer, Verdict::InvalidToken),
            (401, "DPoP algs=\"ES256\"", Scheme::Dpop, Verdict::InvalidToken),
            (401, "Bearer error=\"invalid_request\"", Scheme::Bearer, Verdict::Rejected),
            (401, "Bearer error=\"invalid_token\"", Scheme::Bearer, Verdict::InvalidToken),
            (401, "DPoP error=\"use_dpop_nonce\"", Scheme::Dpop, Verdict::UseNonce),
            (401, "DPoP error=\"use_dpop_nonce\"", Scheme::Bearer, Verdict::Rejected),
            (401, "DPoP error=\"invalid_dpop_proof\"", Scheme::Dpop, Verdict::Rejected),
            (401, "Bearer error=\"insufficient_user_authentication\", scope=\"a\"", Scheme::Bearer, denied("a", true)),
            (403, "Bearer error=\"insufficient_scope\", scope=\"a b\"", Scheme::Bearer, denied("a b", false)),
            (403, "", Scheme::Bearer, nothing()),
            (404, "", Scheme::Bearer, Verdict::Accepted),
            (500, "Bearer error=\"invalid_token\"", Scheme::Bearer, Verdict::Accepted),
        ] {
            let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, challenge.parse().unwrap())]);
            let verdict = Verdict::of(StatusCode::from_u16(status).unwrap(), &headers, used);
            assert_eq!(verdict, expected, "{status} {challenge}");
        }
    }
}
