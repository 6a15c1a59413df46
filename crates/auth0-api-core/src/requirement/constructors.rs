//! The constructors of requirements: everything that a route can require, except who calls.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::authorization_detail::DetailRule;
use super::claim::ClaimRule;
use super::conjunction::{Part, Requirement};
use super::fact::Fact;
use super::step_up::StepUp;
use super::texts::{empty_if_any_blank, without_blanks, words};
use crate::token::VerifiedToken;

/// Scopes.
impl Requirement {
    /// Requires a scope ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)), or all of several scopes
    /// that are separated by spaces.
    #[doc(alias = "requiredScopes", alias = "hasScope")]
    pub fn scope(scope: impl AsRef<str>) -> Self {
        Self::scopes([scope])
    }

    /// Requires all of these scopes.
    #[doc(alias = "requiredScopes")]
    pub fn scopes<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes = words(empty_if_any_blank(scopes.into_iter().collect()));
        Self::of(Part::Scopes(scopes.into_iter().map(Into::into).collect()))
    }

    /// Requires one of these scopes.
    ///
    /// If a token has none of these scopes, the challenge names the first one. So put the scope that allows the least
    /// first.
    #[doc(alias = "scopeIncludesAny")]
    pub fn any_scope<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self::any_of(scopes.into_iter().map(Self::scope))
    }
}

/// Permissions.
impl Requirement {
    /// Requires a permission: an entry of `permissions`, which Auth0 writes for users if [RBAC and "Add Permissions in
    /// the Access Token"](https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis) are
    /// switched on for the API.
    #[doc(alias = "rbac", alias = "hasAuthority")]
    pub fn permission(permission: impl Into<Box<str>>) -> Self {
        Self::permissions([permission])
    }

    /// Requires all of these permissions.
    pub fn permissions<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        let permissions = permissions.into_iter().map(Into::into).collect();
        Self::of(Fact::Permissions(empty_if_any_blank(permissions)))
    }

    /// Requires one of these permissions.
    pub fn any_permission<S: Into<Box<str>>>(permissions: impl IntoIterator<Item = S>) -> Self {
        Self::any_of(permissions.into_iter().map(Self::permission))
    }
}

/// Organizations.
impl Requirement {
    /// Requires a token that was issued in this organization.
    ///
    /// A text that begins with `org_` is an id. Any other text is a name, which is compared without regard to case, as
    /// in Auth0's SDKs. Prefer the id: a name can be changed, and is in tokens only if the tenant adds it.
    #[doc(alias = "tenant", alias = "org_id")]
    pub fn organization(organization: impl AsRef<str>) -> Self {
        Self::any_organization([organization])
    }

    /// Requires a token that was issued in one of these organizations.
    pub fn any_organization<S: AsRef<str>>(organizations: impl IntoIterator<Item = S>) -> Self {
        let organizations = organizations.into_iter().map(|organization| Box::<str>::from(organization.as_ref()));
        Self::of(Fact::Organization(without_blanks(organizations)))
    }
}

/// Claims.
impl Requirement {
    /// Requires a claim to be present, with any value.
    pub fn claim(name: impl Into<Box<str>>) -> Self {
        Self::of(Fact::Claim(ClaimRule::present(name)))
    }

    /// Requires a claim to be equal to a JSON value.
    #[doc(alias = "claimEquals")]
    pub fn claim_equals(name: impl Into<Box<str>>, value: impl Into<Value>) -> Self {
        Self::of(Fact::Claim(ClaimRule::equals(name, value)))
    }

    /// Requires a claim to include a value, or all values of an array. A list includes its members. A text includes its
    /// words, which are separated by spaces.
    ///
    /// No token meets the requirement if the array is empty, or if one of the values is a blank text.
    ///
    /// ```
    /// use auth0_api_core::Requirement;
    ///
    /// let one = Requirement::claim_includes("https://example.com/roles", "editor");
    /// let all = Requirement::claim_includes("https://example.com/roles", ["editor", "reviewer"]);
    /// let any = Requirement::claim_includes_any("https://example.com/roles", ["editor", "admin"]);
    /// # _ = (one, all, any);
    /// ```
    #[doc(alias = "claimIncludes", alias = "role", alias = "hasRole")]
    pub fn claim_includes(name: impl Into<Box<str>>, value: impl Into<Value>) -> Self {
        Self::of(Fact::Claim(ClaimRule::includes(name, value)))
    }

