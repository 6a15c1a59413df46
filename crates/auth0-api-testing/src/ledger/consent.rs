//! What a user has allowed a client.

use std::time::SystemTime;

use auth0_api_core::jose::Thumbprint;
use serde_json::Value;

use crate::registry::{Organization, User};

/// A user's consent to a client: what the client may get tokens for.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    pub(crate) client_id: String,
    pub(crate) user: User,
    pub(crate) audience: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) authorization_details: Vec<Value>,
    pub(crate) organization: Option<Organization>,
    /// The key that a public client's refresh token is bound to (RFC 9449 §5), or the `dpop_jkt` of an authorization
    /// request (RFC 9449 §10).
    pub(crate) key: Option<Thumbprint>,
    /// `None` if no user has signed in.
    pub(crate) login: Option<Login>,
}

/// When a user has signed in, and with which session.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) at: SystemTime,
    /// `None` if no browser took part: in an exchange, or in a test.
    pub(crate) session_id: Option<String>,
}
