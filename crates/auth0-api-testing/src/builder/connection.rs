//! The options of third parties.

use super::LocalTenantBuilder;
use crate::{Connection, LinkedAccount};

/// # Third parties
impl LocalTenantBuilder {
    /// Registers a connection to a third party: a name, or a [`Connection`] with options. The connection has no linked
    /// account yet; users can connect their accounts with the My Account API.
    pub fn connection(mut self, connection: impl Into<Connection>) -> Self {
        self.registry.connections.push(connection.into());
        self
    }

    /// Links a user's account at a third party, and registers the account's connection if it is not registered.
    pub fn linked_account(mut self, user_id: impl Into<String>, account: LinkedAccount) -> Self {
        self.accounts.push((user_id.into(), account));
        self
    }

    /// Registers the connections of linked accounts, unless the caller has registered them.
    pub(super) fn register_linked_connections(&mut self) {
        for (_, account) in &self.accounts {
            if self.registry.connection(account.connection()).is_none() {
                self.registry.connections.push(account.connection().into());
            }
        }
    }
}
