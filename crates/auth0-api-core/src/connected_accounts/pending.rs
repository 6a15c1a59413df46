//! A flow between the request of the application and the redirect of the browser.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ConnectError;
use crate::base64url;
use crate::digest::sha256;
use crate::exchange::ConnectAccount;
use crate::jose::random_id;

/// What to connect.
///
/// ```
/// use auth0_api_core::connected_accounts::Connect;
///
/// let calendar = Connect::new("google-oauth2", "https://app.example.com/connected")
///     .scopes(["calendar.read"]);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Connect {
    pub(super) connection: Box<str>,
    pub(super) redirect_uri: Box<str>,
    pub(super) scopes: Vec<Box<str>>,
    pub(super) authorization_params: Map<String, Value>,
}

/// A flow that waits for the user. It contains secrets: keep it on the server, in the session of the user. `Debug` shows
/// only the connection's URL without its ticket.
#[derive(Clone)]
pub struct PendingConnection {
    pub(super) auth_session: SecretString,
    pub(super) expires_at: SystemTime,
    pub(super) redirect_uri: Box<str>,
    pub(super) secrets: Secrets,
    pub(super) url: Box<str>,
}

/// The values that tie the redirect to the session that began the flow.
#[derive(Clone)]
pub(super) struct Secrets {
    pub(super) state: SecretString,
    /// RFC 7636 §4.1: the verifier, of 44 characters.
    pub(super) verifier: SecretString,
}

/// The form in which an application stores a flow.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'s> {
    #[serde(borrow)]
    auth_session: Cow<'s, str>,
    expires_at: u64,
    #[serde(borrow)]
    redirect_uri: Cow<'s, str>,
    #[serde(borrow)]
    state: Cow<'s, str>,
    #[serde(borrow)]
    url: Cow<'s, str>,
    #[serde(borrow)]
    verifier: Cow<'s, str>,
}

impl Connect {
    /// Connects an account of the connection with this name. The tenant redirects the browser to `redirect_uri`, which must
    /// be a callback URL of the application.
    pub fn new(connection: impl Into<Box<str>>, redirect_uri: impl Into<Box<str>>) -> Self {
        let (connection, redirect_uri) = (connection.into(), redirect_uri.into());
        Self { connection, redirect_uri, scopes: Vec::new(), authorization_params: Map::new() }
    }

    /// Connects the account that an exchange lacked: see
    /// [`ServerError::connect_account`](crate::exchange::ServerError::connect_account).
    pub fn needed(account: &ConnectAccount, redirect_uri: impl Into<Box<str>>) -> Self {
        Self::new(account.connection(), redirect_uri).scopes(account.scopes())
    }

    /// Requests these scopes of the provider. Default: those of the connection.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Sends a parameter to the provider's own login (`authorization_params`), such as `prompt` or `login_hint`. Which
    /// parameters are possible depends on the connection. A second value of a name replaces the first. Default: none.
    ///
    /// ```
    /// use auth0_api_core::connected_accounts::Connect;
    ///
    /// let calendar = Connect::new("google-oauth2", "https://app.example.com/connected")
    ///     .authorization_param("login_hint", "ada@work.example");
    /// ```
    pub fn authorization_param(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.authorization_params.insert(name.into(), value.into());
        self
    }
}

impl PendingConnection {
    /// The URL that the user's browser opens. It contains a ticket: give it only to this user.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The `state` that the redirect of this flow carries: to find the flow, if one browser has several. It is a secret between
    /// the server, the tenant and this browser.
    pub fn state(&self) -> &str {
        self.secrets.state.expose_secret()
    }

    /// When the tenant forgets the flow.
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }

    /// Returns the flow as a text with its secrets, for the session of the user on the server. Do not log it, and never send
    /// it to a browser unencrypted.
    pub fn to_session(&self) -> String {
        let stored = Stored {
            auth_session: self.auth_session.expose_secret().into(),
            expires_at: crate::clock::since_epoch(self.expires_at).as_secs(),
            redirect_uri: (*self.redirect_uri).into(),
            state: self.secrets.state.expose_secret().into(),
            url: (*self.url).into(),
            verifier: self.secrets.verifier.expose_secret().into(),
        };
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Reads what [`to_session`](Self::to_session) wrote.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Input`] if the text is something else.
    pub fn from_session(text: &str) -> Result<Self, ConnectError> {
        const INVALID: ConnectError = ConnectError::Input { parameter: "the stored flow" };
        let stored: Stored<'_> = serde_json::from_str(text).map_err(|_| INVALID)?;
        let expires_at = UNIX_EPOCH.checked_add(Duration::from_secs(stored.expires_at)).ok_or(INVALID)?;
        let secret = |text: Cow<'_, str>| SecretString::from(text.into_owned());
        Ok(Self {
            auth_session: secret(stored.auth_session),
            expires_at,
            redirect_uri: stored.redirect_uri.into(),
            secrets: Secrets { state: secret(stored.state), verifier: secret(stored.verifier) },
            url: stored.url.into(),
        })
    }
}

impl Secrets {
    pub(super) fn generate() -> Result<Self, ConnectError> {
        let random = || random_id().map_err(|_| ConnectError::Random);
        // RFC 7636 §4.1: at least 43 characters.
        Ok(Self { state: random()?.into(), verifier: format!("{}{}", random()?, random()?).into() })
    }

    /// RFC 7636 §4.2: `S256`.
    pub(super) fn challenge(&self) -> String {
        base64url::encode(&sha256(self.verifier.expose_secret().as_bytes()))
    }
}

impl fmt::Debug for PendingConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split('?').next();
        f.debug_struct("PendingConnection")
            .field("url", &url)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
