//! The parts of the suite [`adapter`](fn@super::adapter), which tests adapters for web frameworks.
//!
//! The test of an adapter implements [`Harness`]. The harness serves the routes below on a loopback port, with the
//! clients of a [`Site`]. The suite starts several servers, whose clients have different configurations. It sends
//! requests to the servers over sockets, and compares the status, headers and body of each response with the expected
//! values. One request and its expected response are a *row* of the suite.
//!
//! # The routes
//!
//! A "layer" is the part of the adapter that verifies requests. A "requirement" makes another check of a verified
//! token, for example of the scopes. An "extractor" passes the token to a handler. Each handler answers 200 with the
//! text in this table. SUBJECT is the subject of the token that the extractor returns.
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
//! | `/stripped` | the layer of `api`; inside it a layer that removes `Authorization`; inside it an optional layer of `other` | the subject of the token that the extensions of the request contain, or `anonymous` |
//! | `/misplaced` | the layer of `api`, and a requirement made for `other`: the scope `read:messages` | SUBJECT |
//! | `/address` | an optional layer of `api`, with the extractor of the end user's address | the address, or `none` |
//! | `/bare` | nothing, with an extractor | SUBJECT |
//! | `/bare/optional` | nothing, with an optional extractor | SUBJECT |
//! | `/bare/address` | nothing, with the extractor of the end user's address | the address, or `none` |
//! | `/bare/scoped` | only a requirement made for `api`: the scope `read:messages` | SUBJECT |
//! | `/teapot` | the layer | status 418 and `teapot`, returned as an error of the handler |
//! | `/caching` | the layer | SUBJECT, with the headers `cache-control: public, max-age=60` and `dpop-nonce: stale` |
//! | `/echo`, for POST | the layer | the body of the request |
//! | `/hooked` | the layer, and a requirement: the scope `admin`; both with the hook | SUBJECT |
//! | `/hooked/demanding` | an optional layer with the hook, and an extractor that is not optional | SUBJECT |
//! | `/hooked/failing` | the layer with the hook | the error of `/failing` |
//! | `/failing` | the layer | the error of the requirement for the scope `write:orders` |
//! | `/failing/exchange` | the layer | the error [`BLANK_SUBJECT`] |
//! | `/failing/decorated` | the layer, and inside it a layer that adds the headers [`INNER_HEADERS`] | the error of `/failing` |
//! | `/failing/recovered` | the layer, and inside it a layer that sets the status 200 and keeps the extensions | the error of `/failing`, with the body `recovered` |
//! | `/failing/bare` | nothing | the error [`BLANK_SUBJECT`] |
//! | `/claims` | the layer, with an extractor for the claim `scope` | the scope |
//! | `/claims/missing` | the layer, with an extractor for the claim `https://example.com/tier` | the claim |
//! | `/claims/optional` | an optional layer of `api`, with an optional extractor for the claim `scope` | the scope, or `anonymous` |
//! | `/cors` | a CORS layer, with the layer inside it | SUBJECT |
//!
//! If `api` has [metadata](auth0_api_core::ApiClient::resource_metadata), the harness serves the metadata at its
//! well-known paths, without a layer.
//!
//! The hook is a function that makes the body of rejections. The body is `{"title":"LABEL","id":"ID"}` with the content
//! type `application/problem+json`. LABEL is the label of the rejection. ID is the header `x-request-id` of the request,
//! or empty. The CORS layer answers preflight requests itself, allows every origin, and adds its headers to every other
//! response.
//!
//! Around all routes is an audit layer. If the extensions of a response contain a [`Rejection`](auth0_api_core::Rejection),
//! the audit layer adds the header [`REJECTED`] with the label of the rejection.
//!
//! If a framework has no extractors, the harness uses requirements instead, for example a requirement for the claim
//! `sub`. Its handlers read the token that the layer has put into the request.

mod answer;
mod call;
mod harness;
mod requests;
pub(super) mod run;
mod suite;
mod transport;

mod credentials;
mod end_user;
mod handlers;
mod http1;
mod http2;
mod layers;
mod metadata;
mod nonce;
mod optional;
mod proofs;
mod reload;
mod requirements;
mod target;
mod tokens;
mod trouble;

pub use answer::{Answer, REJECTED};
pub use call::Call;
pub use handlers::{BLANK_SUBJECT, INNER_HEADERS};
pub use harness::{Chapter, Harness, Site};
