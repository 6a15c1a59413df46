//! The whole flow over sockets: the tenant posts the logout to the route of an API.

use auth0_api_axum::{AuthLayer, Token, logout_route};
use auth0_api_core::logout::MemoryRevocationStore;
use auth0_api_core::{ApiClient, KeyPolicy, LogoutPolicy};
use auth0_api_testing::{Application, LocalTenant, ManualClock};
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use super::{PHONE, SHOP};

#[tokio::test]
async fn the_tenant_logs_a_user_out_at_the_api() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let clock = ManualClock::new();
    let receives = |id| Application::single_page(id).back_channel_logout_url(format!("http://{address}/logout"));
    let tenant = LocalTenant::builder().clock(clock.clone()).application(receives(SHOP)).application(receives(PHONE));
    let tenant = tenant.start().await.unwrap();
    let api = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback().clock(clock);
    let api = api.key_policy(KeyPolicy::new().jitter_percent(0));
    let api = api.logout(LogoutPolicy::new([SHOP], MemoryRevocationStore::new())).build().unwrap();
    let app = Router::new().route("/me", get(async |_: Token| "me")).layer(AuthLayer::new(api.clone()));
    let server = tokio::spawn(axum::serve(listener, app.merge(logout_route(&api, "/logout"))).into_future());

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let me = async |token: &str| {
        let response = client.get(format!("http://{address}/me")).bearer_auth(token).send().await.unwrap();
        response.status().as_u16()
    };
    let [ada, bob] = ["auth0|ada", "auth0|bob"].map(|user| tenant.mint().subject(user).sign());
    assert_eq!((me(&ada).await, me(&bob).await), (200, 200));
    let deliveries = tenant.log_out("auth0|ada").await;
    let answers: Vec<_> = deliveries.iter().map(|sent| (sent.client_id(), sent.status())).collect();
    assert_eq!(answers, [(SHOP, Some(200)), (PHONE, Some(400))], "the logouts of one client count");
    assert_eq!((me(&ada).await, me(&bob).await), (401, 200));
    server.abort();
}
