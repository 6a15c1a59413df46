//! The constructors of requirements on who calls: kinds of callers, and actors.

use super::actor::{ActorMember, ActorRule};
use super::conjunction::Requirement;
use super::fact::Fact;
use super::texts::without_blanks;
use crate::token::Caller;

/// Kinds of callers: [`VerifiedToken::caller`](crate::VerifiedToken::caller). A token whose caller is
/// [`Caller::Unknown`] meets none of these.
impl Requirement {
    /// Requires an AI agent as the subject of the token: [`Caller::Agent`]. For an agent that acts for a user, combine
    /// [`user`](Self::user) with [`actor_is`](Self::actor_is).
    pub fn agent() -> Self {
        Self::of(Fact::Agent)
    }

    /// Requires a machine as the subject of the token: [`Caller::Machine`].
    #[doc(alias = "m2m")]
    pub fn machine() -> Self {
        Self::of(Fact::Machine)
    }

    /// Requires a user who has logged in, directly or through an actor: [`Caller::User`]. For users without an actor,
    /// add [`no_delegation`](Self::no_delegation).
    pub fn user() -> Self {
        Self::of(Fact::User)
    }

    /// Requires a user, or a visitor who has not logged in: [`Caller::User`] or [`Caller::Anonymous`].
    pub fn user_or_anonymous() -> Self {
        Self::of(Fact::UserOrAnonymous)
    }
}

/// Actors ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)). Requirements look at the current actor
/// only; the other actors of the chain acted earlier. If the subject acts itself, the token has no actor. To accept such
/// tokens as well, use [`Requirement::no_delegation`]`().or(…)`.
///
/// ```
/// use auth0_api_core::{Caller, Requirement};
///
/// // An agent for a user, in one application.
/// let assistant = Requirement::user()
///     .and(Requirement::actor_is(Caller::Agent))
///     .and(Requirement::actor_client("assistant-client-id"));
/// // A support engineer in the session of a user.
/// let support = Requirement::user()
///     .and(Requirement::actor_is(Caller::User))
///     .and(Requirement::max_delegation(1));
/// # _ = (assistant, support);
/// ```
impl Requirement {
    /// Requires this current actor: `act.sub`.
    pub fn actor(actor: impl Into<Box<str>>) -> Self {
        Self::any_actor([actor])
    }

    /// Requires one of these current actors.
    pub fn any_actor<S: Into<Box<str>>>(actors: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Actor(ActorRule::Current(ActorMember::Subject, without_blanks(actors))))
    }

    /// Requires a current actor of this kind: [`Actor::kind`](crate::Actor::kind). No token meets the requirement with
    /// [`Caller::Unknown`].
    pub fn actor_is(kind: Caller) -> Self {
        Self::of(Fact::Actor(ActorRule::Kind(kind)))
    }

    /// Requires a current actor that used this client: `act.client_id`.
    pub fn actor_client(client_id: impl Into<Box<str>>) -> Self {
        Self::current_actor(ActorMember::Client, client_id)
    }

    /// Requires a current actor whose client has this profile, a word of `act.client_profile`, such as `ai_agent`.
    pub fn actor_client_profile(profile: impl Into<Box<str>>) -> Self {
        Self::current_actor(ActorMember::ClientProfile, profile)
    }

    /// Requires a current actor whose id comes from this issuer: `act.iss`, byte for byte.
    pub fn actor_issuer(issuer: impl Into<Box<str>>) -> Self {
        Self::current_actor(ActorMember::Issuer, issuer)
    }

    /// Requires a current actor with this profile: `act.sub_profile`, such as `ai_agent` or `user`. To accept an agent
    /// also by the form of its id, use [`actor_is`](Self::actor_is).
    pub fn actor_profile(profile: impl Into<Box<str>>) -> Self {
        Self::current_actor(ActorMember::Profile, profile)
    }

    fn current_actor(member: ActorMember, value: impl Into<Box<str>>) -> Self {
        Self::of(Fact::Actor(ActorRule::Current(member, without_blanks([value]))))
    }

    /// Requires a chain of at most this many actors.
    pub fn max_delegation(depth: usize) -> Self {
        Self::of(Fact::Actor(ActorRule::Depth(depth)))
    }

    /// Requires a token without an actor: the subject acts itself.
    pub fn no_delegation() -> Self {
        Self::max_delegation(0)
    }
}
