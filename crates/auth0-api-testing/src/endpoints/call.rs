//! A token request whose client is known.

use std::net::IpAddr;
use std::sync::Arc;

use auth0_api_core::Thumbprint;

use super::error_response::ErrorResponse;
use super::parameters::Parameters;
use crate::registry::{Organization, User};
use crate::state::Tenant;
use crate::{Api, Application};

pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) parameters: &'a Parameters,
    pub(crate) client: Arc<Application>,
    /// The key that the tokens are to be bound to.
    pub(crate) key: Option<Thumbprint>,
    pub(crate) address: IpAddr,
}

impl Call<'_> {
    /// The API that a token is asked for.
    pub(crate) fn api(&self) -> Result<&Api, ErrorResponse> {
        let audience = self.parameters.audience().ok_or_else(|| ErrorResponse::access_denied(NO_AUDIENCE))?;
        self.tenant.registry.api(audience).ok_or_else(|| ErrorResponse::no_such_api(audience))
    }

    /// The organisation that is asked for; this user has to be a member.
    pub(crate) fn organization(&self, user: &User) -> Result<Option<&Organization>, ErrorResponse> {
        organization(self.tenant, self.parameters, user)
    }
}

/// The organisation that a request names by id or name; this user has to be a member.
pub(crate) fn organization<'t>(
    tenant: &'t Tenant,
    parameters: &Parameters,
    user: &User,
) -> Result<Option<&'t Organization>, ErrorResponse> {
    let Some(wanted) = parameters.get("organization") else { return Ok(None) };
    let organization = tenant.registry.organization(wanted);
    let organization =
        organization.ok_or_else(|| ErrorResponse::invalid_request(format!("Organization not found: {wanted}")))?;
    if tenant.registry.is_member(user.id(), organization) {
        Ok(Some(organization))
    } else {
        Err(ErrorResponse::access_denied(format!(
            "user {} is not part of the {} organization",
            user.id(),
            organization.id
        )))
    }
}

const NO_AUDIENCE: &str = "No audience parameter was provided, and no default audience has been configured";
