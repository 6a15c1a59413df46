//! What is so or is not: no client can mend it by asking for another token.

use super::actor::ActorRule;
use super::claim::ClaimRule;
use super::organization::OrganizationRule;
use super::texts::{texts, unless_blank};
use super::{Requirement, RequirementError};
use crate::token::{Binding, VerifiedToken};

/// What is so or is not.
impl Requirement {
    /// Asks for a permission: an entry of `permissions`, which Auth0 writes for users once the API has
    /// [RBAC](https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis) switched on.
    #[must_use]
    pub fn permission(permission: impl Into<Box<str>>) -> Self {
        Self::permissions([permission])
    }

    /// Asks for all of several permissions.
    #[must_use]
    pub fn permissions<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        let permissions = permissions.into_iter().map(Into::into).collect();
        Self::of(Fact::Permissions(unless_blank(permissions)))
    }

    /// Asks for one of several permissions.
    #[must_use]
    pub fn any_permission<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        Self::any_of(permissions.into_iter().map(Self::permission))
    }

    /// Asks for a token that was issued to a client.
    #[must_use]
    pub fn client(client_id: impl Into<Box<str>>) -> Self {
        Self::any_client([client_id])
    }

    /// Asks for a token that was issued to one of several clients.
    #[must_use]
    pub fn any_client<S: Into<Box<str>>>(client_ids: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Client(texts(client_ids)))
    }

    /// Asks for a machine that acts for itself: [`VerifiedToken::is_machine`].
    #[must_use]
    pub fn machine() -> Self {
        Self::of(Fact::Machine)
    }

    /// Asks for a user, directly or through an actor: [`VerifiedToken::is_user`].
    #[must_use]
    pub fn user() -> Self {
        Self::of(Fact::User)
    }

    /// Asks for a token that is bound to a key or a certificate which the caller has proven to hold: [`VerifiedToken::binding`].
    #[must_use]
    pub fn sender_constrained() -> Self {
        Self::of(Fact::SenderConstrained)
    }
}

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
