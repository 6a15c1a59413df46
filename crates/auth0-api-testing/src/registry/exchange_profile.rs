//! Custom token exchange: a subject token type, and the Action that accepts or rejects tokens of this type.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::User;
use crate::ActorClaim;

/// The request that an exchange profile's Action receives.
///
/// Its `Debug` output shows neither the subject token nor the actor token.
pub struct ExchangeRequest {
    pub(crate) subject_token: String,
    pub(crate) subject_token_type: String,
    pub(crate) actor: Option<(String, String)>,
    pub(crate) audience: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) organization: Option<String>,
    pub(crate) client_id: String,
    pub(crate) extra: BTreeMap<String, Vec<String>>,
}

/// An Action's decision to issue tokens. It names the user, and optionally the actor that acts for the user.
///
/// ```
/// use auth0_api_testing::{Exchanged, User};
///
/// let plain = Exchanged::from(User::new("auth0|ada"));
/// let delegated = Exchanged::user(User::new("auth0|ada")).actor("agt_7");
/// # drop((plain, delegated));
/// ```
#[derive(Clone, Debug)]
#[must_use = "an Action must return this value"]
pub struct Exchanged {
    pub(crate) user: User,
    pub(crate) actor: Option<ActorClaim>,
}

/// An Action's decision not to issue tokens.
#[derive(Clone, Debug)]
pub struct ExchangeRejection(pub(crate) RejectionKind);

#[derive(Clone, Debug)]
pub(crate) enum RejectionKind {
    Denied { code: String, description: String },
    MfaRequired,
    SubjectRejected { description: String },
}

type Decide = dyn Fn(&ExchangeRequest) -> Result<Exchanged, ExchangeRejection> + Send + Sync;

/// The code that decides on the exchanges of a profile.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) id: String,
    decide: Arc<Decide>,
}

/// A type of subject tokens, and the id of the Action that decides on them.
#[derive(Clone, Debug)]
pub(crate) struct ExchangeProfile {
    pub(crate) name: String,
    pub(crate) subject_token_type: String,
    pub(crate) action_id: String,
}

impl ExchangeRequest {
    /// Returns the token to exchange. The tenant has not verified it.
    pub fn subject_token(&self) -> &str {
        &self.subject_token
    }

    /// Returns the type of the subject token, which selected the profile.
    pub fn subject_token_type(&self) -> &str {
        &self.subject_token_type
    }

    /// Returns the token of the actor, the party that will act for the subject.
    pub fn actor_token(&self) -> Option<&str> {
        self.actor.as_ref().map(|(token, _)| token.as_str())
    }

    /// Returns the type of the actor's token.
    pub fn actor_token_type(&self) -> Option<&str> {
        self.actor.as_ref().map(|(_, token_type)| token_type.as_str())
    }

    /// Returns the identifier of the API that the client requests a token for.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Returns the requested scopes.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str)
    }

    /// Returns the id of the requested organization.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// Returns the id of the client that sent the request.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the first value of a field that the protocol does not define.
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.extra.get(name)?.first().map(String::as_str)
    }

    /// Returns every field that the protocol does not define, with its values.
    pub fn extras(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.extra.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }
}

impl Exchanged {
    /// Issues tokens for this user.
    pub fn user(user: User) -> Self {
        Self { user, actor: None }
    }

    /// Sets the actor that acts for the user: `act` of the tokens. A text is its `sub`.
    pub fn actor(mut self, actor: impl Into<ActorClaim>) -> Self {
        self.actor = Some(actor.into());
        self
    }
}

impl From<User> for Exchanged {
    fn from(user: User) -> Self {
        Self::user(user)
    }
}

impl ExchangeRejection {
    /// Denies the exchange with 400, and with the `error` and `error_description` that the Action chooses.
    pub fn deny(code: impl Into<String>, description: impl Into<String>) -> Self {
        Self(RejectionKind::Denied { code: code.into(), description: description.into() })
    }

