//! The organization that a request names, and whether the user may use it.

use super::error_response::ErrorResponse;
use super::parameters::Parameters;
use crate::registry::{Organization, User};
use crate::state::Tenant;

/// Returns the organization that a request names by id or name. The user must be a member.
pub(crate) fn organization<'t>(
    tenant: &'t Tenant,
    parameters: &Parameters,
    user: &User,
) -> Result<Option<&'t Organization>, ErrorResponse> {
    let Some(organization) = named(tenant, parameters)? else { return Ok(None) };
    let is_registered = tenant.registry.is_member(user.id(), organization);
    if is_registered || tenant.ledger().memberships.has(user.id(), &organization.id) {
        Ok(Some(organization))
    } else {
        let (user, organization) = (user.id(), &organization.id);
        Err(ErrorResponse::access_denied(format!("user {user} is not part of the {organization} organization")))
    }
}

/// Makes the user a member if the request has an invitation to the organization.
pub(crate) fn accept_invitation(tenant: &Tenant, parameters: &Parameters, user: &User) -> Result<(), ErrorResponse> {
    let Some(ticket) = parameters.get("invitation") else { return Ok(()) };
    let organization = named(tenant, parameters)?;
    let organization = organization.ok_or_else(|| ErrorResponse::invalid_request(NO_ORGANIZATION))?;
    let mut ledger = tenant.ledger();
    let invitations = &tenant.registry.invitations;
    let mut known = invitations.iter();
    let is_valid = invitations.is_empty()
        || known.any(|known| known.ticket == ticket && known.organization_id == organization.id)
            && ledger.memberships.use_ticket(ticket);
    if !is_valid {
        return Err(ErrorResponse::access_denied("The invitation is unknown, or has been used"));
    }
    ledger.memberships.add(user.id(), &organization.id);
    Ok(())
}

fn named<'t>(tenant: &'t Tenant, parameters: &Parameters) -> Result<Option<&'t Organization>, ErrorResponse> {
    let find = |wanted| {
        let organization = tenant.registry.organization(wanted);
        organization.ok_or_else(|| ErrorResponse::invalid_request(format!("Organization not found: {wanted}")))
    };
    parameters.get("organization").map(find).transpose()
}

const NO_ORGANIZATION: &str = "The parameter invitation needs the parameter organization";
