//! The APIs that the tenant issues tokens for.

use std::time::Duration;

use auth0_api_core::Algorithm;

use crate::key_ring::DEFAULT_ALGORITHM;
use crate::{TokenBuilder, TokenEncryption};

/// An API of the tenant; register it with [`LocalTenantBuilder::api`](crate::LocalTenantBuilder::api).
///
/// ```
/// use std::time::Duration;
/// use auth0_api_testing::Api;
///
/// let calendar = Api::new("https://calendar.example.com")
///     .scopes(["read:events", "write:events"])
///     .token_lifetime(Duration::from_secs(300));
/// # drop(calendar);
/// ```
#[expect(clippy::struct_excessive_bools, reason = "each of them is a setting of Auth0")]
#[derive(Clone, Debug)]
#[must_use = "an API has no effect until it is registered with a builder"]
pub struct Api {
    identifier: String,
    scopes: Option<Vec<String>>,
    token_lifetime: Duration,
    algorithm: Algorithm,
    rfc9068: bool,
    agent_subject_claims: bool,
    authorization_details_types: Option<Vec<String>>,
    requires_dpop: bool,
    has_offline_access: bool,
    encryption: Option<TokenEncryption>,
}

impl Api {
    /// Makes an API with this identifier, which is the audience of its tokens. By default the API grants every
    /// requested scope.
    pub fn new(identifier: impl Into<String>) -> Self {
        Self {
            identifier: identifier.into(),
            scopes: None,
            token_lifetime: DEFAULT_LIFETIME,
            algorithm: DEFAULT_ALGORITHM,
            rfc9068: false,
            agent_subject_claims: false,
            authorization_details_types: None,
            requires_dpop: false,
            has_offline_access: true,
            encryption: None,
        }
    }

    /// Sets the scopes of the API. The API does not grant other requested scopes.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the lifetime of the API's tokens; one day by default, and from 1 s to 30 days, as in Auth0.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets the algorithm that signs the API's tokens; RS256 by default, as in Auth0.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Gives the API's tokens the profile of [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068#section-2): `typ`
    /// `at+jwt`, `client_id` in place of `azp`, a `jti`, and no `gty`. By default the tokens have Auth0's own profile,
    /// as in Auth0.
    pub fn rfc9068(mut self) -> Self {
        self.rfc9068 = true;
        self
    }

    /// Opts in to the claims that say who calls (`agent_subject_claims: "auth0-v1"` in Auth0): `sub_profile`, and
    /// `client_profile`. Off by default, as in Auth0.
    pub fn agent_subject_claims(mut self) -> Self {
        self.agent_subject_claims = true;
        self
    }

    /// Sets the types of authorization details that a client may request for this API
    /// ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)). A request with another type is rejected. By default every
    /// type is accepted.
    pub fn authorization_details_types(mut self, types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.authorization_details_types = Some(types.into_iter().map(Into::into).collect());
        self
    }

    /// Issues only tokens that are bound to a DPoP key
    /// ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)): a token request without a proof is rejected. Off by default.
    pub fn require_dpop(mut self) -> Self {
        self.requires_dpop = true;
        self
    }

    /// Grants no `offline_access` for this API, so a client that asks for it gets no refresh token (Auth0's setting *Allow
    /// Offline Access*, switched off). By default the tenant grants it, unlike Auth0 for a new API.
    ///
    /// `online_access` is another setting of Auth0, and stays. So does the use of a refresh token that a client has got for
    /// another API, as far as its [policy](crate::RefreshTokenPolicy) includes this one.
    pub fn without_offline_access(mut self) -> Self {
        self.has_offline_access = false;
        self
    }

    /// Encrypts the tokens that the token endpoint issues for this API (Auth0's `token_encryption`). Off by default.
    ///
    /// The tenant cannot decrypt these tokens. To exchange such a token, the API sends the signed JWT that is inside.
    pub fn token_encryption(mut self, encryption: TokenEncryption) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Changes a new token of the tenant into a token for this API and a client, in the API's profile.
    pub(crate) fn token(&self, token: TokenBuilder, client_id: &str) -> TokenBuilder {
        let token = token.audience(&self.identifier).algorithm(self.algorithm).expires_in(self.token_lifetime);
        let token = match &self.encryption {
            Some(encryption) => token.encrypt(encryption),
            None => token,
        };
        let token = token.claim("azp", client_id);
        if self.rfc9068 { token.rfc9068() } else { token }
    }

    pub(crate) fn identifier(&self) -> &str {
        &self.identifier
    }

    pub(crate) fn is_rfc9068(&self) -> bool {
        self.rfc9068
    }

    pub(crate) fn signing_algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn encryption(&self) -> Option<&TokenEncryption> {
        self.encryption.as_ref()
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }

    pub(crate) fn has_agent_subject_claims(&self) -> bool {
        self.agent_subject_claims
    }

    pub(crate) fn authorization_details_types_listed(&self) -> impl Iterator<Item = &str> {
        self.authorization_details_types.iter().flatten().map(String::as_str)
    }

    pub(crate) fn has_authorization_details_type(&self, name: &str) -> bool {
        self.authorization_details_types.as_ref().is_none_or(|types| types.iter().any(|known| known == name))
    }

    /// Returns the scopes of the API; none if the API grants every requested scope.
    pub(crate) fn known_scopes(&self) -> &[String] {
        self.scopes.as_deref().unwrap_or_default()
    }

    pub(crate) fn requires_dpop(&self) -> bool {
        self.requires_dpop
    }

    pub(crate) fn has_offline_access(&self) -> bool {
        self.has_offline_access
    }

    pub(crate) fn lifetime(&self) -> Duration {
        self.token_lifetime
    }

    /// Returns why a tenant cannot start with this API.
    pub(crate) fn problem(&self) -> Option<String> {
        let is_usable = (SHORTEST_LIFETIME..=LONGEST_LIFETIME).contains(&self.token_lifetime);
        (!is_usable).then(|| format!("the token_lifetime of the API {} must be from 1 s to 30 days", self.identifier))
    }
}

/// Auth0's default for a new API.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(86_400);
/// The longest lifetime that Auth0 accepts.
const LONGEST_LIFETIME: Duration = Duration::from_secs(30 * 86_400);
/// `expires_in` has whole seconds.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(1);
