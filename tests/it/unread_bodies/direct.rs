//! Clients that are connected directly to the server.

use auth0_api_testing::TestWorld;
use reqwest::Client;

use super::{REQUESTS, SIZES, actix, axum, broken};

const NONE: [String; 0] = [];

#[tokio::test]
async fn axum_breaks_no_connection_over_http_1() {
    let world = TestWorld::start().await;
    assert_eq!(broken(axum(world.api.clone()).await).await, NONE);
}

#[tokio::test]
async fn actix_breaks_no_connection_over_http_1() {
    let world = TestWorld::start().await;
    assert_eq!(broken(actix(world.api.clone())).await, NONE);
}

#[tokio::test]
async fn axum_resets_no_stream_over_http_2() {
    let world = TestWorld::start().await;
    let url = format!("http://{}/orders", axum(world.api.clone()).await);
    let client = Client::builder().http2_prior_knowledge().no_proxy().build().unwrap();
    for size in SIZES {
        let mut failures = Vec::new();
        for _ in 0..REQUESTS {
            match client.post(&url).body(vec![b'x'; size]).send().await {
                Ok(response) if response.status() == 401 => (),
                other => failures.push(format!("{other:?}")),
            }
        }
        assert_eq!(failures, NONE, "{size}");
    }
}

#[tokio::test]
async fn scratch_serve() {
    let world = TestWorld::start().await;
    std::fs::write("/tmp/w/b1-axum", axum(world.api.clone()).await.to_string()).unwrap();
    std::fs::write("/tmp/w/b1-actix", actix(world.api.clone()).to_string()).unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
}
