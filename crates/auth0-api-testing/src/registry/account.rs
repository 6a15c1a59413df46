//! The accounts that users have linked at third parties: the contents of Token Vault.

/// An account at a third party that a user has linked through a connection.
///
/// Pass it to [`LocalTenantBuilder::linked_account`](crate::LocalTenantBuilder::linked_account) or
/// [`LocalTenant::link`](crate::LocalTenant::link).
///
/// ```
/// use auth0_api_testing::LinkedAccount;
///
/// let at_work = LinkedAccount::new("google-oauth2")
///     .name("ada@work.example")
///     .scopes(["calendar.readonly"]);
/// let stale = LinkedAccount::new("slack").expired();
/// # drop((at_work, stale));
/// ```
#[derive(Clone, Debug)]
#[must_use = "an account has no effect until it is linked with a tenant"]
pub struct LinkedAccount {
    connection: String,
    name: Option<String>,
    scopes: Option<Vec<String>>,
    expired: bool,
}

impl LinkedAccount {
    /// Makes an account of this connection. By default its tokens have every requested scope.
    pub fn new(connection: impl Into<String>) -> Self {
        Self { connection: connection.into(), name: None, scopes: None, expired: false }
    }

    /// Sets the name of the account. If a user has several accounts, `login_hint` selects the account with this name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the scopes that the user has consented to at the third party. The tenant rejects a request for another
    /// scope.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Makes the exchange fail: the third party no longer accepts the refresh token in the vault. This happens, for
    /// example, after the user has changed the password at the third party.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    pub(crate) fn connection(&self) -> &str {
        &self.connection
    }

    /// Returns whether this is the same account at the third party, perhaps with other scopes.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.connection == other.connection && self.name == other.name
    }

    pub(crate) fn has_name(&self, hint: &str) -> bool {
        self.name.as_deref() == Some(hint)
    }

    pub(crate) fn shown_name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.expired
    }

    pub(crate) fn allows(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|granted| granted == scope))
    }

    /// Returns the scopes that the user has consented to; none if there is no limit.
    pub(crate) fn known_scopes(&self) -> &[String] {
        self.scopes.as_deref().unwrap_or_default()
    }

    pub(crate) fn scope(&self) -> Option<String> {
        self.scopes.as_ref().map(|scopes| scopes.join(" "))
    }
}
