//! Calls another API for the caller of an API: what an API does after it has verified a token.
//!
//! ```
//! use auth0_api_axum::{AuthLayer, HandlerError, Token};
//! use auth0_api_core::{ApiClient, OnBehalfOf};
//! use auth0_api_fetcher::Fetcher;
//! use axum::extract::State;
//! use axum::{Router, routing::get};
//!
//! fn app(api: ApiClient) -> Result<Router, auth0_api_fetcher::FetcherBuildError> {
//!     let asked = OnBehalfOf::audience("https://calendar.example.com").scope("read:events");
//!     let calendar =
//!         Fetcher::on_behalf_of(&api, "https://calendar.example.com", asked).build()?;
//!     Ok(Router::new()
//!         .route("/agenda", get(agenda))
//!         .with_state(calendar)
//!         .layer(AuthLayer::new(api)))
//! }
//!
//! async fn agenda(
//!     State(calendar): State<Fetcher>,
//!     Token(token): Token,
//! ) -> Result<String, HandlerError> {
//!     let response = calendar.for_caller(&token).get("/events").send().await?;
//!     Ok(response.error_for_status()?.text().await?)
//! }
//! ```
//!
//! # Find your way
//!
//! | to | use | read |
//! |---|---|---|
//! | call an API for the user | [`Fetcher::on_behalf_of`] | [exchange](auth0_api_core::guide::exchange) |
//! | use your own tokens | [`Fetcher::with_source`], [`TokenSource`] | |
//! | keep your tower client, for example for gRPC | [`FetchLayer`] | |
//! | answer when the other API rejects | [`FetchError`] | [below](#what-a-request-does) |
//! | watch it | the feature `metrics` | [operating](auth0_api_core::guide::operating) |
//! | test without an account | [`auth0-api-testing`](https://docs.rs/auth0-api-testing) | its first page |
//!
//! # What a request does
//!
//! A [`Fetcher`] knows the base URL of the other API, how to get a token for a caller, and perhaps a key for proofs. Each
//! request takes these steps:
//!
//! 1. **URL**: a path is appended to the base URL. An absolute URL must have the origin of the base URL, or one that
//!    [`allow_origin`](FetcherBuilder::allow_origin) names; otherwise nothing is sent. Redirects are not followed; behind a [`FetchLayer`], that is up to the inner service.
//! 2. **Token**: from the cache of the [`ApiClient`](auth0_api_core::ApiClient), from the tenant, or from your own
//!    [`TokenSource`]. The fetcher itself keeps no tokens.
//! 3. **Headers**: `Authorization` with the scheme of the token's type. For a `DPoP` token also a proof for this one attempt,
//!    with the latest nonce of that origin ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).
//! 4. **Answer**: the fetcher keeps the nonce of every response, and repeats the request where that helps:
//!
//! | response | what follows |
//! |---|---|
//! | 401 `use_dpop_nonce` | the request is sent once more with a proof for the new nonce, if its body can be copied |
//! | 401 `invalid_token`, or 401 without an error code | the token is dropped from the cache, at most once in 10 s for each caller. If the method is idempotent ([RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)) and the body can be copied, the request is sent once more with a new token |
//! | none, because a connection that was kept open has ended | the request is sent once more on a new connection, under the same conditions; not by a [`FetchLayer`], whose client does this |
//! | 401 with another error code | [`FetchError::TokenRejected`]: this API answers 500, because its own caller cannot correct it |
//! | 403, or 401 `insufficient_user_authentication` | [`FetchError::Denied`]: this API answers 403 `downstream_insufficient_scope`. The token of a [connected account](Fetcher::for_connection) is dropped, as after 401, because the user can connect the account again |
//! | the same, for the token of a [grant](Fetcher::with_grant) | [`FetchError::ApplicationDenied`]: this API answers 500, because its own caller cannot correct it |
//! | any other status | the response, whose body arrives while it is read |
//!
//! # What never happens
//!
//! - A token reaches only the origins that the configuration names, unless a client that you provide follows redirects. `Host`, `Authorization` and `DPoP` headers of your code are
//!   not sent.
//! - A request without a caller is not sent.
//! - Nothing of one caller is used for another: the fetcher keeps nonces, which belong to origins, and hashes for the pause
//!   between new tokens.
//! - The scope that the other API demands is in the error and in the log, and never in a challenge of this API.
//!
//! # Events and metrics
//!
//! The [guide](auth0_api_core::guide::operating) lists the `tracing` events, and the metrics of the feature `metrics`.
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `metrics` | off | counters for [`metrics`](https://docs.rs/metrics) recorders; also those of `auth0-api-core` |
//! | `reqwest` | on | the default HTTP client. Without it, set one with [`FetcherBuilder::client`], or use [`FetchLayer`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod builder;
mod caller;
mod challenge;
mod client;
mod engine;
mod error;
mod fence;
mod fetcher;
/// For the fuzz targets of this workspace. Not for applications.
#[doc(hidden)]
pub mod fuzzing;
mod layer;
mod nonces;
mod origin;
mod renewals;
mod report;
mod request;
#[cfg(feature = "reqwest")]
mod reqwest_client;
mod response;
mod shared;
mod source;
mod token;
mod url_error;
mod verdict;

pub use body::{RequestBody, ResponseBody};
pub use builder::{FetcherBuildError, FetcherBuilder};
pub use caller::FetchCaller;
pub use client::{ClientFuture, FetchClient};
pub use error::{FetchError, NotExpectedJson};
pub use fetcher::{CallerFetcher, Fetcher};
pub use layer::{CopyBody, EmptyBodies, FetchFuture, FetchLayer, FetchService};
pub use request::FetchRequest;
pub use response::FetchResponse;
pub use source::{TokenFuture, TokenSource};
pub use token::FetchToken;
pub use url_error::UrlError;

/// Compiles the examples of the README.
#[cfg(all(doctest, feature = "reqwest"))]
#[doc = include_str!("../README.md")]
struct Readme;
