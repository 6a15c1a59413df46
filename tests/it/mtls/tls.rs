//! TLS connections with client certificates: reqwest as the client, an axum API behind rustls as the server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::{ApiClient, CertificateSource, ClientCertificate, ProtectedResource};
use auth0_api_testing::TestWorld;
use axum::routing::get;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) const HOST: &str = "api.example.com";

type Authority = CertifiedIssuer<'static, KeyPair>;

#[tokio::test]
async fn a_bound_token_is_accepted_only_over_a_connection_with_its_certificate() {
    let world = TestWorld::start().await;
    let app = Router::new().route("/whoami", get(whoami)).layer(AuthLayer::new(api(&world)));
    let server = Server::start(app).await;
    let (own, other) = (Identity::new(&server.authority), Identity::new(&server.authority));
    let token = world.tenant.mint().bound_to_certificate(&own.der).sign();
    let thumbprint = ClientCertificate::from_der(&own.der).thumbprint();

    let (status, body) = server.ask(Some(&own), &token).await;
    assert_eq!((status, body), (200, thumbprint.to_string()));
    for (identity, description) in [
        (Some(&other), "the access token is bound to another client certificate"),
        (None, "the access token is bound to a client certificate and none was presented"),
    ] {
        let (status, body) = server.ask(identity, &token).await;
        assert_eq!(status, 401);
        assert_eq!(body, format!(r#"{{"error":"invalid_token","error_description":"{description}"}}"#));
    }
    let (status, body) = server.ask(None, &world.tenant.mint().sign()).await;
    assert_eq!((status, body.as_str()), (200, "no certificate"));
}

#[tokio::test]
async fn the_metadata_states_that_certificate_bound_tokens_are_accepted() {
    let world = TestWorld::start().await;
    let resource = || ProtectedResource::new(world.tenant.audience());
    let document = |api: ApiClient| api.resource_metadata().unwrap().body().to_owned();
    let member = r#""tls_client_certificate_bound_access_tokens":true"#;
    let certificates = CertificateSource::of_connection();
    let accepting = world.builder().client_certificates(certificates).resource_metadata(resource());
    assert!(document(accepting.build().unwrap()).contains(member));
    assert!(!document(world.builder().resource_metadata(resource()).build().unwrap()).contains("tls_client"));
}

fn api(world: &TestWorld) -> ApiClient {
    world.builder().client_certificates(CertificateSource::of_connection()).build().unwrap()
}

/// An API that requests client certificates, and the certificate authority that both sides trust.
pub(crate) struct Server {
    authority: Authority,
    pub(crate) address: SocketAddr,
}

/// A certificate and its private key.
struct Identity {
    der: Vec<u8>,
    pem: String,
    key: KeyPair,
}

impl Server {
    pub(crate) async fn start(app: Router) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = Authority::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(settings(&authority)));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, acceptor, app));
        Self { authority, address }
    }

    /// Returns a client that resolves the server's name and trusts its certificate.
    pub(crate) fn client(&self) -> reqwest::ClientBuilder {
        let root = reqwest::Certificate::from_der(self.authority.der()).unwrap();
        reqwest::Client::builder().tls_certs_only([root]).resolve(HOST, self.address).no_proxy()
    }

    /// Presents a token over a new connection, with this certificate or none. Returns the status and the body.
    async fn ask(&self, identity: Option<&Identity>, token: &str) -> (u16, String) {
        let mut client = self.client();
        if let Some(identity) = identity {
            let pem = format!("{}{}", identity.pem, identity.key.serialize_pem());
            client = client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
        }
        let url = format!("https://{HOST}:{}/whoami", self.address.port());
        let response = client.build().unwrap().get(url).bearer_auth(token).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

impl Identity {
    fn new(authority: &Authority) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([HOST.to_owned()]).unwrap().signed_by(&key, authority).unwrap();
        Self { der: certificate.der().to_vec(), pem: certificate.pem(), key }
    }
}

/// Returns TLS settings. A client certificate is optional. If the client presents one, the authority must have issued
/// it.
fn settings(authority: &Authority) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let server = Identity::new(authority);
    let key = PrivateKeyDer::try_from(server.key.serialize_der()).unwrap();
    let mut settings = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
        .with_single_cert(vec![server.der.into()], key)
        .unwrap();
    settings.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    settings
}

/// Serves connections, and gives each request the certificate of its connection.
async fn serve(listener: TcpListener, acceptor: TlsAcceptor, app: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, app) = (acceptor.clone(), app.clone());
        tokio::spawn(async move {
            let stream = acceptor.accept(stream).await.unwrap();
            let chain = stream.get_ref().1.peer_certificates();
            let certificate = chain.and_then(<[_]>::first).map(|leaf| ClientCertificate::from_der(leaf));
            let app = match certificate {
                Some(certificate) => app.layer(Extension(certificate)),
                None => app,
            };
            let connection = auto::Builder::new(TokioExecutor::new());
            connection.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)).await
        });
    }
}

async fn whoami(Token(token): Token) -> String {
    token.binding().certificate().map_or("no certificate".to_owned(), |certificate| certificate.to_string())
}
