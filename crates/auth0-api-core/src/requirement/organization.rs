//! Requirements on the organisation that a token was issued in.

use crate::token::VerifiedToken;

/// One organisation, by its id or its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OrganizationRule {
    Id(Box<str>),
    Name(Box<str>),
}

impl OrganizationRule {
    /// Reads each text as Auth0's SDKs do: ids begin with `org_`, and names cannot. Blank texts are dropped.
    pub(super) fn each<S: AsRef<str>>(organizations: impl IntoIterator<Item = S>) -> Vec<Self> {
        let rule = |text: S| match text.as_ref().trim() {
            "" => None,
            id if id.starts_with("org_") => Some(Self::Id(id.into())),
            name => Some(Self::Name(name.into())),
        };
        organizations.into_iter().filter_map(rule).collect()
    }

    pub(super) fn is_met_by(&self, token: &VerifiedToken) -> bool {
        let Some(organization) = token.organization() else { return false };
        match self {
            Self::Id(id) => organization.id == &**id,
            // Auth0 keeps names in lower case.
            Self::Name(name) => organization.name.is_some_and(|candidate| candidate.eq_ignore_ascii_case(name)),
        }
    }
}
