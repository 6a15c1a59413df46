//! Custom token exchange ([Auth0](https://auth0.com/docs/authenticate/custom-token-exchange),
//! [RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)): exchanges a token that the tenant did not issue for a token of
//! the tenant.

use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::authorization_details::RequestedDetails;
use super::extra::Extra;
use super::grant::TOKEN_EXCHANGE;
use super::input::{not_blank, token_text};
use super::server_error_kind::JudgedBy;
use super::{Grant, GrantRequest, InputError, ProofKey, SubjectToken, organization, session_audience};
use crate::token::AUTHORIZATION_DETAILS;

/// A request to a token exchange profile, for
/// [`get_token_by_exchange_profile`](crate::ApiClient::get_token_by_exchange_profile).
///
/// See [a token of another system](crate::guide::exchange#with-a-token-of-another-system).
///
/// | setting | default |
/// |---|---|
/// | `scope` | the default scopes of the requested API |
/// | `requested_token_type` | an access token |
/// | `organization` | none |
/// | `actor_token` | none: no actor acts for the subject |
/// | `authorization_detail` | none |
/// | `dpop` | none: a bearer token |
/// | `end_user_address` | none: the tenant counts failures for the address of this API |
///
/// ```
/// use auth0_api_core::ExchangeProfile;
///
/// let profile = ExchangeProfile::new("urn:acme:legacy-session", "https://orders.example.com")
///     .scope("read:orders write:orders")
///     .extra("device_id", "d-17");
/// ```
#[doc(alias = "custom_token_exchange")]
#[derive(Clone)]
#[must_use]
pub struct ExchangeProfile {
    subject_token_type: Box<str>,
    audience: Option<Box<str>>,
    scope: Option<Box<str>>,
    requested_token_type: Option<Box<str>>,
    organization: Option<Box<str>>,
    actor: Option<ActorToken>,
    authorization_details: RequestedDetails,
    extra: Extra,
    proof_key: Option<ProofKey>,
    end_user_address: Option<IpAddr>,
}

#[derive(Clone)]
struct ActorToken {
    token: SecretString,
    token_type: Box<str>,
}

/// A profile request together with its subject.
pub(crate) struct ProfileGrant {
    subject: SubjectToken,
    profile: ExchangeProfile,
}

impl ExchangeProfile {
    /// Creates a request for a new token for the API `audience`.
    ///
    /// The tenant chooses the profile by `subject_token_type`, a URI of 8 to 100 characters outside the namespaces of
    /// IETF, Auth0 and Okta.
    pub fn new(subject_token_type: impl Into<Box<str>>, audience: impl Into<Box<str>>) -> Self {
        let audience = Some(audience.into());
        Self { audience, ..Self::without_audience(subject_token_type) }
    }

    /// Creates a request without an audience. The new token is for the tenant's default audience.
    pub fn without_audience(subject_token_type: impl Into<Box<str>>) -> Self {
        Self {
            subject_token_type: subject_token_type.into(),
            audience: None,
            scope: None,
            requested_token_type: None,
            organization: None,
            actor: None,
            authorization_details: RequestedDetails::default(),
            extra: Extra::default(),
            proof_key: None,
            end_user_address: None,
        }
    }

    /// Requests these scopes, separated by spaces.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Requests a token of this type ([RFC 8693 §3](https://www.rfc-editor.org/rfc/rfc8693#section-3)).
    pub fn requested_token_type(mut self, token_type: impl Into<Box<str>>) -> Self {
        self.requested_token_type = Some(token_type.into());
        self
    }

    /// Requests a token within an organization, by its id (`org_…`) or name. If the answer has an ID token, the ID
    /// token must name the same organization.
    pub fn organization(mut self, organization: impl Into<Box<str>>) -> Self {
        self.organization = Some(organization.into());
        self
    }

