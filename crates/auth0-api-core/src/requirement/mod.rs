//! What a route asks of a caller whose token is good.
//!
//! A [`Requirement`] is held against a [`VerifiedToken`]; what is lacking becomes one [`RequirementError`], and that one
//! challenge. How it is chosen is decided in [`assessment`]; each other file knows one kind of thing to ask for.

mod actor;
mod assessment;
mod claim;
mod combine;
mod error;
mod fact;
mod guard;
mod organization;
mod part;
mod step_up;

use std::time::Duration;

use serde_json::Value;

pub use error::RequirementError;
pub use guard::Guard;

use self::actor::ActorRule;
use self::claim::ClaimRule;
use self::fact::Fact;
use self::organization::OrganizationRule;
use self::part::Part;
use self::step_up::StepUp;
use crate::token::VerifiedToken;

/// What a route asks of a verified token. Everything in it must be met.
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
/// # What a caller is told
///
/// One thing, chosen so that a client that does what it is told has no second refusal waiting that it could have heard of:
///
/// 1. What no client can mend by asking for another token (an organisation, a permission, a claim…): 403 `insufficient_scope`
///    without a scope. Of several, the one that was written first.
/// 2. Else a fresher or stronger login ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)): 401
///    `insufficient_user_authentication` with `acr_values` and `max_age` of the whole requirement, and `scope` if scopes are
///    lacking too.
/// 3. Else scopes: 403 `insufficient_scope` with every scope of the whole requirement, those that were granted included.
///
/// Of alternatives ([`any_of`](Self::any_of)), the nearest one counts: the one that lacks what comes last in this list, and of
/// several such the first.
///
/// A requirement that asks for nothing, as `scopes([])` or a blank client id, is a mistake of the API, and no token meets it: 500.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    parts: Vec<Part>,
}

/// Scopes and permissions.
impl Requirement {
    /// Asks for a scope ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)), or for all of several that are
    /// separated by blanks.
    #[must_use]
    pub fn scope(scope: impl AsRef<str>) -> Self {
        Self::scopes([scope])
    }

    /// Asks for all of several scopes.
    #[must_use]
    pub fn scopes<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self::of(Part::Scopes(words(scopes)))
    }

    /// Asks for one of several scopes. A client that has none is told the first: put the one first that allows least.
    #[must_use]
    pub fn any_scope<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self::any_of(scopes.into_iter().map(Self::scope))
    }

    /// Asks for a permission: an entry of `permissions`, which Auth0 writes for users once the API has
    /// [RBAC](https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis) switched on.
    #[must_use]
    pub fn permission(permission: impl Into<Box<str>>) -> Self {
        Self::permissions([permission])
    }

    /// Asks for all of several permissions.
    #[must_use]
    pub fn permissions<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Permissions(texts(permissions)))
    }

    /// Asks for one of several permissions.
    #[must_use]
    pub fn any_permission<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        Self::any_of(permissions.into_iter().map(Self::permission))
    }
}

/// Claims.
impl Requirement {
    /// Asks for a claim to be there, whatever its value.
    #[must_use]
    pub fn claim(name: impl Into<Box<str>>) -> Self {
        Self::of(Fact::Claim(ClaimRule::present(name)))
    }

    /// Asks for a claim to be equal to a JSON value.
    #[must_use]
    pub fn claim_equals(name: impl Into<Box<str>>, value: impl Into<Value>) -> Self {
        Self::of(Fact::Claim(ClaimRule::equals(name, value)))
    }

    /// Asks for a claim to include a value: as a member of a list, or as a word of a text that is a list separated by blanks.
    #[must_use]
    pub fn claim_includes(name: impl Into<Box<str>>, value: impl Into<Value>) -> Self {
        Self::of(Fact::Claim(ClaimRule::includes(name, value)))
    }

    /// Asks a function of yours. The name is for logs; callers do not see it.
    ///
    /// ```
    /// use auth0_api_core::Requirement;
    ///
    /// let verified = Requirement::predicate("has an address of ours", |token| {
    ///     token.claims().get("https://example.com/email").is_some_and(|email| {
    ///         email.as_str().is_some_and(|email| email.ends_with("@example.com"))
    ///     })
    /// });
    /// # _ = verified;
    /// ```
    #[must_use]
    pub fn predicate(
        name: impl Into<Box<str>>,
        predicate: impl Fn(&VerifiedToken) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::of(Fact::Claim(ClaimRule::predicate(name, predicate)))
    }
}

/// Who the caller is.
impl Requirement {
    /// Asks for a token that was issued in an organisation: by its id if the text begins with `org_`, else by its name without
    /// regard to case, as Auth0's SDKs do. Decide by the id: names can be changed, and are in tokens only if the tenant says so.
    #[must_use]
    pub fn organization(organization: impl AsRef<str>) -> Self {
        Self::any_organization([organization])
    }

    /// Asks for a token that was issued in one of several organisations.
    #[must_use]
    pub fn any_organization<S: AsRef<str>>(organizations: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Organization(OrganizationRule::each(organizations)))
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

    /// Asks for an actor: `act.sub`, who acts for the subject now ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
    /// A subject that acts itself has none; to take both, say [`Requirement::no_delegation`]`().or(…)`.
    #[must_use]
    pub fn actor(actor: impl Into<Box<str>>) -> Self {
        Self::any_actor([actor])
    }

    /// Asks for one of several actors.
    #[must_use]
    pub fn any_actor<S: Into<Box<str>>>(actors: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Actor(ActorRule::Current(texts(actors))))
    }

    /// Asks for a chain of at most so many actors.
    #[must_use]
    pub fn max_delegation(depth: usize) -> Self {
        Self::of(Fact::Actor(ActorRule::Depth(depth)))
    }

    /// Asks for a subject that acts itself.
    #[must_use]
    pub fn no_delegation() -> Self {
        Self::max_delegation(0)
    }
}

/// How sure it is.
impl Requirement {
    /// Asks for a way of logging in: the `acr` claim ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
    #[must_use]
    pub fn acr(value: impl AsRef<str>) -> Self {
        Self::any_acr([value])
    }

    /// Asks for one of several ways of logging in, the preferred one first.
    #[must_use]
    pub fn any_acr<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::of(Part::StepUp(StepUp::Acr(words(values))))
    }

    /// Asks for a login that is at most so long ago: the `auth_time` claim, compared with [`VerifiedToken::verified_at`]
    /// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3), `max_age`). Callers are told whole seconds.
    #[must_use]
    pub fn authenticated_within(max_age: Duration) -> Self {
        Self::of(Part::StepUp(StepUp::MaxAge(max_age)))
    }

    /// Asks for a token that is bound to a key which the caller has proven to hold: [`VerifiedToken::binding`].
    #[must_use]
    pub fn sender_constrained() -> Self {
        Self::of(Fact::SenderConstrained)
    }
}

impl Requirement {
    fn of(part: impl Into<Part>) -> Self {
        Self { parts: vec![part.into()] }
    }
}

/// Texts separated by blanks, one by one.
fn words<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    let words = |text: S| text.as_ref().split_ascii_whitespace().map(Box::from).collect::<Vec<_>>();
    texts.into_iter().flat_map(words).collect()
}

/// Texts that are none are left out: a blank would ask for nothing.
fn texts<S: Into<Box<str>>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    texts.into_iter().map(Into::into).filter(|text: &_| !str::trim(text).is_empty()).collect()
}
