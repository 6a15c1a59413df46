//! An API with actix-web calls another one with actix-web for its caller. The crate of the fetcher has the same with axum.

use std::net::{Ipv4Addr, TcpListener};

use actix_web::{App, HttpServer, rt, web};
use auth0_api_actix::{Auth, HandlerError, Token};
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::exchange::ProofKey;
use auth0_api_core::{ApiClient, ClientAuth, DpopPolicy, OnBehalfOf, Requirement};
use auth0_api_fetcher::Fetcher;
use auth0_api_testing::{Api, LocalTenant, ManualClock};
use serde_json::Value;

const ORDERS: &str = "https://orders.example.com";

/// Serves the API that is called, and returns its URL. It demands proofs with its own nonces.
fn orders(api: ApiClient) -> String {
    let (listener, url) = loopback();
    let app = move || {
        let auth = Auth::new(api.clone());
        let all = web::resource("/all").wrap(auth.require(Requirement::scope("read:all")));
        let own = async |Token(token): Token| format!("orders of {}", token.subject().unwrap_or_default());
        App::new().route("/own", web::get().to(own)).service(all.route(web::get().to(async || "all"))).wrap(auth)
    };
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    std::thread::spawn(move || rt::System::new().block_on(server()));
    url
}

/// Serves the API that calls the other one, and returns its URL.
fn shop(api: ApiClient, orders: Fetcher) -> String {
    async fn page(
        path: web::Path<String>,
        orders: web::Data<Fetcher>,
        Token(token): Token,
    ) -> Result<String, HandlerError> {
        let response = orders.for_caller(&token).get(format!("/{path}")).send().await?;
        Ok(response.error_for_status()?.text().await?)
    }
    let (listener, url) = loopback();
    let app = move || {
        let orders = web::Data::new(orders.clone());
        App::new().app_data(orders).route("/{path}", web::get().to(page)).wrap(Auth::new(api.clone()))
    };
    let server = move || HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    std::thread::spawn(move || rt::System::new().block_on(server()));
    url
}

fn loopback() -> (TcpListener, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test]
async fn an_actix_api_calls_another_for_its_caller_with_bound_tokens_and_nonces() {
    let clock = ManualClock::new();
    let tenant = LocalTenant::builder().clock(clock.clone()).api(Api::new(ORDERS)).start().await.unwrap();
    let client =
        |audience: &str| ApiClient::builder(tenant.domain(), audience).insecure_http_loopback().clock(clock.clone());
    let policy = DpopPolicy::require().nonce(RotatingNonce::generate().unwrap());
    let orders = orders(client(ORDERS).dpop(policy).build().unwrap());
    let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
    let api = client(tenant.audience()).client_auth(auth).build().unwrap();
    let fetcher = Fetcher::on_behalf_of(&api, orders, OnBehalfOf::audience(ORDERS)).insecure_http();
    let fetcher = fetcher.proof_key(ProofKey::generate().unwrap()).clock(clock.clone()).build().unwrap();
    let shop = shop(api, fetcher);

    let caller = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = |path: &str, user: &str| {
        caller.get(format!("{shop}/{path}")).bearer_auth(tenant.mint().subject(user).sign()).send()
    };
    for user in ["auth0|ada", "auth0|bob", "auth0|ada"] {
        let response = get("own", user).await.unwrap();
        assert_eq!((response.status().as_u16(), response.text().await.unwrap()), (200, format!("orders of {user}")));
    }
    let response = get("all", "auth0|ada").await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers().get("www-authenticate")), (403, None));
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(body["error"], "downstream_insufficient_scope");
    let response = get("nothing", "auth0|ada").await.unwrap();
    assert_eq!(response.status().as_u16(), 500);
    assert_eq!(tenant.requests().token, 2);
}
