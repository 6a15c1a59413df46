//! Errors of a metadata document.

/// Why a [`ProtectedResource`](super::ProtectedResource) is not a valid metadata document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// The resource is not one of this API's audiences: this API would reject a token that a client requested for this
    /// resource.
    #[error("the resource is not an audience of this client; see ProtectedResource::audience_differs()")]
    Audience,
    /// A type of authorization details is blank ([RFC 9396 §2](https://www.rfc-editor.org/rfc/rfc9396#section-2)).
    #[error("authorization_details_types_supported has a blank type")]
    AuthorizationDetailsType,
    /// The name of an authorization server is not a valid issuer
    /// ([RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2)).
    #[error("the authorization server {server:?} is not an https URL without query and fragment")]
    AuthorizationServer {
        /// The name, from the configuration.
        server: Box<str>,
    },
    /// The document names no authorization server, and there is no list of issuers: a resolver is configured, or the
    /// document is made without a client.
    #[error("authorization_servers: at least one is needed")]
    AuthorizationServers,
    /// A language is not a language tag of [BCP 47](https://www.rfc-editor.org/info/bcp47).
    #[error("{tag:?} is not a language tag")]
    Language {
        /// The tag, from the configuration.
        tag: Box<str>,
    },
    /// The document names an authorization server whose tokens the client rejects.
    #[error("the client does not trust the authorization server {server:?}")]
    NotTrusted {
        /// The name, from the configuration.
        server: Box<str>,
    },
    /// The resource identifier is not valid ([RFC 9728 §1.2](https://www.rfc-editor.org/rfc/rfc9728#section-1.2)).
    #[error("the resource is not an https URL without fragment, of at most {MAX_RESOURCE} characters")]
    Resource,
    /// A scope is empty or has characters that a scope may not have
    /// ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    #[error("{scope:?} is not a scope")]
    Scope {
        /// The scope, from the configuration.
        scope: Box<str>,
    },
    /// A member is not an absolute URL, or its scheme is not https.
    #[error("{member} is not an absolute https URL")]
    Url {
        /// The member of the document.
        member: &'static str,
    },
}

/// Real identifiers are shorter. With this limit, the URL of the document fits into a challenge.
pub(super) const MAX_RESOURCE: usize = 1024;
