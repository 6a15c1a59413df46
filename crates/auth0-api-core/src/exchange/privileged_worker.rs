//! Privileged worker (Auth0, early access): a Token Vault token for a user who is not present, requested with a JWT that
//! the client signs.

use super::grant::{CONNECTION, LOGIN_HINT};
use super::input::{absent_or_not_blank, not_blank};
use super::server_error_kind::JudgedBy;
use super::token_vault::VAULT_GRANT;
use super::worker_subject::WorkerSubject;
use super::{Grant, GrantRequest, InputError};
use crate::jose::PrivateKey;

/// A request for a token of an account that a user has connected, without a token of this user, for
/// [`get_access_token_as_privileged_worker`](crate::ApiClient::get_access_token_as_privileged_worker).
///
/// A program that can make this request can act for every user of the tenant. Take the user id from your own records, never from
/// a request of a client.
///
/// ```
/// use auth0_api_core::exchange::PrivilegedWorker;
/// use auth0_api_core::jose::PrivateKey;
///
/// # fn asked(key: &PrivateKey) -> PrivilegedWorker {
/// PrivilegedWorker::new("google-oauth2", "auth0|ada", "nightly calendar import", key)
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PrivilegedWorker {
    connection: Box<str>,
    login_hint: Option<Box<str>>,
    scope: Option<Box<str>>,
    subject: WorkerSubject,
}

impl PrivilegedWorker {
    /// Creates a request for the connection with this name, for the user with this id.
    ///
    /// `audit_context` says why the worker acts, in 1 to 256 characters; it reaches the tenant's logs. `key` is the private
    /// key whose public key is registered for the client. For each request to the tenant, it signs a new JWT, which Auth0
    /// accepts for 60 s.
    pub fn new(
        connection: impl Into<Box<str>>,
        user_id: impl Into<Box<str>>,
        audit_context: impl Into<Box<str>>,
        key: &PrivateKey,
    ) -> Self {
        let (user_id, audit_context) = (user_id.into(), audit_context.into());
        let subject = WorkerSubject { user_id, audit_context, organization: None, key: key.clone() };
        Self { connection: connection.into(), login_hint: None, scope: None, subject }
    }

    /// Requests the token within an organization, by its id (`org_…`). Default: none.
    pub fn organization(mut self, id: impl Into<Box<str>>) -> Self {
        self.subject.organization = Some(id.into());
        self
    }

    /// Selects one of several connected accounts, by the account's user id or e-mail address at the provider.
    pub fn login_hint(mut self, hint: impl Into<Box<str>>) -> Self {
        self.login_hint = Some(hint.into());
        self
    }

    /// Requests these scopes of the provider, separated by spaces. Default: all scopes that the user has granted.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }
}

impl Grant for PrivilegedWorker {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        not_blank("sub", &self.subject.user_id)?;
        absent_or_not_blank("org_id", self.subject.organization.as_deref())?;
        let context = not_blank("audit_context", &self.subject.audit_context)?;
        if context.chars().count() > LONGEST_CONTEXT {
            return Err(InputError::AuditContext);
        }
        Ok(GrantRequest::new(VAULT_GRANT)
            .field(CONNECTION, not_blank(CONNECTION, &self.connection)?)
            .field("subject_token_type", JWT)
            .field("requested_token_type", REQUESTED)
            .field_if_any(LOGIN_HINT, absent_or_not_blank(LOGIN_HINT, self.login_hint.as_deref())?)
            .field_if_any("scope", self.scope.as_deref())
            .judged_by(JudgedBy::VaultForWorker)
            .signed_subject(&self.subject)
            .cacheable()
            .access_token_only())
    }
}

/// RFC 8693 §3.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const REQUESTED: &str = "http://auth0.com/oauth/token-type/token-vault-access-token";
/// Auth0's limit.
const LONGEST_CONTEXT: usize = 256;
