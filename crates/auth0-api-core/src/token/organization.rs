//! The organisation a user acts in ([Auth0: Organizations](https://auth0.com/docs/manage-users/organizations)).

/// The Auth0 organisation that a token was issued in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organization<'t> {
    /// `org_id`: stable; decide by this one.
    pub id: &'t str,
    /// `org_name`: what people call it; it can be changed. Absent unless the tenant puts it into tokens.
    pub name: Option<&'t str>,
}
