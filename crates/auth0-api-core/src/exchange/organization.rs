//! Checks that an ID token names the requested organisation.

use crate::jose::Object;

/// The form field that requests an organisation, by id or by name.
pub(super) const FIELD: &str = "organization";

/// Why an ID token is not for the requested organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrganizationError {
    /// `org_id` is missing, is not a string, or names another organisation.
    #[error("the ID token's org_id is not the requested organization")]
    Id,
    /// `org_name` is missing, is not a string, or names another organisation.
    #[error("the ID token's org_name is not the requested organization")]
    Name,
}

/// Compares the ID token's claims with the requested organisation: an id exactly, a name without regard to case
/// ([Auth0: Organizations](https://auth0.com/docs/manage-users/organizations/using-tokens)).
pub(super) fn check(wanted: &str, claims: &Object) -> Result<(), OrganizationError> {
    let wanted = wanted.trim();
    let names = |claim, same: fn(&str, &str) -> bool| {
        claims.string(claim).is_ok_and(|found| found.is_some_and(|found| same(&found, wanted)))
    };
    if wanted.starts_with("org_") {
        if names("org_id", |found, wanted| found == wanted) { Ok(()) } else { Err(OrganizationError::Id) }
    } else if names("org_name", |found, wanted| found.to_lowercase() == wanted.to_lowercase()) {
        Ok(())
    } else {
        Err(OrganizationError::Name)
    }
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
