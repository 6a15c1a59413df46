//! A local tenant, a clock that only the test sets, and clients of that tenant.

use std::time::{Duration, SystemTime};

use auth0_api_core::{
    ApiClient, ApiClientBuilder, Clock as _, DpopPolicy, Error, KeyPolicy, TokenRequest, VerifiedToken,
};
use auth0_api_testing::{LocalTenant, ManualClock, ProofBuilder, ProofKey};

/// A tenant and the clock that it shares with all its clients.
pub(crate) struct World {
    pub(crate) tenant: LocalTenant,
    pub(crate) clock: ManualClock,
}

/// A client's key, and a token that is bound to this key.
pub(crate) struct Holder {
    pub(crate) key: ProofKey,
    pub(crate) token: String,
}

/// A rejection: the status and challenges for the client, and the label for operators.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) status: u16,
    pub(crate) label: &'static str,
    pub(crate) challenges: Vec<String>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = ManualClock::new();
        let tenant = LocalTenant::builder().clock(clock.clone()).start().await.unwrap();
        Self { tenant, clock }
    }

    /// Returns a builder for a client of the tenant, with the same clock.
    pub(crate) fn builder(&self) -> ApiClientBuilder {
        let builder = ApiClient::builder(self.tenant.domain(), self.tenant.audience());
        // Without jitter, the tests are deterministic.
        builder.insecure_http_loopback().clock(self.clock.clone()).key_policy(KeyPolicy::new().jitter_percent(0))
    }

    pub(crate) fn api(&self) -> ApiClient {
        self.builder().build().unwrap()
    }

    pub(crate) fn api_with(&self, policy: DpopPolicy) -> ApiClient {
        self.builder().dpop(policy).build().unwrap()
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Holder {
    pub(crate) fn new(world: &World) -> Self {
        Self::with_key(world, world.tenant.proof_key())
    }

    pub(crate) fn with_key(world: &World, key: ProofKey) -> Self {
        let token = world.tenant.mint().bound_to(&key).sign();
        Self { key, token }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> String {
        format!("DPoP {}", self.token)
    }

    /// Returns the builder of a proof for a GET request to this URL with the token.
    pub(crate) fn proof(&self, url: &str) -> ProofBuilder {
        self.key.proof("GET", url).access_token(&self.token)
    }

    /// Verifies a GET request to this URL with the token and this proof.
    pub(crate) async fn get(&self, api: &ApiClient, url: &str, proof: &ProofBuilder) -> Result<VerifiedToken, Error> {
        get(api, url, &[("authorization", &self.authorization()), ("dpop", &proof.sign())]).await
    }
}

/// Verifies a GET request to this URL with these headers.
pub(crate) async fn get(api: &ApiClient, url: &str, headers: &[(&str, &str)]) -> Result<VerifiedToken, Error> {
    let headers = headers.to_vec();
    api.verify_request(&TokenRequest::new("GET", url, &headers)).await
}

/// Returns the status and the label as one text; `200 accepted` for a valid token.
pub(crate) fn status_and_label(outcome: &Result<VerifiedToken, Error>) -> String {
    match outcome {
        Ok(_) => "200 accepted".to_owned(),
        Err(error) => format!("{} {}", error.status(), error.label()),
    }
}

/// Returns the complete rejection of a request that must be rejected.
pub(crate) fn rejection(api: &ApiClient, outcome: Result<VerifiedToken, Error>) -> Rejected {
    let rejection = api.reject(&outcome.unwrap_err());
    let challenges = rejection.challenges().iter().map(ToString::to_string).collect();
    Rejected { status: rejection.status(), label: rejection.label(), challenges }
}

/// Returns the expected rejection of an invalid Bearer token by an API in the default DPoP mode.
pub(crate) fn invalid_token(label: &'static str, challenge: &str) -> Rejected {
    Rejected { status: 401, label, challenges: vec![challenge.to_owned(), r#"DPoP algs="ES256""#.to_owned()] }
}

/// Returns a signed text of exactly this length. `sign` takes one padding for the claims and one for the header.
pub(crate) fn of_length(length: usize, sign: impl Fn(String, String) -> String) -> String {
    let padded = |claims: usize, header: usize| sign("p".repeat(claims), "p".repeat(header));
    // Base64url without padding turns 3n octets into 4n characters, and never has a length of 4n + 1. So padding in the
    // claims alone cannot produce every length. Up to three octets of padding in the header produce the other lengths.
    let claims = (length - padded(0, 0).len()) / 4 * 3;
    let fits = |claims: usize| (0..4).map(move |header| (claims, header));
    let mut candidates = (claims - 6..=claims).flat_map(fits).map(|(claims, header)| padded(claims, header));
    candidates.find(|text| text.len() == length).unwrap()
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
