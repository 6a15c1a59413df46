//! Requirements on the actors that act for the subject.

use super::fact::{Fact, unless_any};
use super::texts::without_blanks;
use super::{Requirement, RequirementError};
use crate::token::VerifiedToken;

/// Actors.
impl Requirement {
    /// Requires this current actor, `act.sub` ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)). If
    /// the subject acts itself, the token has no actor. To accept such tokens as well, use
    /// [`Requirement::no_delegation`]`().or(…)`.
    #[must_use]
    pub fn actor(actor: impl Into<Box<str>>) -> Self {
        Self::any_actor([actor])
    }

    /// Requires one of these current actors.
    #[must_use]
    pub fn any_actor<S: Into<Box<str>>>(actors: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Actor(ActorRule::Current(without_blanks(actors))))
    }

    /// Requires a chain of at most this many actors.
    #[must_use]
    pub fn max_delegation(depth: usize) -> Self {
        Self::of(Fact::Actor(ActorRule::Depth(depth)))
    }

    /// Requires a token without an actor: the subject acts itself.
    #[must_use]
    pub fn no_delegation() -> Self {
        Self::max_delegation(0)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ActorRule {
    /// One of these is the current actor.
    Current(Vec<Box<str>>),
    /// The chain has at most this many actors.
    Depth(usize),
}

impl ActorRule {
    /// Returns what the token lacks. Only the current actor counts (RFC 8693 §4.1), but a claim that is malformed at
    /// any level is an error.
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
