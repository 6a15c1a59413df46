//! HTTP clients in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use auth0_api_core::http::{HttpConnection, HttpError};
use auth0_api_fetcher::{ClientFuture, FetchClient, RequestBody, ResponseBody};
use http::{Request, Response, StatusCode};
use http_body_util::Full;

/// What the other API does with one attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Denied,
    Disconnected,
    InvalidToken,
    Ok,
    UseNonce,
}

/// An API in memory. It demands that each token belongs to the user whom the request names, and answers with this user.
///
/// The header `x-user` names the user, `x-request` the request, and `x-pauses` how often the answer waits for other tasks. The
/// answers to the attempts of a request are in `scripts`; attempts beyond them are accepted.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserApi {
    scripts: Arc<HashMap<String, Vec<Answer>>>,
    attempts: Arc<Mutex<HashMap<String, usize>>>,
    mix_ups: Arc<Mutex<Vec<String>>>,
}

impl UserApi {
    pub(crate) fn with(scripts: HashMap<String, Vec<Answer>>) -> Self {
        Self { scripts: Arc::new(scripts), ..Self::default() }
    }

    /// The tokens that arrived for another user.
    pub(crate) fn mix_ups(&self) -> Vec<String> {
        self.mix_ups.lock().unwrap().clone()
    }

    /// Checks a token, and returns what to do with it.
    fn admit(&self, request: &Request<RequestBody>) -> Answer {
        let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        let (user, authorization) = (header("x-user"), header("authorization"));
        if !authorization.ends_with(&format!(" token-of:{user}")) {
            self.mix_ups.lock().unwrap().push(format!("{user} got {authorization:?}"));
        }
        if authorization.starts_with("DPoP ") == header("dpop").is_empty() {
            self.mix_ups.lock().unwrap().push(format!("{user} has a wrong proof"));
        }
        let request = header("x-request").to_owned();
        let script = self.scripts.get(&request).map(Vec::as_slice).unwrap_or_default();
        let mut attempts = self.attempts.lock().unwrap();
        let attempt = attempts.entry(request).or_default();
        *attempt += 1;
        script.get(*attempt - 1).copied().unwrap_or(Answer::Ok)
    }
}

impl FetchClient for UserApi {
    fn send(&self, request: Request<RequestBody>, _: HttpConnection) -> ClientFuture<'_> {
        Box::pin(async move {
            let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
            for _ in 0..header("x-pauses").parse().unwrap_or(0) {
                tokio::task::yield_now().await;
            }
            let (user, answer) = (header("x-user").to_owned(), self.admit(&request));
            let (status, challenge) = match answer {
                Answer::Denied => (StatusCode::FORBIDDEN, "Bearer error=\"insufficient_scope\", scope=\"a\""),
                Answer::Disconnected => return Err(HttpError::Disconnected("cut".into())),
                Answer::InvalidToken => (StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\""),
                Answer::Ok => (StatusCode::OK, ""),
                Answer::UseNonce => (StatusCode::UNAUTHORIZED, "DPoP error=\"use_dpop_nonce\""),
            };
            let response = Response::builder().status(status).header("www-authenticate", challenge);
            let response = response.header("dpop-nonce", format!("nonce-after-{}", user.len()));
            Ok(response.body(ResponseBody::new(Full::from(user))).unwrap())
        })
    }
}
