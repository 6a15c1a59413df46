//! Requirements on how and when the user logged in ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).

use std::borrow::Cow;
use std::time::Duration;

use super::texts::words;
use crate::token::VerifiedToken;

/// The login that a route requires ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)), for [`Requirement::step_up`](crate::Requirement::step_up).
///
/// See [step-up](crate::guide::authorization#step-up).
///
/// An Action of the tenant cannot write `acr` and `auth_time`, because Auth0 reserves these names. Let the Action write
/// claims with other names, and set the names here:
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::{Requirement, StepUp};
///
/// let login = StepUp::new()
///     .any_acr(["http://schemas.openid.net/pape/policies/2007/06/multi-factor"])
///     .acr_claim("https://example.com/acr")
///     .max_age(Duration::from_secs(300))
///     .auth_time_claim("https://example.com/auth_time");
/// let transfer = Requirement::scope("transfer:money").and(Requirement::step_up(login));
/// # _ = transfer;
/// ```
#[doc(alias = "mfa", alias = "rfc9470")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct StepUp {
    pub(super) acr_values: Option<Vec<Box<str>>>,
    pub(super) max_age: Option<Duration>,
    acr_claim: Cow<'static, str>,
    auth_time_claim: Cow<'static, str>,
}

impl StepUp {
    /// Creates a login without conditions. No token meets it until a condition is added.
    #[expect(clippy::new_without_default, reason = "a useful default would have to require something")]
    pub fn new() -> Self {
        let (acr_claim, auth_time_claim) = (Cow::Borrowed("acr"), Cow::Borrowed("auth_time"));
        Self { acr_values: None, max_age: None, acr_claim, auth_time_claim }
    }

    /// Requires one of these authentication context classes, the preferred one first.
    pub fn any_acr<S: AsRef<str>>(mut self, values: impl IntoIterator<Item = S>) -> Self {
        self.acr_values = Some(words(values));
        self
    }

    /// Requires a login that is not older than this.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Sets the claim that contains the authentication context class. Default: `acr`.
    pub fn acr_claim(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.acr_claim = name.into();
        self
    }

    /// Sets the claim that contains the time of the login, in seconds since the epoch. Default: `auth_time`.
    pub fn auth_time_claim(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.auth_time_claim = name.into();
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.acr_values.as_ref().map_or(self.max_age.is_none(), Vec::is_empty)
    }

    pub(super) fn is_met_by(&self, token: &VerifiedToken) -> bool {
        let strong = self.acr_values.as_ref().is_none_or(|values| {
            token.text(&self.acr_claim).is_some_and(|acr| values.iter().any(|value| **value == *acr))
        });
        let recent = self.max_age.is_none_or(|limit| {
            token.time(&self.auth_time_claim).is_some_and(|at| match token.verified_at().duration_since(at) {
                Ok(age) => age <= limit,
                // The login is in the future. A short time is allowed, because the issuer's clock may be ahead.
                Err(ahead) => ahead.duration() <= CLOCK_SLACK,
            })
        });
        strong && recent
    }
}

/// Synchronised clocks differ by less than this.
const CLOCK_SLACK: Duration = Duration::from_secs(60);
