//! One of the things that a requirement asks for.

use super::Requirement;
use super::assessment::Assessment;
use super::fact::Fact;
use super::step_up::StepUp;
use crate::token::VerifiedToken;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    AnyOf(Vec<Requirement>),
    Fact(Fact),
    /// All of them.
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
