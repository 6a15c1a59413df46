//! A token request of an authenticated client.

use std::net::IpAddr;
use std::sync::Arc;

use auth0_api_core::jose::Thumbprint;

use super::error_response::ErrorResponse;
use super::membership::organization;
use super::parameters::Parameters;
use crate::registry::{Organization, User};
use crate::state::Tenant;
use crate::{Api, Application};

pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) parameters: &'a Parameters,
    pub(crate) client: Arc<Application>,
    /// The DPoP key that the tokens will be bound to.
    pub(crate) key: Option<Thumbprint>,
    /// The address that failed exchanges count for: of the connection, or of the end user.
    pub(crate) address: IpAddr,
}

impl Call<'_> {
    /// Returns the API that the client requests a token for.
    pub(crate) fn api(&self) -> Result<&Api, ErrorResponse> {
        let audience = self.audience()?.or(self.tenant.registry.default_audience.as_deref());
        self.api_of(audience.ok_or_else(|| ErrorResponse::access_denied(NO_AUDIENCE))?)
    }

    /// Returns the identifier of the API that the request names.
    pub(crate) fn audience(&self) -> Result<Option<&str>, ErrorResponse> {
        self.parameters.audience(self.tenant.registry.resource_parameter)
    }

    /// Returns the API with this identifier, if the client may get a token for it in this request.
    pub(crate) fn api_of(&self, audience: &str) -> Result<&Api, ErrorResponse> {
        let api = self.tenant.registry.api(audience).ok_or_else(|| ErrorResponse::no_such_api(audience))?;
        if api.requires_dpop() && self.key.is_none() {
            return Err(ErrorResponse::invalid_request(format!("The tokens of {audience} require a DPoP proof")));
        }
        Ok(api)
    }

    /// Returns the requested organization. The user must be a member.
    pub(crate) fn organization(&self, user: &User) -> Result<Option<&Organization>, ErrorResponse> {
        organization(self.tenant, self.parameters, user)
    }
}

const NO_AUDIENCE: &str = "No audience parameter was provided, and no default audience has been configured";
