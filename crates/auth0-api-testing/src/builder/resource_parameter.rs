//! The option for the parameter `resource`.

use super::LocalTenantBuilder;
use crate::ResourceParameterProfile;

/// # How clients name an API
impl LocalTenantBuilder {
    /// Sets whether a client may name an API with `resource`; [`ResourceParameterProfile::Compatibility`] by default, and not
    /// [`ResourceParameterProfile::Audience`] as in Auth0.
    ///
    /// `audience` wins over `resource`. A request with several resources is rejected with 400 `invalid_target`, because a
    /// token is for one API.
    pub fn resource_parameter_profile(mut self, profile: ResourceParameterProfile) -> Self {
        self.registry.resource_parameter = profile;
        self
    }
}
