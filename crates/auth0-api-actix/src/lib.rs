//! [Auth0](https://auth0.com) access tokens for [actix-web](https://docs.rs/actix-web).
//!
//! A middleware verifies, extractors read, and `auth0-api-core` does the thinking: this crate only carries things in and out.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use auth0_api_actix::{Auth, VerifiedToken};
//! use auth0_api_core::{ApiClient, Requirement};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::new(ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?);
//! HttpServer::new(move || {
//!     let reading = auth.require(Requirement::scope("read:messages"));
//!     let api = web::scope("/api")
//!         .route("/me", web::get().to(|token: VerifiedToken| async move { format!("hello, {:?}", token.subject()) }))
//!         .service(web::resource("/messages").wrap(reading).to(|| async { "[]" }))
//!         .wrap(auth.clone());
//!     App::new().service(api)
//! })
//! .bind(("127.0.0.1", 3000))?
//! .run()
//! .await?;
//! # Ok(())
//! # }
//! ```
//!
//! 1. [`Auth`] rejects what does not hold, with the status and challenges of [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)
//!    and [RFC 9449 §7](https://www.rfc-editor.org/rfc/rfc9449#section-7). With [`optional`](Auth::optional) a request without
//!    credentials passes; a bad token never does.
//! 2. Handlers take [`VerifiedToken`], or behind an optional middleware [`MaybeToken`].
//! 3. [`Auth::require`] asks for more, resource by resource; [`Scoped`] asks for it where a handler is read.
//! 4. [`Reject`] answers for errors that a handler meets later, such as those of an exchange.
//! 5. [`metadata_routes`] tells clients that know only the URL where tokens come from, and which.
//!
//! Build the client once, outside of the closure that `HttpServer` calls for each worker: clones share keys and used proofs, and
//! workers must.
//!
//! For tokens that are [bound to a client certificate](auth0_api_core::guide::mtls), insert a
//! [`ClientCertificate`](auth0_api_core::ClientCertificate) in `HttpServer::on_connect`, or into the extensions of a request.
//!
//! # Where to put it
//!
//! Of several `wrap` calls the last one is the outermost. So a [`Require`] comes before the `Auth` that covers it, and a CORS
//! middleware after it: a browser's preflight request carries no token. CORS should expose `WWW-Authenticate` and `DPoP-Nonce`,
//! which a `DPoP` client in a browser has to read.
//!
//! A proof is compared with the URI of the request as it is when it gets here. `NormalizePath` changes it: put that inside of
//! `Auth`, or let clients call the paths that it makes.
//!
//! # Which URL a client called
//!
//! The scheme is that of the listener (`bind` or `bind_rustls…`), the host comes from the request, and `ConnectionInfo` is not
//! asked, because it believes forwarded headers of anybody. Behind a proxy, give the client a
//! [public URL](auth0_api_core::ApiClientBuilder::public_url) or [trusted proxies](auth0_api_core::ApiClientBuilder::trusted_proxies).
//!
//! # For those who know `auth0-api-axum`
//!
//! | `auth0-api-axum` | here |
//! |---|---|
//! | `AuthLayer::new(api)`, `.layer(auth)` | [`Auth::new(api)`](Auth::new), `.wrap(auth)` |
//! | `.optional()`, `.rejection_body(hook)` | the same |
//! | `auth.require(requirement)`, `.route_layer(…)` | [`auth.require(requirement)`](Auth::require), `.wrap(…)` on a resource, route or scope |
//! | `VerifiedToken` | [`VerifiedToken`] |
//! | `Scoped<G>` | [`Scoped<G>`](Scoped) |
//! | `Option<VerifiedToken>`, `Option<Scoped<G>>` | [`MaybeToken`], [`MaybeToken<Scoped<G>>`](MaybeToken): actix-web's own `Option<T>` makes `None` of every rejection |
//! | `TokenRejection` | [`TokenRejection`], a `ResponseError` |
//! | `Reject` | [`Reject`] |
//! | `metadata_routes(&api)`, `.merge(…)` | [`metadata_routes(&api)`](metadata_routes), `.configure(…)` |

mod extract;
mod gate;
mod metadata;
mod middleware;
mod nonce;
mod reject;
mod rejection;
mod request;
mod require;
mod scoped;

pub use extract::{MaybeToken, VerifiedToken};
pub use metadata::metadata_routes;
pub use middleware::{Auth, AuthMiddleware};
pub use reject::Reject;
pub use rejection::TokenRejection;
pub use require::{Require, RequireMiddleware};
pub use scoped::Scoped;
