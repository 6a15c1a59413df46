//! Measures the throughput of servers with and without verification.
//!
//! `cargo bench -p auth0-api-benches --bench servers -- --rounds 6 --seconds 4`

use std::sync::Arc;

use auth0_api_axum::AuthLayer;
use auth0_api_benches::actix;
use auth0_api_benches::floor::Floor;
use auth0_api_benches::servers::{Contestant, PUBLIC_URL, Scheme, Site, Starting, run, serve};
use auth0_api_core::dpop::MemoryReplayStore;
use auth0_api_core::{ApiClient, ApiClientBuilder, DpopPolicy, ReceivedTarget, TokenCache, TokenRequest};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

fn main() {
    use Scheme::{Bearer, Dpop};
    let contestants = [
        Contestant { name: "axum, no check", scheme: Bearer, start: |_| serve(app()) },
        Contestant { name: "axum, bare signature checks", scheme: Bearer, start: bare },
        Contestant { name: "axum, client called by hand", scheme: Bearer, start: by_hand },
        Contestant { name: "axum behind the layer", scheme: Bearer, start: behind_the_layer },
        Contestant { name: "axum behind the layer, tokens remembered", scheme: Bearer, start: remembering },
        Contestant { name: "actix-web, no check", scheme: Bearer, start: actix },
        Contestant { name: "actix-web, client called by hand", scheme: Bearer, start: actix_by_hand },
        Contestant { name: "actix-web behind the middleware", scheme: Bearer, start: actix_behind_the_middleware },
        Contestant { name: "axum, no check", scheme: Dpop, start: |_| serve(app()) },
        Contestant { name: "axum, bare signature checks", scheme: Dpop, start: bare },
        Contestant { name: "axum, client called by hand", scheme: Dpop, start: by_hand },
        Contestant { name: "axum behind the layer", scheme: Dpop, start: behind_the_layer },
        Contestant { name: "axum behind the layer, tokens remembered", scheme: Dpop, start: remembering },
        Contestant { name: "actix-web, no check", scheme: Dpop, start: actix },
        Contestant { name: "actix-web, client called by hand", scheme: Dpop, start: actix_by_hand },
        Contestant { name: "actix-web behind the middleware", scheme: Dpop, start: actix_behind_the_middleware },
    ];
    run("Servers on one core, 16 connections from another", &contestants);
}

fn app() -> Router {
    Router::new().route("/orders", get(|| async { "ok" }))
}

/// Checks only signatures: the signature of the token, and the signature of the proof if the request has a proof.
fn bare(site: Site) -> Starting {
    let Site { signing_key, proof_key, .. } = site;
    let floor = Arc::new(Floor::new(&signing_key, &proof_key));
    serve(app().layer(from_fn(move |request: Request, next: Next| {
        let holds = signatures_hold(&floor, request.headers());
        async move { if holds { next.run(request).await } else { StatusCode::UNAUTHORIZED.into_response() } }
    })))
}

fn signatures_hold(floor: &Floor, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let token = text("authorization").and_then(|value| value.split_once(' ')).map(|(_, token)| token);
    token.is_some_and(|token| floor.token_holds(token)) && text("dpop").is_none_or(|proof| floor.proof_holds(proof))
}

fn behind_the_layer(site: Site) -> Starting {
    Box::pin(async move { serve(app().layer(AuthLayer::new(warm(builder(&site)).await))).await })
}

fn actix(_: Site) -> Starting {
    Box::pin(async { actix::unchecked() })
}

fn actix_behind_the_middleware(site: Site) -> Starting {
    Box::pin(async move { actix::behind_the_middleware(warm(builder(&site)).await) })
}

fn actix_by_hand(site: Site) -> Starting {
    Box::pin(async move { actix::by_hand(warm(builder(&site)).await) })
}

/// Uses the token cache. All requests present the same token, so the cache always contains it after the first request.
fn remembering(site: Site) -> Starting {
    Box::pin(async move {
        let builder = builder(&site).token_cache(TokenCache::entries(1_000));
        serve(app().layer(AuthLayer::new(warm(builder).await))).await
    })
}

/// Calls the client from a hand-written middleware, without the adapter.
fn by_hand(site: Site) -> Starting {
    Box::pin(async move {
        let client = warm(builder(&site)).await;
        serve(app().layer(from_fn_with_state(client, check))).await
    })
}

async fn check(State(client): State<ApiClient>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let headers = ["authorization", "dpop"].map(|name| text(name).map(|value| (name, value)));
    let headers: Vec<(&str, &str)> = headers.into_iter().flatten().collect();
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let target = ReceivedTarget { scheme: "http", authority: text("host"), target, peer: None };
    match client.verify_request(&TokenRequest::received(parts.method.as_str(), target, &headers)).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}

fn builder(site: &Site) -> ApiClientBuilder {
    // All proofs come from one client, and the store keeps each proof for five minutes. So the quota of one client must
    // be larger than the number of all proofs.
    let store = MemoryReplayStore::with_capacity(10_000_000).per_key_quota(10_000_000);
    let builder = ApiClient::builder(&site.domain, site.audience.as_str()).insecure_http_loopback();
    builder.public_url(PUBLIC_URL).dpop(DpopPolicy::accept().replay_store(store))
}

#[expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]
async fn warm(builder: ApiClientBuilder) -> ApiClient {
    let client = builder.build().unwrap();
    client.warm_up().await.unwrap();
    client
}
