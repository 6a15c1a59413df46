//! What users have linked elsewhere: the contents of Token Vault.

/// An account at a third party that a user has linked, by way of a connection; given to
/// [`LocalTenantBuilder::linked_account`](crate::LocalTenantBuilder::linked_account) or
/// [`LocalTenant::link`](crate::LocalTenant::link).
///
/// ```
/// use auth0_api_testing::LinkedAccount;
///
/// let at_work = LinkedAccount::new("google-oauth2").name("ada@work.example").scopes(["calendar.readonly"]);
/// let stale = LinkedAccount::new("slack").expired();
/// # drop((at_work, stale));
/// ```
#[derive(Clone, Debug)]
#[must_use = "an account is linked once the tenant has it"]
pub struct LinkedAccount {
    connection: String,
    name: Option<String>,
    scopes: Option<Vec<String>>,
    expired: bool,
}

impl LinkedAccount {
    /// An account by way of this connection, good for whatever scope is asked for.
    pub fn new(connection: impl Into<String>) -> Self {
        Self { connection: connection.into(), name: None, scopes: None, expired: false }
    }

    /// What `login_hint` chooses it by, where a user has several.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What the user has consented to at the third party.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// The third party no longer takes what the vault holds, as after a change of the password there.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    pub(crate) fn connection(&self) -> &str {
        &self.connection
    }

    pub(crate) fn is_called(&self, hint: &str) -> bool {
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

    pub(crate) fn scope(&self) -> Option<String> {
        self.scopes.as_ref().map(|scopes| scopes.join(" "))
    }
}
