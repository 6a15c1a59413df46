//! The parts of the suite [`adapter`](fn@super::adapter) for adapters for web frameworks.
//!
//! The test of an adapter implements [`Harness`], which serves the routes below with the clients of a [`Site`] on a
//! loopback port. The suite starts several servers with differently configured clients, sends them requests over
//! sockets, and compares status, headers and body of each response with the expected ones.
//!
//! # The routes
//!
//! A "layer" is the part of the adapter that verifies requests. A "requirement" checks a verified token further, for
//! example its scopes. An "extractor" passes the token to a handler. Each handler answers 200 with the text in this
//! table. SUBJECT is the subject of the token that the extractor returns.
//!
//! | route | behind | the handler answers |
//! |---|---|---|
//! | `/public` | nothing | `public` |
//! | `/private`, for every method | a layer of `api` | SUBJECT |
//! | `/scoped` | the layer, and a requirement: the scopes `read:messages` and `read:drafts` | SUBJECT |
//! | `/typed` | the layer, with an extractor whose type requires the scope `read:messages` | SUBJECT |
//! | `/optional` | an optional layer of `api`, with an optional extractor | SUBJECT, or `anonymous` without a token |
//! | `/demanding` | an optional layer of `api`, with an extractor that is not optional | SUBJECT |
//! | `/nested/private` | the layer, in a router or scope that is mounted at `/nested` | SUBJECT |
//! | `/twice` | an optional layer of `api`, with the layer inside it | SUBJECT |
//! | `/both` | the layer of `api`, with a layer of `other` inside it | SUBJECT |
//! | `/misplaced` | the layer of `api`, and a requirement made for `other`: the scope `read:messages` | SUBJECT |
//! | `/bare` | nothing, with an extractor | SUBJECT |
//! | `/bare/optional` | nothing, with an optional extractor | SUBJECT |
//! | `/bare/scoped` | only a requirement made for `api`: the scope `read:messages` | SUBJECT |
//! | `/teapot` | the layer | status 418 and `teapot`, returned as an error of the handler |
//! | `/caching` | the layer | SUBJECT, with the headers `cache-control: public, max-age=60` and `dpop-nonce: stale` |
//! | `/echo`, for POST | the layer | the body of the request |
//! | `/hooked` | the layer, and a requirement: the scope `admin`; both with the hook | SUBJECT |
//! | `/hooked/demanding` | an optional layer with the hook, and an extractor that is not optional | SUBJECT |
//! | `/cors` | a CORS layer, with the layer inside it | SUBJECT |
//!
//! If `api` has [metadata](auth0_api_core::ApiClient::resource_metadata), the harness serves it at its paths without a
//! layer.
//!
//! The hook is a function that makes the body of rejections: `application/problem+json` with the body
//! `{"title":"LABEL"}`, where LABEL is the label of the rejection. The CORS layer answers preflight requests itself,
//! allows every origin, and adds its headers to every other response.
//!
//! A framework without extractors uses requirements instead, for example one that needs the claim `sub`, and reads the
//! token that the layer has put into the request.

mod answer;
mod call;
mod harness;
mod requests;
pub(super) mod suite;
mod transport;

mod credentials;
mod http1;
mod http2;
mod layers;
mod metadata;
mod nonce;
mod optional;
mod proofs;
mod requirements;
mod target;
mod tokens;
mod trouble;

pub use answer::Answer;
pub use call::Call;
pub use harness::{Chapter, Harness, Site};
