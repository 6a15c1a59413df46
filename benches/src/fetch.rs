//! Measures the cost of a request with a fetcher, as a ratio to the same request with bare reqwest.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use std::net::SocketAddr;
use std::rc::Rc;

use allocation_counter::measure;
use auth0_api_core::exchange::ProofKey;
use auth0_api_core::{ApiClient, ClientAuth, OnBehalfOf, VerifiedToken};
use auth0_api_fetcher::{Fetcher, FetcherBuilder};
use auth0_api_testing::{Api, LocalTenant};
use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::Candidate;

/// What the candidates share: a runtime of one thread, and an API on another thread.
struct Site {
    runtime: Runtime,
    url: String,
    api: ApiClient,
    caller: VerifiedToken,
    _tenant: LocalTenant,
    _servers: Runtime,
}

/// Candidates for a request to an API on this machine, over a connection that is kept open.
///
/// # Panics
///
/// If the set-up fails.
pub fn candidates() -> Vec<Candidate> {
    let site = Rc::new(Site::new());
    vec![
        of("floor: bare reqwest, Bearer", &site, bare),
        of("Fetcher, on behalf of, Bearer", &site, |site| fetcher(site, |builder| builder)),
        of("Fetcher, on behalf of, DPoP", &site, |site| {
            fetcher(site, |builder| builder.proof_key(ProofKey::generate().unwrap()))
        }),
        of("one ES256 proof", &site, proof),
    ]
}

/// Counts the allocations of one operation of each candidate, with its name.
///
/// # Panics
///
/// If the set-up fails.
pub fn allocations() -> Vec<(&'static str, u64)> {
    candidates()
        .into_iter()
        .map(|mut candidate| {
            candidate.run(TIMES);
            let counted = measure(|| {
                candidate.run(TIMES);
            });
            (candidate.name(), counted.count_total / TIMES as u64)
        })
        .collect()
}

impl Site {
    fn new() -> Self {
        let servers = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (tenant, address) = servers
            .block_on(async { (LocalTenant::builder().api(Api::new(CALENDAR)).start().await.unwrap(), serve().await) });
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
        let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let api = builder.client_auth(auth).build().unwrap();
        let token = tenant.mint().scope("read:orders").sign();
        let caller = runtime.block_on(api.verify_access_token(&token)).unwrap();
        Self { runtime, url: format!("http://{address}"), api, caller, _tenant: tenant, _servers: servers }
    }
}

async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/events", get(|| async { "ok" }));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

fn of(name: &'static str, site: &Rc<Site>, make: impl FnOnce(&Rc<Site>) -> Box<dyn FnMut()>) -> Candidate {
    Candidate::new(name, make(site))
}

/// Sends the token that the fetcher would send, with a header that is made for each request.
fn bare(site: &Rc<Site>) -> Box<dyn FnMut()> {
    let site = Rc::clone(site);
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let tokens = site.runtime.block_on(site.api.get_token_on_behalf_of(&site.caller, asked())).unwrap();
    Box::new(move || {
        site.runtime.block_on(async {
            let request = client.get(format!("{}/events", site.url)).bearer_auth(tokens.access_token().expose());
            assert_eq!(request.send().await.unwrap().bytes().await.unwrap().len(), 2);
        });
    })
}

fn fetcher(site: &Rc<Site>, configure: impl FnOnce(FetcherBuilder) -> FetcherBuilder) -> Box<dyn FnMut()> {
    let site = Rc::clone(site);
    let builder = Fetcher::on_behalf_of(&site.api, site.url.as_str(), asked()).insecure_http();
    let fetcher = configure(builder).build().unwrap();
    Box::new(move || {
        site.runtime.block_on(async {
            let response = fetcher.for_caller(&site.caller).get("/events").send().await.unwrap();
            assert_eq!(response.bytes().await.unwrap().len(), 2);
        });
    })
}

/// Signs a proof: the part of a request with a bound token that no client can avoid.
fn proof(site: &Rc<Site>) -> Box<dyn FnMut()> {
    let (key, url) = (ProofKey::generate().unwrap(), format!("{}/events", site.url));
    let tokens = site.runtime.block_on(site.api.get_token_on_behalf_of(&site.caller, asked())).unwrap();
    let now = site.caller.verified_at();
    Box::new(move || {
        let proof = key.proof("GET", &url).access_token(tokens.access_token()).sign(now).unwrap();
        assert!(proof.len() > 100);
    })
}

fn asked() -> OnBehalfOf {
    OnBehalfOf::audience(CALENDAR).scope("read:events")
}

const CALENDAR: &str = "https://calendar.example.com";
/// The first times, before the count, make the connection and the buffers.
const TIMES: usize = 10;
