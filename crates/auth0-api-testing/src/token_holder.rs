//! A DPoP client that holds an access token, and the requests that it makes.

use auth0_api_core::{ApiClient, Error, TokenRequest, VerifiedToken};

use crate::{DpopClient, ProofBuilder};

/// A DPoP client with an access token, usually one that is bound to its key.
/// [`LocalTenant::token_holder`](crate::LocalTenant::token_holder) makes one.
///
/// ```
/// use auth0_api_testing::{OfflineTenant, status_and_label};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let tenant = OfflineTenant::new();
/// let (api, holder, url) =
///     (tenant.api(), tenant.token_holder(), "https://api.example.com/orders");
/// let accepted = holder.get(&api, url, &holder.proof("GET", url)).await;
/// assert_eq!(status_and_label(&accepted), "200 accepted");
/// let rejected = holder.get(&api, url, &holder.proof("POST", url)).await;
/// assert_eq!(status_and_label(&rejected), "401 dpop_htm_mismatch");
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenHolder {
    /// The client with its key.
    pub key: DpopClient,
    /// The access token.
    pub token: String,
}

impl DpopClient {
    /// Gives the client an access token.
    pub fn holding(&self, token: impl Into<String>) -> TokenHolder {
        TokenHolder { key: self.clone(), token: token.into() }
    }
}

impl TokenHolder {
    /// Returns the value of the `Authorization` header: `DPoP` and the token.
    pub fn authorization(&self) -> String {
        format!("DPoP {}", self.token)
    }

    /// Creates the builder of a proof for a request with the token.
    pub fn proof(&self, method: &str, url: &str) -> ProofBuilder {
        self.key.proof(method, url).access_token(&self.token)
    }

    /// Verifies a GET request to this URL with the token and this proof.
    ///
    /// # Errors
    ///
    /// The error of [`ApiClient::verify_request`].
    pub async fn get(&self, api: &ApiClient, url: &str, proof: &ProofBuilder) -> Result<VerifiedToken, Error> {
        let (authorization, proof) = (self.authorization(), proof.sign());
        let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
        api.verify_request(&TokenRequest::new("GET", url, &headers)).await
    }
}
