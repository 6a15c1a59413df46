//! What an API says about itself.

use super::document::Members;
use super::{BearerMethod, MetadataError, ResourceMetadata};
use crate::issuer::Loopback;
use crate::jose::Algorithm;

/// What an API says about itself, for [`ApiClientBuilder::resource_metadata`](crate::ApiClientBuilder::resource_metadata).
///
/// The client completes it, so that only what it cannot know has to be said here:
///
/// | member | comes from |
/// |---|---|
/// | `authorization_servers` | the client's issuers; has to be listed where a resolver decides |
/// | `bearer_methods_supported` | `["header"]`, unless [`DpopPolicy::require`](crate::DpopPolicy::require) offers no Bearer |
/// | `dpop_signing_alg_values_supported`, `dpop_bound_access_tokens_required` | the client's [`DpopPolicy`](crate::DpopPolicy) |
/// | everything else | this |
///
/// What is set here all the same must say what the client does.
///
/// ```
/// use auth0_api_core::{ApiClient, ProtectedResource};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com/mcp")
///     .resource_metadata(ProtectedResource::new("https://api.example.com/mcp").name("Orders").scopes(["orders:read"]))
///     .build()?;
/// let metadata = api.resource_metadata().expect("configured above");
/// assert_eq!(metadata.url(), "https://api.example.com/.well-known/oauth-protected-resource/mcp");
/// assert!(metadata.body().contains(r#""authorization_servers":["https://tenant.eu.auth0.com/"]"#));
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ProtectedResource {
    pub(super) members: Members,
    pub(super) languages: Vec<Box<str>>,
    pub(super) audience_differs: bool,
    pub(super) challenge_scopes: Vec<Box<str>>,
}

impl ProtectedResource {
    /// Begins with the API's resource identifier ([RFC 9728 §1.2](https://www.rfc-editor.org/rfc/rfc9728#section-1.2)): the https
    /// URL that clients call it by. It is used as it is written: a client compares it letter for letter.
    ///
    /// It should be the API's audience too, because that is what a client will ask a token for
    /// ([RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)); otherwise see
    /// [`audience_differs`](Self::audience_differs).
    pub fn new(resource: impl Into<Box<str>>) -> Self {
        Self {
            members: Members { resource: resource.into(), ..Members::default() },
            languages: Vec::new(),
            audience_differs: false,
            challenge_scopes: Vec::new(),
        }
    }

    /// Who issues tokens for it, by issuer names. Default: the client's issuers.
    pub fn authorization_servers<S: Into<Box<str>>>(mut self, servers: impl IntoIterator<Item = S>) -> Self {
        self.members.authorization_servers = texts(servers);
        self
    }

    /// The scopes that it is worth asking for. `offline_access` is none of them: it says nothing about this API.
    pub fn scopes<S: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.members.scopes_supported = texts(scopes);
        self
    }

    /// The scopes that a client should ask for to begin with: `scope` of the challenges to requests that present nothing, as
    /// the MCP authorization specification recommends. What a route needs beyond them is told when it is needed. Default: none.
    pub fn challenge_scopes<S: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.challenge_scopes = texts(scopes);
        self
    }

    /// A name for people.
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.members.resource_name = Some(name.into());
        self
    }

    /// The name in a language, such as `de` ([RFC 9728 §2.1](https://www.rfc-editor.org/rfc/rfc9728#section-2.1)).
    pub fn name_in(mut self, language: &str, name: impl Into<Box<str>>) -> Self {
        self.languages.push(language.into());
        self.members.names_by_language.insert(format!("resource_name#{language}"), name.into());
        self
    }

    /// A page for developers.
    pub fn documentation(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.resource_documentation = Some(url.into());
        self
    }

    /// A page that says how clients may use its data.
    pub fn policy(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.resource_policy_uri = Some(url.into());
        self
    }

    /// A page with the terms of service.
    pub fn terms_of_service(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.resource_tos_uri = Some(url.into());
        self
    }

    /// The keys of the API itself, if it signs responses or decrypts requests. Not those of the tenant.
    pub fn jwks_uri(mut self, url: impl Into<Box<str>>) -> Self {
        self.members.jwks_uri = Some(url.into());
        self
    }

    /// What the API signs responses with, if it does. It says nothing about access tokens.
    pub fn signing_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.members.resource_signing_alg_values_supported = algorithms.into_iter().map(Algorithm::name).collect();
        self
    }

    /// The types of [RFC 9396](https://www.rfc-editor.org/rfc/rfc9396) authorization details that it knows.
    pub fn authorization_details_types<S: Into<Box<str>>>(mut self, types: impl IntoIterator<Item = S>) -> Self {
        self.members.authorization_details_types_supported = texts(types);
        self
    }

    /// How a Bearer token may be presented. Default: what the client takes.
    pub fn bearer_methods(mut self, methods: impl IntoIterator<Item = BearerMethod>) -> Self {
        self.members.bearer_methods_supported = methods.into_iter().collect();
        self
    }

    /// What `DPoP` proofs may be signed with. Default: what the client takes.
    pub fn dpop_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.members.dpop_signing_alg_values_supported = algorithms.into_iter().map(Algorithm::name).collect();
        self
    }

    /// Whether tokens must be bound to a `DPoP` key. Default: what the client demands.
    pub fn dpop_required(mut self, required: bool) -> Self {
        self.members.dpop_bound_access_tokens_required = Some(required);
        self
    }

    /// Whether tokens bound to client certificates are supported. Default: what the client takes.
    pub fn certificate_bound_tokens(mut self, supported: bool) -> Self {
        self.members.tls_client_certificate_bound_access_tokens = Some(supported);
        self
    }

    /// Lets the resource be none of the client's audiences, as it is for an API whose Auth0 identifier is no URL. Clients then
    /// have to know by another way which audience to ask for, and those that only know this document, such as MCP clients, get
    /// no token that is good here.
    pub fn audience_differs(mut self) -> Self {
        self.audience_differs = true;
        self
    }

    /// The document, without a client: for a server that verifies with something else. Exactly what was set is in it.
    ///
    /// ```
    /// use auth0_api_core::ProtectedResource;
    ///
    /// let resource = ProtectedResource::new("https://api.example.com").authorization_servers(["https://tenant.eu.auth0.com/"]);
    /// assert_eq!(
    ///     resource.document()?.to_json(),
    ///     r#"{"resource":"https://api.example.com","authorization_servers":["https://tenant.eu.auth0.com/"]}"#
    /// );
    /// assert!(ProtectedResource::new("https://api.example.com").document().is_err());
    /// # Ok::<(), auth0_api_core::MetadataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`MetadataError`] for the first member that is not what RFC 9728 says of it; `resource` comes first.
    pub fn document(self) -> Result<ResourceMetadata, MetadataError> {
        self.check(Loopback::HttpsOnly)?;
        Ok(ResourceMetadata(self.members))
    }
}

fn texts<S: Into<Box<str>>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    texts.into_iter().map(Into::into).collect()
}
