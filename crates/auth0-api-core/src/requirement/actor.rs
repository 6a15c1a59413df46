//! Who acts for the subject.

use super::RequirementError;
use super::fact::unless_any;
use crate::token::VerifiedToken;

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
