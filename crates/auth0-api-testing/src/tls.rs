//! TLS for the tenant: a certificate made on the spot, or the operator's own.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::{Clock as _, SystemClock};
use http::Uri;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Which certificate the tenant presents.
#[derive(Clone)]
pub(crate) enum Certificate {
    /// A certificate for these hosts, of an authority that exists only for it.
    Generated,
    /// A certificate chain and its private key, as PEM.
    Own { chain: String, key: String },
}

/// A TLS server, and the certificate of the authority that its clients must trust.
pub(crate) struct TlsServer {
    pub(crate) acceptor: TlsAcceptor,
    /// PEM; `None` for the operator's own certificate.
    pub(crate) authority: Option<String>,
}

impl Certificate {
    /// Makes the server. A generated certificate is valid for the host of this URL, and for all names of this machine.
    pub(crate) fn server(&self, url: &str) -> io::Result<TlsServer> {
        match self {
            Self::Generated => generate(&host(url)).map_err(io::Error::other),
            Self::Own { chain, key } => {
                let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<Vec<_>, _>>();
                let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| invalid(NO_CERTIFICATE))?;
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| invalid(NO_KEY))?;
                let acceptor = acceptor(chain, key).map_err(|error| invalid(&format!("{MISMATCH}: {error}")))?;
                Ok(TlsServer { acceptor, authority: None })
            }
        }
    }
}

/// Makes an authority and one certificate of it. The authority's private key exists only until the end of this
/// function: nobody can issue another certificate that a client of this tenant would trust.
fn generate(host: &str) -> Result<TlsServer, Box<dyn std::error::Error + Send + Sync>> {
    let mut params = valid_now(CertificateParams::new(Vec::new())?);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, AUTHORITY);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let mut hosts: Vec<_> = MACHINE.map(str::to_owned).into();
    if !host.is_empty() && !MACHINE.contains(&host) {
        hosts.push(host.to_owned());
    }
    let mut params = valid_now(CertificateParams::new(hosts)?);
    params.distinguished_name.push(DnType::CommonName, NAME);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &authority)?;
    let acceptor = acceptor(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?)?;
    Ok(TlsServer { acceptor, authority: Some(authority.pem()) })
}

/// Returns the host of a URL, without the brackets of an IPv6 address.
fn host(url: &str) -> String {
    let uri: Uri = url.parse().unwrap_or_default();
    uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned()
}

/// Sets the period of validity. It depends on the machine's clock and not on the tenant's: clients verify certificates
/// with their machine's clock.
fn valid_now(mut params: CertificateParams) -> CertificateParams {
    let now = SystemClock.now();
    params.not_before = (now - PAST).into();
    params.not_after = (now + LIFETIME).into();
    params
}

fn acceptor(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<TlsAcceptor, rustls::Error> {
    // The provider is named, because the build may contain another provider, and rustls then has no default.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config).into())
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Generated => "Generated",
            Self::Own { .. } => "Own",
        })
    }
}

const NO_CERTIFICATE: &str = "the file of the TLS certificate contains no certificate in PEM";
const NO_KEY: &str = "the file of the TLS key contains no private key in PEM";
const MISMATCH: &str = "the TLS certificate and its key cannot be used together";

/// The names of this machine.
const MACHINE: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

const AUTHORITY: &str = "Local Auth0 tenant: authority for development";
const NAME: &str = "Local Auth0 tenant";

/// Tolerates a client whose clock is behind.
const PAST: Duration = Duration::from_secs(86_400);

/// The certificate lives as long as the tenant's process. A year is longer than any process, and shorter than the 398
/// days that browsers accept.
const LIFETIME: Duration = Duration::from_secs(365 * 86_400);
