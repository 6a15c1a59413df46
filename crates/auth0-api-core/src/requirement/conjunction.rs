//! The requirement: its parts, and how they are combined.

use super::RequirementError;
use super::assessment::Assessment;
use super::fact::Fact;
use super::scope_hierarchy::{NeededScope, ScopeHierarchy};
use super::step_up::StepUp;
use crate::token::VerifiedToken;

/// What a route requires of a verified token. A token must meet all parts of it.
///
/// ```
/// use auth0_api_core::{Requirement, VerifiedToken};
///
/// # fn show(token: &VerifiedToken) -> Result<(), auth0_api_core::Error> {
/// Requirement::scope("read:messages").check(token)?;
///
/// Requirement::scope("transfer:money")
///     .and(Requirement::user())
///     .and(Requirement::organization("acme"))
///     .and(Requirement::any_acr(["urn:example:mfa"]))
///     .check(token)?;
/// # Ok(())
/// # }
/// ```
///
/// # Which requirement to use
///
/// | question | requirement |
/// |---|---|
/// | May this application do it in the user's name? | [`scope`](Self::scope), [`scopes`](Self::scopes), [`any_scope`](Self::any_scope) |
/// | May this user do it? | [`permission`](Self::permission), [`permissions`](Self::permissions), [`any_permission`](Self::any_permission) |
/// | Which customer? | [`organization`](Self::organization), [`any_organization`](Self::any_organization) |
/// | A role, or another claim? | [`claim_includes`](Self::claim_includes), [`claim_equals`](Self::claim_equals), [`predicate`](Self::predicate) |
/// | A user, a visitor, a machine, an AI agent? | [`user`](Self::user), [`user_or_anonymous`](Self::user_or_anonymous), [`machine`](Self::machine), [`agent`](Self::agent) |
/// | Your own front end? | [`client`](Self::client), [`any_client`](Self::any_client) |
/// | Who acts for the user? | [`actor`](Self::actor), [`actor_is`](Self::actor_is), [`no_delegation`](Self::no_delegation) |
/// | How did the user log in, and when? | [`acr`](Self::acr), [`authenticated_within`](Self::authenticated_within), [`step_up`](Self::step_up) |
/// | Could the token be stolen? | [`sender_constrained`](Self::sender_constrained) |
/// | Which payment, in detail? | [`authorization_detail`](Self::authorization_detail) |
/// | Does one scope include another? | [`within`](Self::within) |
/// | All of these; one of these? | [`and`](Self::and); [`or`](Self::or), [`any_of`](Self::any_of) |
///
/// [The guide](crate::guide::authorization) says which claims each of them reads, and what a rejected caller receives.
///
/// # Which problem is reported
///
/// A rejection reports one problem, the first of this list. With this order, a client does not request a new login or
/// new scopes if the API would still reject the new token.
///
/// 1. Something that the client cannot change by requesting another token (an organization, a permission, a claim…):
///    403 `insufficient_scope` without a scope. If there are several such problems, the first one in the requirement is
///    reported.
/// 2. The login is not recent or not strong enough ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)): 401
///    `insufficient_user_authentication` with `acr_values` and `max_age` of the whole requirement, and with `scope` if
///    scopes are also missing.
/// 3. Scopes are missing: 403 `insufficient_scope` with every scope of the whole requirement, including the scopes that
///    the token has.
///
/// If the token meets no alternative of [`any_of`](Self::any_of), the problem of the nearest alternative is reported.
/// This is the alternative whose problem is last in the list above. If there are several, the first of them is chosen.
///
/// A requirement that requires nothing, such as `scopes([])` or a blank client id, is a mistake of the API. No token
/// meets it, and the response is 500.
#[doc(alias = "authorize", alias = "permission_check")]
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Requirement {
    pub(super) parts: Vec<Part>,
}

/// One part of a requirement.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    AnyOf(Vec<Requirement>),
    Fact(Fact),
    /// The token has all of these scopes.
    Scopes(Vec<NeededScope>),
    StepUp(StepUp),
}

/// A requirement as a type, for `Scoped<G>` of the adapters. [`guard!`](crate::guard!) declares one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a requirement",
    label = "use a type here that implements `Guard`",
    note = "declare the type with the macro: `guard!(ReadMessages = Requirement::scope(\"read:messages\"));`"
)]
pub trait Guard: 'static {
    /// Returns the requirement that a token must meet.
    fn requirement() -> &'static Requirement;
}

