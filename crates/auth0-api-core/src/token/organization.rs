//! The organisation that a user acts in ([Auth0: Organizations](https://auth0.com/docs/manage-users/organizations)).

/// The Auth0 organisation that a token was issued in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organization<'t> {
    /// `org_id`: the id never changes, so use the id for decisions.
    pub id: &'t str,
    /// `org_name`: a name that can be changed. Absent unless the tenant adds it to tokens.
    pub name: Option<&'t str>,
}
