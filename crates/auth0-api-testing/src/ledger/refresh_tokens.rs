//! The refresh tokens of the tenant, in families: a token and all tokens that have replaced it.
//!
//! With rotation, a client uses each token once. If a token comes twice, one of two parties has stolen it, and nobody can
//! tell which. The whole family ends then
//! ([RFC 9700 §4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2)).

use std::collections::VecDeque;
use std::fmt;
use std::time::SystemTime;

use super::Consent;
use crate::RefreshTokenPolicy;
use crate::must::random_text;

#[derive(Default)]
pub(crate) struct RefreshTokens(Vec<Family>);

struct Family {
    consent: Consent,
    policy: RefreshTokenPolicy,
    /// The session that the family ends with; `None` for a family that outlives the session.
    session_id: Option<String>,
    tokens: VecDeque<Token>,
    started_at: SystemTime,
    used_at: SystemTime,
}

struct Token {
    text: String,
    spent_at: Option<SystemTime>,
}

impl RefreshTokens {
    /// Starts a family, and returns its first token.
    pub(crate) fn issue(
        &mut self,
        consent: Consent,
        policy: RefreshTokenPolicy,
        session_id: Option<String>,
        now: SystemTime,
    ) -> String {
        self.0.retain(|family| family.is_valid_at(now));
        let mut family = Family { consent, policy, session_id, tokens: VecDeque::new(), started_at: now, used_at: now };
        let token = family.add();
        self.0.push(family);
        token
    }

    /// Returns the consent of a token that this client may use now. `is_open` tells whether a session is open.
    ///
    /// If the client has used the token before, ends the family.
    pub(super) fn present(
        &mut self,
        token: &str,
        client_id: &str,
        is_open: impl Fn(&str) -> bool,
        now: SystemTime,
    ) -> Option<Consent> {
        let index = self.position(token)?;
        let family = self.0.get(index).filter(|family| family.consent.client_id == client_id)?;
        let has_session = family.session_id.as_deref().is_none_or(is_open);
        if !has_session || !family.is_valid_at(now) || !family.is_usable(token, now) {
            self.0.remove(index);
            return None;
        }
        Some(family.consent.clone())
    }

    /// Records the use of a token. Returns the token to use next if the family rotates, and the token itself if not.
    ///
    /// Returns `None` if the token is no longer usable: another request was faster.
    pub(crate) fn spend(&mut self, token: &str, now: SystemTime) -> Option<Spent> {
        let index = self.position(token)?;
        let family = self.0.get_mut(index)?;
        if !family.is_usable(token, now) {
            self.0.remove(index);
            return None;
        }
        family.used_at = now;
        if !family.rotates() {
            return Some(Spent::Kept);
        }
        if let Some(spent) = family.tokens.iter_mut().find(|known| known.text == token) {
            spent.spent_at.get_or_insert(now);
        }
        Some(Spent::Replaced(family.add()))
    }

    /// Ends the family of a token of this client. Returns the session that the family belongs to, if any.
    ///
    /// # Errors
    ///
    /// When the token belongs to another client.
    pub(crate) fn revoke(&mut self, token: &str, client_id: &str) -> Result<Option<String>, AnotherClient> {
        let Some(index) = self.position(token) else { return Ok(None) };
        match self.0.get(index) {
            Some(family) if family.consent.client_id != client_id => Err(AnotherClient),
            _ => Ok(self.0.remove(index).session_id),
        }
    }

    /// Ends the families that belong to a session.
    pub(crate) fn end_session(&mut self, session_id: &str) {
        self.0.retain(|family| family.session_id.as_deref() != Some(session_id));
    }

    fn position(&self, token: &str) -> Option<usize> {
        self.0.iter().position(|family| family.tokens.iter().any(|known| known.text == token))
    }
}

/// What becomes of a used token.
pub(crate) enum Spent {
    /// The client uses the same token again.
    Kept,
    /// The client uses this token from now on.
    Replaced(String),
}

/// The token belongs to another client.
#[derive(Debug)]
pub(crate) struct AnotherClient;

impl Family {
    fn is_valid_at(&self, now: SystemTime) -> bool {
        now < self.started_at + self.policy.lifetime_limit() && now < self.used_at + self.policy.idle_limit()
    }

    /// Returns whether a token is the current one, or was replaced within the leeway.
    fn is_usable(&self, token: &str, now: SystemTime) -> bool {
        let token = self.tokens.iter().find(|known| known.text == token);
        token.is_some_and(|token| token.spent_at.is_none_or(|spent_at| now < spent_at + self.policy.leeway_limit()))
    }

    /// A token of a session does not rotate: it ends with the session.
    fn rotates(&self) -> bool {
        self.policy.rotates() && self.session_id.is_none()
    }

    fn add(&mut self) -> String {
        let text = random_text();
        self.tokens.push_back(Token { text: text.clone(), spent_at: None });
        if self.tokens.len() > MOST_TOKENS {
            self.tokens.pop_front();
        }
        text
    }
}

impl fmt::Debug for RefreshTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokens").field("families", &self.0.len()).finish()
    }
}

/// The tokens that a family remembers, to detect that an old one is used again. A page that refreshes every hour reaches
/// the limit after four days; older tokens are then unknown, and rejected without an effect on the family.
const MOST_TOKENS: usize = 100;
