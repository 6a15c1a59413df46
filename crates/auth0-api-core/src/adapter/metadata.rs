//! The metadata that the routes of an adapter serve.

use crate::client::ApiClient;
use crate::metadata::MetadataEndpoint;

/// Returns the metadata of an API with each path to serve it at. There are none if the client has no metadata; the event
/// `metadata_missing` tells the operator.
pub fn metadata_to_serve(api: &ApiClient) -> Vec<(&str, &MetadataEndpoint)> {
    metadata_of_all(api, [])
}

/// Returns the metadata of several APIs on one host, with each path to serve it at. `root` has the path for the root of
/// the host, for clients that know only the host; the others have their own paths only. A path of two APIs belongs to the
/// first of them.
///
/// The event `metadata_missing` tells the operator about each client without metadata.
pub fn metadata_of_all<'a>(
    root: &'a ApiClient,
    others: impl IntoIterator<Item = &'a ApiClient>,
) -> Vec<(&'a str, &'a MetadataEndpoint)> {
    let of_root = endpoint(root).into_iter().flat_map(|metadata| metadata.paths().map(move |path| (path, metadata)));
    let of_others = others.into_iter().filter_map(endpoint);
    let of_others = of_others.flat_map(|metadata| metadata.own_paths().map(move |path| (path, metadata)));
    let mut served: Vec<(&str, &MetadataEndpoint)> = Vec::new();
    for (path, metadata) in of_root.chain(of_others) {
        if served.iter().all(|(taken, _)| *taken != path) {
            served.push((path, metadata));
        }
    }
    served
}

fn endpoint(api: &ApiClient) -> Option<&MetadataEndpoint> {
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
