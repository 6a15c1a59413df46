//! The default client: reqwest with rustls.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use auth0_api_core::http::{HttpConnection, HttpError};
use http::Request;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use crate::body::{RequestBody, ResponseBody};
use crate::client::{ClientFuture, FetchClient};
use crate::origin::is_loopback;
use crate::reqwest_error::{classify, is_disconnection};

/// Sends requests with reqwest: no redirects, no cookies. Requests to this machine use no proxy.
#[derive(Clone, Debug)]
pub(crate) struct ReqwestFetchClient {
    everywhere: Arc<Pooling>,
    loopback: Arc<Pooling>,
}

/// A client that keeps connections open for later requests, and one that does not. Both are made when they are first needed,
/// because each client reads all trusted certificates of the system.
#[derive(Debug)]
struct Pooling {
    proxies: Proxies,
    keeping: OnceLock<Client>,
    fresh: OnceLock<Client>,
    /// Whether a connection may be open: there was a response after the last disconnection.
    may_have_kept: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
enum Proxies {
    Never,
    OfEnvironment,
}

impl ReqwestFetchClient {
    pub(crate) fn new() -> Self {
        let pooling = |proxies| Pooling {
            proxies,
            keeping: OnceLock::new(),
            fresh: OnceLock::new(),
            may_have_kept: AtomicBool::new(false),
        };
        Self { everywhere: pooling(Proxies::OfEnvironment).into(), loopback: pooling(Proxies::Never).into() }
    }

    /// Uses a client of the application for all requests.
    pub(crate) fn with_client(client: Client) -> Self {
        let pooling = Arc::new(Pooling {
            proxies: Proxies::OfEnvironment,
            keeping: client.clone().into(),
            fresh: client.into(),
            may_have_kept: AtomicBool::new(false),
        });
        Self { everywhere: Arc::clone(&pooling), loopback: pooling }
    }

    /// Makes the client for this host, so that the first request does not wait for it.
    pub(crate) fn prepare(&self, host: &str) -> Result<(), HttpError> {
        self.pooling_for(host).client(HttpConnection::Any).map(drop)
    }

    fn pooling_for(&self, host: &str) -> &Pooling {
        if is_loopback(host) { &self.loopback } else { &self.everywhere }
    }
}

impl Pooling {
    fn client(&self, connection: HttpConnection) -> Result<&Client, HttpError> {
        let (cell, max_idle) = match connection {
            HttpConnection::New => (&self.fresh, 0),
            _ => (&self.keeping, usize::MAX),
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let builder = || builder(self.proxies).pool_max_idle_per_host(max_idle);
        let client = match (builder().build(), self.proxies) {
            // Requests to this machine are usually plain HTTP, which works on a machine without any trusted certificate.
            (Err(_), Proxies::Never) => builder().tls_certs_only([]).build(),
            (built, _) => built,
        };
        let client = client.map_err(classify)?;
        Ok(cell.get_or_init(|| client))
    }

    /// Classifies an error before the head of the response. If no connection can have been open, the server has closed a new
    /// connection, and another attempt would do no better. Several kept connections can end at once, so only
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
}

impl FetchClient for ReqwestFetchClient {
    fn send(&self, request: Request<RequestBody>, connection: HttpConnection) -> ClientFuture<'_> {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(classify)?;
            let pooling = self.pooling_for(request.url().host_str().unwrap_or_default());
            let requested = request.url().clone();
            let sent = pooling.client(connection)?.execute(request).await;
            let response = sent.map_err(|error| pooling.unanswered(error, connection))?;
            pooling.may_have_kept.store(true, Relaxed);
            if requested != *response.url() {
                return Err(HttpError::Exchange("the client followed a redirect: configure Policy::none()".into()));
            }
            Ok(http::Response::<reqwest::Body>::from(response).map(ResponseBody::of_reqwest))
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

/// A TCP and TLS handshake across the world takes less than one second.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
