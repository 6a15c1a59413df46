//! Requirements on facts, which a client cannot change by requesting another token.

use super::actor::ActorRule;
use super::claim::ClaimRule;
use super::organization::OrganizationRule;
use super::texts::{empty_if_any_blank, without_blanks};
use super::{Requirement, RequirementError};
use crate::token::{Binding, VerifiedToken};

/// Requirements on facts about a token. If the token does not meet one, another token does not help the client.
impl Requirement {
    /// Requires a permission: an entry of `permissions`, which Auth0 writes for users if [RBAC and "Add Permissions in
    /// the Access Token"](https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis) are
    /// switched on for the API.
    #[must_use]
    pub fn permission(permission: impl Into<Box<str>>) -> Self {
        Self::permissions([permission])
    }

    /// Requires all of these permissions.
    #[must_use]
    pub fn permissions<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        let permissions = permissions.into_iter().map(Into::into).collect();
        Self::of(Fact::Permissions(empty_if_any_blank(permissions)))
    }

    /// Requires one of these permissions.
    #[must_use]
    pub fn any_permission<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        Self::any_of(permissions.into_iter().map(Self::permission))
    }

    /// Requires a token that was issued to this client.
    #[must_use]
    pub fn client(client_id: impl Into<Box<str>>) -> Self {
        Self::any_client([client_id])
    }

    /// Requires a token that was issued to one of these clients.
    #[must_use]
    pub fn any_client<S: Into<Box<str>>>(client_ids: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Client(without_blanks(client_ids)))
    }

    /// Requires a machine that acts for itself: [`VerifiedToken::is_machine`].
    #[must_use]
    pub fn machine() -> Self {
        Self::of(Fact::Machine)
    }

    /// Requires a user, directly or through an actor: [`VerifiedToken::is_user`].
    #[must_use]
    pub fn user() -> Self {
        Self::of(Fact::User)
    }

    /// Requires a token that is bound to a key or a certificate, and a caller that has proved possession of the key or
    /// the certificate: [`VerifiedToken::binding`].
    #[must_use]
    pub fn sender_constrained() -> Self {
        Self::of(Fact::SenderConstrained)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    Actor(ActorRule),
    Claim(ClaimRule),
    /// The token's client is one of these.
    Client(Vec<Box<str>>),
    Machine,
    /// The token's organisation meets one of these rules.
    Organization(Vec<OrganizationRule>),
    /// The token has all of these permissions.
    Permissions(Vec<Box<str>>),
    SenderConstrained,
    User,
}

impl Fact {
    /// Returns what the token lacks, or `None` if it lacks nothing.
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

/// Returns `lack` unless at least one candidate is met. An empty list is a mistake of the API, and is never met.
pub(super) fn unless_any<T>(
    candidates: &[T],
    is_met: impl Fn(&T) -> bool,
    lack: RequirementError,
) -> Option<RequirementError> {
    if candidates.is_empty() { Some(RequirementError::Empty) } else { unless(candidates.iter().any(is_met), lack) }
}
