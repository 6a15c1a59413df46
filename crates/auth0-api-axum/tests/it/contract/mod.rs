//! The contract suite for adapters, run against the layer and the extractors in axum, and against the layer without
//! extractors on a hyper server and on a tonic server.

mod found_out;
mod through_axum;
mod through_tonic;
mod through_tower;

use auth0_api_core::Rejection;
use auth0_api_testing::contract;

#[tokio::test]
async fn axum_keeps_the_contract() {
    contract::adapter(&through_axum::Axum).await;
}

#[tokio::test]
async fn a_bare_hyper_server_with_the_layer_keeps_the_contract() {
    contract::adapter(&through_tower::Tower).await;
}

#[tokio::test]
async fn a_tonic_server_with_the_layer_keeps_the_contract() {
    contract::adapter(&through_tonic::Tonic).await;
}

/// The hook that the contract requires.
fn problem<B: From<String>>(rejection: &Rejection) -> (&'static str, B) {
    ("application/problem+json", format!(r#"{{"title":"{}"}}"#, rejection.label()).into())
}
