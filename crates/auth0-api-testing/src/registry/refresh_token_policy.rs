//! How a client may use its refresh tokens.

use std::time::Duration;

use crate::Api;

/// How a client may use its refresh tokens; set it with
/// [`Application::refresh_tokens`](crate::Application::refresh_tokens).
///
/// With a refresh token, a client can get tokens for several APIs (Auth0 calls it a *multi-resource refresh token*). By
/// default these are all APIs of the tenant, with the scopes that the API has, also beyond the scopes that the client
/// asked for when the user signed in. [`audience`](Self::audience) and [`one_audience`](Self::one_audience) restrict
/// this.
///
/// ```
/// use std::time::Duration;
/// use auth0_api_testing::{Application, RefreshTokenPolicy};
///
/// let policy = RefreshTokenPolicy::rotating()
///     .leeway(Duration::from_secs(10))
///     .audience("https://calendar.example.com", ["read:events"]);
/// let page = Application::single_page("shop-page").refresh_tokens(policy);
/// # drop(page);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a policy has no effect until it is set for an application"]
pub struct RefreshTokenPolicy {
    rotates: bool,
    leeway: Duration,
    lifetime: Duration,
    idle_lifetime: Duration,
    /// The other APIs, with their scopes; `None` for all APIs of the tenant with all their scopes.
    audiences: Option<Vec<(String, Vec<String>)>>,
}

impl RefreshTokenPolicy {
    /// Gives the client a new refresh token with each use. If a client uses a token twice, the token and all tokens that
    /// have replaced it become invalid. This is the default of public clients.
    pub fn rotating() -> Self {
        Self {
            rotates: true,
            leeway: Duration::ZERO,
            lifetime: DEFAULT_LIFETIME,
            idle_lifetime: DEFAULT_IDLE_LIFETIME,
            audiences: None,
        }
    }

    /// Lets the client use its refresh token several times. This is the default of clients with a credential.
    pub fn reusable() -> Self {
        Self { rotates: false, ..Self::rotating() }
    }

    /// Sets how long the client may still use a token that was replaced, for answers that got lost on the way; 0 by
    /// default, as in Auth0.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Sets how long the client may use a token and its successors; 30 days by default, as in Auth0.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Sets after how long without a use a token becomes invalid; 15 days by default, as in Auth0.
    pub fn idle_lifetime(mut self, lifetime: Duration) -> Self {
        self.idle_lifetime = lifetime;
        self
    }

    /// Lets the client get tokens for this API with these scopes, and for no API that is not named so.
    pub fn audience(
        mut self,
        identifier: impl Into<String>,
        scopes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let scopes = scopes.into_iter().map(Into::into).collect();
        self.audiences.get_or_insert_default().push((identifier.into(), scopes));
        self
    }

    /// Lets the client get tokens only for the API and with the scopes that it asked for when the user signed in.
    pub fn one_audience(mut self) -> Self {
        self.audiences = Some(Vec::new());
        self
    }

    pub(crate) fn rotates(&self) -> bool {
        self.rotates
    }

    pub(crate) fn leeway_limit(&self) -> Duration {
        self.leeway
    }

    pub(crate) fn lifetime_limit(&self) -> Duration {
        self.lifetime
    }

    pub(crate) fn idle_limit(&self) -> Duration {
        self.idle_lifetime
    }

    /// Returns whether the client may get tokens for this API.
    pub(crate) fn covers(&self, api: &Api) -> bool {
        self.audiences.as_ref().is_none_or(|audiences| audiences.iter().any(|(known, _)| known == api.identifier()))
    }

    /// Returns whether the client may get this scope of this API.
    pub(crate) fn gives(&self, api: &Api, scope: &str) -> bool {
        let is_named = |(known, scopes): &(String, Vec<String>)| {
            known == api.identifier() && scopes.iter().any(|known| known == scope)
        };
        self.audiences.as_ref().map_or_else(|| api.has(scope), |audiences| audiences.iter().any(is_named))
    }

    /// Returns every scope of this API that the client may get, as far as they have names.
    pub(crate) fn scopes(&self, api: &Api) -> Vec<String> {
        let named = self.audiences.iter().flatten().filter(|(known, _)| known == api.identifier());
        match self.audiences {
            Some(_) => named.flat_map(|(_, scopes)| scopes.clone()).collect(),
            None => api.known_scopes().to_vec(),
        }
    }
}

/// Auth0's defaults for new applications.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(30 * 86_400);
const DEFAULT_IDLE_LIFETIME: Duration = Duration::from_secs(15 * 86_400);
