//! The result of a verification: a token that has passed every check.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Actor, ActorError, Binding, ClaimsError, Organization, ValidClaims, actor};
use crate::jose::WrongType;

/// An access token that has passed every check, with its claims.
///
/// ```
/// use auth0_api_core::VerifiedToken;
///
/// fn log_line(token: &VerifiedToken) -> String {
///     let plan = token.claims().get("https://example.com/plan");
///     format!(
///         "{:?} of {:?} by {:?}, may write: {}, plan: {plan:?}",
///         token.subject(),
///         token.organization(),
///         token.client_id(),
///         token.has_scope("write:messages"),
///     )
/// }
/// # _ = log_line;
/// ```
///
/// | question | method |
/// |---|---|
/// | For whom was the token issued? | [`subject`](Self::subject), [`caller`](Self::caller), [`organization`](Self::organization) |
/// | Through which application, and by which tenant? | [`client_id`](Self::client_id), [`issuer`](Self::issuer) |
/// | What may the caller do? | [`has_scope`](Self::has_scope), [`permissions`](Self::permissions), [`authorization_details`](Self::authorization_details) |
/// | Who acts for the user? | [`current_actor`](Self::current_actor), [`delegation_chain`](Self::delegation_chain) |
/// | Any other claim? | [`claims`](Self::claims), [`claims_as`](Self::claims_as) |
///
/// To decide whether a caller may use a route, prefer a [`Requirement`](crate::Requirement): its rejection tells the
/// client what to request. See [authorization](crate::guide::authorization).
///
/// Only a verification creates this type. Clones are cheap, and the type is the same in every framework. The methods
/// read the claims on demand. A claim with a type that its specification does not allow is treated as absent. The
/// exceptions are `act` and `authorization_details`: the methods that read one of these return an error if the claim is
/// malformed. If a claim that says who the caller is is malformed, [`caller`](Self::caller) is unknown.
///
/// A text may contain a lone surrogate, which is half of a pair of escapes, such as `\ud83d` alone: JavaScript writes it
/// if a program cuts a text inside an emoji. It is not Unicode text. [`claims`](Self::claims) and
/// [`claims_as`](Self::claims_as), and so the predicates of requirements, see U+FFFD in its place. A check rejects a
/// claim with a lone surrogate, and the other methods treat the claim as malformed.
#[doc(alias = "jwt", alias = "principal", alias = "payload")]
#[derive(Clone)]
pub struct VerifiedToken {
    binding: Binding,
    claims: ValidClaims,
    next_nonce: Option<Arc<str>>,
    verified_at: SystemTime,
}

/// The text of an access token. `Debug` does not show it.
///
/// ```
/// # fn show(token: &auth0_api_core::VerifiedToken) {
/// assert_eq!(format!("{:?}", token.access_token()), "[redacted]");
/// # }
/// ```
///
/// The text is not erased from memory when the token is dropped. The server keeps the same text in the headers of the
/// request, and erasing would cost more than all checks of the claims.
pub struct AccessToken(pub(super) Arc<str>);

impl VerifiedToken {
    /// Creates the token from the results of the checks. Only the last step of a verification calls this function.
    pub(crate) fn assemble(claims: ValidClaims, binding: Binding, next_nonce: Option<String>, now: SystemTime) -> Self {
        Self { binding, claims, next_nonce: next_nonce.map(Into::into), verified_at: now }
    }

    /// `iss`: the issuer whose key signed the token, with its trailing slash.
    pub fn issuer(&self) -> &str {
        self.claims.issuer()
    }

    /// `sub`: the user, or `<client id>@clients` for a machine. See [`caller`](Self::caller) for its forms.
    #[doc(alias = "user_id")]
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `aud`: every audience of the token. At least one of them is configured.
    pub fn audiences(&self) -> impl Iterator<Item = &str> {
        let (one, many) = match self.claims().get("aud") {
            Some(Value::String(one)) => (Some(one.as_str()), None),
            Some(Value::Array(many)) => (None, Some(many)),
            _ => (None, None),
        };
        one.into_iter().chain(many.into_iter().flatten().filter_map(Value::as_str))
    }

