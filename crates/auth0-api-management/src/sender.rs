//! Sends the requests of calls: with a management token, within limits, and again after failures that pass.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::exchange::ServerErrorKind;
use auth0_api_core::http::{HttpClient, HttpConnection, HttpError, HttpMethod, HttpRequest, HttpResponse};
use auth0_api_core::{Clock, ExchangeError};

use crate::access::{Access, Token};
use crate::answer::AnswerError;
use crate::error::{ManagementError, Unavailable, UnavailableCause};
use crate::patience::{Patience, Spent};
use crate::tenant_error::TenantError;

/// One call of the Management API.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: HttpMethod,
    /// The path of the resource after `/api/v2/`.
    pub(crate) path: String,
    /// Without the question mark; empty for none.
    pub(crate) query: String,
    /// JSON, if the call has a body.
    pub(crate) body: Option<Vec<u8>>,
    /// The scope that the call needs.
    pub(crate) scope: &'static str,
}

#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) access: Access,
    /// The URL of the Management API, with a slash at the end.
    pub(crate) base: Box<str>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) http: Arc<dyn HttpClient>,
    /// The URL of the tenant, with a slash at the end.
    pub(crate) issuer: Box<str>,
    /// For how long one call waits at most.
    pub(crate) longest_wait: Duration,
    /// The value of `Auth0-Client`; `None` without telemetry.
    pub(crate) sdk: Option<Box<str>>,
}

type Sent = Result<HttpResponse, HttpError>;

/// What has happened to a call so far.
#[derive(Debug)]
struct Progress {
    spent: Spent,
    /// Whether a token was rejected and dropped.
    has_new_token: bool,
    /// Whether a kept connection has ended without an answer.
    has_lost_connection: bool,
    /// Whether an attempt may have had an effect, although no answer says so.
    may_have_taken_effect: bool,
}

/// What to do after an attempt that failed.
enum Next {
    Fail,
    Repeat,
    RepeatAfter(Duration),
}

impl Progress {
    /// Whether the change that the call asks for may have been made.
    fn is_doubtful(&self, call: &Call) -> bool {
        self.may_have_taken_effect && call.method != HttpMethod::Get
    }
}

impl Call {
    /// Whether the call may reach the tenant twice: then a second request changes nothing more.
    fn is_repeatable(&self) -> bool {
        self.method != HttpMethod::Post
    }
}

impl Sender {
    /// Sends a request, and returns the answer if it is a success.
    pub(crate) async fn send(&self, call: &Call, patience: &Patience) -> Result<HttpResponse, ManagementError> {
        let mut progress = Progress {
            spent: patience.begin(),
            has_new_token: false,
            has_lost_connection: false,
            may_have_taken_effect: false,
        };
        loop {
            let token = match self.token(&mut progress.spent).await {
                Ok(token) => token,
                Err(ManagementError::Token(error)) if progress.is_doubtful(call) => {
                    let retry_after = error.retry_after();
                    return Err(unavailable_after_change(UnavailableCause::Token(error), retry_after));
                }
                Err(error) => return Err(error),
            };
            let sent = self.request(call, &token, progress.has_lost_connection).send(&*self.http).await;
            report(call, &sent);
            let sent = match sent {
                Ok(response) if (200..300).contains(&response.status) => return Ok(response),
                failed => failed,
            };
            match self.next(call, &sent, &token, &mut progress) {
                Next::Fail => return Err(self.failure(call, sent, &token, &progress)),
                Next::Repeat => {}
                Next::RepeatAfter(wait) => self.sleep(wait).await,
            }
        }
    }