    /// Requires another authentication factor. The tenant answers 403 `mfa_required`, with an `mfa_token` and with
    /// `mfa_requirements` that name a one-time password.
    pub fn require_mfa() -> Self {
        Self(RejectionKind::MfaRequired)
    }

    /// Rejects the subject token. The tenant answers 400 `invalid_request`.
    ///
    /// After ten rejections from one address within six minutes, the tenant answers the next exchanges from that
    /// address with 429 `too_many_attempts`.
    pub fn reject_subject_token(description: impl Into<String>) -> Self {
        Self(RejectionKind::SubjectRejected { description: description.into() })
    }
}

impl Action {
    pub(crate) fn new<E: Into<Exchanged>>(
        id: String,
        decide: impl Fn(&ExchangeRequest) -> Result<E, ExchangeRejection> + Send + Sync + 'static,
    ) -> Self {
        Self { id, decide: Arc::new(move |request| decide(request).map(Into::into)) }
    }

    pub(crate) fn decide(&self, request: &ExchangeRequest) -> Result<Exchanged, ExchangeRejection> {
        (self.decide)(request)
    }
}

impl ExchangeProfile {
    /// Makes a profile that is named after its type.
    pub(crate) fn new(subject_token_type: String, action_id: String) -> Self {
        let name = subject_token_type.chars().take(LONGEST_NAME).collect();
        Self { name, subject_token_type, action_id }
    }
}

/// Returns the rule of Auth0 that a type of subject tokens violates, or `None` if the type is valid.
pub(crate) fn subject_token_type_problem(subject_token_type: &str) -> Option<&'static str> {
    let lower = subject_token_type.to_ascii_lowercase();
    let length = subject_token_type.chars().count();
    if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
        Some("must have 8 to 100 characters")
    } else if !lower.contains(':') {
        Some("must be a URI")
    } else if RESERVED.iter().any(|namespace| is_in(&lower, namespace)) {
        Some("is in a reserved namespace")
    } else {
        None
    }
}

impl fmt::Debug for ExchangeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeRequest")
            .field("subject_token_type", &self.subject_token_type)
            .field("actor_token_type", &self.actor_token_type())
            .field("audience", &self.audience)
            .field("scopes", &self.scopes)
            .field("organization", &self.organization)
            .field("client_id", &self.client_id)
            .field("extra", &self.extra.keys())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Returns whether a URI is this namespace or is inside it.
fn is_in(uri: &str, namespace: &str) -> bool {
    uri.strip_prefix(namespace).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?', '#']))
}

/// Auth0's limit for the name of a profile.
const LONGEST_NAME: usize = 50;

const MIN_LENGTH: usize = 8;
const MAX_LENGTH: usize = 100;

const RESERVED: [&str; 7] = [
    "urn:ietf",
    "urn:auth0",
    "urn:okta",
    "https://auth0.com",
    "http://auth0.com",
    "https://okta.com",
    "http://okta.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserved_or_malformed_type_is_rejected() {
        for (subject_token_type, problem) in [
            ("urn:acme:legacy-session", None),
            ("https://acme.example/legacy", None),
            ("urn:ietfish:token", None),
            ("https://auth0.company.example/token", None),
            ("urn:ietf:params:oauth:token-type:access_token", Some("is in a reserved namespace")),
            ("URN:Auth0:token", Some("is in a reserved namespace")),
            ("urn:okta:token", Some("is in a reserved namespace")),
            ("http://auth0.com/oauth/token-type/mine", Some("is in a reserved namespace")),
            ("https://okta.com", Some("is in a reserved namespace")),
            ("legacy-session", Some("must be a URI")),
            ("urn:a:b", Some("must have 8 to 100 characters")),
        ] {
            assert_eq!(subject_token_type_problem(subject_token_type), problem, "{subject_token_type}");
        }
    }
}
