//! The Redis server of a store: how to connect to it.

use std::io;
#[cfg(feature = "tls")]
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisConnectionInfo, RedisResult,
};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::error::RedisConfigError;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// The address of a server, and how to log in.
#[derive(Clone)]
pub(crate) struct Server {
    info: ConnectionInfo,
    #[cfg(feature = "tls")]
    tls: Option<Arc<Tls>>,
}

impl Server {
    /// Reads a URL, and does not connect yet.
    pub(crate) fn parse(url: &str) -> Result<Self, RedisConfigError> {
        let (plain, is_tls) = without_tls(url);
        #[cfg(not(feature = "tls"))]
        if is_tls {
            return Err(RedisConfigError::TlsDisabled);
        }
        let info = plain.as_str().into_connection_info().map_err(|_| RedisConfigError::UrlMalformed)?;
        Ok(Self {
            info,
            #[cfg(feature = "tls")]
            tls: is_tls.then(Tls::new).transpose()?.map(Arc::new),
        })
    }

    /// Returns another server with the same login, in the same database.
    pub(crate) fn at(&self, address: &Address) -> Self {
        let mut server = self.clone();
        server.info = server.info.set_addr(ConnectionAddr::Tcp(address.host.clone(), address.port));
        server
    }

    /// Returns the same server with another login, in another database.
    pub(crate) fn with_login(mut self, login: Option<&Login>, database: Option<u32>) -> Self {
        let mut settings = self.info.redis_settings().clone();
        if let Some(number) = database {
            settings = settings.set_db(number.into());
        }
        if let Some(Login { user, password }) = login {
            settings = settings.set_username(user).set_password(password);
        }
        self.info = self.info.set_redis_settings(settings);
        self
    }

    /// Returns the same server without a login, in database 0.
    pub(crate) fn without_login(mut self) -> Self {
        self.info = self.info.set_redis_settings(RedisConnectionInfo::default());
        self
    }

    /// Returns the address, unless it is a Unix socket.
    pub(crate) fn address(&self) -> Option<Address> {
        let ConnectionAddr::Tcp(host, port) = self.info.addr() else { return None };
        Some(Address { host: host.clone(), port: *port })
    }

    pub(crate) fn database(&self) -> i64 {
        self.info.redis_settings().db()
    }

    /// Returns true if both URLs differ at most in host and port.
    pub(crate) fn has_login_of(&self, other: &Self) -> bool {
        #[cfg(feature = "tls")]
        if self.tls.is_some() != other.tls.is_some() {
            return false;
        }
        let settings = |server: &Self| {
            let settings = server.info.redis_settings();
            (settings.username().map(str::to_owned), settings.password().map(str::to_owned), settings.db())
        };
        settings(self) == settings(other)
    }

    /// Connects and logs in. The host name is resolved again each time, so the store follows a server that has moved.
    pub(crate) async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        match self.info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
                // Without probes, the connection works all the same.
                _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(IDLE_BEFORE_PROBE));
                #[cfg(feature = "tls")]
                if let Some(tls) = &self.tls {
                    return self.log_in(tls.connect(host, stream).await?).await;
                }
                self.log_in(stream).await
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => self.log_in(tokio::net::UnixStream::connect(path).await?).await,
            _ => Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        }
    }

    async fn log_in(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> RedisResult<MultiplexedConnection> {
        // The store has its own time limit, for a command with all attempts.
        let config = AsyncConnectionConfig::new().set_response_timeout(None).set_connection_timeout(None);
        let (connection, driver) =
            MultiplexedConnection::new_with_config(self.info.redis_settings(), stream, config).await?;
        // The task ends when the last clone of the connection is dropped, or when the server closes the connection.
        tokio::spawn(driver);
        Ok(connection)
    }
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    /// Completes an address without a host, as Redis sends it for the host of the server that sends it.
    pub(crate) fn or_host_of(self, sender: &Self) -> Self {
        if self.host.is_empty() { Self { host: sender.host.clone(), port: self.port } } else { self }
    }
}

/// The user and the password at a server.
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// Returns the URL with the scheme for a connection without TLS, and whether the connection needs TLS. This crate makes
/// TLS connections itself: the Redis library would choose the cryptographic provider of the whole process.
fn without_tls(url: &str) -> (String, bool) {
    for (with_tls, without) in [("rediss:", "redis:"), ("valkeys:", "valkey:")] {
        // A fragment may ask the Redis library to accept any certificate.
        if let Some(rest) = url.strip_prefix(with_tls).filter(|rest| !rest.contains('#')) {
            return (format!("{without}{rest}"), true);
        }
    }
    (url.to_owned(), false)
}

/// After this time without traffic, the system probes the connection. Firewalls and load balancers forget connections that
/// are idle, without a word to either side, the strictest after one or a few minutes.
const IDLE_BEFORE_PROBE: Duration = Duration::from_secs(30);
