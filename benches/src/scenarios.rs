//! The measured requests. The first candidate of each list is the floor: the signature checks that every implementation
//! must make, with keys parsed once.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use std::convert::Infallible;
use std::sync::Arc;

use auth0_api_axum::AuthLayer;
use auth0_api_core::dpop::MemoryReplayStore;
use auth0_api_core::{
    Algorithm, ApiClient, ApiClientBuilder, Binding, DpopPolicy, ReceivedTarget, TokenCache, TokenRequest,
};
use auth0_api_testing::{DpopClient, LocalTenant, SigningKey, TokenBuilder};
use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response};
use http_body_util::Full;
use tokio::runtime::Runtime;
use tower::service_fn;
use tower_layer::Layer as _;
use tower_service::Service;

use crate::floor::{ec_key, rsa_key};
use crate::{Candidate, Effort};

/// Candidates for a Bearer token: the floor (the signature check alone), the library, and a service with and without
/// the layer.
///
/// # Panics
///
/// If the set-up fails.
pub fn bearer() -> Vec<Candidate> {
    let World { runtime, tenant, signing_key } = World::new();
    let token = realistic(&tenant, &signing_key).sign();
    let client = warm_client(&runtime, &tenant, DpopPolicy::accept());
    let floor = Signed::by(&rsa_key(&signing_key.public_jwk()).into(), &token);
    let remembering = remembering_client(&runtime, &tenant, DpopPolicy::accept());
    let remembered = token.clone();
    let request = {
        let authorization = format!("Bearer {token}");
        move || {
            let request = Request::get("/orders?page=2").header("host", "api.example.com");
            request.header("authorization", &authorization).body(Full::<Bytes>::default()).unwrap()
        }
    };
    let (mut bare, bare_request) = (service_fn(answer), request.clone());
    let (layered_request, remembered_request) = (request.clone(), request);
    let mut layered = AuthLayer::new(client.clone()).layer(service_fn(answer));
    let mut remembering_layer = AuthLayer::new(remembering.clone()).layer(service_fn(answer));
    vec![
        Candidate::new("floor: RS256 with a parsed key", move || floor.check()),
        Candidate::new("verify_access_token, warm", move || {
            let verified = client.verify_access_token(&token).now_or_never().unwrap();
            assert_eq!(verified.unwrap().binding(), Binding::Bearer);
        }),
        Candidate::new("verify_access_token, remembered", move || {
            let verified = remembering.verify_access_token(&remembered).now_or_never().unwrap();
            assert_eq!(verified.unwrap().binding(), Binding::Bearer);
        }),
        Candidate::fed("service without the layer", bare_request, move |request| call(&mut bare, request)),
        Candidate::fed("service behind the axum layer", layered_request, move |request| call(&mut layered, request)),
        Candidate::fed("service behind the axum layer, remembered", remembered_request, move |request| {
            call(&mut remembering_layer, request);
        }),
    ]
}

/// Candidates for a `DPoP` token, with a new proof for each request. The measured time includes the replay store.
///
/// # Panics
///
/// If the set-up fails.
pub fn dpop(effort: Effort) -> Vec<Candidate> {
    let World { runtime, tenant, signing_key } = World::new();
    let key = DpopClient::generate();
    let token = realistic(&tenant, &signing_key).bound_to(&key).sign();
    let client = warm_client(&runtime, &tenant, require_proofs());
    let remembering = remembering_client(&runtime, &tenant, require_proofs());
    let sign = |_| key.proof("GET", "https://api.example.com/orders").access_token(&token).sign();
    let proofs = || (0..effort.operations()).map(sign).collect::<Vec<_>>();
    let unused = proofs();
    let token_floor = Signed::by(&rsa_key(&signing_key.public_jwk()).into(), &token);
    // Checks each proof only once, as a server does. A repeated check of the same signature is faster, because the
    // processor predicts its branches.
    let proof_key = Arc::new(ec_key(&key.public_jwk()));
    let proof_floors: Vec<_> = unused.iter().map(|proof| Signed::by(&proof_key, proof)).collect();
    let mut next_floor = 0..proof_floors.len();
    let (authorization, mut others, mut unused) = (format!("DPoP {token}"), proofs().into_iter(), unused.into_iter());
    let same_authorization = authorization.clone();
    let first_client = warm_client(&runtime, &tenant, require_proofs());
    let first = |_| {
        let key = DpopClient::generate();
        let token = realistic(&tenant, &signing_key).bound_to(&key).sign();
        let proof = key.proof("GET", "https://api.example.com/orders").access_token(&token).sign();
        (format!("DPoP {token}"), proof)
    };
    let mut firsts = (0..effort.operations()).map(first).collect::<Vec<_>>().into_iter();
    vec![
        Candidate::new("floor: RS256 and ES256 with parsed keys", move || {
            token_floor.check();
            next_floor.next().and_then(|next| proof_floors.get(next)).unwrap().check();
        }),
        Candidate::new("verify_request, warm", move || present(&client, &authorization, &unused.next().unwrap())),
        Candidate::new("verify_request, a key never seen before", move || {
            let (authorization, proof) = firsts.next().unwrap();
            present(&first_client, &authorization, &proof);
        }),
        Candidate::new("verify_request, remembered token", move || {
            present(&remembering, &same_authorization, &others.next().unwrap());
        }),
    ]
}

