//! Sends a token request, with retries.
//!
//! 1. Two failures are retried, at most twice: no connection could be made, and 429 or 503 with a `Retry-After` of at
//!    most 2 s. In both cases the endpoint has not processed the request, so a subject token for one use is still
//!    valid.
//! 2. If a kept connection ended before the response, a request that [may be repeated](super::GrantRequest::cacheable) is
//!    sent once more, on a new connection.
//! 3. After the error `use_dpop_nonce`, the request is sent once more, with the nonce of the response
//!    ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)). Later requests use the last nonce received.
//! 4. All attempts together take at most 10 s. If the endpoint must be discovered first, the discovery takes at most
//!    5 s more.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::client_auth::CheckedClientAuth;
use super::latest_nonce::LatestNonce;
use super::prepared::Prepared;
use super::response::retry_after;
use super::server_error::Reported;
use super::{EndpointUnavailable, ExchangeError, ServerError};
use crate::clock::Clock;
use crate::http::{BoundedClient, HttpConnection, HttpError, HttpHeaders, HttpResponse, Outgoing};

/// Sends token requests to one tenant, as one OAuth client.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) auth: CheckedClientAuth,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) forward_end_user: bool,
    pub(super) http: BoundedClient,
    pub(super) nonce: LatestNonce,
}

impl Sender {
    /// Sends the request, with retries, and returns the last response.
    pub(super) async fn answer(&self, url: &str, prepared: &Prepared) -> Result<HttpResponse, ExchangeError> {
        let response = tokio::time::timeout(TIMEOUT, self.send_with_retries(url, prepared));
        response.await.unwrap_or_else(|_| Err(unavailable(HttpError::Timeout)))
    }

    async fn send_with_retries(&self, url: &str, prepared: &Prepared) -> Result<HttpResponse, ExchangeError> {
        let (mut retries, mut nonce_answered, mut reconnected) = (0, false, false);
        loop {
            let (headers, body) = self.request(url, prepared)?;
            let request = Outgoing::post(url, headers, body);
            let sent = self
                .http
                .send(if reconnected || prepared.connection == HttpConnection::New {
                    request.on_new_connection()
                } else {
                    request
                })
                .await;
            if matches!(sent, Err(HttpError::Disconnected(_))) && prepared.repeatable && !reconnected {
                reconnected = true;
                continue;
            }
            if let Ok(response) = &sent {
                let has_nonce = self.nonce.keep(response);
                if prepared.proof_key.is_some() && has_nonce && !nonce_answered && wants_nonce(response, prepared) {
                    nonce_answered = true;
                    continue;
                }
            }
            match pause(&sent, retries) {
                Some(pause) if retries < MAX_RETRIES => tokio::time::sleep(pause).await,
                _ => return sent.map_err(unavailable),
            }
            retries += 1;
        }
    }

    /// Returns the headers and the body of the request. Each attempt gets a new client assertion, a new proof and
    /// a new signed subject, because each is valid for one use.
    fn request(&self, url: &str, prepared: &Prepared) -> Result<(HttpHeaders, Vec<u8>), ExchangeError> {
        let now = self.clock.now();
        let authentication = self.auth.authenticate(&prepared.expected.issuer, now)?;
        let mut form = form_urlencoded::Serializer::for_suffix(prepared.form.expose_secret().to_owned(), 0);
        for (name, value) in &authentication.fields {
            form.append_pair(name, value);
        }
        if let Some(subject) = &prepared.signed_subject {
            let jwt = subject.sign(self.auth.client_id(), &prepared.expected.issuer, now)?;
            form.append_pair("subject_token", &jwt);
        }
        let mut headers = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            ("content-type".to_owned(), "application/x-www-form-urlencoded;charset=UTF-8".to_owned()),
        ];
        headers.extend(authentication.header.map(|value| ("authorization".to_owned(), value.to_string())));
        // Auth0 reads this header only from clients that authenticate. Every method of `ClientAuth` does.
        let end_user = prepared.end_user_address.filter(|_| self.forward_end_user);
        headers.extend(end_user.map(|address| ("auth0-forwarded-for".to_owned(), address.to_string())));
        if let Some(key) = &prepared.proof_key {
            let nonce = self.nonce.get();
            let proof = key
                .proof("POST", url)
                .nonce(nonce.as_deref())
                .sign(now)
                .map_err(|error| ExchangeError::of_own_proof(&error))?;
            headers.push(("dpop".to_owned(), proof));
        }
        Ok((headers, form.finish().into_bytes()))
    }
}

/// Returns how long to wait before the next attempt; `None` if the request must not be sent again.
fn pause(sent: &Result<HttpResponse, HttpError>, retries: u32) -> Option<Duration> {
    match sent {
        Err(HttpError::Connect(_)) => Some(CONNECT_PAUSE * 2_u32.pow(retries)),
        Ok(response) if matches!(response.status, 429 | 503) => {
            retry_after(response).filter(|pause| *pause <= LONGEST_PAUSE)
        }
        _ => None,
    }
}

/// Whether the endpoint rejected the request because it requires a nonce (RFC 9449 §8).
fn wants_nonce(response: &HttpResponse, prepared: &Prepared) -> bool {
    let rejected = matches!(response.status, 400 | 401);
    rejected
        && ServerError::read(response.status, &response.body, Reported::default(), prepared.expected.judge)
            .is_ok_and(|error| error.is_some_and(|error| error.code() == "use_dpop_nonce"))
}

fn unavailable(error: HttpError) -> ExchangeError {
    EndpointUnavailable::new(error, None).into()
}

/// As in auth0-api-python. In auth0-api-js, the timeout is 30 s, and the caller has to wait for 30 s.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);
/// More retries would make an outage worse.
const MAX_RETRIES: u32 = 2;
/// Doubled for the second retry. Long enough for a load balancer to choose another node.
const CONNECT_PAUSE: Duration = Duration::from_millis(100);
/// If the endpoint asks for a longer pause, the exchange fails at once, and the API can tell its own client to try
/// again later.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// A token response has a few KiB.
pub(super) const MAX_RESPONSE_BYTES: usize = 64 * 1024;
