//! What a user has to connect before Token Vault has a token.

/// An account that the user has to connect: the connection, and the scopes at the provider.
///
/// [`ServerError::connect_account`](super::ServerError::connect_account) returns it. Both values are those of the
/// application's own request, so a response may contain them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectAccount {
    connection: Box<str>,
    scope: Box<str>,
}

impl ConnectAccount {
    pub(super) fn new(connection: &str, scope: &str) -> Self {
        Self { connection: connection.into(), scope: scope.into() }
    }

    /// The name of the connection in the tenant, such as `google-oauth2`.
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// The scopes that the exchange asked for, and that the account must therefore grant. Empty if it asked for none.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split(' ').filter(|scope| !scope.is_empty())
    }
}
