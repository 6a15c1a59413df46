//! The default HTTP client: reqwest with rustls.

use std::error::Error;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, Response, Url};

use super::{HttpClient, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse, ReqwestConnections};

/// An [`HttpClient`] that uses [reqwest](https://docs.rs/reqwest): rustls with the system's certificates, HTTP/2, no
/// redirects.
///
/// The default client obeys the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, with one exception:
/// it sends requests to this machine (`localhost`, `127.0.0.0/8`, `[::1]`) directly. A proxy on another machine cannot
/// reach these addresses, and must not read requests for them. On Linux, `SSL_CERT_FILE` names a file with the trusted
/// certificates, in place of those of the system. [The guide](crate::guide::operating#proxies-and-certificates-for-outgoing-requests)
/// lists all variables.
#[derive(Clone, Debug)]
pub struct ReqwestClient(ReqwestConnections);

impl ReqwestClient {
    /// Builds the default client.
    ///
    /// # Errors
    ///
    /// [`reqwest::Error`] if the system has no usable certificate store.
    pub fn new() -> Result<Self, reqwest::Error> {
        let connections = ReqwestConnections::new(USER_AGENT);
        for host in ["tenant.example", "localhost"] {
            connections.prepare(host)?;
        }
        Ok(Self(connections))
    }

    /// Builds a client for tenants on this machine by plain HTTP, which works without any trusted certificate.
    pub(crate) fn for_this_machine() -> Result<Self, reqwest::Error> {
        let connections = ReqwestConnections::new(USER_AGENT);
        connections.prepare("localhost")?;
        Ok(Self(connections))
    }

    /// Uses this reqwest client for all requests. Configure it with `redirect(Policy::none())`: a response from another
    /// URL than the requested one is an error.
    pub fn with_client(client: Client) -> Self {
        Self(ReqwestConnections::of_client(client))
    }
}

impl HttpClient for ReqwestClient {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let (max_bytes, connection) = (request.max_response_bytes, request.connection);
            let Self(connections) = self;
            read(connections.execute(translated(request)?, connection).await?, max_bytes).await
        })
    }
}

fn translated(request: HttpRequest) -> Result<Request, HttpError> {
    fn unusable(error: impl Into<Box<dyn Error + Send + Sync>>) -> HttpError {
        HttpError::Exchange(error.into())
    }
    let method = match request.method {
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Get => Method::GET,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Post => Method::POST,
    };
    let mut translated = Request::new(method, Url::parse(&request.url).map_err(unusable)?);
    *translated.timeout_mut() = Some(request.timeout);
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(unusable)?;
        translated.headers_mut().append(name, HeaderValue::from_str(value).map_err(unusable)?);
    }
    *translated.body_mut() = Some(request.body.into());
    Ok(translated)
}

/// Reads the body chunk by chunk, so that a body beyond the limit is never held in memory as a whole.
async fn read(mut response: Response, max_bytes: usize) -> Result<HttpResponse, HttpError> {
    let status = response.status().as_u16();
    let headers =
        response.headers().iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let headers = headers.collect();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ReqwestConnections::classify)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse { status, headers, body })
}

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
