//! Clients that are connected directly to the server.

use auth0_api_testing::TestWorld;

use super::{Framing, Kind, actix, axum, broken, broken_over_http_2};

const NONE: [String; 0] = [];

#[tokio::test]
async fn axum_breaks_no_connection_over_http_1() {
    let world = TestWorld::start().await;
    let server = axum(world.api.clone()).await;
    for kind in Kind::ALL {
        for framing in Framing::BOTH {
            assert_eq!(broken(server, kind, framing, &world).await, NONE, "{kind:?} {framing:?}");
        }
    }
}

#[tokio::test]
async fn axum_resets_no_stream_over_http_2() {
    let world = TestWorld::start().await;
    let server = axum(world.api.clone()).await;
    for kind in Kind::ALL {
        assert_eq!(broken_over_http_2(server, kind, &world).await, NONE, "{kind:?}");
    }
}

#[tokio::test]
async fn actix_breaks_no_connection_over_http_1() {
    let world = TestWorld::start().await;
    let server = actix(world.api.clone());
    for kind in Kind::ALL {
        for framing in Framing::BOTH {
            assert_eq!(broken(server, kind, framing, &world).await, NONE, "{kind:?} {framing:?}");
        }
    }
}

#[tokio::test]
async fn actix_resets_no_stream_over_http_2() {
    let world = TestWorld::start().await;
    let server = actix(world.api.clone());
    for kind in Kind::ALL {
        assert_eq!(broken_over_http_2(server, kind, &world).await, NONE, "{kind:?}");
    }
}
