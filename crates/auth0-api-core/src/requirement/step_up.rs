//! How and when the user has logged in ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).

use std::time::Duration;

use super::Requirement;
use super::part::Part;
use super::texts::words;
use crate::token::VerifiedToken;

/// Logins.
impl Requirement {
    /// Asks for a way of logging in: the `acr` claim ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
    #[must_use]
    pub fn acr(value: impl AsRef<str>) -> Self {
        Self::any_acr([value])
    }

    /// Asks for one of several ways of logging in, the preferred one first.
    #[must_use]
    pub fn any_acr<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::of(Part::StepUp(StepUp::Acr(words(values))))
    }

    /// Asks for a login that is at most so long ago: the `auth_time` claim, compared with [`VerifiedToken::verified_at`]
    /// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3), `max_age`). Callers are told whole seconds.
    #[must_use]
    pub fn authenticated_within(max_age: Duration) -> Self {
        Self::of(Part::StepUp(StepUp::MaxAge(max_age)))
    }
}

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
