//! An API, and the check of a signature that everything is compared with.

use std::sync::Arc;

use auth0_api_core::{
    Algorithm, ApiClient, ApiClientBuilder, CertificateSource, ReceivedTarget, TokenCache, TokenRequest,
    TrustedDomains, TrustedProxies,
};
use auth0_api_testing::{HttpAnswer, OfflineTenant, ScriptedRoute, SigningKey, TokenBuilder};
use futures_util::FutureExt as _;
use serde_json::json;
use tokio::runtime::Runtime;

use super::must;
use crate::Candidate;
use crate::floor::rsa_key;
use crate::scenarios::Signed;

/// The tenant and its key. Everything runs on this thread, without a network.
pub(super) struct World {
    pub(super) tenant: OfflineTenant,
    pub(super) runtime: Runtime,
    pub(super) key: SigningKey,
}

impl World {
    pub(super) fn new() -> Self {
        let (tenant, key) = (OfflineTenant::new(), SigningKey::generate(Algorithm::RS256).with_kid("key"));
        let runtime = must(tokio::runtime::Builder::new_current_thread().enable_all().build());
        let world = Self { tenant, runtime, key };
        world.jwks().answer([HttpAnswer::json(200, &json!({ "keys": [world.key.public_jwk()] }))]);
        world
    }

    pub(super) fn jwks(&self) -> ScriptedRoute {
        self.tenant.http().route(OfflineTenant::JWKS_URL)
    }

    pub(super) fn mint(&self) -> TokenBuilder {
        self.tenant.mint().key(&self.key)
    }

    /// The check of the signature of a usual token.
    pub(super) fn floor(&self) -> Candidate {
        let signed = Signed::by(&Arc::new(rsa_key(&self.key.public_jwk())), &self.mint().sign());
        Candidate::new("RS256", move || signed.check())
    }

    /// A client that has the keys, and remembers valid tokens. So a request with such a token costs little but the
    /// parser that is measured.
    pub(super) fn api(&self, configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> ApiClient {
        let builder =
            self.tenant.builder().token_cache(TokenCache::entries(10)).trusted_proxies(TrustedProxies::hops(1));
        let api = must(configure(builder).build());
        must(self.runtime.block_on(api.warm_up()));
        api
    }

    /// A client that trusts a thousand other issuers.
    pub(super) fn of_thousand_issuers(&self) -> ApiClient {
        let domains = TrustedDomains::list((0..1000).map(|number| format!("tenant-{number}.example.com")));
        must(ApiClient::builder(domains, OfflineTenant::AUDIENCE).http_client(self.tenant.http().clone()).build())
    }
}

/// Verifies a raw token, which must be rejected.
pub(super) fn token(name: &'static str, api: &ApiClient, token: String) -> Candidate {
    let api = api.clone();
    Candidate::new(name, move || {
        must(api.verify_access_token(&token).now_or_never().ok_or("it waits")).expect_err_of(name);
    })
}

/// Verifies a request, which must be rejected.
pub(super) fn request(
    name: &'static str,
    api: &ApiClient,
    target: String,
    headers: Vec<(&'static str, String)>,
) -> Candidate {
    let api = api.clone();
    let verify = move || {
        let peer = Some([10, 0, 0, 1].into());
        let target = ReceivedTarget { scheme: "http", authority: Some("api.example.com"), target: &target, peer };
        must(api.verify_request(&TokenRequest::received("GET", target, &headers)).now_or_never().ok_or("it waits"))
            .expect_err_of(name);
    };
    // The first verification fills the caches: those of tokens.
    verify();
    Candidate::new(name, verify)
}

/// Reads certificates from this header.
pub(super) fn from_header(source: CertificateSource) -> impl FnOnce(ApiClientBuilder) -> ApiClientBuilder {
    |builder| builder.client_certificates(source)
}

trait Rejected {
    fn expect_err_of(self, name: &str);
}

impl<T, E> Rejected for Result<T, E> {
    fn expect_err_of(self, name: &str) {
        assert!(self.is_err(), "{name} is accepted");
    }
}
