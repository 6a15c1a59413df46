//! A fetcher calls an API behind nginx: its proofs are for the URL of nginx, which the API reads from nginx's headers.

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::exchange::ProofKey;
use auth0_api_core::{ApiClient, ClientAuth, DpopPolicy, OnBehalfOf, TrustedProxies};
use auth0_api_fetcher::Fetcher;
use auth0_api_testing::{Api, LocalTenant, ManualClock};

use super::{Folder, nginx, serve, shown, skip};

const GUIDE: &str = include_str!("../../../crates/auth0-api-core/src/guide/proxies.md");
const ORDERS: &str = "https://orders.example.com";

#[tokio::test]
async fn behind_nginx_a_fetcher_gets_an_answer_with_proofs_and_nonces() {
    let clock = ManualClock::new();
    let tenant = LocalTenant::builder().clock(clock.clone()).api(Api::new(ORDERS)).start().await.unwrap();
    let client =
        |audience: &str| ApiClient::builder(tenant.domain(), audience).insecure_http_loopback().clock(clock.clone());
    let policy = DpopPolicy::require().nonce(RotatingNonce::generate().unwrap());
    let downstream = client(ORDERS).dpop(policy).trusted_proxies(TrustedProxies::hops(1)).build().unwrap();
    let (backend, folder) = (serve(downstream).await, Folder::new("nginx-fetcher"));
    let Some(proxy) = nginx(&folder, backend, &shown(GUIDE, "nginx"), "") else { return skip("nginx") };

    let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
    let api = client(tenant.audience()).client_auth(auth).build().unwrap();
    let caller = api.verify_access_token(&tenant.mint().sign()).await.unwrap();
    let url = proxy.url();
    let base = url.trim_end_matches("/orders");
    let fetcher = Fetcher::on_behalf_of(&api, base, OnBehalfOf::audience(ORDERS))
        .proof_key(ProofKey::generate().unwrap())
        .clock(clock.clone())
        .reqwest_client(proxy.client(&folder).build().unwrap())
        .build()
        .unwrap();
    for _ in 0..3 {
        let response = fetcher.for_caller(&caller).get("/orders").send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.text().await.unwrap().as_str()), (200, "orders"));
    }
    assert_eq!(tenant.requests().token, 1);
}
