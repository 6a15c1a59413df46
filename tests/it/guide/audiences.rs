//! Another audience for each route.

use auth0_api_axum::AuthLayer;
use auth0_api_core::Requirement;
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::routing::get;
use http::Request;

use super::{send, status};

const ORDERS: &str = "https://orders.example.com";
const BILLING: &str = "https://billing.example.com";

#[tokio::test]
async fn a_route_can_require_one_audience_of_several() {
    let world = TestWorld::start_with(|builder| builder.audiences([ORDERS, BILLING])).await;
    let auth = AuthLayer::new(world.api.clone());
    let orders = auth.require(Requirement::claim_includes("aud", ORDERS));
    let billing = auth.require(Requirement::claim_includes("aud", BILLING));
    let app = Router::new()
        .route("/orders", get(|| async { "orders" }).route_layer(orders))
        .route("/invoices", get(|| async { "invoices" }).route_layer(billing))
        .layer(auth);
    let (one, other) = ([ORDERS].as_slice(), [BILLING].as_slice());
    for (audiences, statuses) in [
        (one, [200, 403]),
        (other, [403, 200]),
        (&[ORDERS, BILLING], [200, 200]),
        (&[ORDERS, "https://tenant.example.com/userinfo"], [200, 403]),
        (&["https://orders.example.com.evil.example"], [401, 401]),
    ] {
        let token = world.tenant.mint().claim("aud", audiences).sign();
        for (path, expected) in ["/orders", "/invoices"].into_iter().zip(statuses) {
            let request = Request::get(path).header("authorization", format!("Bearer {token}"));
            assert_eq!(status(&app, request).await, expected, "{path} {audiences:?}");
        }
    }
    // One audience is a text and not a list.
    let token = world.tenant.mint().claim("aud", ORDERS).sign();
    let request = |path| Request::get(path).header("authorization", format!("Bearer {token}"));
    assert_eq!(status(&app, request("/orders")).await, 200);
    let rejected = send(&app, request("/invoices")).await;
    let label = rejected.extensions().get::<auth0_api_core::Rejection>().unwrap().label();
    assert_eq!((rejected.status().as_u16(), label), (403, "requirement_claim_value"));
}
