//! Protected resource metadata ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)): what an API tells clients that have never
//! heard of it.
//!
//! A [`ProtectedResource`] is what the API's owner says. Given to
//! [`ApiClientBuilder::resource_metadata`](crate::ApiClientBuilder::resource_metadata), it is completed from the client's
//! configuration and checked against it; [`ResourceMetadata`] is the document that comes out, and [`MetadataEndpoint`] how it is
//! served. Pure: what is served is made once, when the client is built.

mod check;
mod complete;
mod document;
mod endpoint;
mod error;
mod resource;
mod response;
mod secure_url;

pub use document::{BearerMethod, ResourceMetadata};
pub use endpoint::MetadataEndpoint;
pub use error::MetadataError;
pub use resource::ProtectedResource;
pub use response::MetadataResponse;

pub(crate) use complete::ClientFacts;
