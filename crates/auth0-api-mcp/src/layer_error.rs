//! Why a layer cannot be built.

/// Why [`McpLayerBuilder::build`](crate::McpLayerBuilder::build) fails: a mistake in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum McpLayerError {
    /// The metadata of the client names the scope `offline_access`, in `scopes` or in `challenge_scopes`.
    #[error(
        "the metadata names the scope offline_access: a client asks the authorization server for a refresh token by itself, and a resource server should not ask it to; remove it from `scopes` and `challenge_scopes`"
    )]
    OfflineAccessInMetadata,
    /// A requirement names the scope `offline_access`, so that a challenge would name it.
    #[error(
        "a requirement names the scope offline_access: the challenge of a rejection would ask clients for a refresh token, which a resource server should not do; remove the requirement"
    )]
    OfflineAccessRequired,
    /// `resource` was called with a template. It compares URIs exactly, so nothing would match.
    #[error("the URI {uri:?} is a template: name it with `resource_template`")]
    ResourceIsTemplate {
        /// The URI.
        uri: Box<str>,
    },
    /// The server supports no revision.
    #[error("the list of revisions is empty, so that every message would be rejected")]
    Revisions,
    /// A template has a form that is not supported.
    #[error(
        "the template {template:?} is not supported: use {{name}} once in a segment, or {{+name}} at the end after a slash"
    )]
    Template {
        /// The template.
        template: Box<str>,
    },
}
