//! The requirement: its parts, their combination, and the check.

use super::assessment::Assessment;
use super::part::Part;
use crate::error::Error;
use crate::token::VerifiedToken;

/// What a route asks of a verified token. Everything in it must be met.
///
/// ```
/// use auth0_api_core::{Requirement, VerifiedToken};
///
/// # fn show(token: &VerifiedToken) -> Result<(), auth0_api_core::Error> {
/// Requirement::scope("read:messages").check(token)?;
///
/// Requirement::scope("transfer:money")
///     .and(Requirement::user())
///     .and(Requirement::organization("acme"))
///     .and(Requirement::any_acr(["urn:example:mfa"]))
///     .check(token)?;
/// # Ok(())
/// # }
/// ```
///
/// # What a caller is told
///
/// One thing, chosen so that a client that does what it is told has no second rejection waiting that it could have heard of:
///
/// 1. What no client can mend by asking for another token (an organisation, a permission, a claim…): 403 `insufficient_scope`
///    without a scope. Of several, the one that was written first.
/// 2. Else a fresher or stronger login ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)): 401
///    `insufficient_user_authentication` with `acr_values` and `max_age` of the whole requirement, and `scope` if scopes are
///    lacking too.
/// 3. Else scopes: 403 `insufficient_scope` with every scope of the whole requirement, those that were granted included.
///
/// Of alternatives ([`any_of`](Self::any_of)), the nearest one counts: the one that lacks what comes last in this list, and of
/// several such the first.
///
/// A requirement that asks for nothing, as `scopes([])` or a blank client id, is a mistake of the API, and no token meets it: 500.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    parts: Vec<Part>,
}

/// Combining and checking.
impl Requirement {
    /// Asks for one of several requirements to be met.
    ///
    /// ```
    /// use auth0_api_core::Requirement;
    ///
    /// let reader = Requirement::any_of([
    ///     Requirement::machine().and_scope("read:all"),
    ///     Requirement::user().and_scope("read:own"),
    /// ]);
    /// # _ = reader;
    /// ```
    #[must_use]
    pub fn any_of(alternatives: impl IntoIterator<Item = Self>) -> Self {
        Self::of(Part::AnyOf(alternatives.into_iter().collect()))
    }

    /// Asks for another requirement as well.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// Asks for a scope as well.
    #[must_use]
    pub fn and_scope(self, scope: impl AsRef<str>) -> Self {
        self.and(Self::scope(scope))
    }

    /// Asks for a claim as well.
    #[must_use]
    pub fn and_claim(self, name: impl Into<Box<str>>) -> Self {
        self.and(Self::claim(name))
    }

    /// Asks for this requirement or another one to be met.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::any_of([self, other])
    }

    /// Checks a token against it.
    ///
    /// # Errors
    ///
    /// [`Error`] with a [`RequirementError`](crate::RequirementError): give it to [`ApiClient::reject`](crate::ApiClient::reject).
    pub fn check(&self, token: &VerifiedToken) -> Result<(), Error> {
        let Some(lack) = self.assess(token).into_error() else { return Ok(()) };
        let error = Error::from(lack).presented_as(token.binding().scheme());
        error.report();
        Err(error)
    }

    pub(super) fn of(part: impl Into<Part>) -> Self {
        Self { parts: vec![part.into()] }
    }

    pub(super) fn assess<'r>(&'r self, token: &VerifiedToken) -> Assessment<'r> {
        Assessment::all(self.parts.iter().map(|part| part.assess(token)))
    }
}
