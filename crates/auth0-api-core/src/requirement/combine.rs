//! Requirements of requirements, and the check.

use super::assessment::Assessment;
use super::part::Part;
use super::{Requirement, RequirementError};
use crate::credentials::Scheme;
use crate::error::Error;
use crate::token::{Binding, VerifiedToken};

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
    /// [`Error`] with a [`RequirementError`]: give it to [`ApiClient::reject`](crate::ApiClient::reject).
    pub fn check(&self, token: &VerifiedToken) -> Result<(), Error> {
        let Some(lack) = self.unmet_by(token) else { return Ok(()) };
        let error = Error::from(lack).presented_as(match token.binding() {
            Binding::Bearer => Scheme::Bearer,
            Binding::Dpop { .. } => Scheme::Dpop,
        });
        error.report();
        Err(error)
    }

    fn unmet_by(&self, token: &VerifiedToken) -> Option<RequirementError> {
        self.assess(token).told()
    }

    pub(super) fn assess<'r>(&'r self, token: &VerifiedToken) -> Assessment<'r> {
        Assessment::all(self.parts.iter().map(|part| part.assess(token)))
    }
}
