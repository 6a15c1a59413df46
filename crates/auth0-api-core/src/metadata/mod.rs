//! Protected resource metadata ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)): the document, its endpoint and
//! errors. [`ProtectedResource`] configures it.

// For readers of the code:
//
// Protected resource metadata ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)): a document that tells a client how
// to get a token for an API that the client does not know yet.
//
// 1. `ProtectedResource`: the values that the operator sets.
// 2. `ApiClientBuilder::resource_metadata` completes these values from
//    the client's configuration, and checks them.
// 3. `ResourceMetadata`: the resulting document. `MetadataEndpoint` serves it.
//
// The document is created once, when the client is built. Nothing here uses the network.

mod check;
mod complete;
mod document;
mod endpoint;
mod error;
pub(crate) mod resource;
mod response;
mod secure_url;
mod standalone;

pub use document::{BearerMethod, ResourceMetadata};
pub use endpoint::MetadataEndpoint;
pub use error::MetadataError;
pub(crate) use resource::ProtectedResource;
pub use response::MetadataResponse;
pub use standalone::StandaloneResource;

pub(crate) use complete::{CheckedResource, ClientFacts, OfferedSchemes};
