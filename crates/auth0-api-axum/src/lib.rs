//! [Auth0](https://auth0.com) access tokens for [axum](https://docs.rs/axum) and [tower](https://docs.rs/tower).
//!
//! A layer verifies requests, and extractors pass the verified token to handlers. `auth0-api-core` does the
//! verification; this crate converts requests and responses.
//!
//! ```no_run
//! use auth0_api_axum::{ApiClient, AuthLayer, Requirement, Token};
//! use axum::{Router, routing::get};
//!
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
//! let auth = AuthLayer::new(api);
//! let reads = auth.require(Requirement::scope("read:messages"));
//!
//! let app: Router = Router::new()
//!     .route("/me", get(me)) // any valid token
//!     .route("/messages", get(|| async { "[]" }).route_layer(reads)) // and the scope
//!     .layer(auth)
//!     .route("/public", get(|| async { "hello" })); // after the layer: no token needed
//!
//! async fn me(Token(token): Token) -> String {
//!     format!("hello, {:?}", token.subject())
//! }
//! # _ = app;
//! # Ok(())
//! # }
//! ```
//!
//! What is added after `.layer(auth)` is open to everybody: axum's layers cover only the routes that were added before. An
//! unknown path gets 401 without a token, and 404 with one.
//!
//! # Find your way
//!
//! | to | use | read |
//! |---|---|---|
//! | require a scope, a user, a recent login | [`AuthLayer::require`], [`Scoped`] | [authorization](auth0_api_core::guide::authorization) |
//! | take the token in a handler | [`Token`], [`Claims`] | [`VerifiedToken`] |
//! | require DPoP, which is accepted by default | [`DpopPolicy::require`] | [DPoP](auth0_api_core::guide::dpop) |
//! | run behind a proxy | [`public_url`](ApiClientBuilder::public_url), [`trusted_proxies`](ApiClientBuilder::trusted_proxies) | [proxies](auth0_api_core::guide::proxies) |
//! | let pages in browsers call the API | CORS outside the [`AuthLayer`] | [browsers](auth0_api_core::guide::browsers) |
//! | call another API for the user | [`auth0-api-fetcher`](https://docs.rs/auth0-api-fetcher), [`get_token_on_behalf_of`](ApiClient::get_token_on_behalf_of) | [exchange](auth0_api_core::guide::exchange) |
//! | serve gRPC | [`AuthLayer::grpc`] | [below](#grpc) |
//! | test without an account | [`auth0-api-testing`](https://docs.rs/auth0-api-testing) | its first page; *Test it* in [the README](https://docs.rs/crate/auth0-api-axum/latest) |
//! | see all defaults | [`ApiClientBuilder`] | [defaults](auth0_api_core::guide::defaults) |
//! | do anything else | | [the guide](auth0_api_core::guide) |
//!
//! # How it works
//!
//! 1. [`AuthLayer`] rejects requests without a valid token, with the status and challenges of
//!    [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3) and
//!    [RFC 9449 §7](https://www.rfc-editor.org/rfc/rfc9449#section-7). An [`optional`](AuthLayer::optional) layer also
//!    accepts requests without credentials, but it still rejects invalid tokens.
//! 2. Handlers take [`Token`], or `Option<Token>` behind an optional layer, or [`Claims`] of a type of their own.
//!    `EndUserAddress` is the address to send with an exchange; a service without axum takes it from the
//!    [`Admission`](auth0_api_core::adapter::Admission) in the request's extensions.
//! 3. [`AuthLayer::require`] sets a requirement for a route. [`Scoped`] sets a requirement in a handler's signature.
//! 4. [`HandlerError`] lets a handler return errors with `?`, such as the error of an exchange. The layer turns them into
//!    rejections.
//! 5. [`AuthLayer::grpc`] answers gRPC calls in gRPC; see [below](#grpc).
//! 6. [`metadata_routes`] serves protected resource metadata. A client that has only the URL of the API reads in this
//!    metadata which authorization server issues tokens, and which tokens the API accepts.
//! 7. [`logout_route`] receives the tenant's back-channel logouts: the API then rejects the tokens of users who have logged
//!    out.
//! 8. [`TokenEnd`] ends an event stream or a WebSocket with its token: see
//!    [the guide](auth0_api_core::guide::long_connections).
//!
//! The server can put three facts about the connection into a request's extensions. If TLS ends at this server, proofs
//! need [`ListenerScheme::Https`]: without it, the layer takes the called URL for one with `http`. Add it with
//! `.layer(Extension(ListenerScheme::Https))`, outside the [`AuthLayer`].
//! [Trusted proxies](auth0_api_core::guide::proxies) that are configured by their networks need
//! `ConnectInfo<SocketAddr>`, or [`PeerAddr`] without axum. Tokens that are [bound to a certificate](auth0_api_core::guide::mtls) need a
//! [`ClientCertificate`].
//!
//! The extensions of the response to each rejected request contain the [`Rejection`]: a layer further out can log or count
//! its label.
//!
//! If a request is rejected before its body has arrived, the layers read the rest of the body before they answer, within
//! bounds: otherwise the connection would break.
//! [The guide](auth0_api_core::guide::proxies#bodies-of-rejected-requests) has the bounds, and says how to switch this off.
//!
//! # Where to put the layer
//!
//! Put a CORS layer *outside* the `AuthLayer`: a browser's preflight request has no token. The CORS layer should expose
//! `WWW-Authenticate` and `DPoP-Nonce`, because a `DPoP` client in a browser must read them:
//! [the guide](auth0_api_core::guide::browsers) has the whole list.
//!
//! A middleware that changes paths or bodies has [an order](auth0_api_core::guide::proxies#middleware-that-rewrites-paths),
//! too.
//!
//! # gRPC
//!
//! A gRPC client does not read the status 401: it reads `grpc-status` from a response with the status 200. A layer answers
//! in this way only if you tell it to, because the client chooses the content type of its request. If each layer answered
//! in gRPC whenever a request names the content type, an attacker could make the rejections of a JSON API look like
//! successes in metrics and logs.
//!
//! | server | layer |
//! |---|---|
//! | tonic | [`AuthLayer::grpc(api)`](AuthLayer::grpc) |
//! | axum, with tonic services in the router | [`AuthLayer::new(api).with_grpc()`](AuthLayer::with_grpc) |
//! | axum without gRPC | [`AuthLayer::new(api)`](AuthLayer::new) |
//!
//! `Server::builder().layer(auth)` covers every service of a tonic server, the health service too. To leave out a service,
//! put the layer around the other services: `LayerExt::named_layer`, as in the example of [`AuthLayer::grpc`].
//!
//! # Re-exports
//!
//! This crate re-exports `auth0-api-core`, so one dependency and one `use` are enough. Import the names one by one: `*`
//! would hide the crate `http` behind the module [`http`] of the core.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `axum` | on | the extractors, `metadata_routes` and `logout_route`; servers with tower, hyper or tonic do not need it |
//! | `reqwest` | on | the default HTTP client of `auth0-api-core` |
//! | `ws` | off | `close_socket`, for WebSockets of axum; switches on the feature `ws` of axum |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
#[cfg(feature = "axum")]
mod extractors;
mod future;
mod grpc;
mod handler_error;
mod layer;
mod lent;
#[cfg(feature = "axum")]
mod logout_route;
mod metadata_routes;
mod received_uri;
mod rejection;
mod request;
mod require;
#[cfg(feature = "axum")]
mod returning_body;
#[cfg(feature = "axum")]
mod scoped;
mod settings;
#[cfg(feature = "ws")]
mod socket;

