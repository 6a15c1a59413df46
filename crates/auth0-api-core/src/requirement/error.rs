//! What a caller lacks.

use std::time::Duration;

use crate::token::ActorError;

/// What a caller lacks: authenticated, but not enough.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequirementError {
    /// Nobody acts for the subject, or somebody who may not.
    #[error("the token's current actor is none of those that may act here")]
    Actor,
    /// The `act` claim is no chain of actors.
    #[error(transparent)]
    ActorMalformed(#[from] ActorError),
    /// A claim is not there.
    #[error("the token lacks the claim {claim:?}")]
    Claim {
        /// The claim's name, from the requirement.
        claim: Box<str>,
    },
    /// A claim has not the value that is needed, or is not there.
    #[error("the token's claim {claim:?} has not the value that is needed")]
    ClaimValue {
        /// The claim's name, from the requirement.
        claim: Box<str>,
    },
    /// The token was issued to another client.
    #[error("the token was issued to another client than those that may come here")]
    Client,
    /// More actors than the route allows.
    #[error("the token was delegated {depth} times, {limit} are allowed")]
    Delegation {
        /// How many act or acted.
        depth: usize,
        /// How many may.
        limit: usize,
    },
    /// The requirement asks for nothing: a mistake of the API, which no token may profit by.
    #[error("the requirement needs for nothing, as scopes([]) does; no token meets it")]
    Empty,
    /// The route is for machines that act for themselves.
    #[error("the token is not that of a machine")]
    Machine,
    /// The token was issued in another organisation, or in none.
    #[error("the token was not issued in an organization that is needed")]
    Organization,
    /// A permission was not granted.
    #[error("the token lacks the permission {permission:?}")]
    Permission {
        /// The first permission that is lacking, from the requirement.
        permission: Box<str>,
    },
    /// A function of the API said no.
    #[error("the token does not meet {name:?}")]
    Predicate {
        /// The function's name, from the requirement.
        name: Box<str>,
    },
    /// A scope was not granted.
    #[error("the token lacks a scope of {needed:?}")]
    Scope {
        /// Every scope that the route needs, separated by blanks: what a client should ask for.
        needed: Box<str>,
    },
    /// The token is not bound to a key.
    #[error("the token is not bound to a key")]
    SenderConstraint,
    /// The login was too long ago, or not strong enough ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)).
    #[error("the token needs a login of {acr_values:?} within {max_age:?}")]
    StepUp {
        /// Every `acr` that is taken, separated by blanks, the preferred one first; `None` if any is.
        acr_values: Option<Box<str>>,
        /// How long ago the login may be; `None` for any time.
        max_age: Option<Duration>,
        /// Every scope that the route needs, if one of them is lacking too.
        scope: Option<Box<str>>,
    },
    /// The route is for users.
    #[error("the token is not that of a user")]
    User,
}
