//! Where the tenant listens, and the URL that its clients call.

use std::io;

use crate::listening::Listening;
use crate::public_url::PublicUrl;
use crate::server::Transport;
#[cfg(feature = "tls")]
use crate::tls::Certificate;

/// The settings of the address.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) public_url: Option<String>,
    #[cfg(feature = "tls")]
    pub(crate) certificate: Option<Certificate>,
}

/// An address with its sockets open.
pub(crate) struct Opened {
    pub(crate) listening: Listening,
    pub(crate) transport: Transport,
    /// The URL that clients call, without a slash at the end.
    pub(crate) domain: String,
    /// The certificate that clients must trust, as PEM.
    pub(crate) authority: Option<String>,
}

impl Address {
    /// Returns the reason why a tenant cannot have this address.
    pub(crate) fn problem(&self) -> Option<String> {
        self.public_url().err()
    }

    pub(crate) async fn open(&self) -> io::Result<Opened> {
        let public_url = self.public_url().map_err(|problem| io::Error::new(io::ErrorKind::InvalidInput, problem))?;
        let listening = Listening::bind(&self.host, self.port).await?;
        let authority = listening.authority();
        let domain = public_url.map_or_else(|| format!("{}://{authority}", self.scheme()), |url| url.to_string());
        let (transport, authority) = self.transport(&domain)?;
        Ok(Opened { listening, transport, domain, authority })
    }

    /// Returns the URL that clients will call. `None` if only the system knows the port.
    #[cfg(feature = "cli")]
    pub(crate) fn expected_domain(&self) -> Option<String> {
        let local = || format!("{}://{}:{}", self.scheme(), crate::listening::url_host(&self.host), self.port);
        let public_url = self.public_url().ok().flatten().map(|url| url.to_string());
        public_url.or_else(|| (self.port != ANY_FREE_PORT).then(local))
    }

    fn public_url(&self) -> Result<Option<PublicUrl>, String> {
        self.public_url.as_deref().map(PublicUrl::parse).transpose()
    }

    /// Returns the scheme that the tenant itself serves.
    #[cfg(feature = "tls")]
    pub(crate) fn scheme(&self) -> &'static str {
        if self.certificate.is_some() { "https" } else { "http" }
    }

    #[cfg(feature = "tls")]
    fn transport(&self, domain: &str) -> io::Result<(Transport, Option<String>)> {
        let Some(certificate) = &self.certificate else { return Ok((Transport::Plain, None)) };
        let server = certificate.server(domain)?;
        Ok((Transport::Tls(server.acceptor), server.authority))
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "the signature is that of the feature `tls`")]
    pub(crate) fn scheme(&self) -> &'static str {
        "http"
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the signature is that of the feature `tls`")]
    fn transport(&self, _domain: &str) -> io::Result<(Transport, Option<String>)> {
        Ok((Transport::Plain, None))
    }
}

impl Default for Address {
    fn default() -> Self {
        Self {
            host: DEFAULT_HOST.into(),
            port: ANY_FREE_PORT,
            public_url: None,
            #[cfg(feature = "tls")]
            certificate: None,
        }
    }
}

/// The address of this machine that no other machine can reach, and that needs no name to be resolved.
const DEFAULT_HOST: &str = "127.0.0.1";
const ANY_FREE_PORT: u16 = 0;
