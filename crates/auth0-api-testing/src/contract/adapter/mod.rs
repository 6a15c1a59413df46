//! What an adapter for a web framework promises: the parts of the suite [`adapter`](fn@super::adapter).
//!
//! The test of an adapter implements [`Harness`]: it serves the routes below with the clients of a [`Site`], on a port of the
//! loopback address. The suite starts such servers with differently configured clients, calls them over sockets, and compares
//! status, headers and body of each answer.
//!
//! # The routes
//!
//! "Layer" is what verifies in this framework, "requirement" what asks more of a verified token, "extractor" what hands the
//! token to a handler. A handler answers 200 with the text that stands here; SUBJECT is the token's, as the extractor gives it.
//!
//! | route | behind | the handler answers |
//! |---|---|---|
//! | `/public` | nothing | `public` |
//! | `/private`, for every method | a layer of `api` | SUBJECT |
//! | `/scoped` | the layer, and a requirement: the scopes `read:messages` and `read:drafts` | SUBJECT |
//! | `/typed` | the layer, with an extractor that asks for the scope `read:messages` by its type | SUBJECT |
//! | `/optional` | an optional layer of `api`, with an optional extractor | SUBJECT, or `anonymous` without a token |
//! | `/demanding` | an optional layer of `api`, with an extractor that is not optional | SUBJECT |
//! | `/nested/private` | the layer, in a router or scope that is mounted at `/nested` | SUBJECT |
//! | `/twice` | an optional layer of `api`, and inside of it the layer | SUBJECT |
//! | `/both` | the layer of `api`, and inside of it a layer of `other` | SUBJECT |
//! | `/misplaced` | the layer of `api`, and a requirement made for `other`: the scope `read:messages` | SUBJECT |
//! | `/bare` | nothing, with an extractor | SUBJECT |
//! | `/bare/optional` | nothing, with an optional extractor | SUBJECT |
//! | `/bare/scoped` | nothing but a requirement made for `api`: the scope `read:messages` | SUBJECT |
//! | `/teapot` | the layer | status 418 and `teapot`, in the way that errors of handlers take |
//! | `/caching` | the layer | SUBJECT, with the headers `cache-control: public, max-age=60` and `dpop-nonce: stale` |
//! | `/echo`, for POST | the layer | the body of the request |
//! | `/hooked` | the layer and a requirement, the scope `admin`, both with a hook | SUBJECT |
//! | `/hooked/demanding` | an optional layer with the hook, and an extractor that is not optional | SUBJECT |
//! | `/cors` | a CORS layer, and inside of it the layer | SUBJECT |
//!
//! If `api` has [metadata](auth0_api_core::ApiClient::resource_metadata), it is served at its paths, behind nothing.
//!
//! The hook makes rejections `application/problem+json` with the body `{"title":"LABEL"}`, where LABEL is the rejection's. The
//! CORS layer answers preflight requests itself, lets every origin in, and adds its headers to every other answer.
//!
//! Where a framework has no extractors, requirements take their place, such as one that asks for the claim `sub`, and what the
//! layer has put into the request.

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
