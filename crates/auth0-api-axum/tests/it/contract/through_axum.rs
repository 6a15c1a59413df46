//! The routes of the contract, as an axum application.

use std::net::{Ipv4Addr, SocketAddr};

use auth0_api_axum::{AuthLayer, Claims, EndUserAddress, HandlerError, Scoped, Token, metadata_routes};
use auth0_api_core::{Requirement, VerifiedToken, guard};
use auth0_api_testing::contract::adapter::{Chapter, Harness, Site};
use axum::body::Body;
use axum::middleware::map_response;
use axum::response::IntoResponse;
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use http::StatusCode;
use tokio::net::TcpListener;
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower_http::cors::CorsLayer;

use super::{Known, Missing, audit, blank_subject, decorate, lacking, problem, recover, shown, strip};

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
        .route("/both", get(subject).route_layer(other.clone()))
        .route("/stripped", get(stored).route_layer((MapRequestLayer::new(strip::<Body>), other.optional())))
        .route("/teapot", get(|_: Token| async { (StatusCode::IM_A_TEAPOT, "teapot") }))
        .route("/caching", get(caching))
        .route("/echo", post(|_: Token, body: String| async { body }))
        .route("/failing", get(failing))
        .route("/failing/exchange", get(|_: Token| async { Err::<(), _>(blank_subject()) }))
        .route("/failing/decorated", get(failing).layer(MapResponseLayer::new(decorate::<Body>)))
        .route(
            "/failing/recovered",
            get(failing).layer(map_response(async |failed| recover(failed, "recovered".into()))),
        )
        .route("/claims", get(|Claims(known): Claims<Known>| async { known.scope }))
        .route("/claims/missing", get(|Claims(missing): Claims<Missing>| async { missing.tier }))
        .layer(auth.clone());
    let optional = Router::new()
        .route("/optional", get(optional_subject))
        .route("/demanding", get(subject))
        .route("/address", get(address))
        .route("/twice", get(subject).route_layer(auth.clone()))
        .route("/claims/optional", get(optional_claims))
        .layer(optional_auth);
    let hook = Router::new()
        .route("/hooked", get(subject).route_layer(hooked.require(Requirement::scope("admin"))))
        .route("/hooked/failing", get(failing))
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
        .route("/bare/address", get(address))
        .route("/bare/scoped", get(subject).route_layer(bare))
        .route("/failing/bare", get(async || Err::<(), _>(blank_subject())))
        .nest("/nested", nested)
        .merge(strict)
        .merge(optional)
        .merge(hook)
        .merge(optional_hook)
        .merge(cors)
        .merge(metadata)
        .layer(MapResponseLayer::new(audit::<Body>))
}

async fn subject(Token(token): Token) -> String {
    token.subject().unwrap().to_owned()
}

/// Answers with the token in the extensions, which other code than the extractors reads.
async fn stored(token: Option<Extension<VerifiedToken>>) -> String {
    token.map_or("anonymous".to_owned(), |Extension(token)| token.subject().unwrap().to_owned())
}

async fn optional_subject(token: Option<Token>) -> String {
    token.map_or("anonymous".to_owned(), |token| token.subject().unwrap().to_owned())
}

async fn optional_claims(claims: Option<Claims<Known>>) -> String {
    claims.map_or("anonymous".to_owned(), |Claims(known)| known.scope)
}

async fn address(EndUserAddress(address): EndUserAddress) -> String {
    shown(address)
}

async fn failing(Token(token): Token) -> Result<(), HandlerError> {
    Err(lacking(&token))
}

async fn caching(Token(token): Token) -> impl IntoResponse {
    ([("cache-control", "public, max-age=60"), ("dpop-nonce", "stale")], subject(Token(token)).await)
}

guard!(ReadMessages = Requirement::scope("read:messages"));
