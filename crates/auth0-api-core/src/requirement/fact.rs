//! What is so or is not: no client can mend it by asking for another token.

use super::RequirementError;
use super::actor::ActorRule;
use super::claim::ClaimRule;
use super::organization::OrganizationRule;
use crate::token::{Binding, VerifiedToken};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    Actor(ActorRule),
    Claim(ClaimRule),
    /// Any of them.
    Client(Vec<Box<str>>),
    Machine,
    /// Any of them.
    Organization(Vec<OrganizationRule>),
    /// All of them.
    Permissions(Vec<Box<str>>),
    SenderConstrained,
    User,
}

impl Fact {
    /// What the token lacks.
    pub(super) fn lack(&self, token: &VerifiedToken) -> Option<RequirementError> {
        match self {
            Self::Actor(rule) => rule.lack(token),
            Self::Claim(rule) => rule.lack(token),
            Self::Client(ids) => unless_any(ids, |id| token.client_id() == Some(id.as_ref()), RequirementError::Client),
            Self::Machine => unless(token.is_machine(), RequirementError::Machine),
            Self::Organization(rules) => {
                unless_any(rules, |rule| rule.is_met_by(token), RequirementError::Organization)
            }
            Self::Permissions(permissions) if permissions.is_empty() => Some(RequirementError::Empty),
            Self::Permissions(permissions) => {
                let is_granted = |wanted: &str| token.permissions().any(|granted| granted == wanted);
                let lacking = permissions.iter().find(|permission| !is_granted(permission))?;
                Some(RequirementError::Permission { permission: lacking.clone() })
            }
            Self::SenderConstrained => unless(token.binding() != Binding::Bearer, RequirementError::SenderConstraint),
            Self::User => unless(token.is_user(), RequirementError::User),
        }
    }
}

fn unless(met: bool, lack: RequirementError) -> Option<RequirementError> {
    (!met).then_some(lack)
}

/// A list of nothing is a mistake of the API, and must not look like a list that is met.
pub(super) fn unless_any<T>(
    candidates: &[T],
    is_met: impl Fn(&T) -> bool,
    lack: RequirementError,
) -> Option<RequirementError> {
    if candidates.is_empty() { Some(RequirementError::Empty) } else { unless(candidates.iter().any(is_met), lack) }
}
