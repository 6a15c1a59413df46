//! Requirements on the actors that act for the subject.

use super::RequirementError;
use crate::token::VerifiedToken;

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
                RequirementError::Actor.unless_any(actors, |actor| chain.first() == Some(&&**actor))
            }
            Self::Depth(limit) if chain.len() <= *limit => None,
            Self::Depth(limit) => Some(RequirementError::Delegation { depth: chain.len(), limit: *limit }),
        }
    }
}
