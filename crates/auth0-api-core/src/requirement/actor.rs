//! Who acts for the subject.

use super::fact::{Fact, unless_any};
use super::texts::texts;
use super::{Requirement, RequirementError};
use crate::token::VerifiedToken;

/// Who acts for the subject.
impl Requirement {
    /// Asks for an actor: `act.sub`, who acts for the subject now ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
    /// A subject that acts itself has none; to take both, say [`Requirement::no_delegation`]`().or(…)`.
    #[must_use]
    pub fn actor(actor: impl Into<Box<str>>) -> Self {
        Self::any_actor([actor])
    }

    /// Asks for one of several actors.
    #[must_use]
    pub fn any_actor<S: Into<Box<str>>>(actors: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Actor(ActorRule::Current(texts(actors))))
    }

    /// Asks for a chain of at most so many actors.
    #[must_use]
    pub fn max_delegation(depth: usize) -> Self {
        Self::of(Fact::Actor(ActorRule::Depth(depth)))
    }

    /// Asks for a subject that acts itself.
    #[must_use]
    pub fn no_delegation() -> Self {
        Self::max_delegation(0)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ActorRule {
    /// One of them acts now.
    Current(Vec<Box<str>>),
    /// At most so many act or acted.
    Depth(usize),
}

impl ActorRule {
    /// Only the current actor decides (RFC 8693 §4.1), but a claim that is malformed at any level is no basis for a decision.
    pub(super) fn lack(&self, token: &VerifiedToken) -> Option<RequirementError> {
        let chain = match token.delegation_chain() {
            Ok(chain) => chain,
            Err(error) => return Some(RequirementError::ActorMalformed(error)),
        };
        match self {
            Self::Current(actors) => {
                unless_any(actors, |actor| chain.first() == Some(&&**actor), RequirementError::Actor)
            }
            Self::Depth(limit) if chain.len() <= *limit => None,
            Self::Depth(limit) => Some(RequirementError::Delegation { depth: chain.len(), limit: *limit }),
        }
    }
}
