//! The metadata that the routes of an adapter serve.

use crate::client::ApiClient;
use crate::metadata::MetadataEndpoint;

/// Returns the metadata of an API, for the routes that serve it. `None` if the client has no metadata; the event
/// `metadata_missing` tells the operator.
pub fn metadata_to_serve(api: &ApiClient) -> Option<&MetadataEndpoint> {
    let metadata = api.resource_metadata();
    if metadata.is_none() {
        tracing::warn!(
            target: "auth0_api",
            event = "metadata_missing",
            "metadata_routes() was called for a client without metadata"
        );
    }
    metadata
}