#[doc(no_inline)]
pub use auth0_api_core::*;
#[cfg(feature = "axum")]
pub use extractors::{Claims, EndUserAddress, Token, TokenEnd, TokenRejection};
pub use future::{AuthFuture, ResponseFuture};
pub use grpc::grpc_metadata;
pub use handler_error::HandlerError;
pub use layer::{AuthLayer, AuthService};
#[cfg(feature = "axum")]
pub use logout_route::logout_route;
pub use metadata_routes::{MetadataLayer, MetadataService};
#[cfg(feature = "axum")]
pub use metadata_routes::{metadata_routes, metadata_routes_of_all};
pub use received_uri::{KeepReceivedUri, KeepReceivedUriService};
pub use rejection::{EmptyBody, JsonBody, RejectionBody};
pub use request::PeerAddr;
pub use require::{RequireLayer, RequireService};
#[cfg(feature = "axum")]
pub use scoped::Scoped;
/// For the crates of this workspace whose layers are inside of [`AuthLayer`]. Not for applications.
#[doc(hidden)]
pub mod inner_layer {
    pub use crate::answer::{Answer, announced_over_http};
    pub use crate::request::place;
}
#[cfg(feature = "ws")]
pub use socket::close_socket;

// Compiles the examples of the README.
#[cfg(all(doctest, feature = "axum", feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}
