//! Why a layer cannot be built.

/// Why [`McpLayerBuilder::build`](crate::McpLayerBuilder::build) fails: a mistake in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum McpLayerError {
    /// [`ScopeHierarchy::implies`](crate::ScopeHierarchy::implies) was called with several scopes as the broader one.
    #[error("{scopes:?} is not one scope: call `ScopeHierarchy::implies` once for each scope that includes others")]
    BroaderScopes {
        /// What the hierarchy names as a scope.
        scopes: Box<str>,
    },
    /// The client has no metadata.
    #[error(
        "the client has no metadata, which MCP clients need to find the authorization server: set `ApiClientBuilder::resource_metadata`, and serve it"
    )]
    MetadataMissing,
    /// A requirement names a method that looks like one of the specification: a misspelling, most probably.
    #[error("the method {method:?} looks like {known:?}, but is another one: methods are compared exactly")]
    MethodLooksLike {
        /// The method that the requirement names.
        method: Box<str>,
        /// The method of the specification.
        known: &'static str,
    },
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
    /// `resource` was called with a template. It compares URIs exactly, so nothing would match. A URI has no braces.
    #[error("the URI {uri:?} is a template: name it with `resource_template`, in one of the forms that are supported")]
    ResourceIsTemplate {
        /// The URI.
        uri: Box<str>,
    },
    /// The server supports no revision.
    #[error("the list of revisions is empty, so that every message would be rejected")]
    Revisions,
    /// A template has a form that is not supported, or its fixed text is not in the canonical spelling, so that no URI would
    /// match.
    #[error(
        "the template {template:?} is not supported: use {{name}} once in a segment, or {{+name}} at the end after a slash, and write the rest as McpRequirements::resource_template says: scheme and authority in lower case, no query, and other characters percent-encoded"
    )]
    Template {
        /// The template.
        template: Box<str>,
    },
}
