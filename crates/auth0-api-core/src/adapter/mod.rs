//! The decisions that every adapter for a framework shares.
//!
//! An adapter translates between a framework and this module, and decides nothing itself:
//!
//! 1. Its middleware describes the request as a [`TokenRequest`](crate::TokenRequest) and calls [`Gate::admit`]. If the gate rejects the
//!    request, the middleware sends the [`Rejection`](crate::Rejection). Otherwise it stores the [`Admission`] with the request, calls the
//!    handler, and adds [`Admission::response_headers`] to the response.
//! 2. Its extractors find the stored admission with [`Admission::of`] and call [`Admission::demand`],
//!    [`Admission::demand_that_meets`] or [`Admission::reject`].
//! 3. Its middleware for single routes calls [`RouteGate::check`] with the stored admission.
//!
//! A request may be rejected before its body has arrived. [`AnnouncedBody::rejected`] then decides whether the adapter reads
//! the rest of the body before it answers, and what the answer says about the connection.
//!
//! A handler may return an error later, such as that of an exchange: the adapter wraps it into a [`ReturnedError`], and its
//! middleware replaces the response with [`Admission::reject_returned`].
//!
//! [`LogoutEndpoint`] answers the back-channel logouts that the tenant posts, and [`metadata_to_serve`] finds the metadata
//! to serve: an adapter has routes for both.
//!
//! The feature `http` adds the translation for the types of the crate [`http`](https://docs.rs/http), version 1:
//! `HeaderSource` for its header map, `TokenRequest` from its request parts, and its response from a `Rejection`.
//!
//! ```
//! use auth0_api_core::adapter::{Admission, Gate, Place};
//! use auth0_api_core::{ApiClient, Rejection, TokenRequest};
//!
//! async fn middleware(gate: &Gate, request: &TokenRequest<'_>) -> Result<String, Rejection> {
//!     let admission = gate.admit(request, None).await?;
//!     handler(Some(&admission), Place::new("GET", "/orders"))
//! }
//!
//! fn handler(stored: Option<&Admission>, place: Place<'_>) -> Result<String, Rejection> {
//!     let token = Admission::of(stored, place)?.demand()?;
//!     Ok(format!("hello, {:?}", token.subject()))
//! }
//! ```

mod admission;
mod gate;
#[cfg(feature = "http")]
mod http_types;
mod layer_missing;
mod logout;
mod metadata;
mod replaced;
mod returned_error;
mod strict_json;
mod unread_body;

pub use admission::Admission;
pub use gate::{Gate, RouteGate};
#[cfg(feature = "http")]
pub use http_types::mark_sensitive;
pub use logout::{LogoutEndpoint, LogoutResponse};
pub use metadata::{MetadataRoute, metadata_of_all, metadata_to_serve};
pub use returned_error::ReturnedError;

pub use crate::place::Place;
#[doc(hidden)]
pub use strict_json::{StrictObject, WrongMemberType};
pub use unread_body::{AnnouncedBody, BodyReader, Connection, HttpVersion, UnreadBody};
