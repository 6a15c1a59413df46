//! A tenant, a client of that tenant, and requests.

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::test::TestRequest;
use auth0_api_core::{ApiClient, DpopPolicy};
use auth0_api_testing::{LocalTenant, ManualClock, ProofKey};

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
    pub(crate) fn bearer(&self, scope: &str) -> TestRequest {
        let token = self.tenant.mint().scope(scope).sign();
        request().insert_header(("authorization", format!("Bearer {token}")))
    }

    /// A GET with a token for another API.
    pub(crate) fn bad_bearer(&self) -> TestRequest {
        let token = self.tenant.mint().audience("https://other.example.com").sign();
        request().insert_header(("authorization", format!("Bearer {token}")))
    }

    /// A GET with a bound token and a valid proof, which contains the nonce if one is given.
    pub(crate) fn dpop(&self, nonce: Option<&str>) -> TestRequest {
        let key: ProofKey = self.tenant.proof_key();
        let token = self.tenant.mint().bound_to(&key).sign();
        let proof = key.proof("GET", URL).access_token(&token);
        let proof = nonce.map_or(proof.clone(), |nonce| proof.nonce(nonce)).sign();
        request().insert_header(("authorization", format!("DPoP {token}"))).insert_header(("dpop", proof))
    }
}

/// A GET without credentials.
pub(crate) fn request() -> TestRequest {
    TestRequest::get().uri("/private").insert_header(("host", "api.example.com"))
}

/// The values of a header.
pub(crate) fn header<B>(response: &ServiceResponse<B>, name: &str) -> Vec<String> {
    response.headers().get_all(name).map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// The body of a response.
pub(crate) async fn text<B: MessageBody>(response: ServiceResponse<B>) -> String {
    String::from_utf8(actix_web::test::read_body(response).await.to_vec()).unwrap()
}
