//! The organizations of the tenant.

/// An organization. Requests and tokens name it by its id or by its name.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    pub(crate) id: String,
    /// In lower case, as in Auth0.
    pub(crate) name: String,
}

/// An invitation to an organization.
#[derive(Clone, Debug)]
pub(crate) struct Invitation {
    pub(crate) ticket: String,
    pub(crate) organization_id: String,
}
