//! The servers to compare.

pub(crate) mod actix_web;
pub(crate) mod axum;
pub(crate) mod by_hand;
pub(crate) mod ours;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use ::axum::Router;
use ::axum::routing::get;
use tokio::net::TcpListener;

use crate::site::{Scheme, Site};

/// A server to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contestant {
    /// The name on the command line.
    pub(crate) id: &'static str,
    /// The name in the tables. `{name}` becomes a Rust package with its version, and `{npm:name}` a Node package.
    pub(crate) label: &'static str,
    pub(crate) role: Role,
    pub(crate) schemes: &'static [Scheme],
    pub(crate) start: Start,
}

/// How a result is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Rejects no request.
    Unchecked,
    /// Checks signatures only.
    Floor,
    Ours,
    Peer,
}

/// How a server starts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    /// In a process of this program.
    Rust(fn(Site) -> Starting),
    /// In a process of Node, which runs `node/server.mjs` with this name.
    Node(&'static str),
}

/// A future that starts a server and returns its address. The server runs until its process ends.
pub(crate) type Starting = Pin<Box<dyn Future<Output = SocketAddr>>>;

/// The server without a check comes first: the others are compared with it.
pub(crate) const ALL: &[Contestant] = &[
    rust("axum", "axum, no check", Role::Unchecked, BOTH, |_| serve(app())),
    rust("floor", "axum, bare signature checks", Role::Floor, BOTH, by_hand::bare),
    rust("auth0-api-axum", "**auth0-api-axum**", Role::Ours, BOTH, ours::axum),
    rust("auth0-api-actix", "**auth0-api-actix** (actix-web)", Role::Ours, BOTH, ours::actix),
    rust("tower-oauth2", "{tower-oauth2-resource-server}", Role::Peer, BEARER, axum::tower_oauth2),
    rust("jwt-authorizer", "{jwt-authorizer} (axum 0.7)", Role::Peer, BEARER, axum::jwt_authorizer),
    rust("oauth-resource-server", "{oauth-resource-server}", Role::Peer, BEARER, axum::oauth_resource_server),
    rust("huskarl", "{huskarl-resource-server}", Role::Peer, BOTH, by_hand::huskarl),
    rust("axum-jwt-auth", "{axum-jwt-auth}", Role::Peer, BEARER, axum::axum_jwt_auth),
    rust("axum-jwks", "{axum-jwks}", Role::Peer, BEARER, axum::axum_jwks),
    rust("aliri", "{aliri_oauth2}, called by hand", Role::Peer, BEARER, by_hand::aliri),
    rust("jsonwebtoken", "{jsonwebtoken}, called by hand, one fixed key", Role::Peer, BEARER, by_hand::jsonwebtoken),
    rust("actix-4-jwt-auth", "{actix-4-jwt-auth}", Role::Peer, BEARER, actix_web::actix_4_jwt_auth),
    rust("jwks-client", "{actix-web-httpauth} and {jwks_client_rs}", Role::Peer, BEARER, actix_web::jwks_client),
    node("express", "{npm:express}, no check", Role::Unchecked, BOTH),
    node("express-oauth2", "{npm:express-oauth2-jwt-bearer}, express", Role::Peer, BOTH),
    node("express-jose", "{npm:jose}, called by hand, express", Role::Peer, BEARER),
];

impl Contestant {
    /// Returns whether the server is expected to reject invalid credentials.
    pub(crate) fn verifies(&self) -> bool {
        matches!(self.role, Role::Ours | Role::Peer)
    }

    pub(crate) fn reads(&self, scheme: Scheme) -> bool {
        self.schemes.contains(&scheme)
    }
}

/// The application that all axum servers protect.
fn app() -> Router {
    Router::new().route("/orders", get(answer))
}

async fn answer() -> &'static str {
    "ok"
}

/// Serves a router on a free port.
fn serve(router: Router) -> Starting {
    Box::pin(async move {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { ::axum::serve(listener, router).await.unwrap() });
        address
    })
}

const fn rust(
    id: &'static str,
    label: &'static str,
    role: Role,
    schemes: &'static [Scheme],
    start: fn(Site) -> Starting,
) -> Contestant {
    Contestant { id, label, role, schemes, start: Start::Rust(start) }
}

const fn node(id: &'static str, label: &'static str, role: Role, schemes: &'static [Scheme]) -> Contestant {
    Contestant { id, label, role, schemes, start: Start::Node(id) }
}

const BEARER: &[Scheme] = &[Scheme::Bearer];
const BOTH: &[Scheme] = &[Scheme::Bearer, Scheme::Dpop];
