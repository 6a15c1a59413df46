//! Approvals on another device at the client: the calls of CIBA, with their metrics and events.

use crate::ciba::{Ciba, CibaError, CibaRequest, PendingApproval};
use crate::client::ApiClient;
use crate::error::Error;
use crate::exchange::{ExchangeError, TokenSet};
use crate::meter;
use crate::with_sources::WithSources;

impl ApiClient {
    /// Returns a client that asks users for approval on another device (CIBA). It keeps the credentials that are in force
    /// now, so get another one after a [`reload`](Self::reload).
    ///
    /// # Errors
    ///
    /// [`ExchangeError::ClientAuthMissing`] without [`client_auth`](crate::ApiClientBuilder::client_auth).
    pub fn ciba(&self) -> Result<Ciba, ExchangeError> {
        let generation = self.generation();
        let exchanger = generation.exchanger.as_ref().ok_or(ExchangeError::ClientAuthMissing)?;
        Ok(Ciba::new(exchanger.backchannel()))
    }
}

impl Ciba {
    /// Asks the tenant to ask the user. The answer comes later: see [`PendingApproval::wait`].
    ///
    /// The request goes to `/bc-authorize` beside the token endpoint, with the same client authentication.
    ///
    /// # Errors
    ///
    /// [`CibaError`].
    pub async fn start(&self, asked: CibaRequest) -> Result<PendingApproval, CibaError> {
        let outcome = self.begin(asked).await;
        match &outcome {
            Ok(_) => tracing::debug!(name: "approval_requested", target: "auth0_api", event = "approval_requested"),
            Err(error) => observe(error),
        }
        outcome
    }
}

impl PendingApproval {
    /// Waits until the user has answered, and returns the tokens.
    ///
    /// It asks the tenant at the interval that the tenant states. After `slow_down`, the interval grows by 5 s
    /// (CIBA Core §11). After an outage or a rate limit, it doubles, up to a minute, until the tenant answers again. It never
    /// asks after the request has expired. Dropping the future ends the waiting, and a later call continues it. If the future
    /// is dropped while the tenant answers with the tokens, they are lost.
    ///
    /// # Errors
    ///
    /// [`CibaError`]: `Denied`, `Expired` or `Stopped`, or `Exchange` if the tenant rejects the request itself.
    pub async fn wait(&mut self) -> Result<TokenSet, CibaError> {
        let outcome = self.ended().await;
        match &outcome {
            Ok(_) => {
                meter::approval_ended("approved");
                tracing::debug!(name: "approval_granted", target: "auth0_api", event = "approval_granted");
            }
            Err(error) => observe(error),
        }
        outcome
    }
}

/// Counts and logs an approval that there is not. Neither the user nor the binding message is included.
fn observe(error: &CibaError) {
    let label = Error::from(error.clone()).label();
    meter::approval_ended(label);
    if let CibaError::Denied | CibaError::Expired | CibaError::Stopped = error {
        tracing::info!(
            name: "approval_absent", target: "auth0_api", event = "approval_absent",
            error.type = label, hint = error.hint()
        );
    } else {
        let (hint, reason) = (error.hint(), WithSources(error));
        tracing::warn!(
            name: "approval_failed", target: "auth0_api", event = "approval_failed",
            error.type = label, hint, %reason
        );
    }
}

#[cfg(all(test, feature = "metrics", feature = "reqwest"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::future::ready;
    use std::sync::{Mutex, PoisonError};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use super::*;
    use crate::clock::{Clock, Sleep};
    use crate::http::{HttpClient, HttpFuture, HttpRequest, HttpResponse};
    use crate::meter::tests::Kept;

    /// A tenant that answers the questions for a result with these bodies, the last one first.
    #[derive(Debug)]
    struct Tenant(Mutex<Vec<(u16, &'static str)>>);

    impl HttpClient for Tenant {
        fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
            let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (status, body) = match &request.url {
                url if url.ends_with("/bc-authorize") => (200, r#"{"auth_req_id":"id","expires_in":60}"#),
                url if url.ends_with("/oauth/token") => answers.pop().unwrap(),
                _ => (200, DISCOVERY),
            };
            Box::pin(ready(Ok(HttpResponse { status, headers: vec![], body: body.into() })))
        }
    }

    /// A clock that jumps to each moment for which somebody waits.
    #[derive(Debug)]
    struct Jumping(Mutex<SystemTime>);

    impl Clock for Jumping {
        fn now(&self) -> SystemTime {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        fn sleep_until(&self, time: SystemTime) -> Sleep {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
            Box::pin(ready(()))
        }
    }

    const DISCOVERY: &str = r#"{"issuer":"https://tenant.example/","token_endpoint":"https://tenant.example/oauth/token",
        "jwks_uri":"https://tenant.example/.well-known/jwks.json"}"#;

    #[test]
    fn each_end_of_an_approval_counts_with_its_own_label() {
        let answers = vec![
            (403, r#"{"error":"invalid_grant"}"#),
            (400, r#"{"error":"access_denied"}"#),
            (200, r#"{"access_token":"t","token_type":"Bearer"}"#),
            (400, r#"{"error":"authorization_pending"}"#),
        ];
        let api = ApiClient::builder("tenant.example", "https://api.example.com")
            .client_auth(crate::ClientAuth::secret_post("client", "secret"))
            .http_client(Tenant(Mutex::new(answers)))
            .clock(Jumping(Mutex::new(UNIX_EPOCH + Duration::from_secs(1_700_000_000))))
            .build()
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let kept = Kept::default();
        metrics::with_local_recorder(&kept, || {
            runtime.block_on(async {
                let ciba = api.ciba().unwrap();
                let ask = || CibaRequest::new("auth0|ada", "Pay");
                ciba.start(ask()).await.unwrap().wait().await.unwrap();
                for _ in 0..2 {
                    assert!(ciba.start(ask()).await.unwrap().wait().await.is_err());
                }
                let mut stopped = ciba.start(ask()).await.unwrap();
                stopped.stop_handle().stop();
                assert!(stopped.wait().await.is_err());
                assert!(ciba.start(CibaRequest::new("auth0|ada", "<b>")).await.is_err());
            });
        });
        assert_eq!(
            kept.lines(),
            [
                "auth0_api_approvals_total{outcome=approved} 1",
                "auth0_api_approvals_total{outcome=ciba_binding_message} 1",
                "auth0_api_approvals_total{outcome=ciba_denied} 1",
                "auth0_api_approvals_total{outcome=ciba_stopped} 1",
                "auth0_api_approvals_total{outcome=exchange_rejected} 1",
            ]
        );
    }
}
