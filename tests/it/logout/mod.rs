//! Back-channel logout: logout tokens, the tokens that they revoke, and the endpoint.

mod endpoint;
mod flow;
mod revoked;
mod token;

use auth0_api_core::logout::{LogoutError, LogoutToken, MemoryRevocationStore};
use auth0_api_core::{ApiClient, ApiClientBuilder, LogoutPolicy};
use auth0_api_testing::TestWorld;

/// The client ids of the applications whose logouts count.
const SHOP: &str = "shop";
const PHONE: &str = "phone";

/// A tenant, and an API that takes logouts.
async fn world() -> TestWorld {
    TestWorld::start_with(takes_logouts).await
}

fn takes_logouts(builder: ApiClientBuilder) -> ApiClientBuilder {
    builder.logout(LogoutPolicy::new([SHOP, PHONE], MemoryRevocationStore::new()))
}

/// Presents a logout token, and returns the status and the label, such as `400 logout_audience`, or `200 accepted`.
async fn receive(api: &ApiClient, token: &str) -> String {
    shown(&api.receive_logout(token).await)
}

fn shown(outcome: &Result<LogoutToken, LogoutError>) -> String {
    match outcome {
        Ok(_) => "200 accepted".to_owned(),
        Err(error) => format!("{} {}", error.status(), error.label()),
    }
}
