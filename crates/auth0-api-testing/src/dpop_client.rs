//! DPoP clients, and the proofs that they make. A proof is valid by default. A test can give a proof any fault.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use auth0_api_core::jose::Thumbprint;
use auth0_api_core::{Algorithm, Clock, SystemClock};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::SigningKey;
use crate::clock::numeric_date;
use crate::jws::{Draft, draft_setters};
use crate::must::random_text;

/// A client with a DPoP key, which makes proofs ([RFC 9449 §4](https://www.rfc-editor.org/rfc/rfc9449#section-4)).
///
/// The proofs take `iat` from the machine's clock, or from the clock that [`with_clock`](Self::with_clock)
/// sets. [`LocalTenant::dpop_client`] makes a client that uses the tenant's clock. Clones share the key.
///
/// ```
/// use auth0_api_testing::{ManualClock, DpopClient};
///
/// let client = DpopClient::generate().with_clock(ManualClock::new());
/// let first = client
///     .proof("POST", "https://api.example.com/orders?page=2")
///     .access_token("ey…")
///     .sign();
/// let second = client
///     .proof("POST", "https://api.example.com/orders?page=2")
///     .access_token("ey…")
///     .sign();
/// assert_ne!(first, second, "every proof has its own jti");
/// ```
///
/// [`LocalTenant::dpop_client`]: crate::LocalTenant::dpop_client
#[derive(Clone)]
pub struct DpopClient {
    key: SigningKey,
    clock: Arc<dyn Clock>,
}

impl DpopClient {
    /// Generates a client with a key for ES256, the algorithm that Auth0 accepts.
    pub fn generate() -> Self {
        Self::generate_with(Algorithm::ES256)
    }

    /// Generates a client with a key for another algorithm.
    pub fn generate_with(algorithm: Algorithm) -> Self {
        Self { key: SigningKey::generate(algorithm), clock: Arc::new(SystemClock) }
    }

    /// Sets the clock. Proofs take their `iat` from this clock.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.with_shared_clock(Arc::new(clock))
    }

    /// Returns the thumbprint of the key: the `cnf.jkt` of a token that is bound to the key.
    pub fn thumbprint(&self) -> Thumbprint {
        self.key.thumbprint()
    }

    /// Returns the public key as the header of a proof contains it: a JWK with only the required members.
    pub fn public_jwk(&self) -> Value {
        Value::Object(self.key.bare_jwk())
    }

    /// Creates the builder of a proof for a request. `htu` is `url` without query and fragment.
    pub fn proof(&self, method: &str, url: &str) -> ProofBuilder {
        let builder = ProofBuilder { key: self.key.clone(), draft: Draft::default() };
        builder
            .claim("htm", method)
            .claim("htu", url.split(['?', '#']).next().unwrap_or_default())
            .jti(&random_text())
            .issued_at(self.clock.now())
    }

    pub(crate) fn with_shared_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

impl fmt::Debug for DpopClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopClient").field("thumbprint", &self.thumbprint()).finish_non_exhaustive()
    }
}

/// The builder of a DPoP proof. [`DpopClient::proof`] creates it.
///
/// By default the proof has the header and the claims that
/// [RFC 9449 §4.2](https://www.rfc-editor.org/rfc/rfc9449#section-4.2) requires: `typ` `dpop+jwt`, the key's `alg` and
/// public `jwk`, `htm`, `htu`, a random `jti`, and the current time as `iat`. The proof has `ath` and `nonce` only if
/// you set them.
///
/// ```
/// use auth0_api_testing::DpopClient;
///
/// let client = DpopClient::generate();
/// let proof = client
///     .proof("GET", "https://api.example.com/")
///     .access_token("ey…")
///     .nonce("from-the-server")
///     .sign();
/// let for_another_method =
///     client.proof("GET", "https://api.example.com/").claim("htm", "POST").sign();
/// # assert_ne!(proof, for_another_method);
/// ```
#[derive(Clone, Debug)]
#[must_use = "call `sign` to get the proof"]
pub struct ProofBuilder {
    key: SigningKey,
    draft: Draft,
}

impl ProofBuilder {
    /// Sets `ath` to the hash of the access token that is sent with the proof.
    pub fn access_token(self, token: &str) -> Self {
        self.claim("ath", URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())))
    }

    /// Sets `nonce` to a value from the server's `DPoP-Nonce` header.
    pub fn nonce(self, nonce: &str) -> Self {
        self.claim("nonce", nonce)
    }

    /// Sets `iat`, in whole seconds; by default the time of the client's clock when [`DpopClient::proof`] is called.
    pub fn issued_at(self, time: SystemTime) -> Self {
        self.claim("iat", numeric_date(time))
    }

    /// Sets `jti`; 128 random bits by default.
    pub fn jti(self, jti: &str) -> Self {
        self.claim("jti", jti)
    }

    /// Signs the proof and returns it in compact form: the value of a `DPoP` header.
    pub fn sign(&self) -> String {
        let key = &self.key;
        self.draft.sign(json!({ "alg": key.algorithm().name(), "jwk": key.bare_jwk(), "typ": "dpop+jwt" }), key)
    }
}

draft_setters!(ProofBuilder);

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]
mod tests {
    use super::*;
    use crate::ManualClock;

    #[test]
    fn a_proof_has_the_header_and_claims_of_rfc_9449() {
        let key = DpopClient::generate().with_clock(ManualClock::new());
        let proof = key.proof("GET", "https://api.example.com/a?b=c#d").nonce("n").jti("j");
        // The hash of RFC 9449 §7.1, figure 12.
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        let (header, claims) = parts(&proof.access_token(token).sign());
        assert_eq!(header, json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.public_jwk() }));
        assert_eq!(
            claims,
            json!({
                "htm": "GET",
                "htu": "https://api.example.com/a",
                "iat": 1_700_000_000,
                "jti": "j",
                "nonce": "n",
                "ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo",
            })
        );
    }

    #[test]
    fn every_proof_has_its_own_jti() {
        let key = DpopClient::generate();
        let jti = || parts(&key.proof("GET", "https://api.example.com/").sign()).1["jti"].clone();
        assert_ne!(jti(), jti());
    }

    #[test]
    fn overrides_change_header_claims_and_signature() {
        let proof = DpopClient::generate().proof("GET", "https://a.example/");
        let (header, claims) = parts(&proof.clone().header("alg", "none").without_header("jwk").claim("htm", 5).sign());
        assert_eq!((header, claims["htm"].clone()), (json!({ "typ": "dpop+jwt", "alg": "none" }), json!(5)));
        assert!(parts(&proof.clone().without_claim("jti").sign()).1.get("jti").is_none());
        let raw = proof.raw_header("{}").raw_claims("[1,1]").raw_signature("x.y").sign();
        assert_eq!(raw, "e30.WzEsMV0.x.y");
    }

    fn parts(proof: &str) -> (Value, Value) {
        let mut parts = proof.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut json = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
        (json(), json())
    }
}
