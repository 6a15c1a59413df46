//! What a person has to do, and the ticket that says so.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::VerifiedToken;
use auth0_api_core::exchange::ConnectAccount;
use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use serde::{Deserialize, Serialize};

use crate::shared_key::joined;

/// What the holder of a ticket has to do. Only the server can read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ticket {
    pub(super) id: Box<str>,
    /// The MCP client for which the caller asked.
    pub(super) client_id: Option<Box<str>>,
    pub(super) issuer: Box<str>,
    /// The id of the organization in which the caller acts.
    pub(super) organization: Option<Box<str>>,
    pub(super) subject: Box<str>,
    /// Seconds since the epoch.
    pub(super) expires_at: u64,
    pub(super) errand: Errand,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Errand {
    Connect { connection: Box<str>, scopes: Vec<Box<str>> },
    SignIn(SignIn),
}

/// A login that a tool needs: for the consent to an API, or with a certain strength.
///
/// The person logs in at the tenant in a browser, with the *Regular Web Application* of this server, for this audience and
/// these scopes. Use it where this login itself is what counts: an Action of the tenant, or an API of your own, decides by
/// it. It changes neither the token that the caller presented, nor what Auth0 grants to other applications, such as the one
/// that exchanges tokens. If a tool requires a stronger login of the presented token, name the requirement in
/// [`McpRequirements`] instead: then the client gets a challenge, and gets itself a new token.
///
/// ```
/// use auth0_api_mcp::connect::SignIn;
///
/// let consent = SignIn::new("https://calendar.example.com").scopes(["write:events"]);
/// let recent = SignIn::new("https://bank.example.com").max_age_seconds(300);
/// # _ = (consent, recent);
/// ```
///
/// [`McpRequirements`]: crate::McpRequirements
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use]
pub struct SignIn {
    pub(super) audience: Box<str>,
    pub(super) scopes: Vec<Box<str>>,
    pub(super) acr_values: Vec<Box<str>>,
    pub(super) max_age: Option<u64>,
}

impl SignIn {
    /// Asks for a login for the API with this identifier.
    pub fn new(audience: impl Into<Box<str>>) -> Self {
        Self { audience: audience.into(), scopes: Vec::new(), acr_values: Vec::new(), max_age: None }
    }

    /// Asks for these scopes of the API, so that the person can consent to them. Default: none. If the tenant states that it
    /// has not granted one of them, the login does not count.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Asks for a login of one of these kinds (`acr_values`, OpenID Connect Core §3.1.2.1). The `acr` of the ID token must
    /// then be one of them. Default: any kind.
    pub fn acr_values(mut self, values: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        self.acr_values = values.into_iter().map(Into::into).collect();
        self
    }

    /// Asks for a login that is at most this old. The `auth_time` of the ID token must then say so. Default: any age.
    pub fn max_age_seconds(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Returns whether the login of an ID token is of the demanded kind and age.
    pub(super) fn is_satisfied_by(&self, id_token: &VerifiedToken, now: SystemTime) -> bool {
        let is_kind = self.acr_values.is_empty()
            || id_token.acr().is_some_and(|acr| self.acr_values.iter().any(|wanted| **wanted == *acr));
        let is_recent = |max_age: u64| {
            let at = id_token.authenticated_at();
            let age = at.map(|at| now.duration_since(at).unwrap_or_default());
            age.is_some_and(|age| age <= Duration::from_secs(max_age).saturating_add(ON_THE_WAY))
        };
        is_kind && self.max_age.is_none_or(is_recent)
    }
}

impl From<&ConnectAccount> for Errand {
    fn from(account: &ConnectAccount) -> Self {
        Self::Connect { connection: account.connection().into(), scopes: account.scopes().map(Into::into).collect() }
    }
}

impl Ticket {
    /// Returns whom the store of used tickets charges: the person at this client. So a client uses up only what its own
    /// people have with it.
    pub(super) fn owner(&self) -> String {
        let client = self.client_id.as_deref().unwrap_or_default();
        let owner = digest(&SHA256, &joined(&[&self.issuer, &self.subject, client]));
        BASE64URL.encode_to_string(owner)
    }

    /// Returns whether the ticket was made for the person of this ID token, in the organization of the caller. The token of
    /// a caller without an organization says nothing about the organizations of the person.
    pub(super) fn is_for(&self, person: &VerifiedToken) -> bool {
        let organization = person.organization().map(|organization| organization.id);
        person.issuer() == &*self.issuer
            && person.subject() == Some(&*self.subject)
            && (self.organization.is_none() || self.organization.as_deref() == organization)
    }
}

/// Returns whether a time in seconds since the epoch has come.
pub(super) fn has_passed(seconds: u64, now: SystemTime) -> bool {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).is_none_or(|at| now >= at)
}

pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// From the login at the tenant to the check here, with the difference between the clocks.
const ON_THE_WAY: Duration = Duration::from_secs(60);
