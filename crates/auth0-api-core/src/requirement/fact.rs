//! Requirements on facts about a token. If the token does not meet one, another token does not help the client.

use super::RequirementError;
use super::actor::ActorRule;
use super::authorization_detail::DetailRule;
use super::claim::ClaimRule;
use crate::token::{Binding, Caller, VerifiedToken};

/// One fact that a token must have.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    Actor(ActorRule),
    Agent,
    AuthorizationDetail(DetailRule),
    Claim(ClaimRule),
    /// The token's client is one of these.
    Client(Vec<Box<str>>),
    Machine,
    /// The token's organization is one of these, each given by its id or its name.
    Organization(Vec<Box<str>>),
    /// The token has all of these permissions.
    Permissions(Vec<Box<str>>),
    SenderConstrained,
    User,
    UserOrAnonymous,
}

impl Fact {
    /// Returns what the token lacks, or `None` if it lacks nothing.
    pub(super) fn lack(&self, token: &VerifiedToken) -> Option<RequirementError> {
        match self {
            Self::Actor(rule) => rule.lack(token),
            Self::Agent => {
                let found = token.caller();
                RequirementError::Agent { found }.unless(found == Caller::Agent)
            }
            Self::AuthorizationDetail(rule) => rule.lack(token),
            Self::Claim(rule) => rule.lack(token),
            Self::Client(ids) => RequirementError::Client.unless_any(ids, |id| token.client_id() == Some(id.as_ref())),
            Self::Machine => {
                let found = token.caller();
                RequirementError::Machine { found }.unless(found == Caller::Machine)
            }
            Self::Organization(wanted) => {
                let organization = token.organization();
                let is_in = |wanted: &str| organization.is_some_and(|organization| organization.matches(wanted));
                RequirementError::Organization.unless_any(wanted, |wanted| is_in(wanted))
            }
            Self::Permissions(permissions) if permissions.is_empty() => Some(RequirementError::Empty),
            Self::Permissions(permissions) => {
                let is_granted = |wanted: &str| token.permissions().any(|granted| granted == wanted);
                let lacking = permissions.iter().find(|permission| !is_granted(permission))?;
                Some(RequirementError::Permission { permission: lacking.clone() })
            }
            Self::SenderConstrained => RequirementError::SenderConstraint.unless(token.binding() != Binding::Bearer),
            Self::User => {
                let found = token.caller();
                RequirementError::User { found }.unless(found == Caller::User)
            }
            Self::UserOrAnonymous => {
                let found = token.caller();
                RequirementError::UserOrAnonymous { found }.unless(matches!(found, Caller::Anonymous | Caller::User))
            }
        }
    }
}
