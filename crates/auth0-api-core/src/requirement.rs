//! What a route asks of a caller whose token is good.

use crate::credentials::Scheme;
use crate::error::Error;
use crate::token::{Binding, VerifiedToken};

/// What a route asks of a verified token. Everything in it must be met.
///
/// ```
/// use auth0_api_core::{Requirement, VerifiedToken};
///
/// # fn show(token: &VerifiedToken) -> Result<(), auth0_api_core::Error> {
/// Requirement::scope("read:messages").check(token)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirement {
    scopes: Vec<Box<str>>,
    claims: Vec<Box<str>>,
}

/// What a caller lacks: authenticated, but not enough.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequirementError {
    /// A claim is not there.
    #[error("the token lacks the claim {claim:?}")]
    Claim {
        /// The claim's name, from the requirement.
        claim: Box<str>,
    },
    /// A scope was not granted.
    #[error("the token lacks a scope of {needed:?}")]
    Scope {
        /// Every scope that the route needs, separated by blanks: what a client should ask for.
        needed: Box<str>,
    },
}

impl Requirement {
    /// Asks for a scope ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    #[must_use]
    pub fn scope(scope: impl Into<Box<str>>) -> Self {
        Self::default().and_scope(scope)
    }

    /// Asks for all of several scopes.
    #[must_use]
    pub fn scopes<S: Into<Box<str>>>(scopes: impl IntoIterator<Item = S>) -> Self {
        scopes.into_iter().fold(Self::default(), Self::and_scope)
    }

    /// Asks for a claim to be there, whatever its value.
    #[must_use]
    pub fn claim(name: impl Into<Box<str>>) -> Self {
        Self::default().and_claim(name)
    }

    /// Asks for a scope as well.
    #[must_use]
    pub fn and_scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scopes.push(scope.into());
        self
    }

    /// Asks for a claim as well.
    #[must_use]
    pub fn and_claim(mut self, name: impl Into<Box<str>>) -> Self {
        self.claims.push(name.into());
        self
    }

    /// Checks a token against it.
    ///
    /// # Errors
    ///
    /// [`Error`] with a [`RequirementError`]: 403, with a challenge that names every scope needed.
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
        if !self.scopes.iter().all(|scope| token.has_scope(scope)) {
            return Some(RequirementError::Scope { needed: self.scopes.join(" ").into() });
        }
        let claim = self.claims.iter().find(|claim| !token.has_claim(claim))?;
        Some(RequirementError::Claim { claim: claim.clone() })
    }
}
