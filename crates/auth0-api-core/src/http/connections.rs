//! Connections of reqwest: which client sends a request, and what its errors mean.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Request, Response};

use super::{HttpConnection, HttpError};

/// Sends requests with [reqwest](https://docs.rs/reqwest), and says what its errors mean. For crates that send requests to
/// other servers, such as `auth0-api-fetcher`; [`ReqwestClient`](super::ReqwestClient) is built on it. Clones share all
/// connections.
///
/// - A request that must go over a [new connection](HttpConnection::New) gets one.
/// - A connection that was kept open and has ended is told apart from other failures: [`HttpError::Disconnected`].
/// - Requests to this machine (`localhost`, `127.0.0.0/8`, `[::1]`) use no proxy: a proxy on another machine cannot reach
///   these addresses, and must not read requests for them.
/// - Redirects are not followed. No error shows the URL of the request.
///
/// ```
/// use auth0_api_core::http::{HttpConnection, HttpError, ReqwestConnections};
///
/// async fn get(
///     connections: &ReqwestConnections,
///     url: reqwest::Url,
/// ) -> Result<reqwest::Response, HttpError> {
///     let request = || reqwest::Request::new(reqwest::Method::GET, url.clone());
///     match connections.execute(request(), HttpConnection::Any).await {
///         // The other side has closed an idle connection: a request that may be sent twice
///         // is sent on a new one.
///         Err(HttpError::Disconnected(_)) => {
///             connections.execute(request(), HttpConnection::New).await
///         }
///         answered => answered,
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ReqwestConnections {
    everywhere: Arc<Pooling>,
    /// For requests to this machine; the same if the application has configured the client.
    loopback: Arc<Pooling>,
}

/// A client that keeps connections open for later requests, and one that does not. Both are made when they are first needed,
/// because each client reads all trusted certificates of the system.
#[derive(Debug)]
struct Pooling {
    user_agent: &'static str,
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

impl ReqwestConnections {
    /// Makes its own clients, with rustls and the system's certificates. They obey the environment variables `HTTPS_PROXY`,
    /// `HTTP_PROXY`, `NO_PROXY` and, on Linux, `SSL_CERT_FILE`. `user_agent` is the value of the header `User-Agent`.
    pub fn new(user_agent: &'static str) -> Self {
        let pooling = |proxies| Arc::new(Pooling::new(user_agent, proxies));
        Self { everywhere: pooling(Proxies::OfEnvironment), loopback: pooling(Proxies::Never) }
    }

    /// Uses this client for all requests. Configure it with `redirect(Policy::none())`: a response from another URL than the
    /// requested one is an error.
    pub fn of_client(client: Client) -> Self {
        let pooling = Pooling::new("", Proxies::OfEnvironment);
        let (keeping, fresh) = (client.clone().into(), client.into());
        let pooling = Arc::new(Pooling { keeping, fresh, ..pooling });
        Self { everywhere: Arc::clone(&pooling), loopback: pooling }
    }

    /// Makes the client for this host now, so that the first request does not wait for it.
    ///
    /// # Errors
    ///
    /// [`reqwest::Error`] if the system has no usable certificate store. Requests to this machine need none.
    pub fn prepare(&self, host: &str) -> Result<(), reqwest::Error> {
        self.pooling_for(host).client(HttpConnection::Any).map(drop)
    }

    /// Sends the request, and returns the head of the response. The body can be read from it; [`Self::classify`] says what
    /// an error of the body means.
    ///
    /// # Errors
    ///
    /// [`HttpError`]. `Disconnected` only if a kept connection may have been used: then the request may reach the server on a
    /// new connection.
    pub async fn execute(&self, request: Request, connection: HttpConnection) -> Result<Response, HttpError> {
        let requested = request.url().clone();
        let pooling = self.pooling_for(requested.host_str().unwrap_or_default());
        let client = pooling.client(connection).map_err(Self::classify)?;
        let response = client.execute(request).await.map_err(|error| pooling.unanswered(error, connection))?;
        pooling.may_have_kept.store(true, Relaxed);
        if requested != *response.url() {
            return Err(HttpError::Exchange("the client followed a redirect: configure Policy::none()".into()));
        }
        Ok(response)
    }

