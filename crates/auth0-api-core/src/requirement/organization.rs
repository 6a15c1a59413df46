//! The organisation that a token was issued in.

use super::Requirement;
use super::fact::Fact;
use crate::token::VerifiedToken;

/// Organisations.
impl Requirement {
    /// Asks for a token that was issued in an organisation: by its id if the text begins with `org_`, else by its name without
    /// regard to case, as Auth0's SDKs do. Decide by the id: names can be changed, and are in tokens only if the tenant says so.
    #[must_use]
    pub fn organization(organization: impl AsRef<str>) -> Self {
        Self::any_organization([organization])
    }

    /// Asks for a token that was issued in one of several organisations.
    #[must_use]
    pub fn any_organization<S: AsRef<str>>(organizations: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Organization(OrganizationRule::each(organizations)))
    }
}

/// One organisation, by what names it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OrganizationRule {
    Id(Box<str>),
    Name(Box<str>),
}

impl OrganizationRule {
    /// As Auth0's SDKs tell ids from names: ids begin with `org_`, and no name may.
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
