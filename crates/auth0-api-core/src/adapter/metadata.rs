//! The metadata that the routes of an adapter serve.

use std::sync::Arc;

use crate::client::ApiClient;
use crate::metadata::MetadataEndpoint;

/// A path at which an adapter serves the metadata of an API.
#[derive(Clone, Debug)]
pub struct MetadataRoute {
    api: ApiClient,
    /// The metadata when the route was built.
    first: Arc<MetadataEndpoint>,
    path: String,
}

impl MetadataRoute {
    /// The path, from the root of the host.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the metadata to answer a request with. A [reload](ApiClient::reload) can change it, so call this for each
    /// request.
    pub fn metadata(&self) -> Arc<MetadataEndpoint> {
        self.api.resource_metadata().unwrap_or_else(|| Arc::clone(&self.first))
    }
}

/// Returns each path at which to serve the metadata of an API. There are none if the client has no metadata; the event
/// `metadata_missing` tells the operator.
pub fn metadata_to_serve(api: &ApiClient) -> Vec<MetadataRoute> {
    metadata_of_all(api, [])
}

/// Returns each path at which to serve the metadata of several APIs on one host. `root` has the path for the root of
/// the host, for clients that know only the host; the others have their own paths only. A path of two APIs belongs to the
/// first of them.
///
/// The event `metadata_missing` tells the operator about each client without metadata.
pub fn metadata_of_all<'a>(root: &'a ApiClient, others: impl IntoIterator<Item = &'a ApiClient>) -> Vec<MetadataRoute> {
    let mut served: Vec<MetadataRoute> = Vec::new();
    let mut add = |api: &ApiClient, metadata: &Arc<MetadataEndpoint>, path: &str| {
        if served.iter().all(|taken| taken.path != path) {
            served.push(MetadataRoute { api: api.clone(), first: Arc::clone(metadata), path: path.to_owned() });
        }
    };
    if let Some(metadata) = endpoint(root) {
        metadata.paths().for_each(|path| add(root, &metadata, path));
    }
    for other in others {
        if let Some(metadata) = endpoint(other) {
            metadata.own_paths().for_each(|path| add(other, &metadata, path));
        }
    }
    served
}

fn endpoint(api: &ApiClient) -> Option<Arc<MetadataEndpoint>> {
    let metadata = api.resource_metadata();
    if metadata.is_none() {
        tracing::warn!(
            name: "metadata_missing", target: "auth0_api", event = "metadata_missing",
            "metadata_routes() was called for a client without metadata"
        );
    }
    metadata
}
