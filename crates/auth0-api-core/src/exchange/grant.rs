//! What a token request asks for. Applications can implement [`Grant`] to add flows.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::time::SystemTime;

use super::expected::Expected;
use super::server_error_kind::JudgedBy;
use super::worker_subject::WorkerSubject;
use super::{InputError, ProofKey, organization};
use crate::http::HttpConnection;

/// A way to get a token from the token endpoint, for [`ApiClient::exchange`](crate::ApiClient::exchange).
///
/// The flows of this crate are grants. An application can implement its own grants, which get the same client
/// authentication, retries, errors and cache. [`request`](Self::request) checks the input: if it returns an error,
/// nothing is sent.
///
/// ```
/// use auth0_api_core::exchange::{Grant, GrantRequest, InputError};
///
/// /// A token that a device shows a code for (RFC 8628 §3.4).
/// #[derive(Debug)]
/// struct DeviceCode {
///     code: String,
/// }
///
/// impl Grant for DeviceCode {
///     fn request(&self) -> Result<GrantRequest<'_>, InputError> {
///         let grant_type = "urn:ietf:params:oauth:grant-type:device_code";
///         Ok(GrantRequest::new(grant_type).field("device_code", self.code.as_str()))
///     }
/// }
///
/// # async fn run(api: &auth0_api_core::ApiClient) -> Result<(), auth0_api_core::ExchangeError> {
/// let device = DeviceCode { code: "code-of-the-device".to_owned() };
/// let tokens = api.exchange(&device).await?;
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not describe a token request",
    label = "pass a grant here: a type that implements `Grant`",
    note = "for another grant, implement `request`: `Ok(GrantRequest::new(\"client_credentials\").field(\"audience\", &self.audience))`",
    note = "for the grants of this crate, use `get_token_on_behalf_of` and the other methods of `ApiClient`"
)]
pub trait Grant: Send + Sync {
    /// Returns what to send, or what is wrong with the input.
    ///
    /// # Errors
    ///
    /// [`InputError`], which is returned to the caller of the exchange.
    fn request(&self) -> Result<GrantRequest<'_>, InputError>;
}

impl<G: Grant + ?Sized> Grant for &G {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        (**self).request()
    }
}

/// The request of a [`Grant`]: the form fields, and how to treat the answer.
#[must_use]
pub struct GrantRequest<'g> {
    pub(super) grant_type: Cow<'g, str>,
    pub(super) fields: Vec<(Cow<'g, str>, Cow<'g, str>)>,
    pub(super) cacheable: bool,
    pub(super) subject_expires_at: Option<SystemTime>,
    pub(super) proof_key: Option<&'g ProofKey>,
    pub(super) access_token_only: bool,
    pub(super) end_user_address: Option<IpAddr>,
    pub(super) signed_subject: Option<&'g WorkerSubject>,
    pub(super) connection: HttpConnection,
    judge: JudgedBy,
    session_transfer: bool,
}

impl<'g> GrantRequest<'g> {
    /// Creates a request with this `grant_type` and no fields.
    ///
    /// [`ServerError::kind`](super::ServerError::kind) reads the error codes of the tenant as the RFCs define them. A rejected
    /// grant (`invalid_grant`) is an error of this API, a 500, unless [`subject_of_caller`](Self::subject_of_caller) says
    /// that the caller presented it.
    pub fn new(grant_type: impl Into<Cow<'g, str>>) -> Self {
        Self {
            grant_type: grant_type.into(),
            fields: Vec::new(),
            cacheable: false,
            subject_expires_at: None,
            proof_key: None,
            access_token_only: false,
            end_user_address: None,
            signed_subject: None,
            connection: HttpConnection::Any,
            judge: JudgedBy::Tenant,
            session_transfer: false,
        }
    }

