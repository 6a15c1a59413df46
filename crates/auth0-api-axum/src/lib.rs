//! [Auth0](https://auth0.com) access tokens for [axum](https://docs.rs/axum) and [tower](https://docs.rs/tower).
//!
//! A layer verifies, extractors read, and `auth0-api-core` does the thinking: this crate only carries things in and out.
//!
//! ```no_run
//! use auth0_api_axum::{AuthLayer, VerifiedToken};
//! use auth0_api_core::{ApiClient, Requirement};
//! use axum::{Router, routing::get};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = AuthLayer::new(ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?);
//! let app: Router = Router::new()
//!     .route("/me", get(|token: VerifiedToken| async move { format!("hello, {:?}", token.subject()) }))
//!     .route("/messages", get(|| async { "[]" }).route_layer(auth.require(Requirement::scope("read:messages"))))
//!     .layer(auth);
//! # _ = app;
//! # Ok(())
//! # }
//! ```
//!
//! 1. [`AuthLayer`] rejects what does not hold, with the status and challenges of [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)
//!    and [RFC 9449 §7](https://www.rfc-editor.org/rfc/rfc9449#section-7). With [`optional`](AuthLayer::optional) a request
//!    without credentials passes; a bad token never does.
//! 2. Handlers take [`VerifiedToken`], or behind an optional layer `Option<VerifiedToken>`.
//! 3. [`AuthLayer::require`] asks for more, route by route; [`Scoped`] asks for it where a handler is read.
//! 4. [`Reject`] answers for errors that a handler meets later, such as those of an exchange.
//! 5. gRPC is answered in gRPC: [`AuthLayer::grpc`] for a tonic server, and by itself for tonic services in an axum router.
//! 6. [`metadata_routes`] tells clients that know only the URL where tokens come from, and which.
//!
//! The extensions of a request may hold what only the server knows of its connection: `ConnectInfo<SocketAddr>` for
//! [trusted proxies](auth0_api_core::guide::proxies), and a [`ClientCertificate`](auth0_api_core::ClientCertificate) for tokens
//! that are [bound to one](auth0_api_core::guide::mtls).
//!
//! Put a CORS layer *outside* this one: a browser's preflight request carries no token. It should expose `WWW-Authenticate` and
//! `DPoP-Nonce`, which a `DPoP` client in a browser has to read.

mod extract;
mod future;
mod grpc;
mod layer;
mod metadata;
mod reject;
mod rejection;
mod request;
mod require;
mod scoped;

pub use extract::{TokenRejection, VerifiedToken};
pub use future::{AuthFuture, RequireFuture};
pub use grpc::grpc_metadata;
pub use layer::{AuthLayer, AuthService};
pub use metadata::{MetadataFuture, MetadataLayer, MetadataService, metadata_routes};
pub use reject::Reject;
pub use rejection::{EmptyBody, JsonBody, RejectionBody};
pub use require::{RequireLayer, RequireService};
pub use scoped::Scoped;
