//! The third parties at which users have accounts.

/// A connection to a third party; register it with
/// [`LocalTenantBuilder::connection`](crate::LocalTenantBuilder::connection).
///
/// ```
/// use auth0_api_testing::{Connection, LocalTenant};
///
/// let builder = LocalTenant::builder()
///     .connection("google-oauth2")
///     .connection(Connection::new("work-calendar").strategy("oauth2").scopes(["read:events"]))
///     .connection(Connection::new("github").without_offline_access());
/// # drop(builder);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a connection has no effect until it is registered with a builder"]
pub struct Connection {
    name: String,
    strategy: Option<String>,
    scopes: Option<Vec<String>>,
    has_offline_access: bool,
}

impl Connection {
    /// Makes a connection. By default its third party grants every requested scope and gives refresh tokens, so users
    /// can connect their accounts.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), strategy: None, scopes: None, has_offline_access: true }
    }

    /// Sets the kind of third party that `GET /me/v1/connected-accounts/connections` shows; by default the name.
    pub fn strategy(mut self, strategy: impl Into<String>) -> Self {
        self.strategy = Some(strategy.into());
        self
    }

    /// Sets the scopes of the third party. It does not grant other requested scopes, and grants all of these if a
    /// client that connects an account requests none.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Makes a third party that gives no refresh tokens. Users cannot connect their accounts: Token Vault would have
    /// nothing to keep.
    pub fn without_offline_access(mut self) -> Self {
        self.has_offline_access = false;
        self
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn strategy_name(&self) -> &str {
        self.strategy.as_deref().unwrap_or(&self.name)
    }

    pub(crate) fn has_offline_access(&self) -> bool {
        self.has_offline_access
    }

    /// Returns the scopes of the third party; none if it grants every requested scope.
    pub(crate) fn known_scopes(&self) -> &[String] {
        self.scopes.as_deref().unwrap_or_default()
    }

    /// Returns the scopes that the third party grants; `None` if there is no limit.
    pub(crate) fn granted(&self, requested: Option<Vec<String>>) -> Option<Vec<String>> {
        match (requested, &self.scopes) {
            (None, known) => known.clone(),
            (Some(requested), None) => Some(requested),
            (Some(mut requested), Some(known)) => {
                requested.retain(|scope| known.contains(scope));
                Some(requested)
            }
        }
    }
}

impl<N: Into<String>> From<N> for Connection {
    fn from(name: N) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_party_grants_the_scopes_that_it_has() {
        let texts = |scopes: &[&str]| Some(scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>());
        let (any, some) = (Connection::new("a"), Connection::new("b").scopes(["x", "y"]));
        assert_eq!(any.granted(None), None);
        assert_eq!(any.granted(texts(&["z"])), texts(&["z"]));
        assert_eq!(some.granted(None), texts(&["x", "y"]));
        assert_eq!(some.granted(texts(&["z", "y"])), texts(&["y"]));
    }
}
