//! The APIs that the tenant issues tokens for.

use std::time::Duration;

/// An API registered with the tenant; given to [`LocalTenantBuilder::api`](crate::LocalTenantBuilder::api).
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
#[derive(Clone, Debug)]
#[must_use = "an API is one once the builder has it"]
pub struct Api {
    identifier: String,
    scopes: Option<Vec<String>>,
    token_lifetime: Duration,
}

impl Api {
    /// An API by its identifier, the audience of its tokens. It grants whatever scope is asked for.
    pub fn new(identifier: impl Into<String>) -> Self {
        Self { identifier: identifier.into(), scopes: None, token_lifetime: DEFAULT_LIFETIME }
    }

    /// The permissions it has. Of the scopes asked for, the others are left out.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// How long its tokens are good; a day by default, as Auth0's.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    pub(crate) fn identifier(&self) -> &str {
        &self.identifier
    }

    pub(crate) fn has(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|known| known == scope))
    }

    pub(crate) fn lifetime(&self) -> Duration {
        self.token_lifetime
    }
}

/// Auth0's for a new API.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(86_400);
