//! Sends one request to the My Account API, with the token and a proof.

use std::sync::Arc;
use std::time::Duration;

use super::{ConnectError, MyAccountProblem, UserToken};
use crate::clock::Clock;
use crate::exchange::LatestNonce;
use crate::http::{HttpClient, HttpConnection, HttpError, HttpMethod, HttpRequest, HttpResponse};
use crate::jose::Object;
use crate::printable::printable;

/// Sends requests, and remembers the nonce of the tenant.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) http: Arc<dyn HttpClient>,
    pub(super) nonce: LatestNonce,
}

/// Whether the request may reach the tenant twice, if a kept connection ended before the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repetition {
    Harmless,
    Never,
}

impl Sender {
    /// Returns the answer if its status is 2xx.
    ///
    /// If the tenant demands a nonce, the request is sent once more with the nonce of the answer
    /// ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)).
    pub(super) async fn send(
        &self,
        user: &UserToken,
        method: HttpMethod,
        url: &str,
        body: Option<Vec<u8>>,
        repetition: Repetition,
    ) -> Result<HttpResponse, ConnectError> {
        // A kept connection may have ended. For a request that must not be sent twice, it would be unknown whether it arrived.
        let (mut connection, mut nonce_answered) = match repetition {
            Repetition::Harmless => (HttpConnection::Any, false),
            Repetition::Never => (HttpConnection::New, false),
        };
        loop {
            let sent = self.request(user, method, url, body.clone(), connection)?.send(&*self.http).await;
            if matches!(sent, Err(HttpError::Disconnected(_)))
                && repetition == Repetition::Harmless
                && connection == HttpConnection::Any
            {
                connection = HttpConnection::New;
                continue;
            }
            let response = sent?;
            let has_nonce = self.nonce.keep(&response);
            if user.proof_key.is_some() && has_nonce && !nonce_answered && wants_nonce(&response) {
                nonce_answered = true;
                continue;
            }
            return read(response);
        }
    }

    fn request(
        &self,
        user: &UserToken,
        method: HttpMethod,
        url: &str,
        body: Option<Vec<u8>>,
        connection: HttpConnection,
    ) -> Result<HttpRequest, ConnectError> {
        let mut request =
            HttpRequest::new(method, url, MAX_RESPONSE_BYTES, TIMEOUT).header("accept", "application/json");
        request.connection = connection;
        let scheme = if let Some(key) = &user.proof_key {
            let nonce = self.nonce.get();
            let proof = key.proof(method.name(), url).access_token(&user.token).nonce(nonce.as_deref());
            request = request.header("dpop", proof.sign(self.clock.now())?);
            "DPoP"
        } else {
            "Bearer"
        };
        let request = request.header("authorization", format!("{scheme} {}", user.token.expose()));
        Ok(match body {
            Some(body) => request.json(body),
            None => request,
        })
    }
}

fn wants_nonce(response: &HttpResponse) -> bool {
    let mut challenges = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
    response.status == 401 && challenges.any(|(_, value)| value.contains("use_dpop_nonce"))
}

fn read(response: HttpResponse) -> Result<HttpResponse, ConnectError> {
    let status = response.status;
    if (200..300).contains(&status) {
        return Ok(response);
    }
    let retry_after = response.retry_after().map(|pause| pause.min(LONGEST_RETRY_AFTER));
    if status == 429 {
        return Err(ConnectError::RateLimited { retry_after });
    }
    if status >= 500 {
        return Err(ConnectError::Status { status, retry_after });
    }
    if status < 400 {
        return Err(ConnectError::Response { member: "status" });
    }
    let body = Object::parse(response.body).ok();
    let detail = body.as_ref().and_then(|body| body.string("detail").ok().flatten());
    let detail = detail.map(|text| printable(&text, LONGEST_DETAIL));
    let problem = MyAccountProblem { status, detail };
    Err(match status {
        401 => ConnectError::Token(problem),
        403 => ConnectError::Forbidden(problem),
        404 => ConnectError::NotFound(problem),
        _ => ConnectError::Rejected(problem),
    })
}

/// As for the token endpoint.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A page of twenty accounts has a few KiB.
const MAX_RESPONSE_BYTES: usize = 256 * 1024;
/// As for the token endpoint.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// Enough for one or two sentences.
const LONGEST_DETAIL: usize = 512;
