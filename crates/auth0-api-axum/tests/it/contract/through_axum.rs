//! The routes of the contract, as an axum application.

use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_axum::{AuthLayer, Scoped, Token, metadata_routes};
use auth0_api_core::{Requirement, guard};
use auth0_api_testing::contract::adapter::{Chapter, Harness, Site};
use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use http::StatusCode;
use tokio::net::TcpListener;
use tower_http::cors::CorsLayer;

use super::problem;

pub(crate) struct Axum;

impl Harness for Axum {
    async fn open(&self, site: Site) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = routes(&site).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        address
    }

    fn covers(&self, _: Chapter) -> bool {
        true
    }
}

fn routes(site: &Site) -> Router {
    let (auth, other) = (AuthLayer::new(site.api.clone()), AuthLayer::new(site.other.clone()));
    let hooked = auth.clone().rejection_body(problem::<Body>);
    let optional_auth = auth.clone().optional();
    let (reading, reading_other) = (
        auth.require(Requirement::scopes(["read:messages", "read:drafts"])),
        other.require(Requirement::scope("read:messages")),
    );
    let bare = auth.require(Requirement::scope("read:messages"));

    let strict = Router::new()
        .route("/private", any(subject))
        .route("/scoped", get(subject).route_layer(reading))
        .route("/typed", get(|Scoped { token, .. }: Scoped<ReadMessages>| subject(Token(token))))
        .route("/misplaced", get(subject).route_layer(reading_other))
        .route("/both", get(subject).route_layer(other))
        .route("/teapot", get(|_: Token| async { (StatusCode::IM_A_TEAPOT, "teapot") }))
        .route("/caching", get(caching))
        .route("/echo", post(|_: Token, body: String| async { body }))
        .layer(auth.clone());
    let optional = Router::new()
        .route("/optional", get(optional_subject))
        .route("/demanding", get(subject))
        .route("/twice", get(subject).route_layer(auth.clone()))
        .layer(optional_auth);
    let hook = Router::new()
        .route("/hooked", get(subject).route_layer(hooked.require(Requirement::scope("admin"))))
        .layer(hooked.clone());
    let optional_hook = Router::new().route("/hooked/demanding", get(subject)).layer(hooked.optional());
    let nested = Router::new().route("/private", get(subject)).layer(auth.clone());
    let cors = Router::new().route("/cors", get(subject)).layer(auth).layer(CorsLayer::permissive());
    let metadata = match site.api.resource_metadata() {
        Some(_) => metadata_routes(&site.api),
        None => Router::new(),
    };
    Router::new()
        .route("/public", get(|| async { "public" }))
        .route("/bare", get(subject))
        .route("/bare/optional", get(optional_subject))
        .route("/bare/scoped", get(subject).route_layer(bare))
        .nest("/nested", nested)
        .merge(strict)
        .merge(optional)
        .merge(hook)
        .merge(optional_hook)
        .merge(cors)
        .merge(metadata)
}

async fn subject(Token(token): Token) -> String {
    token.subject().unwrap().to_owned()
}

async fn optional_subject(token: Option<Token>) -> String {
    token.map_or("anonymous".to_owned(), |token| token.subject().unwrap().to_owned())
}

async fn caching(Token(token): Token) -> impl IntoResponse {
    ([("cache-control", "public, max-age=60"), ("dpop-nonce", "stale")], subject(Token(token)).await)
}

guard!(ReadMessages = Requirement::scope("read:messages"));
