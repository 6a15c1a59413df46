//! A tenant, a client of that tenant, and requests.

use auth0_api_core::{ApiClient, DpopPolicy};
use auth0_api_testing::{LocalTenant, ManualClock, ProofKey};
use http::{Request, Response, request};

pub(crate) const URL: &str = "http://api.example.com/private";

pub(crate) struct World {
    pub(crate) tenant: LocalTenant,
    pub(crate) clock: ManualClock,
    pub(crate) api: ApiClient,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(DpopPolicy::accept()).await
    }

    pub(crate) async fn with(policy: DpopPolicy) -> Self {
        let clock = ManualClock::new();
        let tenant = LocalTenant::builder().clock(clock.clone()).start().await.unwrap();
        let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let api = builder.clock(clock.clone()).dpop(policy).build().unwrap();
        Self { tenant, clock, api }
    }

    /// A GET with a valid Bearer token that has this scope.
    pub(crate) fn bearer(&self, scope: &str) -> request::Builder {
        let token = self.tenant.mint().scope(scope).sign();
        Request::get(URL).header("authorization", format!("Bearer {token}"))
    }

    /// A GET with a token for another API.
    pub(crate) fn bad_bearer(&self) -> request::Builder {
        let token = self.tenant.mint().audience("https://other.example.com").sign();
        Request::get(URL).header("authorization", format!("Bearer {token}"))
    }

    /// A GET with a bound token and a valid proof, which contains the nonce if one is given.
    pub(crate) fn dpop(&self, nonce: Option<&str>) -> request::Builder {
        let key: ProofKey = self.tenant.proof_key();
        let token = self.tenant.mint().bound_to(&key).sign();
        let proof = key.proof("GET", URL).access_token(&token);
        let proof = nonce.map_or(proof.clone(), |nonce| proof.nonce(nonce)).sign();
        Request::get(URL).header("authorization", format!("DPoP {token}")).header("dpop", proof)
    }
}

/// The values of a header.
pub(crate) fn header<B>(response: &Response<B>, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}