/// Declares a type that stands for a requirement, for `Scoped<G>` of the adapters.
///
/// ```
/// use auth0_api_core::{Requirement, guard};
///
/// guard!(ReadMessages = Requirement::scope("read:messages"));
/// guard!(pub Transfer = Requirement::scope("transfer:money").and(Requirement::user()));
/// ```
///
/// The requirement is made once, when a request needs it for the first time.
#[macro_export]
macro_rules! guard {
    ($visibility:vis $name:ident = $requirement:expr) => {
        #[doc = concat!("The requirement `", stringify!($requirement), "`.")]
        #[derive(Clone, Copy, Debug)]
        $visibility struct $name;

        impl $crate::Guard for $name {
            fn requirement() -> &'static $crate::Requirement {
                static REQUIREMENT: ::std::sync::LazyLock<$crate::Requirement> =
                    ::std::sync::LazyLock::new(|| $requirement);
                &REQUIREMENT
            }
        }
    };
}

/// Combining.
impl Requirement {
    /// Requires a token to meet at least one of these requirements.
    ///
    /// ```
    /// use auth0_api_core::Requirement;
    ///
    /// let reader = Requirement::any_of([
    ///     Requirement::machine().and_scope("read:all"),
    ///     Requirement::user().and_scope("read:own"),
    /// ]);
    /// # _ = reader;
    /// ```
    pub fn any_of(alternatives: impl IntoIterator<Item = Self>) -> Self {
        Self::of(Part::AnyOf(alternatives.into_iter().collect()))
    }

    /// Adds another requirement: a token must meet both.
    pub fn and(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    /// Adds the requirement [`scope`](Self::scope).
    pub fn and_scope(self, scope: impl AsRef<str>) -> Self {
        self.and(Self::scope(scope))
    }

    /// Adds the requirement [`claim`](Self::claim).
    pub fn and_claim(self, name: impl Into<Box<str>>) -> Self {
        self.and(Self::claim(name))
    }

    /// Requires a token to meet this requirement or another one.
    pub fn or(self, other: Self) -> Self {
        Self::any_of([self, other])
    }

    /// Also accepts a token that has a broader scope instead of a required one. Challenges still name the required scope,
    /// so that clients request no more than they need.
    pub fn within(mut self, hierarchy: &ScopeHierarchy) -> Self {
        for part in &mut self.parts {
            match part {
                Part::AnyOf(alternatives) => {
                    *alternatives = std::mem::take(alternatives).into_iter().map(|one| one.within(hierarchy)).collect();
                }
                Part::Scopes(scopes) => scopes.iter_mut().for_each(|scope| hierarchy.widen(scope)),
                Part::Fact(_) | Part::StepUp(_) => {}
            }
        }
        self
    }

    /// Whether the requirement, or one of its alternatives, requires a scope: the challenge of a rejection can name it.
    pub fn names_scope(&self, scope: &str) -> bool {
        self.parts.iter().any(|part| match part {
            Part::AnyOf(alternatives) => alternatives.iter().any(|alternative| alternative.names_scope(scope)),
            Part::Scopes(scopes) => scopes.iter().any(|needed| *needed.name == *scope),
            Part::Fact(_) | Part::StepUp(_) => false,
        })
    }

    /// Returns what the token lacks; `None` if it meets the requirement.
    pub(crate) fn lack(&self, token: &VerifiedToken) -> Option<RequirementError> {
        self.assess(token).into_error()
    }

    pub(super) fn of(part: impl Into<Part>) -> Self {
        Self { parts: vec![part.into()] }
    }

    pub(super) fn assess<'r>(&'r self, token: &VerifiedToken) -> Assessment<'r> {
        Assessment::all(self.parts.iter().map(|part| part.assess(token)))
    }
}

impl Part {
    fn assess<'r>(&'r self, token: &VerifiedToken) -> Assessment<'r> {
        match self {
            Self::AnyOf(alternatives) => {
                Assessment::nearest(alternatives.iter().map(|alternative| alternative.assess(token)))
            }
            Self::Fact(fact) => Assessment::of_fact(fact.lack(token)),
            Self::Scopes(scopes) => Assessment::of_scopes(scopes, token),
            Self::StepUp(step_up) => Assessment::of_step_up(step_up, token),
        }
    }
}

impl From<Fact> for Part {
    fn from(fact: Fact) -> Self {
        Self::Fact(fact)
    }
}
