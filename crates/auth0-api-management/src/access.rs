//! The management token: an access token for the Management API, by client credentials, or given by the application.
//!
//! Core's client keeps it until 30 s before it expires, renews it in the background when four fifths of this time have
//! passed, and lets all calls that wait for a token share one request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use auth0_api_core::exchange::ClientCredentials;
use auth0_api_core::{ApiClient, Clock, ExchangeError, TokenSet};
use secrecy::{ExposeSecret as _, SecretString};

/// Gets management tokens.
#[derive(Debug)]
pub(crate) struct Access {
    api: ApiClient,
    audience: Box<str>,
    given: Option<SecretString>,
    clock: Arc<dyn Clock>,
    rejected: Mutex<Option<Rejected>>,
}

/// A management token.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    Given(&'a SecretString),
    Issued(TokenSet),
}

/// The last token that the Management API rejected.
#[derive(Debug)]
struct Rejected {
    tokens: TokenSet,
    at: SystemTime,
}

impl Access {
    pub(crate) fn new(api: ApiClient, audience: Box<str>, given: Option<SecretString>, clock: Arc<dyn Clock>) -> Self {
        Self { api, audience, given, clock, rejected: Mutex::default() }
    }

    /// Returns the given token, or one with all scopes that the application has.
    pub(crate) async fn token(&self) -> Result<Token<'_>, ExchangeError> {
        if let Some(given) = &self.given {
            return Ok(Token::Given(given));
        }
        let credentials = ClientCredentials::audience(self.audience.clone());
        self.api.get_token_by_client_credentials(credentials).await.map(Token::Issued)
    }

    /// Drops a token that the Management API rejected, so that the next call gets another one. Returns whether it is worth
    /// to try again.
    ///
    /// A token is dropped at most once in ten seconds: if the Management API rejects every token, each call would
    /// otherwise request one more, and tenants count these. Calls that were rejected with the same token all try again.
    ///
    /// There is no other token in place of a given one.
    pub(crate) fn drop_rejected(&self, token: &Token<'_>) -> bool {
        let Token::Issued(tokens) = token else { return false };
        let now = self.clock.now();
        let mut rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*rejected
            && now.duration_since(last.at).is_ok_and(|since| since < RENEWAL_PAUSE)
        {
            // Another call has dropped the same token, so a new one is on its way.
            return last.tokens.access_token().expose() == tokens.access_token().expose();
        }
        self.api.invalidate(tokens);
        *rejected = Some(Rejected { tokens: tokens.clone(), at: now });
        true
    }
}

impl Token<'_> {
    pub(crate) fn expose(&self) -> &str {
        match self {
            Self::Given(token) => token.expose_secret(),
            Self::Issued(tokens) => tokens.access_token().expose(),
        }
    }

    /// Returns true if the tenant has issued the token without this scope. The scopes of a given token are unknown.
    pub(crate) fn lacks(&self, scope: &str) -> bool {
        let Self::Issued(tokens) = self else { return false };
        tokens.scope().is_some() && tokens.scopes().all(|granted| granted != scope)
    }
}

/// The shortest time between two tokens that are dropped because the Management API rejected them.
const RENEWAL_PAUSE: Duration = Duration::from_secs(10);
