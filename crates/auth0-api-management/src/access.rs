//! The management token: an access token for the Management API, by client credentials.
//!
//! Core's client keeps it until 30 s before it expires, renews it in the background when four fifths of this time have
//! passed, and lets all calls that wait for a token share one request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use auth0_api_core::exchange::ClientCredentials;
use auth0_api_core::{ApiClient, Clock, ExchangeError, TokenSet};

/// Gets management tokens.
#[derive(Debug)]
pub(crate) struct Access {
    api: ApiClient,
    audience: Box<str>,
    clock: Arc<dyn Clock>,
    rejected: Mutex<Option<Rejected>>,
}

/// The last token that the Management API rejected.
#[derive(Debug)]
struct Rejected {
    tokens: TokenSet,
    at: SystemTime,
}

impl Access {
    pub(crate) fn new(api: ApiClient, audience: Box<str>, clock: Arc<dyn Clock>) -> Self {
        Self { api, audience, clock, rejected: Mutex::default() }
    }

    /// Returns a token with all scopes that the application has.
    pub(crate) async fn token(&self) -> Result<TokenSet, ExchangeError> {
        self.api.get_token_by_client_credentials(ClientCredentials::audience(self.audience.clone())).await
    }

    /// Drops a token that the Management API rejected, so that the next call gets another one. Returns whether it is worth
    /// to try again.
    ///
    /// A token is dropped at most once in ten seconds: if the Management API rejects every token, each call would
    /// otherwise request one more, and tenants count these. Calls that were rejected with the same token all try again.
    pub(crate) fn drop_rejected(&self, tokens: &TokenSet) -> bool {
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

/// The shortest time between two tokens that are dropped because the Management API rejected them.
const RENEWAL_PAUSE: Duration = Duration::from_secs(10);
