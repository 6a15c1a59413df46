//! The accounts that users have linked: the contents of Token Vault.

use std::time::SystemTime;

use crate::LinkedAccount;
use crate::must::random_text;

#[derive(Debug, Default)]
pub(crate) struct Accounts(Vec<StoredAccount>);

/// A linked account, as the My Account API knows it.
#[derive(Clone, Debug)]
pub(crate) struct StoredAccount {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) account: LinkedAccount,
    pub(crate) linked_at: SystemTime,
}

impl Accounts {
    /// Links an account. It replaces an account of the user with the same connection and name: connecting an account
    /// again renews what Token Vault has.
    pub(crate) fn link(&mut self, user_id: String, account: LinkedAccount, now: SystemTime) -> StoredAccount {
        let is_same = |known: &StoredAccount| known.user_id == user_id && known.account.is_same(&account);
        let position = self.0.iter().position(is_same);
        let stored = StoredAccount { id: format!("cac_{}", random_text()), user_id, account, linked_at: now };
        match position.and_then(|position| self.0.get_mut(position)) {
            Some(known) => *known = stored.clone(),
            None => self.0.push(stored.clone()),
        }
        stored
    }

    /// Returns the account that this user has linked through a connection. If there is a hint, it is the account with
    /// that name. Otherwise it is the first account.
    pub(crate) fn find(&self, user_id: &str, connection: &str, hint: Option<&str>) -> Option<&LinkedAccount> {
        let mut linked = self.of_user(user_id).map(|known| &known.account).filter(|a| a.connection() == connection);
        linked.find(|account| hint.is_none_or(|hint| account.has_name(hint)))
    }

    pub(crate) fn of_user(&self, user_id: &str) -> impl Iterator<Item = &StoredAccount> {
        self.0.iter().filter(move |known| known.user_id == user_id)
    }

    pub(crate) fn unlink(&mut self, user_id: &str, connection: &str) {
        self.0.retain(|known| known.user_id != user_id || known.account.connection() != connection);
    }

    /// Removes the account of this user with this id, and returns whether there was one.
    pub(crate) fn remove(&mut self, user_id: &str, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|known| known.user_id != user_id || known.id != id);
        self.0.len() < before
    }
}
