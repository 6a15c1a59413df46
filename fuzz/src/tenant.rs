//! A tenant that answers from memory, and API clients for this tenant with a stopped clock.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use auth0_api_core::dpop::{Insertion, ProofId, ReplayFuture, ReplayStore};
use auth0_api_core::http::{HttpClient, HttpFuture, HttpRequest, HttpResponse};
use auth0_api_core::{Algorithm, ApiClient, ApiClientBuilder, Clock};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{NOW, Signer, now};

/// The issuer of all tokens.
pub const ISSUER: &str = "https://tenant.example.com/";
/// The audience of all tokens.
pub const AUDIENCE: &str = "https://api.example.com";

/// The tenant's responses for discovery and keys. The default is a correct tenant.
///
/// This is not `OfflineTenant` of auth0-api-testing, because fuzzing builds every dependency with instrumentation, and
/// that crate contains a web server.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The discovery document.
    pub document: Vec<u8>,
    /// The status of the discovery response.
    pub status: u16,
    /// The `Retry-After` of the discovery response: any text.
    pub retry_after: String,
    /// The key set.
    pub keys: Vec<u8>,
}

/// Returns a builder with this tenant, the issuer's algorithm, and the stopped clock.
pub fn client(tenant: Tenant) -> ApiClientBuilder {
    ApiClient::builder("tenant.example.com", AUDIENCE).algorithms([Algorithm::ES256]).clock(Stopped).http_client(tenant)
}

/// A valid token; the same for the whole run.
pub fn token() -> &'static str {
    static TOKEN: LazyLock<String> = LazyLock::new(|| sign(""));
    &TOKEN
}

/// A valid token that is bound to the caller's key; the same for the whole run.
pub fn bound_token() -> &'static str {
    static TOKEN: LazyLock<String> =
        LazyLock::new(|| sign(&format!(r#","cnf":{{"jkt":"{}"}}"#, Signer::caller().thumbprint())));
    &TOKEN
}

/// A valid token that is bound to the certificate with these octets.
pub fn token_bound_to_certificate(der: &[u8]) -> String {
    let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, der));
    sign(&format!(r#","cnf":{{"x5t#S256":"{thumbprint}"}}"#))
}

fn sign(more: &str) -> String {
    let payload = format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","iat":{NOW},"exp":{}{more}}}"#, NOW + 3600);
    Signer::issuer().sign(br#"{"alg":"ES256","kid":"k1"}"#, payload.as_bytes())
}

impl Default for Tenant {
    fn default() -> Self {
        let (x, y) = Signer::issuer().coordinates();
        let keys = format!(r#"{{"keys":[{{"kid":"k1","kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}]}}"#);
        let document = format!(r#"{{"issuer":"{ISSUER}","jwks_uri":"{ISSUER}jwks"}}"#);
        Self { document: document.into(), status: 200, retry_after: String::new(), keys: keys.into() }
    }
}

impl HttpClient for Tenant {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let response = if request.url == format!("{ISSUER}.well-known/openid-configuration") {
            let headers = vec![("Retry-After".to_owned(), self.retry_after.clone())];
            HttpResponse { status: self.status, headers, body: self.document.clone() }
        } else {
            assert_on_the_issuers_host(&request.url);
            HttpResponse { status: 200, headers: Vec::new(), body: self.keys.clone() }
        };
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// Checks that the client fetches keys from the issuer's host and over TLS, for any `jwks_uri` in the document.
fn assert_on_the_issuers_host(jwks_uri: &str) {
    let url = url::Url::parse(jwks_uri).expect("jwks_uri is a URL");
    assert_eq!((url.scheme(), url.host_str()), ("https", Some("tenant.example.com")), "{jwks_uri}");
    assert_eq!((url.username(), url.password()), ("", None), "{jwks_uri}");
}

/// A clock that always returns [`NOW`].
#[derive(Debug)]
pub struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> SystemTime {
        now()
    }
}

/// A replay store that records only the last proof, and checks until when the API asks the store to keep each proof.
#[derive(Clone, Debug, Default)]
pub struct LastProof(Arc<Mutex<Option<ProofId>>>);

impl LastProof {
    /// Forgets the last proof, so that inputs do not affect each other.
    pub fn forget(&self) {
        *self.0.lock().expect("one thread") = None;
    }
}

impl ReplayStore for LastProof {
    fn insert<'a>(&'a self, proof: &'a ProofId, at: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
        assert_eq!(at, now());
        assert!(expires_at > at && expires_at <= at + LONGEST, "{expires_at:?}");
        let last = self.0.lock().expect("one thread").replace(*proof);
        let insertion = if last == Some(*proof) { Insertion::Replayed } else { Insertion::Fresh };
        Box::pin(std::future::ready(Ok(insertion)))
    }
}

/// The API accepts a proof with an `iat` 30 s in the future for 300 s after this `iat`. The last second is for
/// rounding.
const LONGEST: Duration = Duration::from_secs(30 + 300 + 1);
