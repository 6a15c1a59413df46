//! The organization that a user acts in ([Auth0: Organizations](https://auth0.com/docs/manage-users/organizations)).

/// The Auth0 organization that a token was issued in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organization<'t> {
    /// `org_id`: the id never changes, so use the id for decisions.
    pub id: &'t str,
    /// `org_name`: a name that can be changed. Absent unless the tenant adds it to tokens.
    pub name: Option<&'t str>,
}

/// The claim that names another organization, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrganizationDiffers {
    Id,
    Name,
}

impl Organization<'_> {
    /// Whether this is the organization with this id or name: see [`is_organization`].
    pub(crate) fn matches(&self, wanted: &str) -> bool {
        is_organization(wanted, Some(self.id), self.name).is_ok()
    }
}

/// Compares the claims `org_id` and `org_name` with the wanted organization.
///
/// As in Auth0's SDKs, a text that begins with `org_` is an id, and ids are compared exactly. Any other text is a name,
/// which is compared without regard to case: a name consists of `a` to `z`, `0` to `9`, `-` and `_`
/// ([Auth0: Organizations](https://auth0.com/docs/manage-users/organizations/using-tokens)).
pub(crate) fn is_organization(wanted: &str, id: Option<&str>, name: Option<&str>) -> Result<(), OrganizationDiffers> {
    let wanted = wanted.trim();
    if wanted.starts_with("org_") {
        if id == Some(wanted) { Ok(()) } else { Err(OrganizationDiffers::Id) }
    } else if name.is_some_and(|name| name.eq_ignore_ascii_case(wanted)) {
        Ok(())
    } else {
        Err(OrganizationDiffers::Name)
    }
}

#[cfg(test)]
mod tests {
    use super::OrganizationDiffers::{Id, Name};
    use super::*;

    #[test]
    fn an_id_is_compared_exactly_and_a_name_without_regard_to_case() {
        for (wanted, id, name, expected) in [
            ("org_a", Some("org_a"), None, Ok(())),
            (" org_a ", Some("org_a"), None, Ok(())),
            ("org_a", Some("org_A"), None, Err(Id)),
            ("org_a", Some("org_ab"), None, Err(Id)),
            ("org_a", None, Some("org_a"), Err(Id)),
            ("ORG_A", Some("org_a"), None, Err(Name)),
            ("Acme", Some("org_a"), Some("acme"), Ok(())),
            (" acme ", None, Some("ACME"), Ok(())),
            ("acme", Some("acme"), None, Err(Name)),
            ("acme", Some("org_a"), Some("acme2"), Err(Name)),
            // A name has no letters outside of ASCII, so their case is not ignored.
            ("\u{e9}t\u{e9}", Some("org_a"), Some("\u{c9}T\u{c9}"), Err(Name)),
        ] {
            assert_eq!(is_organization(wanted, id, name), expected, "{wanted} {id:?} {name:?}");
            if let Some(id) = id {
                assert_eq!(Organization { id, name }.matches(wanted), expected.is_ok(), "{wanted} {id} {name:?}");
            }
        }
    }
}
