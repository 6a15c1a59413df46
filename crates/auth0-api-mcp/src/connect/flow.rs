//! What the cookie of a browser contains, sealed.

use serde::{Deserialize, Serialize};

use super::errand::Ticket;

/// While the person logs in.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SigningIn {
    pub(super) expires_at: u64,
    pub(super) nonce: Box<str>,
    pub(super) state: Box<str>,
    pub(super) ticket: Ticket,
    pub(super) verifier: Box<str>,
}

/// While the person confirms.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirming {
    pub(super) expires_at: u64,
    /// That of the log-in: a browser could send the cookie under the name of another flow.
    pub(super) state: Box<str>,
    pub(super) ticket: Ticket,
    /// The person's access token for the My Account API.
    pub(super) token: Box<str>,
}

/// While the person allows the access at the provider.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Connecting {
    pub(super) connection: Box<str>,
    pub(super) expires_at: u64,
    /// The flow of core, with its own state and verifier.
    pub(super) pending: Box<str>,
    /// The person's access token for the My Account API.
    pub(super) token: Box<str>,
}

impl SigningIn {
    /// What it is sealed for: a cookie of one step means nothing in another.
    pub(super) const PURPOSE: &str = "signing in";
}

impl Confirming {
    pub(super) const PURPOSE: &str = "confirming";
}

impl Connecting {
    pub(super) const PURPOSE: &str = "connecting";
}
