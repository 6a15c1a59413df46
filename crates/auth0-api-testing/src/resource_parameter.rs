//! Whether clients may name an API with the parameter `resource`.

/// Auth0's tenant setting *Resource Parameter Compatibility Profile* (`resource_parameter_profile`): whether a client may
/// name the API in `resource` ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)), as MCP clients do, or only in
/// `audience`.
///
/// ```
/// use auth0_api_testing::{LocalTenant, ResourceParameterProfile};
///
/// let builder = LocalTenant::builder();
/// let builder = builder.resource_parameter_profile(ResourceParameterProfile::Audience);
/// # drop(builder);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceParameterProfile {
    /// Ignores `resource`. The default of Auth0: a token for an MCP server is then opaque, or for the default audience.
    Audience,
    /// Reads `resource` if the request has no `audience`. The default of this tenant.
    #[default]
    Compatibility,
}
