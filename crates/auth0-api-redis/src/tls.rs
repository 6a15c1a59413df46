//! TLS for `rediss://`.

use std::io;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::error::RedisConfigError;

/// The TLS configuration of one store. It names its cryptographic provider, and neither reads nor sets the provider of
/// the process, which belongs to the application.
pub(crate) struct Tls(TlsConnector);

impl Tls {
    /// Trusts the certificates that the system trusts. On Linux, `SSL_CERT_FILE` names others in place of them.
    pub(crate) fn new() -> Result<Self, RedisConfigError> {
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(BuilderVerifierExt::with_platform_verifier)
            .map_err(|_| RedisConfigError::Tls)?;
        Ok(Self(TlsConnector::from(Arc::new(config.with_no_client_auth()))))
    }

    pub(crate) async fn connect(&self, host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        self.0.connect(name, stream).await
    }
}
