//! Connected accounts, as the tenant describes them.

use serde::Deserialize;

use super::paging::Paging;

/// An account that the user has connected.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ConnectedAccount {
    id: Box<str>,
    connection: Box<str>,
    #[serde(default)]
    access_type: Option<Box<str>>,
    #[serde(default)]
    scopes: Option<Vec<Box<str>>>,
    #[serde(default)]
    created_at: Option<Box<str>>,
    #[serde(default)]
    expires_at: Option<Box<str>>,
}

/// Which accounts to list.
///
/// ```
/// use auth0_api_core::connected_accounts::AccountQuery;
///
/// let google = AccountQuery::new().connection("google-oauth2").take(20);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct AccountQuery {
    pub(super) connection: Option<Box<str>>,
    pub(super) paging: Paging,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AccountPage {
    accounts: Vec<ConnectedAccount>,
    #[serde(default)]
    next: Option<Box<str>>,
}

impl ConnectedAccount {
    /// The id of the connected account (`cac_…`).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the connection in the tenant.
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// `offline` if Token Vault has a refresh token of the account.
    pub fn access_type(&self) -> Option<&str> {
        self.access_type.as_deref()
    }

    /// The scopes that the user has granted at the provider. Empty if the tenant names none.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().flatten().map(|scope| &**scope)
    }

    /// When the user connected the account, as the tenant writes it (RFC 3339).
    pub fn created_at(&self) -> Option<&str> {
        self.created_at.as_deref()
    }

    /// When the grant of the account expires, as the tenant writes it (RFC 3339); `None` if it has no such time.
    pub fn expires_at(&self) -> Option<&str> {
        self.expires_at.as_deref()
    }
}

impl AccountQuery {
    /// Lists the first ten accounts of all connections.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists only accounts of this connection.
    pub fn connection(mut self, name: impl Into<Box<str>>) -> Self {
        self.connection = Some(name.into());
        self
    }

    /// Lists at most this many accounts, from 1 to 20. Default: 10 (Auth0's default).
    pub fn take(mut self, most: u8) -> Self {
        self.paging.take = Some(most);
        self
    }

    /// Continues a list after a page: see [`AccountPage::next`].
    pub fn from(mut self, next: impl Into<Box<str>>) -> Self {
        self.paging.from = Some(next.into());
        self
    }
}

impl AccountPage {
    /// The accounts of this page.
    pub fn accounts(&self) -> &[ConnectedAccount] {
        &self.accounts
    }

    /// What [`AccountQuery::from`] takes to get the next page; `None` on the last page.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref().filter(|next| !next.is_empty())
    }
}
