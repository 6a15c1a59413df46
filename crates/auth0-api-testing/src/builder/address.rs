//! The options of the tenant's address.

use super::LocalTenantBuilder;
#[cfg(feature = "tls")]
use crate::tls::Certificate;

/// # Where the tenant listens
impl LocalTenantBuilder {
    /// Sets the port; any free port by default.
    pub fn port(mut self, port: u16) -> Self {
        self.address.port = port;
        self
    }

    /// Sets the host to listen on: an IP address, or `localhost`; 127.0.0.1 by default.
    ///
    /// The tenant's URL contains this host: with `localhost`, the issuer is `http://localhost:PORT/`, and the tenant
    /// listens on 127.0.0.1 and on `::1`. Pages must have the same host as the tenant, because browsers send no cookies
    /// between `localhost` and `127.0.0.1`. `0.0.0.0` listens on every address, for containers; the URL is then
    /// `http://127.0.0.1:PORT`, unless a [public URL](Self::public_url) is set.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.address.host = host.into();
        self
    }

    /// Sets the URL that clients call, if it differs from the address that the tenant listens on: the tenant is behind
    /// a proxy or in a container.
    ///
    /// The issuer, the discovery document, the `htu` of DPoP proofs, the `aud` of client assertions and the audience of
    /// the My Account API begin with this URL. It is `http://` or `https://` with a host, without a path. The scheme
    /// does not switch on TLS: a proxy may be in front of the tenant.
    ///
    /// ```
    /// use auth0_api_testing::LocalTenant;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let tenant = LocalTenant::builder().public_url("https://login.example.com").start().await?;
    /// assert_eq!(tenant.issuer(), "https://login.example.com/");
    /// assert!(tenant.local_url().starts_with("http://127.0.0.1:"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.address.public_url = Some(url.into());
        self
    }

    /// Serves HTTPS, with a certificate that is made when the tenant starts.
    ///
    /// The certificate is valid for `localhost`, 127.0.0.1, `::1` and the host of the tenant's URL. Clients must trust
    /// [`LocalTenant::ca_certificate`](crate::LocalTenant::ca_certificate), for example with the environment variable
    /// `SSL_CERT_FILE` or `NODE_EXTRA_CA_CERTS`. Its private key exists only while the tenant starts.
    #[cfg(feature = "tls")]
    pub fn tls(mut self) -> Self {
        self.address.certificate = Some(Certificate::Generated);
        self
    }

    /// Serves HTTPS with your own certificate: the chain, the server's certificate first, and its private key, both as
    /// PEM.
    #[cfg(feature = "tls")]
    pub fn tls_certificate(mut self, chain_pem: impl Into<String>, key_pem: impl Into<String>) -> Self {
        self.address.certificate = Some(Certificate::Own { chain: chain_pem.into(), key: key_pem.into() });
        self
    }
}