    /// Adds a form field. A name can be added several times. A request that adds `grant_type` or a field of client
    /// authentication is rejected: this crate sets them.
    pub fn field(mut self, name: impl Into<Cow<'g, str>>, value: impl Into<Cow<'g, str>>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Adds a form field, unless the value is absent or empty.
    pub fn field_if_any(self, name: impl Into<Cow<'g, str>>, value: Option<&'g str>) -> Self {
        match value {
            None | Some("") => self,
            Some(value) => self.field(name, value),
        }
    }

    /// Caches the answer until it expires, for requests that are equal in every field. Default: every call sends a
    /// request.
    ///
    /// Use this method if the same subject can use the same token again. Do not use it if each call must reach the
    /// tenant: for example, if a subject token is valid for one use, or if an Action must run for each call.
    ///
    /// Such a request is also sent a second time, on a new connection, if a kept connection ended before the response.
    pub fn cacheable(mut self) -> Self {
        self.cacheable = true;
        self
    }

    /// Sends the request on a new connection. Use this for a request that must not be sent twice, such as one with a refresh
    /// token that rotates: the tenant may have closed a kept connection, and then it is unknown whether the request arrived.
    pub fn on_new_connection(mut self) -> Self {
        self.connection = HttpConnection::New;
        self
    }

    /// Sets when the subject's token expires. After that time, the cached answer is not used, so a caller whose token
    /// has expired gets no answer from the cache.
    pub fn subject_expires_at(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.subject_expires_at = time.into();
        self
    }

    /// Asks for a token that is bound to this key ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    pub fn proof_key(mut self, key: impl Into<Option<&'g ProofKey>>) -> Self {
        self.proof_key = key.into();
        self
    }

    /// Ignores ID and refresh tokens in the answer, without reading them.
    pub fn access_token_only(mut self) -> Self {
        self.access_token_only = true;
        self
    }

    /// Sets the address of the end user, for the header `auth0-forwarded-for`. It is sent only if the client has the
    /// setting [`forward_end_user_address`](crate::ApiClientBuilder::forward_end_user_address). Default: none.
    ///
    /// The address is not part of the cache's key, because the answer does not depend on it: Auth0 uses it only to count
    /// requests and failures.
    pub fn end_user_address(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.end_user_address = address.into();
        self
    }

    /// Says that the credential in this request is the one that the caller presented to this API. If the tenant rejects it, the
    /// caller is told so: 401 `invalid_token`. Default: it is another one, such as a stored token or a code of a device, and the
    /// caller is not blamed.
    pub fn subject_of_caller(self) -> Self {
        self.judged_by(JudgedBy::Caller)
    }

    /// Sets which part of the tenant judges the subject. Default: the tenant itself.
    pub(super) fn judged_by(mut self, judge: JudgedBy) -> Self {
        self.judge = judge;
        self
    }

    /// Signs the `subject_token` anew for each request to the tenant, so it is not one of the fields.
    pub(super) fn signed_subject(mut self, subject: &'g WorkerSubject) -> Self {
        self.signed_subject = Some(subject);
        self
    }

    /// Asks for a session transfer token, and accepts nothing else.
    pub(super) fn session_transfer(mut self) -> Self {
        self.session_transfer = true;
        self
    }

    /// Returns what the answer must satisfy if this client sends the request to this issuer.
    pub(super) fn expected(&self, client_id: &str, issuer: &str) -> Expected {
        Expected {
            access_token_only: self.access_token_only,
            bound_to: self.proof_key.map(ProofKey::thumbprint),
            client_id: client_id.into(),
            connection: self.value(CONNECTION).map(Into::into),
            issuer: issuer.into(),
            judge: self.judge,
            organization: self.value(organization::FIELD).map(Into::into),
            rotates: !self.access_token_only && self.value("refresh_token").is_some(),
            scope: self.value("scope").map(Into::into),
            session_transfer: self.session_transfer,
        }
    }

    /// Returns the first value of a field.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| &**value)
    }
}

impl fmt::Debug for GrantRequest<'_> {
    /// Shows no values, because the subject token is one of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantRequest")
            .field("grant_type", &self.grant_type)
            .field("fields", &self.fields.iter().map(|(name, _)| name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// The grant type of RFC 8693.
pub(super) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// The token type of an access token ([RFC 8693 §3](https://www.rfc-editor.org/rfc/rfc8693#section-3)).
pub(super) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// The token type of a refresh token ([RFC 8693 §3](https://www.rfc-editor.org/rfc/rfc8693#section-3)).
pub(super) const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
/// The field of Token Vault that names the connection.
pub(super) const CONNECTION: &str = "connection";
/// The field of Token Vault that selects the account.
pub(super) const LOGIN_HINT: &str = "login_hint";
