//! The errors for a token that does not meet a requirement.

use std::time::Duration;

use crate::token::{ActorError, AuthorizationDetailsError, Caller};

/// Why a valid token does not meet a requirement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequirementError {
    /// The token has no actor, or its current actor is not allowed.
    #[error("the token has no actor that is allowed")]
    Actor,
    /// The `act` claim is malformed.
    #[error(transparent)]
    ActorMalformed(#[from] ActorError),
    /// The route is for AI agents that act for themselves.
    #[error("the token is not for an agent, but for this kind of caller: {found}")]
    Agent {
        /// The kind of caller that the token is for.
        found: Caller,
    },
    /// The token has no authorization detail of this type that the route accepts.
    #[error("the token has no authorization detail of the type {detail_type:?} that is accepted")]
    AuthorizationDetail {
        /// The type, from the requirement.
        detail_type: Box<str>,
    },
    /// The `authorization_details` claim is malformed.
    #[error(transparent)]
    AuthorizationDetailsMalformed(#[from] AuthorizationDetailsError),
    /// A required claim is missing.
    #[error("the token lacks the claim {claim:?}")]
    Claim {
        /// The claim's name, from the requirement.
        claim: Box<str>,
    },
    /// A claim does not have the required value, or is missing.
    #[error("the token's claim {claim:?} does not have the required value")]
    ClaimValue {
        /// The claim's name, from the requirement.
        claim: Box<str>,
    },
    /// The token was issued to another client.
    #[error("the token was issued to a client that is not allowed")]
    Client,
    /// The token has more actors than the route allows.
    #[error("the token has {depth} actors, and at most {limit} are allowed")]
    Delegation {
        /// The number of actors in the token.
        depth: usize,
        /// The number of actors that the route allows.
        limit: usize,
    },
    /// The requirement requires nothing. This is a mistake of the API, and no token meets the requirement.
    #[error("the requirement is empty, such as scopes([]), and no token meets it")]
    Empty,
    /// The route is for machines that act for themselves.
    #[error("the token is not for a machine, but for this kind of caller: {found}")]
    Machine {
        /// The kind of caller that the token is for.
        found: Caller,
    },
    /// The token was issued in another organization, or without one.
    #[error("the token was not issued in a required organization")]
    Organization,
    /// A permission was not granted.
    #[error("the token lacks the permission {permission:?}")]
    Permission {
        /// The first missing permission, from the requirement.
        permission: Box<str>,
    },
    /// A predicate of the API returned false.
    #[error("the token does not meet {name:?}")]
    Predicate {
        /// The predicate's name, from the requirement.
        name: Box<str>,
    },
    /// A scope was not granted.
    #[error("the token does not have all scopes of {needed:?}")]
    Scope {
        /// Every scope that the route requires, separated by spaces: what a client should request.
        needed: Box<str>,
    },
    /// The token is not bound to a key or a certificate.
    #[error("the token is not bound to a key or a certificate")]
    SenderConstraint,
    /// The login was too long ago, or not strong enough ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).
    #[error("the token needs a login with one of the acr values {acr_values:?} and with max_age {max_age:?}")]
    StepUp {
        /// Every `acr` that is accepted, separated by spaces, the preferred one first; `None` if any is accepted.
        acr_values: Option<Box<str>>,
        /// The maximum age of the login; `None` if any age is accepted.
        max_age: Option<Duration>,
        /// Every scope that the route requires, also those that the token has; `None` if it requires none.
        scope: Option<Box<str>>,
    },
    /// The route is for users.
    #[error("the token is not for a user, but for this kind of caller: {found}")]
    User {
        /// The kind of caller that the token is for.
        found: Caller,
    },
    /// The route is for users and for visitors who have not logged in.
    #[error("the token is not for a user or a visitor, but for this kind of caller: {found}")]
    UserOrAnonymous {
        /// The kind of caller that the token is for.
        found: Caller,
    },
}

impl RequirementError {
    /// Returns this error unless the token meets what is required.
    pub(super) fn unless(self, is_met: bool) -> Option<Self> {
        (!is_met).then_some(self)
    }

    /// Returns this error unless at least one candidate is met. An empty list is a mistake of the API, and is never
    /// met.
    pub(super) fn unless_any<T>(self, candidates: &[T], is_met: impl Fn(&T) -> bool) -> Option<Self> {
        if candidates.is_empty() { Some(Self::Empty) } else { self.unless(candidates.iter().any(is_met)) }
    }
}
