//! Checks that an ID token names the requested organization.

use crate::jose::Object;
use crate::token::{OrganizationDiffers, is_organization};

/// The form field that requests an organization, by id or by name.
pub(super) const FIELD: &str = "organization";

/// Why an ID token is not for the requested organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrganizationError {
    /// `org_id` is missing, is not a string, or names another organization.
    #[error("the ID token's org_id is not the requested organization")]
    Id,
    /// `org_name` is missing, is not a string, or names another organization.
    #[error("the ID token's org_name is not the requested organization")]
    Name,
}

/// Checks that the ID token's claims name the requested organization.
pub(super) fn check(wanted: &str, claims: &Object) -> Result<(), OrganizationError> {
    let claim = |name| claims.string(name).ok().flatten();
    is_organization(wanted, claim("org_id").as_deref(), claim("org_name").as_deref()).map_err(|differs| match differs {
        OrganizationDiffers::Id => OrganizationError::Id,
        OrganizationDiffers::Name => OrganizationError::Name,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::OrganizationError::{Id, Name};
    use super::*;

    #[test]
    fn an_id_is_compared_exactly_and_a_name_without_regard_to_case() {
        for (wanted, claims, expected) in [
            ("org_a", r#"{"org_id":"org_a"}"#, Ok(())),
            (" org_a ", r#"{"org_id":"org_a"}"#, Ok(())),
            ("org_a", r#"{"org_id":"org_A"}"#, Err(Id)),
            ("org_a", r#"{"org_id":"org_ab"}"#, Err(Id)),
            ("org_a", r#"{"org_id":["org_a"]}"#, Err(Id)),
            ("org_a", r#"{"org_name":"org_a"}"#, Err(Id)),
            ("acme", r#"{"org_name":"Acme"}"#, Ok(())),
            ("ACME", r#"{"org_id":"org_a","org_name":"acme"}"#, Ok(())),
            ("acme", r#"{"org_id":"acme"}"#, Err(Name)),
            ("acme", r#"{"org_name":"acme2"}"#, Err(Name)),
            ("acme", r#"{"org_name":null}"#, Err(Name)),
        ] {
            let claims_read = Object::parse(claims.into()).unwrap();
            assert_eq!(check(wanted, &claims_read), expected, "{wanted} {claims}");
        }
    }
}