    /// `scope`: the scopes that the client was granted
    /// ([RFC 9068 §2.2.3](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3)).
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.text("scope").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty())
    }

    /// Returns whether the client was granted a scope.
    #[doc(alias = "hasScope")]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// `permissions`: the permissions of the user. Auth0 writes this claim if
    /// [RBAC](https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis) is switched on for the
    /// API.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        let permissions = self.value("permissions").and_then(Value::as_array);
        permissions.into_iter().flatten().filter_map(Value::as_str)
    }

    /// `azp`, or `client_id` in the RFC 9068 profile: the client that the token was issued to. `None` if the token has an
    /// `azp` that is malformed, also if it has a `client_id`.
    pub fn client_id(&self) -> Option<&str> {
        self.claims.client_id().ok().flatten()
    }

    /// `org_id` and `org_name`: the organization that the user acts in.
    pub fn organization(&self) -> Option<Organization<'_>> {
        self.text("org_id").map(|id| Organization { id, name: self.text("org_name") })
    }

    /// `exp`: the time when the token expires. With a [`leeway`](crate::ApiClientBuilder::leeway), the API accepts the
    /// token a little longer.
    pub fn expires_at(&self) -> SystemTime {
        self.claims.expires_at()
    }

    /// The time of the verification, by the [`Clock`](crate::Clock) of the client.
    ///
    /// The token is not verified again during a long response or on a connection that stays open:
    /// [`ApiClient::until_ended`](crate::ApiClient::until_ended) tells when to end it.
    pub fn verified_at(&self) -> SystemTime {
        self.verified_at
    }

    /// `acr`: how the user logged in ([RFC 9470 §6.1](https://www.rfc-editor.org/rfc/rfc9470#section-6.1)). Auth0 does
    /// not write this claim into access tokens: see [`StepUp`](crate::StepUp).
    pub fn acr(&self) -> Option<&str> {
        self.text("acr")
    }

    /// `auth_time`: when the user logged in. Auth0 does not write this claim into access tokens.
    pub fn authenticated_at(&self) -> Option<SystemTime> {
        self.time("auth_time")
    }

    /// `act`: the current actor, who acts for the subject. `None` if the token has no `act` claim.
    ///
    /// # Errors
    ///
    /// [`ActorError`] if the claim is present and malformed.
    pub fn current_actor(&self) -> Result<Option<Actor<'_>>, ActorError> {
        actor::current(self.act()?)
    }

    /// All actors that act or acted for the subject, the current one first. Empty without an `act` claim.
    ///
    /// Use only the first actor for decisions. The other actors acted earlier
    /// ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
    ///
    /// # Errors
    ///
    /// [`ActorError`] if the claim is present and malformed, or nests more than 16 levels.
    pub fn delegation_chain(&self) -> Result<Vec<Actor<'_>>, ActorError> {
        actor::chain(self.act()?)
    }

    /// How the caller proved that it is the rightful holder of the token.
    pub fn binding(&self) -> Binding {
        self.binding
    }

    /// The text of the token as the client presented it, which may be encrypted. Never send this text to another API.
    pub fn access_token(&self) -> &AccessToken {
        self.claims.access_token()
    }

    /// The text of the token as the issuer signed it. The tenant cannot decrypt a token that is encrypted for this API,
    /// so an exchange sends this text.
    pub(crate) fn signed_text(&self) -> &str {
        self.claims.signed_text()
    }

    /// The nonce to send in the header `DPoP-Nonce` of the response, because the client's nonce expires soon
    /// ([RFC 9449 §8.2](https://www.rfc-editor.org/rfc/rfc9449#section-8.2)). The adapters send this header.
    pub fn next_nonce(&self) -> Option<&str> {
        self.next_nonce.as_deref()
    }

    /// All claims, as the issuer wrote them, except that U+FFFD replaces lone surrogates.
    #[doc(alias = "payload")]
    pub fn claims(&self) -> &Map<String, Value> {
        self.claims.map()
    }

    /// Converts the claims to any type that implements `Deserialize`.
    ///
    /// # Errors
    ///
    /// [`ClaimsError`] if the claims do not fit the type. Respond with 403, as the adapters do, and not with 401, because
    /// the caller is authenticated.
    ///
    /// ```
    /// # fn show(token: &auth0_api_core::VerifiedToken) -> Result<(), auth0_api_core::token::ClaimsError> {
    /// #[derive(serde::Deserialize)]
    /// struct Tier {
    ///     #[serde(rename = "https://example.com/tier")]
    ///     tier: String,
    /// }
    ///
    /// let Tier { tier } = token.claims_as()?;
    /// # _ = tier;
    /// # Ok(())
    /// # }
    /// ```
    pub fn claims_as<'t, T: Deserialize<'t>>(&'t self) -> Result<T, ClaimsError> {
        serde_json::from_str(self.claims.members().as_str()).map_err(|error| ClaimsError::of(&error))
    }

    pub(crate) fn valid_claims(&self) -> &ValidClaims {
        &self.claims
    }

    pub(crate) fn has_claim(&self, name: &str) -> bool {
        self.claims.members().contains(name)
    }

    /// Returns the client id for a check. A malformed one is an error, and not a token without a client.
    pub(super) fn checked_client_id(&self) -> Result<Option<&str>, WrongType> {
        self.claims.client_id()
    }

    /// Returns a claim for a check: `None` also if it contains a lone surrogate.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.claims.value(name)
    }

    /// Returns a claim that is a time.
    pub(crate) fn time(&self, name: &str) -> Option<SystemTime> {
        self.claims.time(name)
    }

    /// Returns the `act` claim. A claim that is present but cannot be read is an error, not an absent actor.
    fn act(&self) -> Result<Option<&Value>, ActorError> {
        if !self.has_claim("act") {
            return Ok(None);
        }
        self.value("act").map(Some).ok_or(ActorError::Malformed)
    }

    /// Returns a string claim. All claims are read only if the text of this claim contains escapes.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.claims.text(name)
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("issuer", &self.claims.issuer())
            .field("binding", &self.binding)
            .field("claims", self.claims.members())
            .field("expires_at", &self.claims.expires_at())
            .finish_non_exhaustive()
    }
}

impl AccessToken {
    /// Returns the text. Handle it like a password.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