fn require_proofs() -> DpopPolicy {
    DpopPolicy::require().replay_store(MemoryReplayStore::with_capacity(10_000_000).per_key_quota(10_000_000))
}

fn present(client: &ApiClient, authorization: &str, proof: &str) {
    let headers = [("authorization", authorization), ("dpop", proof)];
    let target = ReceivedTarget { scheme: "http", authority: None, target: "/orders?page=2", peer: None };
    let request = TokenRequest::received("GET", target, &headers);
    let verified = client.verify_request(&request).now_or_never().unwrap();
    assert_ne!(verified.unwrap().binding(), Binding::Bearer);
}

/// A tenant that signs with a known key.
#[derive(Debug)]
pub struct World {
    /// The runtime of the clients, which also runs their fetches of the tenant's keys.
    pub runtime: Runtime,
    /// The tenant.
    pub tenant: LocalTenant,
    /// The key that signs the tenant's tokens.
    pub signing_key: SigningKey,
}

impl World {
    /// Starts the tenant.
    ///
    /// # Panics
    ///
    /// If the tenant cannot be started.
    #[expect(clippy::new_without_default, reason = "`new` starts a server")]
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let tenant = runtime.block_on(LocalTenant::start()).unwrap();
        let signing_key = SigningKey::generate(Algorithm::RS256);
        tenant.publish(&signing_key);
        Self { runtime, tenant, signing_key }
    }
}

pub(crate) fn warm_client(runtime: &Runtime, tenant: &LocalTenant, dpop: DpopPolicy) -> ApiClient {
    warm(runtime, builder(tenant, dpop))
}

pub(crate) fn remembering_client(runtime: &Runtime, tenant: &LocalTenant, dpop: DpopPolicy) -> ApiClient {
    warm(runtime, builder(tenant, dpop).token_cache(TokenCache::entries(1_000)))
}

/// Returns a builder for a client of the tenant.
pub fn builder(tenant: &LocalTenant, dpop: DpopPolicy) -> ApiClientBuilder {
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    builder.public_url("https://api.example.com").dpop(dpop)
}

/// Builds a client and fetches the issuer's keys.
///
/// # Panics
///
/// If the client cannot be built, or the keys cannot be fetched.
pub fn warm(runtime: &Runtime, builder: ApiClientBuilder) -> ApiClient {
    let client = builder.build().unwrap();
    runtime.block_on(client.warm_up()).unwrap();
    client
}

/// Returns the builder of a token whose size is typical for a user with one or two roles.
pub fn realistic(tenant: &LocalTenant, key: &SigningKey) -> TokenBuilder {
    let token = tenant.mint().key(key).scope("openid profile email read:orders write:orders offline_access");
    token.permissions(["read:orders", "write:orders"]).claim("https://example.com/roles", serde_json::json!(["buyer"]))
}

/// A signed text, and the parsed key that checks its signature.
pub(crate) struct Signed {
    key: Arc<ParsedPublicKey>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    pub(crate) fn by(key: &Arc<ParsedPublicKey>, compact: &str) -> Self {
        let (message, signature) = compact.rsplit_once('.').unwrap();
        let key = Arc::clone(key);
        Self { key, message: message.into(), signature: URL_SAFE_NO_PAD.decode(signature).unwrap() }
    }

    pub(crate) fn check(&self) {
        self.key.verify_sig(&self.message, &self.signature).unwrap();
    }
}

async fn answer(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::default())
}

fn call<S>(service: &mut S, request: Request<Full<Bytes>>)
where
    S: Service<Request<Full<Bytes>>, Response = Response<Full<Bytes>>, Error = Infallible>,
{
    let response = service.call(request).now_or_never().unwrap();
    assert_eq!(response.unwrap().status(), 200);
}
