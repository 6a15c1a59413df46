//! The route that receives back-channel logouts.

use std::future::Future;
use std::time::Duration;

use crate::client::ApiClient;
use crate::extract::is_form;
use crate::logout::{LogoutError, LogoutToken};
use crate::request::HeaderSource;

/// Receives the back-channel logouts that the tenant posts
/// ([Back-Channel Logout §2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)).
///
/// The adapters have a route for it: `logout_route`. Without an adapter, pass each request to the route to
/// [`respond`](Self::respond), before any code that requires a token: the logout token is the only credential.
///
/// ```
/// use auth0_api_core::adapter::LogoutEndpoint;
/// use auth0_api_core::logout::MemoryRevocationStore;
/// use auth0_api_core::{ApiClient, LogoutPolicy};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), auth0_api_core::BuildError> {
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .logout(LogoutPolicy::new(["client-id"], MemoryRevocationStore::new()))
///     .build()?;
/// let endpoint = LogoutEndpoint::of(&api).expect("the client takes logouts");
///
/// let headers = [("content-type", "application/x-www-form-urlencoded")];
/// let response =
///     endpoint.respond("POST", &headers, async { Some("logout_token=opaque") }).await;
/// assert_eq!(response.status(), 400);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LogoutEndpoint {
    api: ApiClient,
}

/// The response to a back-channel logout, independent of any framework
/// ([Back-Channel Logout §2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutResponse {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl LogoutEndpoint {
    /// Returns the endpoint of a client. `None` if the client takes no logouts: it has no
    /// [`LogoutPolicy`](crate::LogoutPolicy), or one without client ids. The event `logout_off` tells the operator.
    pub fn of(api: &ApiClient) -> Option<Self> {
        if api.takes_logouts() {
            return Some(Self { api: api.clone() });
        }
        tracing::warn!(
            name: "logout_off", target: "auth0_api", event = "logout_off",
            "logout_route() was called for a client that takes no logouts"
        );
        None
    }

    /// Answers a request.
    ///
    /// `body` is the body of the request, or `None` if it is longer than [`MAX_BODY`](Self::MAX_BODY) or could not be
    /// read. It is read only if the request is a form that is posted, and for 5 s at most.
    pub async fn respond<B: AsRef<[u8]>>(
        &self,
        method: &str,
        headers: &dyn HeaderSource,
        body: impl Future<Output = Option<B>>,
    ) -> LogoutResponse {
        if method != "POST" {
            return LogoutResponse::method_not_allowed();
        }
        if !is_form(headers) {
            return LogoutResponse::rejected(&self.api.reject_logout(LogoutError::Form));
        }
        let body = tokio::time::timeout(READ_TIMEOUT, body).await.ok().flatten();
        match body.as_ref().and_then(|body| logout_token(body.as_ref())) {
            Some(token) => LogoutResponse::of(&self.api.receive_logout(&token).await),
            None => LogoutResponse::rejected(&self.api.reject_logout(LogoutError::Form)),
        }
    }

    /// The greatest length of a body in bytes: 32 KiB, twice the longest token.
    pub const MAX_BODY: usize = 32 * 1024;
}

impl LogoutResponse {
    fn of(outcome: &Result<LogoutToken, LogoutError>) -> Self {
        match outcome {
            Ok(_) => Self { status: 200, headers: vec![no_store()], body: String::new() },
            Err(error) => Self::rejected(error),
        }
    }

    fn rejected(error: &LogoutError) -> Self {
        let mut headers = vec![no_store(), ("content-type", "application/json".to_owned())];
        if let Some(retry_after) = error.retry_after() {
            headers.push(("retry-after", whole_seconds(retry_after).to_string()));
        }
        let (status, description) = (error.status(), error.description());
        let code = match status {
            400 => "invalid_request",
            503 => "temporarily_unavailable",
            _ => "server_error",
        };
        Self { status, headers, body: format!(r#"{{"error":"{code}","error_description":"{description}"}}"#) }
    }

    fn method_not_allowed() -> Self {
        Self { status: 405, headers: vec![no_store(), ("allow", "POST".to_owned())], body: String::new() }
    }

    /// Returns the status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns all headers of the response. Names are in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Returns the body: JSON with `error` and `error_description`, or an empty text. Both are fixed texts of this crate.
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// Returns the parameter `logout_token`. `None` if there is none, or more than one.
fn logout_token(form: &[u8]) -> Option<String> {
    if form.len() > LogoutEndpoint::MAX_BODY {
        return None;
    }
    let mut found = form_urlencoded::parse(form).filter(|(name, _)| name == "logout_token");
    let (_, token) = found.next()?;
    found.next().is_none().then(|| token.into_owned())
}

/// Back-Channel Logout §2.8: the response must not be cached.
fn no_store() -> (&'static str, String) {
    ("cache-control", "no-store".to_owned())
}

/// Rounds up to whole seconds, at least 1 (RFC 9110 §10.2.3).
fn whole_seconds(duration: Duration) -> u64 {
    (duration.as_secs() + u64::from(duration.subsec_nanos() > 0)).max(1)
}

/// The tenant sends 1 KiB at once. Whoever sends it more slowly holds a connection and at most 32 KiB for this time.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds_and_never_zero() {
        let rounded = |millis| whole_seconds(Duration::from_millis(millis));
        assert_eq!([0, 1, 999, 1000, 1001, 60_000].map(rounded), [1, 1, 1, 1, 2, 60]);
    }
}
