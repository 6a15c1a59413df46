//! Requests and responses in the framework's types.

use auth0_api_testing::TestWorld;
use http::{Request, Response, request};

pub(crate) const URL: &str = "http://api.example.com/private";

/// Requests with the tokens of a world.
pub(crate) trait Requests {
    /// A GET with a valid Bearer token that has this scope.
    fn bearer(&self, scope: &str) -> request::Builder;

    /// A GET with a token for another API.
    fn bad_bearer(&self) -> request::Builder;

    /// A GET with a bound token and a valid proof, which contains the nonce if one is given.
    fn dpop(&self, nonce: Option<&str>) -> request::Builder;
}

impl Requests for TestWorld {
    fn bearer(&self, scope: &str) -> request::Builder {
        let token = self.tenant.mint().scope(scope).sign();
        Request::get(URL).header("authorization", format!("Bearer {token}"))
    }

    fn bad_bearer(&self) -> request::Builder {
        let token = self.tenant.mint().audience("https://other.example.com").sign();
        Request::get(URL).header("authorization", format!("Bearer {token}"))
    }

    fn dpop(&self, nonce: Option<&str>) -> request::Builder {
        let holder = self.tenant.token_holder();
        let proof = nonce.iter().fold(holder.proof("GET", URL), |proof, nonce| proof.nonce(nonce)).sign();
        Request::get(URL).header("authorization", holder.authorization()).header("dpop", proof)
    }
}

/// The values of a header.
pub(crate) fn header<B>(response: &Response<B>, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}
