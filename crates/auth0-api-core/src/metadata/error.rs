//! What can be wrong with what an API says about itself.

/// Why there is no metadata document to be made of a [`ProtectedResource`](super::ProtectedResource).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// The resource is not one of the client's audiences: whoever asked for a token for it would be rejected here.
    #[error("the resource is not an audience of this client; see ProtectedResource::audience_differs()")]
    Audience,
    /// An authorization server's name is no issuer's ([RFC 8414 §2](https://www.rfc-editor.org/rfc/rfc8414#section-2)).
    #[error("the authorization server {server:?} is not an https URL without query and fragment")]
    AuthorizationServer {
        /// The name, from the configuration.
        server: Box<str>,
    },
    /// No authorization server is named, and the configuration does not say which there are.
    #[error("authorization_servers: at least one is needed")]
    AuthorizationServers,
    /// A member says something else than the client does.
    #[error("{member} contradicts the client's configuration, which says it by itself")]
    Contradiction {
        /// The member of the document.
        member: &'static str,
    },
    /// A language is no tag of [BCP 47](https://www.rfc-editor.org/info/bcp47).
    #[error("{tag:?} is no language tag")]
    Language {
        /// The tag, from the configuration.
        tag: Box<str>,
    },
    /// The client rejects every token of an authorization server that is named.
    #[error("the client takes no tokens of the authorization server {server:?}")]
    NotTrusted {
        /// The name, from the configuration.
        server: Box<str>,
    },
    /// The resource identifier is not one ([RFC 9728 §1.2](https://www.rfc-editor.org/rfc/rfc9728#section-1.2)).
    #[error("the resource is not an https URL without fragment, of at most {MAX_RESOURCE} characters")]
    Resource,
    /// A scope holds characters that scopes have not ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    #[error("{scope:?} is no scope")]
    Scope {
        /// The scope, from the configuration.
        scope: Box<str>,
    },
    /// A member is no absolute URL, or one that is not https where it must be.
    #[error("{member} is not an absolute https URL")]
    Url {
        /// The member of the document.
        member: &'static str,
    },
}

/// Room for any real identifier; with the well-known path it still fits into a challenge.
pub(super) const MAX_RESOURCE: usize = 1024;
