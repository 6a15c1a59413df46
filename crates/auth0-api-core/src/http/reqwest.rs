//! The default HTTP client: reqwest with rustls.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method};

use super::{HttpClient, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse};

/// An [`HttpClient`] that uses [reqwest](https://docs.rs/reqwest): rustls with the system's certificates, HTTP/2, no
/// redirects.
#[derive(Clone, Debug)]
pub struct ReqwestClient(Client);

impl ReqwestClient {
    /// Builds the default client.
    ///
    /// # Errors
    ///
    /// [`reqwest::Error`] if the system has no usable certificate store.
    pub fn new() -> Result<Self, reqwest::Error> {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let builder = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_TIMEOUT).user_agent(agent);
        Ok(Self(builder.build()?))
    }

    /// Uses this reqwest client. Configure it with `redirect(Policy::none())`: a response from another URL than the
    /// requested one is an error.
    pub fn with_client(client: Client) -> Self {
        Self(client)
    }
}

impl HttpClient for ReqwestClient {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let method = match request.method {
                HttpMethod::Get => Method::GET,
                HttpMethod::Post => Method::POST,
            };
            let mut builder = self.0.request(method, &request.url).timeout(request.timeout);
            for (name, value) in &request.headers {
                builder = builder.header(name, value);
            }
            let response = builder.body(request.body).send().await.map_err(classify)?;
            let requested = reqwest::Url::parse(&request.url);
            if !requested.is_ok_and(|requested| requested == *response.url()) {
                return Err(HttpError::Exchange("the client followed a redirect".into()));
            }
            read(response, request.max_response_bytes).await
        })
    }
}

/// Reads the body chunk by chunk, so that a body beyond the limit is never held in memory as a whole.
async fn read(mut response: reqwest::Response, max_bytes: usize) -> Result<HttpResponse, HttpError> {
    let status = response.status().as_u16();
    let headers =
        response.headers().iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let headers = headers.collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse { status, headers, body })
}

fn classify(error: reqwest::Error) -> HttpError {
    // Leave the URL out: reqwest would put it into the error's text, and errors are logged.
    let error = error.without_url();
    if error.is_timeout() {
        HttpError::Timeout
    } else if error.is_connect() {
        HttpError::Connect(error.into())
    } else {
        HttpError::Exchange(error.into())
    }
}

/// A TCP and TLS handshake across the world takes less than one second.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
