//! An issuer without a network. The test sets its keys and its answers.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use auth0_api_core::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse};
use auth0_api_testing::SigningKey;
use serde_json::json;

/// An HTTP client that returns the answers of the issuer. Clones share one issuer.
#[derive(Clone, Debug)]
pub(super) struct Published(Arc<Mutex<Issuer>>);

#[derive(Debug)]
struct Issuer {
    name: String,
    keys: Vec<SigningKey>,
    answers: Answers,
    etag: Option<String>,
    asked: Vec<Asked>,
    /// The number of requests for the discovery document. Each fetch begins with one such request.
    fetches: usize,
}

/// A request for the key set: its `If-None-Match`, and the status of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) if_none_match: Option<String>,
    pub(super) status: u16,
}

/// How the issuer answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answers {
    Correctly,
    /// Never answers.
    Never,
    /// With this status, and `Retry-After`.
    Status(u16, &'static str),
}

impl Published {
    pub(super) fn by(issuer: &str, key: &SigningKey) -> Self {
        let (name, keys) = (issuer.to_owned(), vec![key.clone()]);
        Self(Arc::new(Mutex::new(Issuer {
            name,
            keys,
            answers: Answers::Correctly,
            etag: None,
            asked: Vec::new(),
            fetches: 0,
        })))
    }

    pub(super) fn answer(&self, answers: Answers) {
        self.issuer().answers = answers;
    }

    pub(super) fn set_keys(&self, keys: &[&SigningKey]) {
        self.issuer().keys = keys.iter().copied().cloned().collect();
    }

    pub(super) fn set_etag(&self, etag: &str) {
        self.issuer().etag = Some(etag.to_owned());
    }

    /// Returns the requests for the key set so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.issuer().asked.clone()
    }

    /// Returns the number of fetches so far, successful or not.
    pub(super) fn fetches(&self) -> usize {
        self.issuer().fetches
    }

    fn issuer(&self) -> MutexGuard<'_, Issuer> {
        self.0.lock().unwrap()
    }
}

impl Issuer {
    /// Returns the answer, or `None` if the request never gets an answer.
    fn answer(&mut self, request: &HttpRequest) -> Option<HttpResponse> {
        let is_discovery = request.url.ends_with("/openid-configuration");
        self.fetches += usize::from(is_discovery);
        let header =
            |name: &str| request.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.clone());
        let if_none_match = header("if-none-match");
        let unchanged = self.etag.is_some() && if_none_match == self.etag;
        let (status, headers, body) = match self.answers {
            Answers::Never => return None,
            Answers::Status(status, retry_after) => {
                (status, vec![("retry-after".into(), retry_after.into())], json!({}))
            }
            Answers::Correctly if is_discovery => {
                (200, vec![], json!({ "issuer": self.name, "jwks_uri": format!("{}keys", self.name) }))
            }
            Answers::Correctly if unchanged => (304, vec![], json!({})),
            Answers::Correctly => {
                let etag = self.etag.iter().map(|etag| ("ETag".to_owned(), etag.clone()));
                (
                    200,
                    etag.collect(),
                    json!({ "keys": self.keys.iter().map(SigningKey::public_jwk).collect::<Vec<_>>() }),
                )
            }
        };
        if !is_discovery {
            self.asked.push(Asked { if_none_match, status });
        }
        Some(HttpResponse { status, headers, body: body.to_string().into() })
    }
}

impl HttpClient for Published {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let answer = self.issuer().answer(&request);
            if let Some(answer) = answer {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_secs(3600)).await;
            Err(HttpError::Timeout)
        })
    }
}
