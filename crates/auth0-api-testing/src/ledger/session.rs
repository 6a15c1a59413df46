//! The sessions of browsers at the tenant. A browser has the secret of its session in a cookie.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use crate::User;
use crate::must::random_text;

/// A user who has signed in with a browser.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The public id of the session: the claim `sid` of ID tokens.
    pub(crate) id: String,
    pub(crate) user: User,
    /// When the user has signed in: the claim `auth_time`.
    pub(crate) started_at: SystemTime,
    /// The ids of the clients that the user has signed in to.
    pub(crate) clients: Vec<String>,
    used_at: SystemTime,
}

/// The sessions by their secrets.
#[derive(Debug, Default)]
pub(crate) struct SessionLedger(HashMap<String, Session>);

impl SessionLedger {
    /// Starts a session, and returns its secret.
    pub(crate) fn start(&mut self, user: User, now: SystemTime) -> (String, Session) {
        self.0.retain(|_, session| session.is_valid_at(now));
        let secret = random_text();
        let session = Session { id: random_text(), user, started_at: now, clients: Vec::new(), used_at: now };
        self.0.insert(secret.clone(), session.clone());
        (secret, session)
    }

    /// Returns the session with this secret, and records the use.
    pub(crate) fn resume(&mut self, secret: &str, now: SystemTime) -> Option<Session> {
        let session = self.0.get_mut(secret).filter(|session| session.is_valid_at(now))?;
        session.used_at = now;
        Some(session.clone())
    }

    /// Records that the user has signed in to a client in this session.
    pub(crate) fn join(&mut self, id: &str, client_id: &str) {
        for session in self.0.values_mut().filter(|session| session.id == id) {
            if !session.clients.iter().any(|known| known == client_id) {
                session.clients.push(client_id.to_owned());
            }
        }
    }

    /// Returns the secrets of a user's sessions.
    pub(crate) fn secrets_of(&self, user_id: &str) -> Vec<String> {
        let own = self.0.iter().filter(|(_, session)| session.user.id() == user_id);
        own.map(|(secret, _)| secret.clone()).collect()
    }

    /// Ends the session with this secret, and returns it.
    pub(crate) fn end(&mut self, secret: &str) -> Option<Session> {
        self.0.remove(secret)
    }

    /// Ends the session with this public id.
    pub(crate) fn end_by_id(&mut self, id: &str) {
        self.0.retain(|_, session| session.id != id);
    }

    pub(crate) fn is_open(&self, id: &str, now: SystemTime) -> bool {
        self.0.values().any(|session| session.id == id && session.is_valid_at(now))
    }
}

impl Session {
    fn is_valid_at(&self, now: SystemTime) -> bool {
        now < self.started_at + LIFETIME && now < self.used_at + IDLE_LIFETIME
    }
}

/// Auth0's defaults: a session ends after seven days, and after three days without a use.
pub(crate) const LIFETIME: Duration = Duration::from_secs(7 * 86_400);
const IDLE_LIFETIME: Duration = Duration::from_secs(3 * 86_400);
