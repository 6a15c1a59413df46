//! Requirements on the actors that act for the subject.

use super::RequirementError;
use crate::token::{Actor, Caller, VerifiedToken};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ActorRule {
    /// A member of the current actor has one of these values.
    Current(ActorMember, Vec<Box<str>>),
    /// The chain has at most this many actors.
    Depth(usize),
    /// The current actor is of this kind.
    Kind(Caller),
}

/// What a requirement compares of the current actor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum ActorMember {
    Client,
    /// One of the words of `client_profile`.
    ClientProfile,
    Issuer,
    Profile,
    Subject,
}

impl ActorRule {
    /// Returns what the token lacks. Only the current actor counts (RFC 8693 §4.1), but a claim that is malformed at
    /// any level is an error.
    pub(super) fn lack(&self, token: &VerifiedToken) -> Option<RequirementError> {
        let chain = match token.delegation_chain() {
            Ok(chain) => chain,
            Err(error) => return Some(RequirementError::ActorMalformed(error)),
        };
        let current = chain.first();
        match self {
            Self::Current(member, values) => RequirementError::Actor
                .unless_any(values, |value| current.is_some_and(|current| member.is(value, current))),
            Self::Depth(limit) if chain.len() <= *limit => None,
            Self::Depth(limit) => Some(RequirementError::Delegation { depth: chain.len(), limit: *limit }),
            // A requirement for an actor of an unknown kind is a mistake of the API.
            Self::Kind(Caller::Unknown) => Some(RequirementError::Empty),
            Self::Kind(kind) => RequirementError::Actor.unless(current.is_some_and(|current| current.kind() == *kind)),
        }
    }
}

impl ActorMember {
    fn is(self, value: &str, actor: &Actor<'_>) -> bool {
        match self {
            Self::Client => actor.client_id() == Some(value),
            Self::ClientProfile => actor.has_client_profile(value),
            Self::Issuer => actor.issuer() == Some(value),
            Self::Profile => actor.profile() == Some(value),
            Self::Subject => actor.subject() == value,
        }
    }
}
