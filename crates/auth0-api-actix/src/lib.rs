//! [Auth0](https://auth0.com) access tokens for [actix-web](https://docs.rs/actix-web).
//!
//! A middleware verifies requests, and extractors pass the verified token to handlers. `auth0-api-core` does the
//! verification; this crate converts requests and responses.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use auth0_api_actix::{ApiClient, Auth, Requirement, Token};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
//! let auth = Auth::new(api);
//! HttpServer::new(move || {
//!     let reads = auth.require(Requirement::scope("read:messages"));
//!     let api = web::scope("/api")
//!         .route("/me", web::get().to(me)) // any valid token
//!         // any valid token with the scope:
//!         .service(web::resource("/messages").wrap(reads).to(|| async { "[]" }))
//!         .wrap(auth.clone());
//!     App::new().service(api) // routes outside the scope need no token
//! })
//! .bind(("127.0.0.1", 3000))?
//! .run()
//! .await?;
//!
//! async fn me(Token(token): Token) -> String {
//!     format!("hello, {:?}", token.subject())
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Find your way
//!
//! | to | use | read |
//! |---|---|---|
//! | require a scope, a user, a recent login | [`Auth::require`], [`Scoped`] | [authorization](auth0_api_core::guide::authorization) |
//! | take the token in a handler | [`Token`], [`MaybeToken`], [`Claims`] | [`VerifiedToken`] |
//! | require DPoP, which is accepted by default | [`DpopPolicy::require`] | [DPoP](auth0_api_core::guide::dpop) |
//! | run behind a proxy | [`public_url`](ApiClientBuilder::public_url), [`trusted_proxies`](ApiClientBuilder::trusted_proxies) | [proxies](auth0_api_core::guide::proxies) |
//! | let pages in browsers call the API | CORS outside `Auth` | [browsers](auth0_api_core::guide::browsers) |
//! | call another API for the user | [`auth0-api-fetcher`](https://docs.rs/auth0-api-fetcher), [`get_token_on_behalf_of`](ApiClient::get_token_on_behalf_of) | [exchange](auth0_api_core::guide::exchange) |
//! | test without an account | [`auth0-api-testing`](https://docs.rs/auth0-api-testing) | its first page |
//! | see all defaults | [`ApiClientBuilder`] | [defaults](auth0_api_core::guide::defaults) |
//! | do anything else | | [the guide](auth0_api_core::guide) |
//!
//! # How it works
//!
//! 1. [`Auth`] rejects requests without a valid token, with the status and challenges of
//!    [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3) and
//!    [RFC 9449 §7](https://www.rfc-editor.org/rfc/rfc9449#section-7). An [`optional`](Auth::optional) `Auth` also
//!    accepts requests without credentials, but it still rejects invalid tokens.
//! 2. Handlers take [`Token`], or [`MaybeToken`] behind an optional middleware, or [`Claims`] of a type of their own.
//!    [`EndUserAddress`] is the address to send with an exchange.
//! 3. [`Auth::require`] sets a requirement for a resource. [`Scoped`] sets a requirement in a handler's signature.
//! 4. [`HandlerError`] lets a handler return errors with `?`, such as the error of an exchange. The middleware turns
//!    them into rejections.
//! 5. [`metadata_routes`] serves protected resource metadata. A client that has only the URL of the API reads in this
//!    metadata which authorization server issues tokens, and which tokens the API accepts.
//! 6. [`logout_route`] receives the tenant's back-channel logouts: the API then rejects the tokens of users who have logged
//!    out.
//! 7. [`TokenEnd`] ends an event stream or a WebSocket with its token: see
//!    [the guide](auth0_api_core::guide::long_connections).
//!
//! The extensions of the response to each rejected request contain the [`Rejection`]: a middleware further out can log or
//! count its label.
//!
//! This crate re-exports `auth0-api-core`, so one dependency and one `use` are enough. Import the names one by one: `*`
//! would hide the crate `http` behind the module [`http`] of the core.
//!
//! Build the client once, outside the closure that `HttpServer` calls for each worker. Clones of the client share the
//! keys and the record of used proofs. If each worker built its own client, each worker would accept the same proof
//! once, unless the clients share a replay store.
//!
//! For tokens that are [bound to a client certificate](auth0_api_core::guide::mtls), insert a
//! [`ClientCertificate`] in `HttpServer::on_connect`, or into the extensions of a
//! request.
//!
//! # Where to put the middleware
//!
//! If you call `wrap` several times, the last middleware is the outermost. So call `wrap` first with a [`Require`],
//! then with the `Auth` that covers it, and then with a CORS middleware: a browser's preflight request has no token, so
//! CORS must be outside `Auth`. CORS should expose `WWW-Authenticate` and `DPoP-Nonce`, because a `DPoP` client in a
//! browser must read them: [the guide](auth0_api_core::guide::browsers) has the whole list.
//!
//! The middleware compares a proof with the URI that the request has when it reaches the middleware. `NormalizePath`
//! changes the URI. Put `NormalizePath` inside `Auth`, or [`KeepReceivedUri`] outside of it:
//! [the guide](auth0_api_core::guide::proxies#middleware-that-rewrites-paths) has the order.
//!
//! # Which URL a client called
//!
//! The middleware takes the scheme from the listener (`bind` or `bind_rustls…`), and the host from the request. It does
//! not use `ConnectionInfo`, because `ConnectionInfo` trusts forwarded headers from any client. Behind a proxy, give
//! the client a [public URL](auth0_api_core::ApiClientBuilder::public_url) or
//! [trusted proxies](auth0_api_core::ApiClientBuilder::trusted_proxies).
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `reqwest` | on | the default HTTP client of `auth0-api-core` |
//! | `ws` | off | `close_session`, for WebSockets of `actix-ws` |
//!
//! # Equivalents in `auth0-api-axum`
//!
//! | `auth0-api-axum` | here |
//! |---|---|
//! | `AuthLayer::new(api)`, `.layer(auth)` | [`Auth::new(api)`](Auth::new), `.wrap(auth)` |
//! | `.optional()`, `.rejection_body(hook)` | the same |
//! | `auth.require(requirement)`, `.route_layer(…)` | [`auth.require(requirement)`](Auth::require), `.wrap(…)` on a resource, route or scope |
//! | `Token`, `Claims<T>`, `TokenEnd` | [`Token`], [`Claims<T>`](Claims), [`TokenEnd`] |
//! | `close_socket`, with the feature `ws` | `close_session`, with the feature `ws` |
//! | `Scoped<G>` | [`Scoped<G>`](Scoped) |
//! | `Option<Token>`, `Option<Scoped<G>>` | [`MaybeToken`], [`MaybeToken<Scoped<G>>`](MaybeToken): actix-web's own `Option<T>` turns every rejection into `None` |
//! | `TokenRejection` | [`TokenRejection`], a `ResponseError` |
//! | `HandlerError` | [`HandlerError`] |
//! | `metadata_routes(&api)`, `.merge(…)` | [`metadata_routes(&api)`](metadata_routes), `.configure(…)` |
//! | `logout_route(&api, path)`, `.merge(…)` | [`logout_route(&api, path)`](logout_route), `.configure(…)` |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod admitted;
mod extractors;
mod handler_error;
mod logout_route;
mod metadata_routes;
mod middleware;
mod received_uri;
mod rejection;
mod request;
mod request_body;
mod require;
mod response;
mod scoped;
#[cfg(feature = "ws")]
mod socket;
mod unread;

#[doc(no_inline)]
pub use auth0_api_core::*;
pub use extractors::{Claims, EndUserAddress, MaybeToken, Token, TokenEnd};
pub use handler_error::HandlerError;
pub use logout_route::logout_route;
pub use metadata_routes::{metadata_routes, metadata_routes_of_all};
pub use middleware::{Auth, AuthMiddleware};
pub use received_uri::{KeepReceivedUri, KeepReceivedUriMiddleware};
pub use rejection::TokenRejection;
pub use require::{Require, RequireMiddleware};
pub use scoped::Scoped;
#[cfg(feature = "ws")]
pub use socket::close_session;

// Compiles the examples of the README.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
mod readme {}
