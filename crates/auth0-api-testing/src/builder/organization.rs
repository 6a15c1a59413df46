//! The options of organizations.

use super::LocalTenantBuilder;
use crate::registry::{Invitation, Organization};

/// # Organizations
impl LocalTenantBuilder {
    /// Registers an organization. As in Auth0, its name is in lower case.
    ///
    /// A registered user is a member only if [`member_of`](crate::User::member_of) was called for the user with the id of
    /// the organization, or if the user has accepted an [invitation](Self::invitation). A user who is not registered
    /// counts as a member of every organization.
    pub fn organization(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        let organization = Organization { id: id.into(), name: name.into().to_lowercase() };
        self.registry.organizations.push(organization);
        self
    }

    /// Registers an invitation to an organization, with its ticket.
    ///
    /// A user who signs in with the parameters `invitation` and `organization` becomes a member. If no invitation is
    /// registered, the tenant accepts every ticket. Otherwise it accepts each registered ticket once.
    pub fn invitation(mut self, ticket: impl Into<String>, organization_id: impl Into<String>) -> Self {
        self.registry.invitations.push(Invitation { ticket: ticket.into(), organization_id: organization_id.into() });
        self
    }
}
