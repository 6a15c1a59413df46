//! Session transfer ([Auth0](https://auth0.com/docs/authenticate/single-sign-on/native-to-web)): a token that signs the
//! user in at the tenant in a browser, without a password.

use std::fmt;
use std::net::IpAddr;
use std::time::SystemTime;

use secrecy::SecretString;

use super::profile::ProfileGrant;
use super::server_error_kind::JudgedBy;
use super::session_audience::audience;
use super::{ExchangeProfile, Grant, GrantRequest, InputError, IssuedToken, ReportedQuotas, SubjectToken, TokenSet};

/// A request for a session transfer token, for
/// [`get_session_transfer_token`](crate::ApiClient::get_session_transfer_token).
///
/// It goes to a token exchange profile, whose Action names the user and calls `setActor`. The audience is
/// `urn:{domain}:session_transfer` of the domain at which this API exchanges tokens.
///
/// ```
/// use auth0_api_core::exchange::SessionTransfer;
///
/// let asked = SessionTransfer::new(
///     "urn:acme:support-session",
///     "token-of-the-agent",
///     "urn:acme:support-agent",
/// )
/// .extra("ticket", "4711");
/// ```
#[derive(Clone)]
#[must_use]
pub struct SessionTransfer(ExchangeProfile);

/// A session transfer token. It is not an access token: no API accepts it.
///
/// The browser brings it to `/authorize` of the tenant, as a [parameter](Self::to_query). It is valid for a minute and for one use, so it is neither cached
/// nor cloned. Whoever has it can sign in as the user: send it over TLS to the browser of that user only, and log no URL
/// that contains it. `Debug` does not show it.
pub struct SessionTransferToken {
    token: IssuedToken,
    expires_at: Option<SystemTime>,
    quotas: ReportedQuotas,
}

/// A session transfer request together with its subject.
pub(crate) struct SessionTransferGrant(ProfileGrant);

impl SessionTransfer {
    /// Creates a request. The tenant chooses the profile by `subject_token_type`. The token of the actor is mandatory,
    /// because Auth0 transfers a session only to an actor that acts for the user.
    pub fn new(
        subject_token_type: impl Into<Box<str>>,
        actor_token: impl Into<SecretString>,
        actor_token_type: impl Into<Box<str>>,
    ) -> Self {
        let profile = ExchangeProfile::without_audience(subject_token_type);
        Self(profile.actor_token(actor_token, actor_token_type))
    }

    /// Requests a session within an organization, by its id (`org_…`) or name.
    pub fn organization(self, organization: impl Into<Box<str>>) -> Self {
        Self(self.0.organization(organization))
    }

    /// Sends an extra parameter to the Action: see [`ExchangeProfile::extra`].
    pub fn extra(self, name: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        Self(self.0.extra(name, value))
    }

    /// Sends the address of the end user to the tenant: see [`ExchangeProfile::end_user_address`].
    pub fn end_user_address(self, address: impl Into<Option<IpAddr>>) -> Self {
        Self(self.0.end_user_address(address))
    }

    /// `issuer` is the one of the domain at which this API exchanges tokens, as it is called: a token for a custom domain
    /// does not work at the canonical domain.
    pub(crate) fn with_subject(self, subject: SubjectToken, issuer: &str) -> SessionTransferGrant {
        SessionTransferGrant(self.0.for_audience(audience(issuer)).with_subject(subject))
    }
}

impl SessionTransferToken {
    /// Returns the text of the token. Handle it like a password.
    pub fn expose(&self) -> &str {
        self.token.expose()
    }

    /// Returns the token as the parameter of a query, `session_transfer_token=…`, for the URL at which the application of
    /// the browser begins a login. The application passes the parameter on to `/authorize`.
    pub fn to_query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).append_pair(QUERY_PARAMETER, self.expose()).finish()
    }

    /// When the token expires; `None` if the answer has no `expires_in`. Auth0 issues it for 60 s.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }

    /// The quotas that the response reported.
    pub fn quotas(&self) -> ReportedQuotas {
        self.quotas
    }

    /// Takes the token from an answer to a [`SessionTransferGrant`], which was checked to be such a token.
    pub(crate) fn of(tokens: &TokenSet) -> Self {
        let (expires_at, quotas) = (tokens.expires_at(), tokens.quotas());
        Self { token: tokens.access_token().clone(), expires_at, quotas }
    }
}

impl Grant for SessionTransferGrant {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        let request = self.0.request_for_any_audience()?;
        Ok(request.judged_by(JudgedBy::ActionOfSessionTransfer).access_token_only().session_transfer())
    }
}

impl fmt::Debug for SessionTransfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SessionTransfer").field(&self.0).finish()
    }
}

impl fmt::Debug for SessionTransferToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionTransferToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

const QUERY_PARAMETER: &str = "session_transfer_token";

/// The type of the token in the answer.
pub(super) const TOKEN_TYPE: &str = "urn:auth0:params:oauth:token-type:session_transfer_token";
