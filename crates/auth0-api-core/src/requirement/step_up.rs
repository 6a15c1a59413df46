//! How and when the user has logged in ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).

use std::time::Duration;

use crate::token::VerifiedToken;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum StepUp {
    /// Any of them, the preferred one first.
    Acr(Vec<Box<str>>),
    MaxAge(Duration),
}

impl StepUp {
    pub(super) fn is_met_by(&self, token: &VerifiedToken) -> bool {
        match self {
            Self::Acr(values) => token.acr().is_some_and(|acr| values.iter().any(|value| **value == *acr)),
            Self::MaxAge(limit) => token.authenticated_at().is_some_and(|at| {
                // A login that lies ahead is one of just now, by an issuer whose clock is a little fast.
                token.verified_at().duration_since(at).unwrap_or_default() <= *limit
            }),
        }
    }
}
