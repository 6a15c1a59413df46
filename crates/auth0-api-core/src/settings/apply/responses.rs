//! What an API publishes, what it does with rejected bodies, and the settings that only the application uses.

use crate::builder::ApiClientBuilder;
use crate::metadata::ProtectedResource;
use crate::rejected_bodies::RejectedBodies;
use crate::settings::reader::{Reader, unusable};
use crate::settings::{CORS_ORIGINS, REDIS_URL};

pub(super) fn apply(reader: &mut Reader<'_>, mut builder: ApiClientBuilder) -> ApiClientBuilder {
    for host in reader.list("jwks_hosts").into_iter().flatten() {
        builder = builder.allow_jwks_host(host.as_str());
    }
    if let Some(bodies) = reader.size("rejected_bodies", RejectedBodies::read_at_once, RejectedBodies::left_unread()) {
        builder = builder.rejected_bodies(bodies);
    }
    if let Some(resource) = resource(reader, builder.resource.take()) {
        builder = builder.resource_metadata(resource);
    }
    // The application reads these two. `build` reports what is wrong with them.
    _ = (reader.text(REDIS_URL), reader.is_written(CORS_ORIGINS).then(|| reader.cors_origins()));
    builder
}

/// Returns the resource, if its URL is written or if code has set it.
fn resource(reader: &mut Reader<'_>, current: Option<ProtectedResource>) -> Option<ProtectedResource> {
    if !reader.is_written("resource") && current.is_none() {
        reject_members(reader);
    }
    let mut resource = match (reader.text("resource"), current) {
        (Some(url), Some(current)) => current.with_url(url.as_str()),
        (Some(url), None) => ProtectedResource::new(url.as_str()),
        (None, current) => current?,
    };
    if let Some(name) = reader.text("resource_name") {
        resource = resource.name(name.as_str());
    }
    if let Some(scopes) = reader.list("resource_scopes") {
        resource = resource.scopes(scopes.iter().map(|scope| scope.as_str()));
    }
    if let Some(scopes) = reader.list("resource_challenge_scopes") {
        resource = resource.challenge_scopes(scopes.iter().map(|scope| scope.as_str()));
    }
    if let Some(url) = reader.text("resource_documentation") {
        resource = resource.documentation(url.as_str());
    }
    if let Some(url) = reader.text("resource_policy") {
        resource = resource.policy(url.as_str());
    }
    if let Some(url) = reader.text("resource_terms_of_service") {
        resource = resource.terms_of_service(url.as_str());
    }
    if let Some(servers) = reader.list("resource_authorization_servers") {
        resource = resource.authorization_servers(servers.iter().map(|server| server.as_str()));
    }
    if reader.switch("resource_audience_differs") == Some(true) {
        resource = resource.audience_differs();
    }
    Some(resource)
}

/// Rejects what is written about a resource without a URL.
fn reject_members(reader: &mut Reader<'_>) {
    for key in MEMBERS {
        if reader.is_written(key) {
            let error = format!("has no effect without {}", reader.name("resource"));
            reader.reject(key, unusable(error));
        }
    }
}

/// The settings that describe the resource.
const MEMBERS: [&str; 8] = [
    "resource_name",
    "resource_scopes",
    "resource_challenge_scopes",
    "resource_documentation",
    "resource_policy",
    "resource_terms_of_service",
    "resource_authorization_servers",
    "resource_audience_differs",
];