    /// Returns the management token. A request has the same patience with the token endpoint as with the Management API.
    async fn token(&self, spent: &mut Spent) -> Result<Token<'_>, ManagementError> {
        loop {
            let error = match self.access.token().await {
                Ok(token) => return Ok(token),
                Err(error) => error,
            };
            let wait = match &error {
                ExchangeError::Server(answer) if answer.kind() == ServerErrorKind::RateLimited => {
                    spent.on_limit(answer.retry_after())
                }
                ExchangeError::Server(answer) if answer.kind() == ServerErrorKind::ServerTrouble => {
                    spent.on_outage(answer.retry_after())
                }
                ExchangeError::Unavailable(outage) => spent.on_outage(Some(outage.retry_after)),
                _ => None,
            };
            let Some(wait) = wait else { return Err(ManagementError::Token(error)) };
            self.sleep(wait).await;
        }
    }

    /// Fails if the tenant has issued the management token without this scope.
    pub(crate) async fn demand_scope(&self, scope: &'static str, patience: &Patience) -> Result<(), ManagementError> {
        let token = self.token(&mut patience.begin()).await?;
        if !token.lacks(scope) {
            return Ok(());
        }
        // The operator may give the scope now. The next call then needs a new token.
        self.access.drop_rejected(&token);
        Err(ManagementError::ScopeMissing { scope })
    }

    fn request(&self, call: &Call, token: &Token<'_>, on_new_connection: bool) -> HttpRequest {
        let separator = if call.query.is_empty() { "" } else { "?" };
        let url = format!("{}{}{separator}{}", self.base, call.path, call.query);
        let mut request = HttpRequest::new(call.method, url, MAX_ANSWER_BYTES, TIMEOUT)
            .header("accept", "application/json")
            .header("authorization", format!("Bearer {}", token.expose()));
        if let Some(sdk) = &self.sdk {
            request = request.header("auth0-client", &**sdk);
        }
        if let Some(body) = &call.body {
            request = request.json(body.clone());
        }
        // A kept connection may have been closed by the tenant. For a request that must not be sent twice, a failure there
        // would leave open whether it had an effect.
        if on_new_connection || !call.is_repeatable() {
            request.connection = HttpConnection::New;
        }
        request
    }

    fn next(&self, call: &Call, sent: &Sent, token: &Token<'_>, progress: &mut Progress) -> Next {
        let after = |wait: Option<Duration>| wait.map_or(Next::Fail, Next::RepeatAfter);
        match sent {
            Ok(response) if response.status == 401 && !progress.has_new_token => {
                progress.has_new_token = true;
                if self.access.drop_rejected(token) { Next::Repeat } else { Next::Fail }
            }
            Ok(response) if response.status == 403 => {
                // The operator may give the scope now. The next call then needs a new token.
                self.access.drop_rejected(token);
                Next::Fail
            }
            Ok(response) if response.status == 429 => after(progress.spent.on_limit(self.asked_for(response))),
            Ok(response) if is_outage(response.status) => {
                progress.may_have_taken_effect = true;
                let wait = call.is_repeatable().then(|| progress.spent.on_outage(self.asked_for(response)));
                after(wait.flatten())
            }
            Ok(_) | Err(HttpError::TooLarge) => Next::Fail,
            Err(HttpError::Connect(_)) => after(progress.spent.on_outage(None)),
            Err(error) => {
                progress.may_have_taken_effect = true;
                if !call.is_repeatable() {
                    return Next::Fail;
                }
                if matches!(error, HttpError::Disconnected(_)) && !progress.has_lost_connection {
                    progress.has_lost_connection = true;
                    return Next::Repeat;
                }
                after(progress.spent.on_outage(None))
            }
        }
    }

    /// Returns the error of the last attempt.
    fn failure(&self, call: &Call, sent: Sent, token: &Token<'_>, progress: &Progress) -> ManagementError {
        let unavailable = |cause, retry_after| {
            let may_have_taken_effect = progress.is_doubtful(call);
            Unavailable { cause, retry_after, may_have_taken_effect }.into()
        };
        let unusable: fn(AnswerError) -> ManagementError =
            if call.method == HttpMethod::Get { ManagementError::from } else { ManagementError::after_change };
        let response = match sent {
            Ok(response) => response,
            Err(HttpError::TooLarge) => return unusable(AnswerError::TooLarge),
            Err(error) => return unavailable(UnavailableCause::Http(error), None),
        };
        let status = response.status;
        let error = TenantError::read(status, &response.body);
        // An answer to the last attempt says nothing about an earlier one.
        if matches!(status, 401 | 403 | 429) && progress.is_doubtful(call) {
            return unavailable_after_change(UnavailableCause::Status { status }, self.asked_for(&response));
        }
        match status {
            400 => ManagementError::BadRequest(error),
            401 => ManagementError::Unauthorized(error),
            403 => {
                let lacks = error.code() == Some("insufficient_scope") || token.lacks(call.scope);
                ManagementError::Forbidden { missing_scope: lacks.then_some(call.scope), error }
            }
            404 => ManagementError::NotFound(error),
            409 => ManagementError::Conflict(error),
            429 => {
                let retry_after = self.asked_for(&response).unwrap_or(USUAL_LIMIT);
                ManagementError::RateLimited { retry_after, error }
            }
            _ if is_outage(status) => unavailable(UnavailableCause::Status { status }, self.asked_for(&response)),
            _ => unusable(AnswerError::Status { status }),
        }
    }

    /// Returns how long the tenant asks the client to wait.
    fn asked_for(&self, response: &HttpResponse) -> Option<Duration> {
        let until_reset = || {
            // Core compares with the header `Date`. Without this header, the clock of this machine must do.
            let reset = response.header("x-ratelimit-reset").filter(|_| response.status == 429)?;
            let now = self.clock.now().duration_since(UNIX_EPOCH).ok()?;
            Some(Duration::from_secs(reset.trim().parse().ok()?).saturating_sub(now))
        };
        response.retry_after().or_else(until_reset)
    }

    async fn sleep(&self, wait: Duration) {
        tracing::debug!(
            name: "management_waits", target: "auth0_api", event = "management_waits",
            milliseconds = wait.as_millis()
        );
        let begin = self.clock.now();
        // A sleeper may wake early. If the clock was set back, the time until then is unknown, so the wait ends.
        while self.clock.now().duration_since(begin).is_ok_and(|waited| waited < wait) {
            self.clock.sleep_until(begin + wait).await;
        }
    }

    /// Waits between two looks of a call.
    pub(crate) async fn pause(&self, wait: Duration, patience: &Patience) {
        self.sleep(patience.take_up_to(wait)).await;
    }
}

fn unavailable_after_change(cause: UnavailableCause, retry_after: Option<Duration>) -> ManagementError {
    Unavailable { cause, retry_after, may_have_taken_effect: true }.into()
}

/// The path of the event has no query: a checkpoint is no business of a log.
fn report(call: &Call, sent: &Sent) {
    let (method, path) = (call.method.name(), &*call.path);
    match sent {
        Ok(HttpResponse { status, .. }) => {
            tracing::debug!(
                name: "management_answered", target: "auth0_api", event = "management_answered",
                http.request.method = method, url.path = path, http.response.status_code = status
            );
        }
        Err(error) => {
            tracing::debug!(
                name: "management_unanswered", target: "auth0_api", event = "management_unanswered",
                http.request.method = method, url.path = path, reason = %error
            );
        }
    }
}

/// Whether the status says that the tenant failed. Auth0's SDKs repeat requests after the same statuses.
fn is_outage(status: u16) -> bool {
    status == 408 || status >= 500
}

/// As for token requests.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A page of 100 profiles has about 40 KiB.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// A limit of the Management API counts seconds or a minute.
const USUAL_LIMIT: Duration = Duration::from_secs(1);