    /// Sets the token of the actor that acts for the subject, and its type. The profile's Action checks the actor's
    /// token. The new token may then have an `act` claim.
    pub fn actor_token(mut self, token: impl Into<SecretString>, token_type: impl Into<Box<str>>) -> Self {
        self.actor = Some(ActorToken { token: token.into(), token_type: token_type.into() });
        self
    }

    /// Requests an authorization detail ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)): a JSON object with a
    /// `type`. Call it once for each detail. Default: none.
    pub fn authorization_detail(mut self, detail: impl Into<Value>) -> Self {
        self.authorization_details.push(detail.into());
        self
    }

    /// Sends an extra parameter to the Action. A name can have up to 20 values. Reserved names are rejected: the
    /// parameters of the request itself and those of client authentication.
    ///
    /// Do not send personal data: the parameters are written to the tenant's logs.
    pub fn extra(mut self, name: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        self.extra.push(name.into(), value.into());
        self
    }

    /// Requests a token that is bound to this key.
    pub fn dpop(mut self, key: &ProofKey) -> Self {
        self.proof_key = Some(key.clone());
        self
    }

    /// Sends the address of the end user to the tenant, which then counts failures and limits for this address. Default:
    /// none, and with `None` no address is sent.
    ///
    /// The address is sent only if the client has the setting
    /// [`forward_end_user_address`](crate::ApiClientBuilder::forward_end_user_address). Take it from the extractor
    /// `EndUserAddress` of an adapter or from [`ApiClient::end_user_address`](crate::ApiClient::end_user_address), never
    /// directly from a header.
    pub fn end_user_address(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.end_user_address = address.into();
        self
    }

    /// Checks that a profile may have this subject token type. Each exchange checks it too; this is for a program that makes a
    /// profile in the tenant.
    ///
    /// ```
    /// use auth0_api_core::ExchangeProfile;
    ///
    /// assert!(ExchangeProfile::check_subject_token_type("urn:acme:legacy-session").is_ok());
    /// assert!(ExchangeProfile::check_subject_token_type("urn:auth0:session").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`InputError::SubjectTokenType`] unless it is a URI of 8 to 100 characters outside the namespaces of IETF, Auth0 and
    /// Okta.
    pub fn check_subject_token_type(subject_token_type: &str) -> Result<(), InputError> {
        checked_type(subject_token_type).map(drop)
    }

    pub(super) fn for_audience(self, audience: String) -> Self {
        Self { audience: Some(audience.into()), ..self }
    }

    pub(crate) fn with_subject(self, subject: SubjectToken) -> ProfileGrant {
        ProfileGrant { subject, profile: self }
    }
}

impl Grant for ProfileGrant {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        if self.profile.audience.as_deref().is_some_and(session_audience::is_audience) {
            return Err(InputError::SessionTransferAudience);
        }
        self.request_for_any_audience()
    }
}

impl ProfileGrant {
    /// Returns the request, also for a session transfer token, whose answer is checked differently.
    pub(super) fn request_for_any_audience(&self) -> Result<GrantRequest<'_>, InputError> {
        let Self { subject, profile } = self;
        let mut request = GrantRequest::new(TOKEN_EXCHANGE)
            .field("subject_token_type", checked_type(&profile.subject_token_type)?)
            .field("subject_token", subject.text()?)
            .field_if_any("scope", profile.scope.as_deref())
            .field_if_any("requested_token_type", profile.requested_token_type.as_deref())
            .judged_by(JudgedBy::Action)
            .end_user_address(profile.end_user_address)
            .proof_key(profile.proof_key.as_ref());
        if let Some(audience) = &profile.audience {
            request = request.field("audience", not_blank("audience", audience)?);
        }
        if let Some(wanted) = &profile.organization {
            request = request.field(organization::FIELD, not_blank(organization::FIELD, wanted)?);
        }
        if let Some(actor) = &profile.actor {
            request = request
                .field("actor_token", token_text("actor_token", actor.token.expose_secret())?)
                .field("actor_token_type", not_blank("actor_token_type", &actor.token_type)?);
        }
        if let Some(details) = profile.authorization_details.field()? {
            request = request.field(AUTHORIZATION_DETAILS, details);
        }
        Ok(profile.extra.fields()?.fold(request, |request, (name, value)| request.field(name, value)))
    }
}

