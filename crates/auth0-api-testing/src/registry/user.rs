//! The users of the tenant.

use serde_json::{Map, Value};

use crate::must::random_uuid;

/// A user: registered with [`LocalTenantBuilder::user`](crate::LocalTenantBuilder::user), or returned by the Action of
/// an exchange profile.
///
/// ```
/// use auth0_api_testing::User;
///
/// let ada = User::new("auth0|ada")
///     .claim("email", "ada@example.com")
///     .access_token_claim("permissions", vec!["read:orders"])
///     .member_of("org_acme");
/// assert_eq!(ada.id(), "auth0|ada");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a user has no effect until it is registered or returned by an Action"]
pub struct User {
    id: String,
    claims: Map<String, Value>,
    access_token_claims: Map<String, Value>,
    organizations: Vec<String>,
}

impl User {
    /// Makes a user with this id, which is the `sub` of the tokens.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), claims: Map::new(), access_token_claims: Map::new(), organizations: Vec::new() }
    }

    /// Makes a visitor who has not logged in: an anonymous session, with a random id `anon@UUID`. The tenant signs the
    /// visitor in like a user, for a test that needs the tokens of an anonymous session.
    pub fn anonymous() -> Self {
        Self::new(format!("anon@{}", random_uuid()))
    }

    /// Sets a claim of ID tokens and of `/userinfo`.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Sets a claim of access tokens, as an Action does.
    pub fn access_token_claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.access_token_claims.insert(name.into(), value.into());
        self
    }

    /// Makes the user a member of the organization with this id.
    pub fn member_of(mut self, organization_id: impl Into<String>) -> Self {
        self.organizations.push(organization_id.into());
        self
    }

    /// Returns the user's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    pub(crate) fn access_token_claims(&self) -> &Map<String, Value> {
        &self.access_token_claims
    }

    pub(crate) fn is_member_of(&self, organization_id: &str) -> bool {
        self.organizations.iter().any(|id| id == organization_id)
    }

    /// Returns whether a `login_hint` names this user, by the id or by the e-mail address.
    pub(crate) fn matches_hint(&self, hint: &str) -> bool {
        self.id == hint || self.claims.get("email").and_then(Value::as_str) == Some(hint)
    }
}
