//! The Redis server of a store: how to connect to it.

use std::io;
#[cfg(feature = "tls")]
use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _, RedisResult};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::error::RedisConfigError;
#[cfg(feature = "tls")]
use crate::tls::Tls;

/// The address of a server, and how to log in.
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

    /// Connects and logs in. The host name is resolved again each time, so the store follows a server that has moved.
    pub(crate) async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        match self.info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                stream.set_nodelay(true)?;
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
