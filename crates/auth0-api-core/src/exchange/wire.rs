//! Sends a request with the `Auth0-Client` header, and enforces the response limit even if the injected HTTP client
//! does not.

use std::sync::Arc;

use super::telemetry;
use crate::http::{HttpClient, HttpError, HttpRequest, HttpResponse};

/// The HTTP client of exchanges.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    client: Arc<dyn HttpClient>,
    telemetry: Option<Arc<str>>,
}

impl Wire {
    /// If `telemetry` is false, requests have no `Auth0-Client` header.
    pub(super) fn new(client: Arc<dyn HttpClient>, telemetry: bool) -> Self {
        Self { client, telemetry: telemetry.then(|| telemetry::value().into()) }
    }

    pub(super) async fn send(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(value) = &self.telemetry {
            request.headers.push((telemetry::HEADER.to_owned(), value.to_string()));
        }
        let most = request.max_response_bytes;
        let response = self.client.send(request).await?;
        // An injected client may read more than the request allows.
        if response.body.len() > most { Err(HttpError::TooLarge) } else { Ok(response) }
    }
}
