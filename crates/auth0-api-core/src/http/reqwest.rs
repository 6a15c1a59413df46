//! The default HTTP client: reqwest with rustls.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Method, Url};

use super::{HttpClient, HttpConnection, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse};

/// An [`HttpClient`] that uses [reqwest](https://docs.rs/reqwest): rustls with the system's certificates, HTTP/2, no
/// redirects.
///
/// The default client obeys the environment variables `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, with one exception:
/// it sends requests to this machine (`localhost`, `127.0.0.0/8`, `[::1]`) directly. A proxy on another machine cannot
/// reach these addresses, and must not read requests for them. `SSL_CERT_FILE` names a file with further trusted
/// certificates on Linux.
#[derive(Clone, Debug)]
pub struct ReqwestClient {
    everywhere: Pooling,
    /// For requests to this machine; the same client if the application has configured one.
    loopback: Pooling,
}

/// A client that keeps connections open for later requests, and one that does not.
#[derive(Clone, Debug)]
struct Pooling {
    keeping: Client,
    /// Whether a connection may be open: there was a response after the last disconnection.
    may_have_kept: Arc<AtomicBool>,
    /// Made when it is first needed, because each client reads all trusted certificates of the system.
    fresh: Arc<OnceLock<Client>>,
    proxies: Proxies,
}

#[derive(Clone, Copy, Debug)]
enum Proxies {
    Never,
    OfEnvironment,
}

impl ReqwestClient {
    /// Builds the default client.
    ///
    /// # Errors
    ///
    /// [`reqwest::Error`] if the system has no usable certificate store.
    pub fn new() -> Result<Self, reqwest::Error> {
        Ok(Self { everywhere: Pooling::new(Proxies::OfEnvironment)?, loopback: Pooling::new(Proxies::Never)? })
    }

    /// Builds a client that trusts no certificate, for plain HTTP on a machine without any.
    pub(crate) fn without_certificates() -> Result<Self, reqwest::Error> {
        let client = builder(Proxies::Never).tls_certs_only([]).build()?;
        Ok(Self::with_client(client))
    }

    /// Uses this reqwest client for all requests. Configure it with `redirect(Policy::none())`: a response from another
    /// URL than the requested one is an error.
    pub fn with_client(client: Client) -> Self {
        let fresh = Arc::new(OnceLock::from(client.clone()));
        let may_have_kept = Arc::default();
        let client = Pooling { keeping: client, may_have_kept, fresh, proxies: Proxies::OfEnvironment };
        Self { loopback: client.clone(), everywhere: client }
    }

    fn pooling_for(&self, url: &Url) -> &Pooling {
        if is_loopback(url) { &self.loopback } else { &self.everywhere }
    }
}

impl Pooling {
    fn new(proxies: Proxies) -> Result<Self, reqwest::Error> {
        Ok(Self { keeping: builder(proxies).build()?, may_have_kept: Arc::default(), fresh: Arc::default(), proxies })
    }

    fn client(&self, connection: HttpConnection) -> &Client {
        match connection {
            HttpConnection::Any => &self.keeping,
            HttpConnection::New => self.fresh(),
        }
    }

    /// Classifies an error before the first byte of the response. If no connection can have been open, the server has
    /// closed a new connection, and another attempt would do no better. Several kept connections can end at once, so only
    /// a new connection that ends too shows that the server closes all of them.
    fn unanswered(&self, error: reqwest::Error, connection: HttpConnection) -> HttpError {
        match classify(error) {
            HttpError::Exchange(error) if is_disconnection(&*error) => {
                if connection == HttpConnection::New {
                    self.may_have_kept.store(false, Relaxed);
                }
                if self.may_have_kept.load(Relaxed) {
                    HttpError::Disconnected(error)
                } else {
                    HttpError::Exchange(error)
                }
            }
            error => error,
        }
    }

    fn fresh(&self) -> &Client {
        let build = || builder(self.proxies).pool_max_idle_per_host(0).build();
        self.fresh.get_or_init(|| build().unwrap_or_else(|_| self.keeping.clone()))
    }
}

impl HttpClient for ReqwestClient {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let method = match request.method {
                HttpMethod::Delete => Method::DELETE,
                HttpMethod::Get => Method::GET,
                HttpMethod::Patch => Method::PATCH,
                HttpMethod::Post => Method::POST,
            };
            let requested = Url::parse(&request.url).map_err(|error| HttpError::Exchange(error.into()))?;
            let pooling = self.pooling_for(&requested);
            let mut builder =
                pooling.client(request.connection).request(method, requested.clone()).timeout(request.timeout);
            for (name, value) in &request.headers {
                builder = builder.header(name, value);
            }
            let sent = builder.body(request.body).send().await;
            let response = sent.map_err(|error| pooling.unanswered(error, request.connection))?;
            pooling.may_have_kept.store(true, Relaxed);
            if requested != *response.url() {
                return Err(HttpError::Exchange("the client followed a redirect".into()));
            }
            read(response, request.max_response_bytes).await
        })
    }
}

fn builder(proxies: Proxies) -> ClientBuilder {
    let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
    let builder = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_TIMEOUT).user_agent(agent);
    match proxies {
        Proxies::Never => builder.no_proxy(),
        Proxies::OfEnvironment => builder,
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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

/// Returns true if the error or one of its sources says that the other side has ended the connection.
fn is_disconnection(error: &(dyn Error + 'static)) -> bool {
    fn ended(error: &(dyn Error + 'static)) -> bool {
        let hyper = error.downcast_ref::<hyper::Error>();
        let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
        hyper.is_some_and(|error| error.is_incomplete_message() || error.is_canceled() || error.is_closed())
            || matches!(io, Some(ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset))
    }
    ended(error) || error.source().is_some_and(is_disconnection)
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{Url, is_loopback};

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        for (url, expected) in [
            ("http://localhost:4000/", true),
            ("http://127.0.0.1:4000/", true),
            ("http://127.9.9.9/", true),
            ("https://[::1]/", true),
            ("http://2130706433/", true),
            ("https://localhost.example.com/", false),
            ("https://127.0.0.1.example.com/", false),
            ("https://192.0.2.1/", false),
            ("https://[2001:db8::1]/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
