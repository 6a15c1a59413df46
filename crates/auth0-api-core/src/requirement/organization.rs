//! Requirements on the organisation that a token was issued in.

use super::Requirement;
use super::fact::Fact;
use crate::token::VerifiedToken;

/// Organisations.
impl Requirement {
    /// Requires a token that was issued in this organisation.
    ///
    /// A text that begins with `org_` is an id. Any other text is a name, which is compared without regard to case, as
    /// in Auth0's SDKs. Prefer the id: a name can be changed, and is in tokens only if the tenant adds it.
    #[must_use]
    pub fn organization(organization: impl AsRef<str>) -> Self {
        Self::any_organization([organization])
    }

    /// Requires a token that was issued in one of these organisations.
    #[must_use]
    pub fn any_organization<S: AsRef<str>>(organizations: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Organization(OrganizationRule::each(organizations)))
    }
}

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
