//! What the answer to a token request must satisfy.

use super::server_error_kind::JudgedBy;
use crate::jose::Thumbprint;

/// What the answer to one request must satisfy.
#[derive(Debug)]
pub(super) struct Expected {
    /// ID and refresh tokens are not read.
    pub(super) access_token_only: bool,
    pub(super) bound_to: Option<Thumbprint>,
    pub(super) client_id: Box<str>,
    /// The connection of a Token Vault request.
    pub(super) connection: Option<Box<str>>,
    pub(super) issuer: Box<str>,
    pub(super) judge: JudgedBy,
    pub(super) organization: Option<Box<str>>,
    /// The request has a refresh token, which the tenant may replace.
    pub(super) rotates: bool,
    pub(super) scope: Option<Box<str>>,
    /// The token must be a session transfer token.
    pub(super) session_transfer: bool,
}