    /// Says what an error of reqwest means, without the URL of the request.
    pub fn classify(error: reqwest::Error) -> HttpError {
        // reqwest would put the URL into the error's text, and errors are logged.
        let error = error.without_url();
        // First: a connection that was not made in time is also a timeout, and nothing was sent on it.
        if error.is_connect() {
            HttpError::Connect(error.into())
        } else if error.is_timeout() {
            HttpError::Timeout
        } else {
            HttpError::Exchange(error.into())
        }
    }

    fn pooling_for(&self, host: &str) -> &Pooling {
        if is_loopback(host) { &self.loopback } else { &self.everywhere }
    }
}

impl Pooling {
    fn new(user_agent: &'static str, proxies: Proxies) -> Self {
        let may_have_kept = AtomicBool::new(false);
        Self { user_agent, proxies, keeping: OnceLock::new(), fresh: OnceLock::new(), may_have_kept }
    }

    fn client(&self, connection: HttpConnection) -> Result<&Client, reqwest::Error> {
        let (cell, max_idle) = match connection {
            HttpConnection::New => (&self.fresh, 0),
            HttpConnection::Any => (&self.keeping, usize::MAX),
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let builder = || self.builder().pool_max_idle_per_host(max_idle);
        let client = match (builder().build(), self.proxies) {
            // Requests to this machine are usually plain HTTP, which works on a machine without any trusted certificate.
            (Err(_), Proxies::Never) => builder().tls_certs_only([]).build(),
            (built, _) => built,
        };
        let client = client?;
        Ok(cell.get_or_init(|| client))
    }

    fn builder(&self) -> ClientBuilder {
        let builder = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_TIMEOUT);
        let builder = builder.user_agent(self.user_agent);
        match self.proxies {
            Proxies::Never => builder.no_proxy(),
            Proxies::OfEnvironment => builder,
        }
    }

    /// Classifies an error before the head of the response. If no connection can have been open, the server has closed a new
    /// connection, and another attempt would do no better. Several kept connections can end at once, so only a new
    /// connection that ends too shows that the server closes all of them.
    fn unanswered(&self, error: reqwest::Error, connection: HttpConnection) -> HttpError {
        match ReqwestConnections::classify(error) {
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

/// Whether the host of a URL is this machine.
fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
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

/// A TCP and TLS handshake across the world takes less than one second.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use reqwest::Url;
    use reqwest::dns::{Name, Resolve, Resolving};

    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        for (url, expected) in [
            ("http://localhost:4000/", true),
            ("http://LOCALHOST/", true),
            ("http://127.0.0.1:4000/", true),
            ("http://127.9.9.9/", true),
            ("https://[::1]/", true),
            ("http://2130706433/", true),
            ("https://localhost.example.com/", false),
            ("https://127.0.0.1.example.com/", false),
            ("https://192.0.2.1/", false),
            ("https://[2001:db8::1]/", false),
        ] {
            assert_eq!(is_loopback(Url::parse(url).unwrap().host_str().unwrap()), expected, "{url}");
        }
    }

    /// Finds no address, and never says so.
    struct Silent;

    impl Resolve for Silent {
        fn resolve(&self, _name: Name) -> Resolving {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test]
    async fn a_connection_that_was_not_made_in_time_is_no_timeout_of_a_response() {
        let soon = Duration::from_millis(1);
        let client = || Client::builder().tls_certs_only([]).no_proxy().dns_resolver(Arc::new(Silent));
        for (client, expected) in [(client().connect_timeout(soon), "connect"), (client().timeout(soon), "timeout")] {
            let error = client.build().unwrap().get("http://tenant.example/").send().await.unwrap_err();
            assert!(error.is_timeout());
            let kind = match ReqwestConnections::classify(error) {
                HttpError::Connect(_) => "connect",
                HttpError::Timeout => "timeout",
                _ => "another",
            };
            assert_eq!(kind, expected);
        }
    }

    #[test]
    fn the_ends_of_a_connection_are_told_from_other_errors() {
        for (kind, expected) in [
            (ErrorKind::BrokenPipe, true),
            (ErrorKind::ConnectionAborted, true),
            (ErrorKind::ConnectionReset, true),
            (ErrorKind::ConnectionRefused, false),
            (ErrorKind::TimedOut, false),
        ] {
            assert_eq!(is_disconnection(&io::Error::from(kind)), expected, "{kind}");
            let inner = HttpError::Exchange(io::Error::from(kind).into());
            assert_eq!(is_disconnection(&HttpError::Exchange(inner.into())), expected, "{kind}, as a source");
        }
    }
}