impl std::fmt::Debug for ExchangeProfile {
    /// Shows neither the actor's token nor the values of extra parameters.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExchangeProfile")
            .field("subject_token_type", &self.subject_token_type)
            .field("audience", &self.audience)
            .field("scope", &self.scope)
            .field("organization", &self.organization)
            .finish_non_exhaustive()
    }
}

/// Returns the URI if it is a valid subject token type of a profile
/// ([Management API: token exchange profiles](https://auth0.com/docs/api/management/v2/token-exchange-profiles)).
fn checked_type(token_type: &str) -> Result<&str, InputError> {
    let is_uri = token_type.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty());
    let printable = token_type.bytes().all(|octet| octet.is_ascii_graphic());
    if !is_uri || !printable || !TYPE_LENGTH.contains(&token_type.len()) || is_reserved(token_type) {
        return Err(InputError::SubjectTokenType);
    }
    Ok(token_type)
}

/// RFC 3986 §3.1: the characters of a URI scheme.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet))
}

/// Whether the URI is in a reserved namespace: the URI starts with the namespace, and the next character is no letter,
/// digit, hyphen or dot. For example, `urn:ietfoo` is not in `urn:ietf`.
fn is_reserved(token_type: &str) -> bool {
    RESERVED_NAMESPACES.iter().any(|namespace| {
        let split = token_type.split_at_checked(namespace.len());
        split.is_some_and(|(start, rest)| {
            start.eq_ignore_ascii_case(namespace)
                && !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || "-.".contains(next))
        })
    })
}

const TYPE_LENGTH: std::ops::RangeInclusive<usize> = 8..=100;
/// The namespaces that Auth0 reserves for itself, for Okta and for the RFCs.
const RESERVED_NAMESPACES: [&str; 7] = [
    "urn:ietf",
    "urn:auth0",
    "urn:okta",
    "http://auth0.com",
    "http://okta.com",
    "https://auth0.com",
    "https://okta.com",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_token_type_is_a_uri_outside_reserved_namespaces() {
        for good in [
            "urn:acme:legacy",
            "urn:my-company:mcp-token",
            "https://example.com/legacy",
            "acme://session",
            "urn:ietfoo:x",
            "urn:auth0-clone:x",
            "https://auth0.com.example/x",
        ] {
            assert_eq!(checked_type(good), Ok(good));
            assert!(ExchangeProfile::check_subject_token_type(good).is_ok());
        }
        let long = format!("urn:acme:{}", "a".repeat(92));
        for bad in [
            "",
            "urn:a:b",
            "no-uri-at-all",
            ":nothing",
            "1rn:acme:x",
            "urn:acme:with blank",
            "urn:acme:\u{e9}tat",
            "URN:IETF:x",
            "urn:ietf:params:oauth:token-type:jwt",
            "urn:auth0:x",
            "urn:okta:x",
            "http://auth0.com/x",
            "https://auth0.com",
            "https://AUTH0.com:443/x",
            "https://okta.com/x",
            &long,
        ] {
            assert_eq!(checked_type(bad), Err(InputError::SubjectTokenType), "{bad:?}");
            assert_eq!(ExchangeProfile::check_subject_token_type(bad), Err(InputError::SubjectTokenType), "{bad:?}");
        }
        assert!(checked_type(&format!("urn:acme:{}", "a".repeat(91))).is_ok());
    }

    #[test]
    fn debug_shows_no_token_and_no_extra_value() {
        let profile = ExchangeProfile::new("urn:acme:legacy", "https://api.example.com");
        let profile = profile.actor_token("hush-actor", "urn:acme:actor").extra("device", "hush-device");
        assert!(!format!("{profile:?}").contains("hush"));
    }
}
