//! Back-channel logouts at the client.

use std::time::SystemTime;

use super::ApiClient;
use crate::logout::{LogoutError, LogoutReceiver, LogoutToken};
use crate::meter;
use crate::with_sources::WithSources;

impl ApiClient {
    /// Verifies a logout token of the tenant, and revokes the access tokens of its user: all tokens that were issued up
    /// to the logout, on all devices.
    ///
    /// The routes of the adapters call this method. Call it yourself if the token arrives in another way.
    ///
    /// # Errors
    ///
    /// [`LogoutError`]. If its [`status`](LogoutError::status) is 503, the tenant should send the logout again.
    pub async fn receive_logout(&self, logout_token: &str) -> Result<LogoutToken, LogoutError> {
        let (generation, clock) = (self.generation(), &*self.0.lasting.clock);
        let verifier = &generation.verifier;
        let outcome = match self.logouts() {
            Some(receiver) => {
                receiver.receive(logout_token, verifier.headers.allowed(), &verifier.issuers, clock).await
            }
            None => Err(LogoutError::NotConfigured),
        };
        self.observe_logout(outcome.as_ref(), clock.now());
        outcome
    }

    /// Rejects a request of which not even a logout token could be read.
    pub(crate) fn reject_logout(&self, error: LogoutError) -> LogoutError {
        self.observe_logout(Err(&error), self.0.lasting.clock.now());
        error
    }

    /// Whether the client takes logouts.
    pub(crate) fn takes_logouts(&self) -> bool {
        self.logouts().is_some()
    }

    fn logouts(&self) -> Option<&LogoutReceiver> {
        self.0.lasting.logouts.as_ref().filter(|receiver| receiver.is_on())
    }

    /// Counts and logs a logout. The user's id is not included.
    fn observe_logout(&self, outcome: Result<&LogoutToken, &LogoutError>, now: SystemTime) {
        let error = match outcome {
            Ok(logout) => {
                meter::logout_received("accepted");
                let (issuer, client_id) = (logout.issuer(), logout.client_id());
                tracing::info!(
                    name: "logout_received", target: "auth0_api", event = "logout_received",
                    issuer, client_id
                );
                return;
            }
            Err(error) => error,
        };
        let (label, status, hint) = (error.label(), error.status(), error.hint());
        let hint = hint.as_deref();
        meter::logout_received(label);
        // Anyone can post to the route.
        if !self.0.rejections.admits_at(label, now) {
            return;
        }
        // A stranger can cause this label at any rate.
        if status >= 500 && label != "logout_key_not_looked_for" {
            tracing::warn!(
                name: "logout_rejected", target: "auth0_api", event = "logout_rejected",
                error.type = label, http.response.status_code = status, hint, reason = %WithSources(error)
            );
        } else {
            tracing::info!(
                name: "logout_rejected", target: "auth0_api", event = "logout_rejected",
                error.type = label, http.response.status_code = status, hint, reason = %error
            );
        }
    }
}
