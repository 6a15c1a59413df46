//! Token Vault ([Auth0](https://auth0.com/docs/secure/tokens/token-vault)): returns a token of an external provider,
//! for an account that the user has connected.

use std::fmt;
use std::net::IpAddr;

use secrecy::{ExposeSecret as _, SecretString};

use super::grant::{ACCESS_TOKEN, CONNECTION, LOGIN_HINT, REFRESH_TOKEN};
use super::input::{absent_or_not_blank, not_blank, token_text};
use super::server_error_kind::JudgedBy;
use super::{Grant, GrantRequest, InputError};
use crate::token::VerifiedToken;

/// A request for a token of a connected account, for
/// [`get_access_token_for_connection`](crate::ApiClient::get_access_token_for_connection).
///
/// ```
/// use auth0_api_core::Connection;
///
/// let calendar = Connection::name("google-oauth2").login_hint("ada@example.com");
/// ```
///
/// ```text
/// User's app         Your API                       Tenant                Google
///   │ token, aud=you     │                            │                     │
///   │───────────────────▶│ verified                   │                     │
///   │                    │ that token, connection,    │                     │
///   │                    │ client_auth                │                     │
///   │                    │───────────────────────────▶│ has the user        │
///   │                    │◀╌╌ a token of Google ╌╌╌╌╌╌│ connected it?       │
///   │                    │ cached for this user       │                     │
///   │                    │─────────────────────────────────────────────────▶│
///   │◀╌╌╌╌╌╌ 200 ╌╌╌╌╌╌╌╌│◀╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 200 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌│
///   │                    │                            │
///   │                    │◀╌╌ not connected ╌╌╌╌╌╌╌╌╌╌│
///   │◀╌╌╌╌╌╌ 403 ╌╌╌╌╌╌╌╌│ account_not_linked         │
///   │ the user connects the account (Connect Accounts)│
///   │────────────────────────────────────────────────▶│
///   │ the first request again                         │
///   │───────────────────▶│                            │
/// ```
///
/// See [the account of the user](crate::guide::exchange#for-the-account-of-the-user).
#[doc(alias = "token_vault", alias = "federated_connection")]
#[derive(Clone, Debug)]
#[must_use]
pub struct Connection {
    name: Box<str>,
    login_hint: Option<Box<str>>,
    scope: Option<Box<str>>,
    end_user_address: Option<IpAddr>,
}

/// The token of the user who owns the connected account.
#[derive(Clone)]
pub struct VaultSubject(Source);

#[derive(Clone)]
enum Source {
    AccessToken(VerifiedToken),
    RefreshToken(SecretString),
}

/// A connection request together with its subject.
pub(crate) struct VaultGrant {
    subject: VaultSubject,
    connection: Connection,
}

impl Connection {
    /// Creates a request for the connection with this name in the tenant, such as `google-oauth2`.
    pub fn name(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), login_hint: None, scope: None, end_user_address: None }
    }

    /// Selects one of several connected accounts, by the account's user id or e-mail address at the provider.
    pub fn login_hint(mut self, hint: impl Into<Box<str>>) -> Self {
        self.login_hint = Some(hint.into());
        self
    }

    /// Requests these scopes of the provider, separated by spaces. Default: all scopes that the user has granted.
    ///
    /// The answer may grant fewer scopes. [`TokenSet::require_scopes`](super::TokenSet::require_scopes) returns an
    /// error with the missing scopes.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = Some(scope.into());
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

    pub(crate) fn with_subject(self, subject: VaultSubject) -> VaultGrant {
        VaultGrant { subject, connection: self }
    }
}

impl VaultSubject {
    /// Uses the user's Auth0 refresh token, for a backend that logged the user in itself. Refresh token rotation must
    /// be off for the client, because Token Vault does not return a new refresh token.
    pub fn refresh_token(token: impl Into<SecretString>) -> Self {
        Self(Source::RefreshToken(token.into()))
    }
}

impl From<&VerifiedToken> for VaultSubject {
    fn from(token: &VerifiedToken) -> Self {
        Self(Source::AccessToken(token.clone()))
    }
}

impl Grant for VaultGrant {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        let Self { subject, connection } = self;
        let (token, token_type, expires_at, judge) = match &subject.0 {
            Source::AccessToken(token) => {
                (token.access_token().expose(), ACCESS_TOKEN, Some(token.expires_at()), JudgedBy::Vault)
            }
            Source::RefreshToken(token) => {
                let text = token_text("refresh_token", token.expose_secret())?;
                (text, REFRESH_TOKEN, None, JudgedBy::VaultForRefreshToken)
            }
        };
        Ok(GrantRequest::new(VAULT_GRANT)
            .field(CONNECTION, not_blank(CONNECTION, &connection.name)?)
            .field("subject_token", token)
            .field("subject_token_type", token_type)
            .field("requested_token_type", REQUESTED)
            .field_if_any(LOGIN_HINT, absent_or_not_blank(LOGIN_HINT, connection.login_hint.as_deref())?)
            .field_if_any("scope", connection.scope.as_deref())
            .judged_by(judge)
            .end_user_address(connection.end_user_address)
            .cacheable()
            .subject_expires_at(expires_at)
            .access_token_only())
    }
}

impl fmt::Debug for VaultSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.0 {
            Source::AccessToken(_) => "access token",
            Source::RefreshToken(_) => "refresh token",
        };
        f.debug_tuple("VaultSubject").field(&kind).finish()
    }
}

/// The grant type of Token Vault.
pub(super) const VAULT_GRANT: &str =
    "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token";
const REQUESTED: &str = "http://auth0.com/oauth/token-type/federated-connection-access-token";
