//! A metadata document without a client.

use super::{BearerMethod, MetadataError, ProtectedResource, ResourceMetadata};
use crate::issuer::Loopback;
use crate::jose::Algorithm;

/// The metadata of an API that verifies tokens with other software; without an [`ApiClient`](crate::ApiClient).
///
/// The methods set the members that a client would complete from its configuration.
#[derive(Clone, Debug)]
#[must_use]
pub struct StandaloneResource(ProtectedResource);

impl StandaloneResource {
    /// Starts with the members that do not depend on a client. The authorization servers must be among them.
    pub fn new(resource: ProtectedResource) -> Self {
        Self(resource)
    }

    /// Sets how a Bearer token may be presented.
    pub fn bearer_methods(mut self, methods: impl IntoIterator<Item = BearerMethod>) -> Self {
        self.0.members.bearer_methods_supported = methods.into_iter().collect();
        self
    }

    /// Sets the algorithms that `DPoP` proofs may be signed with.
    pub fn dpop_algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.0.members.dpop_signing_alg_values_supported = algorithms.into_iter().map(Algorithm::name).collect();
        self
    }

    /// Sets whether tokens must be bound to a `DPoP` key.
    pub fn dpop_required(mut self, required: bool) -> Self {
        self.0.members.dpop_bound_access_tokens_required = Some(required);
        self
    }

    /// Sets whether tokens bound to client certificates are supported.
    pub fn certificate_bound_tokens(mut self, supported: bool) -> Self {
        self.0.members.tls_client_certificate_bound_access_tokens = Some(supported);
        self
    }

    /// Returns the document, with exactly the members that were set.
    ///
    /// ```
    /// use auth0_api_core::ProtectedResource;
    /// use auth0_api_core::metadata::StandaloneResource;
    ///
    /// let resource = ProtectedResource::new("https://api.example.com");
    /// let resource = resource.authorization_servers(["https://tenant.eu.auth0.com/"]);
    /// assert_eq!(
    ///     StandaloneResource::new(resource).document()?.to_json(),
    ///     concat!(
    ///         r#"{"resource":"https://api.example.com","#,
    ///         r#""authorization_servers":["https://tenant.eu.auth0.com/"]}"#
    ///     )
    /// );
    /// assert!(
    ///     StandaloneResource::new(ProtectedResource::new("https://api.example.com"))
    ///         .document()
    ///         .is_err()
    /// );
    /// # Ok::<(), auth0_api_core::metadata::MetadataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`MetadataError`] for the first member that is not valid by RFC 9728; `resource` is checked first.
    pub fn document(self) -> Result<ResourceMetadata, MetadataError> {
        self.0.check(Loopback::HttpsOnly)?;
        Ok(ResourceMetadata(self.0.members))
    }
}
