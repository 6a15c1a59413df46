//! What the cookie of a browser contains, sealed.

use serde::{Deserialize, Serialize};

use super::ending::Ending;
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

/// While the person is asked. It ends with its ticket.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirming {
    /// What the ID token says beside the user id: a verified address, and the organization.
    pub(super) email: Option<Box<str>>,
    pub(super) organization: Option<Box<str>>,
    /// That of the login: a browser could send the cookie under the name of another flow.
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
    /// That of the ticket, without the ticket: the cookie has little room.
    pub(super) owner: Box<str>,
    /// The flow of core, with its own state, verifier and end.
    pub(super) pending: Box<str>,
    /// The scopes that the tool needs.
    pub(super) scopes: Vec<Box<str>>,
    /// The person's access token for the My Account API.
    pub(super) token: Box<str>,
}

/// After the last step, for the page that says what has happened.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finished {
    pub(super) expires_at: u64,
    pub(super) finish: Finish,
    pub(super) state: Box<str>,
}

/// What has happened in a flow that came to its end.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Finish {
    /// `missing` has the scopes that the tool needs and the provider does not name as granted.
    Connected {
        connection: Box<str>,
        missing: Vec<Box<str>>,
    },
    SignedIn,
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

impl Finished {
    pub(super) const PURPOSE: &str = "finished";
}

impl From<Finish> for Ending {
    fn from(finish: Finish) -> Self {
        match finish {
            Finish::Connected { connection, missing } if missing.is_empty() => Self::Connected { connection },
            Finish::Connected { connection, missing } => Self::ConnectedWithout { connection, missing },
            Finish::SignedIn => Self::SignedIn,
        }
    }
}
