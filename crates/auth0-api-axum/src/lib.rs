//! [Auth0](https://auth0.com) access tokens for [axum](https://docs.rs/axum) and [tower](https://docs.rs/tower).
//!
//! A layer verifies requests, and extractors pass the verified token to handlers. `auth0-api-core` does the
//! verification; this crate converts requests and responses.
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
//! 1. [`AuthLayer`] rejects requests without a valid token, with the status and challenges of
//!    [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3) and
//!    [RFC 9449 §7](https://www.rfc-editor.org/rfc/rfc9449#section-7). An [`optional`](AuthLayer::optional) layer also
//!    accepts requests without credentials, but it still rejects invalid tokens.
//! 2. Handlers take [`VerifiedToken`], or `Option<VerifiedToken>` behind an optional layer.
//! 3. [`AuthLayer::require`] sets a requirement for a route. [`Scoped`] sets a requirement in a handler's signature.
//! 4. [`Reject`] turns errors in a handler, such as the error of an exchange, into rejections.
//! 5. The layers answer gRPC calls in gRPC. Use [`AuthLayer::grpc`] for a tonic server. For tonic services in an axum
//!    router, use any `AuthLayer`.
//! 6. [`metadata_routes`] serves protected resource metadata. A client that has only the URL of the API reads in this
//!    metadata which authorization server issues tokens, and which tokens the API accepts.
//!
//! The server can put two facts about the connection into a request's extensions.
//! [Trusted proxies](auth0_api_core::guide::proxies) that are configured by their networks need
//! `ConnectInfo<SocketAddr>`. Tokens that are [bound to a certificate](auth0_api_core::guide::mtls) need a
//! [`ClientCertificate`](auth0_api_core::ClientCertificate).
//!
//! Put a CORS layer *outside* the `AuthLayer`: a browser's preflight request has no token. The CORS layer should expose
//! `WWW-Authenticate` and `DPoP-Nonce`, because a `DPoP` client in a browser must read them.

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
