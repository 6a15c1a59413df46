//! The connections of which a user can connect accounts, as the tenant describes them.

use serde::Deserialize;

use super::paging::Paging;

/// A connection of which the user can connect an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AvailableConnection {
    name: Box<str>,
    #[serde(default)]
    strategy: Option<Box<str>>,
    #[serde(default)]
    scopes: Option<Vec<Box<str>>>,
}

/// Which page of the connections to list.
///
/// ```
/// use auth0_api_core::connected_accounts::ConnectionQuery;
///
/// let first = ConnectionQuery::new().take(20);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct ConnectionQuery(pub(super) Paging);

/// One page of the connections.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ConnectionPage {
    connections: Vec<AvailableConnection>,
    #[serde(default)]
    next: Option<Box<str>>,
}

impl AvailableConnection {
    /// The name of the connection in the tenant, for [`Connect::new`](super::Connect::new).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind of the provider, such as `google-oauth2` or `oidc`.
    pub fn strategy(&self) -> Option<&str> {
        self.strategy.as_deref()
    }

    /// The scopes of the provider that the connection requests by default. Empty if the tenant names none.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().flatten().map(|scope| &**scope)
    }
}

impl ConnectionQuery {
    /// Lists the first ten connections.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists at most this many connections, from 1 to 20. Default: 10 (Auth0's default).
    pub fn take(mut self, most: u8) -> Self {
        self.0.take = Some(most);
        self
    }

    /// Continues a list after a page: see [`ConnectionPage::next`].
    pub fn from(mut self, next: impl Into<Box<str>>) -> Self {
        self.0.from = Some(next.into());
        self
    }
}

impl ConnectionPage {
    /// The connections of this page.
    pub fn connections(&self) -> &[AvailableConnection] {
        &self.connections
    }

    /// What [`ConnectionQuery::from`] takes to get the next page; `None` on the last page.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref().filter(|next| !next.is_empty())
    }
}
