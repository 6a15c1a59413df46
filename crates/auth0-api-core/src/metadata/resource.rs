//! The settings of a metadata document.

use super::document::DocumentMembers;
use crate::jose::Algorithm;

/// The metadata that an API publishes, for
/// [`ApiClientBuilder::resource_metadata`](crate::ApiClientBuilder::resource_metadata).
///
/// See [metadata](crate::guide::metadata) and [MCP servers](crate::guide::mcp).
///
/// The [`ApiClient`](crate::ApiClient) completes the document from its configuration. Set only the members that the
/// client cannot know:
///
/// | member | comes from |
/// |---|---|
/// | `authorization_servers` | the client's issuers; with a resolver, you must set this member |
/// | `bearer_methods_supported` | `["header"]`, unless the policy is [`DpopPolicy::require`](crate::DpopPolicy::require), which does not offer Bearer |
/// | `dpop_signing_alg_values_supported`, `dpop_bound_access_tokens_required` | the client's [`DpopPolicy`](crate::DpopPolicy) |
/// | `tls_client_certificate_bound_access_tokens` | whether the client has a [`CertificateSource`](crate::CertificateSource) |
/// | all other members | the methods below |
///
/// A named authorization server must be one of the client's issuers.
///
/// ```
/// use auth0_api_core::{ApiClient, ProtectedResource};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com/mcp")
///     .resource_metadata(
///         ProtectedResource::new("https://api.example.com/mcp")
///             .name("Orders")
///             .scopes(["orders:read"]),
///     )
///     .build()?;
/// let metadata = api.resource_metadata().expect("configured above");
/// assert_eq!(
///     metadata.url(),
///     "https://api.example.com/.well-known/oauth-protected-resource/mcp"
/// );
/// assert!(
///     metadata
///         .body()
///         .contains(r#""authorization_servers":["https://tenant.eu.auth0.com/"]"#)
/// );
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[doc(alias = "rfc9728", alias = "well_known", alias = "mcp")]
#[derive(Clone, Debug)]
#[must_use]
pub struct ProtectedResource {
    pub(super) members: DocumentMembers,
    pub(super) languages: Vec<Box<str>>,
    pub(super) audience_differs: bool,
    pub(super) challenge_scopes: Vec<Box<str>>,
}

impl ProtectedResource {
    /// Starts with the API's resource identifier ([RFC 9728 §1.2](https://www.rfc-editor.org/rfc/rfc9728#section-1.2)),
    /// the https URL that identifies the API to clients. It is published exactly as written, because clients compare
    /// the URL character by character.
    ///
    /// The URL should also be the API's audience, because a client requests its token for this identifier
    /// ([RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)); otherwise see
    /// [`audience_differs`](Self::audience_differs).
    pub fn new(resource: impl Into<Box<str>>) -> Self {
        Self {
            members: DocumentMembers { resource: resource.into(), ..DocumentMembers::default() },
            languages: Vec::new(),
            audience_differs: false,
            challenge_scopes: Vec::new(),
        }
    }

    /// Replaces the resource identifier. All other members stay.
    pub(crate) fn with_url(mut self, resource: impl Into<Box<str>>) -> Self {
        self.members.resource = resource.into();
        self
    }

    /// Sets the authorization servers that issue tokens for the API, as issuer names. Default: the client's issuers.
    pub fn authorization_servers<S: Into<Box<str>>>(mut self, servers: impl IntoIterator<Item = S>) -> Self {
        self.members.authorization_servers = texts(servers);
        self
    }

    /// Sets the scopes that a client may request for this API. Leave out `offline_access`, which is not a scope of an
    /// API.
    pub fn scopes<S: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.members.scopes_supported = texts(scopes);
        self
    }

    /// Sets the scopes that a client should request first. They are the `scope` of each challenge of a 401
    /// response, as the MCP authorization specification recommends. When a route needs further scopes, its challenge names
    /// them instead. Default: none.
    pub fn challenge_scopes<S: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.challenge_scopes = texts(scopes);
        self
    }

    /// Sets the name of the API for display to users.
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.members.resource_name = Some(name.into());
        self
    }

    /// Sets the name in one language, such as `de`
    /// ([RFC 9728 §2.1](https://www.rfc-editor.org/rfc/rfc9728#section-2.1)).
    pub fn name_in(mut self, language: &str, name: impl Into<Box<str>>) -> Self {
        self.languages.push(language.into());
        self.members.names_by_language.insert(format!("resource_name#{language}"), name.into());
        self
    }

    /// Sets the URL of a page for developers.
    pub fn documentation(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.resource_documentation = Some(url.into());
        self
    }

    /// Sets the URL of a page that says how clients may use the API's data.
    pub fn policy(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.resource_policy_uri = Some(url.into());
        self
    }

    /// Sets the URL of a page with the terms of service.
    pub fn terms_of_service(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.resource_tos_uri = Some(url.into());
        self
    }

    /// Sets the URL of the API's own keys, if it signs responses or decrypts requests. These are not the keys of the
    /// tenant.
    pub fn jwks_uri(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.jwks_uri = Some(url.into());
        self
    }

    /// Sets the algorithms that the API signs its responses with, if it signs them. These are not the algorithms of
    /// access tokens.
    pub fn signing_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.members.resource_signing_alg_values_supported = algorithms.into_iter().map(Algorithm::name).collect();
        self
    }

    /// Sets the types of authorization details ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)) that the API
    /// supports. List each type of the routes' requirements
    /// ([`Requirement::authorization_detail`](crate::Requirement::authorization_detail)): no challenge names them.
    pub fn authorization_details_types<S: Into<Box<str>>>(mut self, types: impl IntoIterator<Item = S>) -> Self {
        self.members.authorization_details_types_supported = texts(types);
        self
    }

    /// Allows a resource that is not an audience of this API, which is necessary if the API's Auth0 identifier is not a
    /// URL.
    ///
    /// Clients must then know from another source which audience to request. Clients that know only this document, such
    /// as MCP clients, cannot get a token that this API accepts.
    pub fn audience_differs(mut self) -> Self {
        self.audience_differs = true;
        self
    }
}

fn texts<S: Into<Box<str>>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    texts.into_iter().map(Into::into).collect()
}
