//! The parts of a requirement.

use super::Requirement;
use super::assessment::Assessment;
use super::fact::Fact;
use super::step_up::StepUp;
use super::texts::{empty_if_any_blank, words};
use crate::token::VerifiedToken;

/// Scopes.
impl Requirement {
    /// Requires a scope ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)), or all of several scopes
    /// that are separated by spaces.
    #[must_use]
    pub fn scope(scope: impl AsRef<str>) -> Self {
        Self::scopes([scope])
    }

    /// Requires all of these scopes.
    #[must_use]
    pub fn scopes<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self::of(Part::Scopes(words(empty_if_any_blank(scopes.into_iter().collect()))))
    }

    /// Requires one of these scopes.
    ///
    /// If a token has none of these scopes, the challenge names the first one. So put the scope that allows the least
    /// first.
    #[must_use]
    pub fn any_scope<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self::any_of(scopes.into_iter().map(Self::scope))
    }
}

/// One part of a requirement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    AnyOf(Vec<Requirement>),
    Fact(Fact),
    /// The token has all of these scopes.
    Scopes(Vec<Box<str>>),
    StepUp(StepUp),
}

impl Part {
    pub(super) fn assess<'r>(&'r self, token: &VerifiedToken) -> Assessment<'r> {
        match self {
            Self::AnyOf(alternatives) => {
                Assessment::nearest(alternatives.iter().map(|alternative| alternative.assess(token)))
            }
            Self::Fact(fact) => Assessment::of_fact(fact.lack(token)),
            Self::Scopes(scopes) => Assessment::of_scopes(scopes, token),
            Self::StepUp(step_up) => Assessment::of_step_up(step_up, token),
        }
    }
}

impl From<Fact> for Part {
    fn from(fact: Fact) -> Self {
        Self::Fact(fact)
    }
}
