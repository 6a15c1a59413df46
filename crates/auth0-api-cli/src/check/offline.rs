//! `--jwks`: the key set of the tenant from a file, in place of the network.

use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse};
use serde_json::{Value, json};

/// An HTTP client that sends nothing. It answers for the tenant that a request is for: with its discovery document, and
/// with the key set of the file.
#[derive(Debug)]
pub(super) struct OfflineKeys(String);

impl OfflineKeys {
    /// Takes the text of a key set.
    pub(super) fn new(text: String) -> Result<Self, String> {
        let document: Option<Value> = serde_json::from_str(&text).ok();
        let has_keys = document.is_some_and(|document| document.get("keys").is_some_and(Value::is_array));
        if has_keys {
            Ok(Self(text))
        } else {
            Err("--jwks: the file holds no key set: fetch https://DOMAIN/.well-known/jwks.json".to_owned())
        }
    }

    fn answer(&self, url: &str) -> Result<HttpResponse, HttpError> {
        let body = if let Some(issuer) = url.strip_suffix(".well-known/openid-configuration") {
            let jwks_uri = format!("{issuer}.well-known/jwks.json");
            json!({ "issuer": issuer, "jwks_uri": jwks_uri, "token_endpoint": format!("{issuer}oauth/token") })
                .to_string()
        } else if url.ends_with(".well-known/jwks.json") {
            self.0.clone()
        } else {
            return Err(HttpError::Connect("with --jwks, nothing is sent".into()));
        };
        Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.into_bytes() })
    }
}

impl HttpClient for OfflineKeys {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let answer = self.answer(&request.url);
        Box::pin(async { answer })
    }
}
