//! An issuer without a network. The test sets its keys and its answers.

use auth0_api_testing::{HttpAnswer, ScriptedHttp, ScriptedRoute, SigningKey};
use serde_json::json;

/// The documents of an issuer, and the HTTP client that serves them.
pub(super) struct Published {
    pub(super) http: ScriptedHttp,
    discovery: (ScriptedRoute, HttpAnswer),
    jwks: (ScriptedRoute, HttpAnswer),
}

impl Published {
    pub(super) fn by(issuer: &str, key: &SigningKey) -> Self {
        let (http, jwks_uri) = (ScriptedHttp::new(), format!("{issuer}keys"));
        let document = HttpAnswer::json(200, &json!({ "issuer": issuer, "jwks_uri": jwks_uri }));
        let discovery = (http.route(format!("{issuer}.well-known/openid-configuration")), document);
        let jwks = (http.route(jwks_uri), key_set(key));
        let published = Self { http, discovery, jwks };
        published.answer_correctly();
        published
    }

    /// Answers with the discovery document and with the first key.
    pub(super) fn answer_correctly(&self) {
        for (route, document) in [&self.discovery, &self.jwks] {
            route.answer([document.clone()]);
        }
    }

    /// Gives this answer to every request.
    pub(super) fn answer(&self, answer: &HttpAnswer) {
        for (route, _) in [&self.discovery, &self.jwks] {
            route.answer([answer.clone()]);
        }
    }

    /// Publishes this key alone. Requests with the current tag get 304.
    pub(super) fn set_key(&self, key: &SigningKey, etag: &str) {
        self.jwks.0.answer([key_set(key).header("ETag", etag)]);
    }

    /// Returns the `If-None-Match` of each request for the key set so far.
    pub(super) fn asked(&self) -> Vec<Option<String>> {
        sent(&self.jwks.0, "if-none-match")
    }

    /// Returns the `Cache-Control` of each request so far: for the discovery document, and for the key set.
    pub(super) fn cache_control(&self) -> [Vec<Option<String>>; 2] {
        [&self.discovery, &self.jwks].map(|(route, _)| sent(route, "cache-control"))
    }

    /// Returns the number of fetches so far, successful or not. Each fetch begins with the discovery document.
    pub(super) fn fetches(&self) -> usize {
        self.discovery.0.count()
    }
}

/// Returns the value of this header in each request so far.
fn sent(route: &ScriptedRoute, name: &str) -> Vec<Option<String>> {
    let value =
        |headers: Vec<(String, String)>| headers.into_iter().find(|(sent, _)| sent == name).map(|(_, value)| value);
    route.requests().into_iter().map(|request| value(request.headers)).collect()
}

/// Returns an answer with this status and `Retry-After`.
pub(super) fn later(status: u16, retry_after: &str) -> HttpAnswer {
    HttpAnswer::json(status, &json!({})).header("retry-after", retry_after)
}

fn key_set(key: &SigningKey) -> HttpAnswer {
    HttpAnswer::json(200, &json!({ "keys": [key.public_jwk()] }))
}
