//! What a token request asks for: the seam for grants of your own.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use super::{InputError, ProofKey};

/// A way to get a token from the token endpoint, for [`ApiClient::exchange`](crate::ApiClient::exchange).
///
/// The three flows of this crate are grants, and yours can be one, with the same client authentication, retries, errors and
/// cache. Input is checked in [`request`](Self::request): an error from there costs no request.
///
/// ```
/// use auth0_api_core::{Grant, GrantRequest, InputError};
///
/// /// A token for this API itself (RFC 6749 §4.4).
/// #[derive(Debug)]
/// struct ClientCredentials {
///     audience: String,
/// }
///
/// impl Grant for ClientCredentials {
///     fn request(&self) -> Result<GrantRequest<'_>, InputError> {
///         Ok(GrantRequest::new("client_credentials").field("audience", self.audience.as_str()).cacheable())
///     }
/// }
///
/// # async fn run(api: &auth0_api_core::ApiClient) -> Result<(), auth0_api_core::ExchangeError> {
/// let own = ClientCredentials { audience: "https://calendar.example.com".to_owned() };
/// let tokens = api.exchange(&own).await?;
/// # Ok(())
/// # }
/// ```
pub trait Grant: Send + Sync {
    /// What to send, or what is wrong with the input.
    ///
    /// # Errors
    ///
    /// [`InputError`], which the caller of the exchange gets.
    fn request(&self) -> Result<GrantRequest<'_>, InputError>;
}

impl<G: Grant + ?Sized> Grant for &G {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        (**self).request()
    }
}

/// The request of a [`Grant`]: the form, and how its answer is to be treated.
#[must_use]
pub struct GrantRequest<'g> {
    pub(super) grant_type: Cow<'g, str>,
    pub(super) fields: Vec<(Cow<'g, str>, Cow<'g, str>)>,
    pub(super) cacheable: bool,
    pub(super) subject_expires_at: Option<SystemTime>,
    pub(super) proof_key: Option<&'g ProofKey>,
    pub(super) access_token_only: bool,
}

impl<'g> GrantRequest<'g> {
    /// Begins a request of this `grant_type`.
    pub fn new(grant_type: impl Into<Cow<'g, str>>) -> Self {
        Self {
            grant_type: grant_type.into(),
            fields: Vec::new(),
            cacheable: false,
            subject_expires_at: None,
            proof_key: None,
            access_token_only: false,
        }
    }

    /// Adds a form field. A name can be there several times. Client authentication and `grant_type` are not yours to add.
    pub fn field(mut self, name: impl Into<Cow<'g, str>>, value: impl Into<Cow<'g, str>>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Adds a form field if there is a value for it, and not for an empty one.
    pub fn field_if_any(self, name: impl Into<Cow<'g, str>>, value: Option<&'g str>) -> Self {
        match value {
            None | Some("") => self,
            Some(value) => self.field(name, value),
        }
    }

    /// Lets the answer serve again, while it lives, for requests that are the same in every field. Default: every call asks.
    ///
    /// Right for what a token is worth to the same subject again; wrong where asking has an effect, such as a single-use subject
    /// token or an Action that must see each call.
    pub fn cacheable(mut self) -> Self {
        self.cacheable = true;
        self
    }

    /// Ends a cached answer with the subject's own token: whoever may not call us any more gets nothing out of the cache.
    pub fn subject_expires_at(mut self, time: impl Into<Option<SystemTime>>) -> Self {
        self.subject_expires_at = time.into();
        self
    }

    /// Asks for a token that is bound to this key ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    pub fn proof_key(mut self, key: impl Into<Option<&'g ProofKey>>) -> Self {
        self.proof_key = key.into();
        self
    }

    /// Drops ID and refresh tokens of the answer, unread.
    pub fn access_token_only(mut self) -> Self {
        self.access_token_only = true;
        self
    }

    /// The first value of a field.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| &**value)
    }
}

impl fmt::Debug for GrantRequest<'_> {
    /// Without values: the subject token is one of them.
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