    /// Requires a claim to include one of these values. A list includes its members. A text includes its words, which
    /// are separated by spaces.
    ///
    /// Blank texts are left out. No token meets the requirement if no value is left.
    pub fn claim_includes_any<V: Into<Value>>(name: impl Into<Box<str>>, values: impl IntoIterator<Item = V>) -> Self {
        Self::of(Fact::Claim(ClaimRule::includes_any(name, values)))
    }

    /// Requires an authorization detail of this type ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)) for which a
    /// function returns true. The function receives each detail of the type, as a `T`.
    ///
    /// No token with a malformed `authorization_details` meets the requirement, and none with a detail of the type that
    /// does not fit `T`. No challenge can name a detail, so publish the type in the API's metadata:
    /// [`authorization_details_types`](crate::ProtectedResource::authorization_details_types).
    ///
    /// ```
    /// use auth0_api_core::Requirement;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Payment {
    ///     amount: u64,
    ///     currency: String,
    /// }
    ///
    /// let small = Requirement::authorization_detail("payment_initiation", |payment: &Payment| {
    ///     payment.currency == "EUR" && payment.amount <= 100
    /// });
    /// # _ = small;
    /// ```
    pub fn authorization_detail<T: DeserializeOwned>(
        detail_type: impl Into<Box<str>>,
        predicate: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::of(Fact::AuthorizationDetail(DetailRule::new(detail_type, predicate)))
    }

    /// Requires a function to return true for the token. The name is for logs; callers do not see it.
    ///
    /// ```
    /// use auth0_api_core::Requirement;
    ///
    /// let verified = Requirement::predicate("has a company email address", |token| {
    ///     token.claims().get("https://example.com/email").is_some_and(|email| {
    ///         email.as_str().is_some_and(|email| email.ends_with("@example.com"))
    ///     })
    /// });
    /// # _ = verified;
    /// ```
    #[doc(alias = "claimCheck", alias = "custom")]
    pub fn predicate(
        name: impl Into<Box<str>>,
        predicate: impl Fn(&VerifiedToken) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::of(Fact::Claim(ClaimRule::predicate(name, predicate)))
    }
}

/// Clients, and the binding of the token.
impl Requirement {
    /// Requires a token that was issued to this client.
    #[doc(alias = "azp")]
    pub fn client(client_id: impl Into<Box<str>>) -> Self {
        Self::any_client([client_id])
    }

    /// Requires a token that was issued to one of these clients.
    pub fn any_client<S: Into<Box<str>>>(client_ids: impl IntoIterator<Item = S>) -> Self {
        Self::of(Fact::Client(without_blanks(client_ids)))
    }

    /// Requires a token that is bound to a key or a certificate, and a caller that has proved possession of the key or
    /// the certificate: [`VerifiedToken::binding`].
    #[doc(alias = "dpop", alias = "mtls")]
    pub fn sender_constrained() -> Self {
        Self::of(Fact::SenderConstrained)
    }
}

/// Logins.
impl Requirement {
    /// Requires an authentication context class: the `acr` claim
    /// ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
    #[doc(alias = "mfa")]
    pub fn acr(value: impl AsRef<str>) -> Self {
        Self::any_acr([value])
    }

    /// Requires one of these authentication context classes, the preferred one first.
    pub fn any_acr<S: AsRef<str>>(values: impl IntoIterator<Item = S>) -> Self {
        Self::step_up(StepUp::new().any_acr(values))
    }

    /// Requires a login that is not older than this: the `auth_time` claim is compared with
    /// [`VerifiedToken::verified_at`] ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3), `max_age`). The
    /// challenge contains whole seconds.
    #[doc(alias = "max_age", alias = "auth_time")]
    pub fn authenticated_within(max_age: Duration) -> Self {
        Self::step_up(StepUp::new().max_age(max_age))
    }

    /// Requires the login that a [`StepUp`] describes: its class, its age, and the names of the claims.
    #[doc(alias = "mfa")]
    pub fn step_up(step_up: StepUp) -> Self {
        Self::of(Part::StepUp(step_up))
    }
}
