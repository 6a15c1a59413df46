//! Requests and responses in the framework's types.

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::test::TestRequest;
use auth0_api_testing::TestWorld;

pub(crate) const URL: &str = "http://api.example.com/private";

/// Requests with the tokens of a world.
pub(crate) trait Requests {
    /// A GET with a valid Bearer token that has this scope.
    fn bearer(&self, scope: &str) -> TestRequest;

    /// A GET with a token for another API.
    fn bad_bearer(&self) -> TestRequest;

    /// A GET with a bound token and a valid proof, which contains the nonce if one is given.
    fn dpop(&self, nonce: Option<&str>) -> TestRequest;
}

impl Requests for TestWorld {
    fn bearer(&self, scope: &str) -> TestRequest {
        let token = self.tenant.mint().scope(scope).sign();
        request().insert_header(("authorization", format!("Bearer {token}")))
    }

    fn bad_bearer(&self) -> TestRequest {
        let token = self.tenant.mint().audience("https://other.example.com").sign();
        request().insert_header(("authorization", format!("Bearer {token}")))
    }

    fn dpop(&self, nonce: Option<&str>) -> TestRequest {
        let holder = self.tenant.token_holder();
        let proof = nonce.iter().fold(holder.proof("GET", URL), |proof, nonce| proof.nonce(nonce)).sign();
        request().insert_header(("authorization", holder.authorization())).insert_header(("dpop", proof))
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
