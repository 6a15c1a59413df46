//! OAuth errors of the tenant ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)), sorted by what the
//! user, the API or the operator can do about them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::{IssuedToken, Quotas, ResponseError};
use crate::jose::Object;

/// An OAuth error of the token endpoint.
///
/// [`kind`](Self::kind) returns what the error means. [`code`](Self::code) and [`description`](Self::description) are
/// the tenant's own texts. They are for logs, not for clients, because an Action can choose any text for them.
/// `Display` and `Debug` do not show the description.
#[derive(Clone)]
pub struct ServerError(Arc<Inner>);

struct Inner {
    kind: ServerErrorKind,
    status: u16,
    code: Box<str>,
    description: Option<Box<str>>,
    reported: Reported,
    mfa_token: Option<IssuedToken>,
    mfa_requirements: Option<Value>,
}

/// What the headers of an error response say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reported {
    pub(super) quotas: Quotas,
    pub(super) retry_after: Option<Duration>,
}

/// What an error means, and who can resolve the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerErrorKind {
    /// The user has not connected this account: start Connect Accounts for the user.
    AccountNotLinked,
    /// The account was connected, but its grant no longer works, was revoked, or lacks scopes: the user must connect it
    /// again.
    AccountUnusable,
    /// This API's client authentication was rejected, or the client may not use this grant.
    Client,
    /// The subject of an on-behalf-of exchange has been delegated too often: the tenant adds no further actor.
    DelegationTooDeep,
    /// A policy of the tenant, or the Action of the profile, denied this subject.
    Denied,
    /// The user must log in or consent in a browser first.
    InteractionRequired,
    /// The user must pass a further factor first.
    MfaRequired,
    /// There were too many requests, or a quota is used up: try again later.
    RateLimited,
    /// The request does not match the tenant's configuration: audience, scope, grant, parameters.
    Request,
    /// The connected account has not granted the requested scopes: the user must connect it again with these scopes.
    ScopesNotGranted,
    /// The tenant failed: it answered with a 5xx status, or with `server_error` or `temporarily_unavailable`.
    ServerTrouble,
    /// The tenant rejected the subject token.
    SubjectRejected,
    /// The tenant accepts no exchanges from this API's address for some time, after too many bad subject tokens.
    TooManyAttempts,
}

/// Which part of the tenant judges the subject. The meaning of some codes depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JudgedBy {
    /// An Action. It rejects a subject token with `invalid_request`, and can deny access with its own codes.
    Action,
    /// The tenant, for an on-behalf-of exchange: as `Tenant`, and it limits how often a subject can be delegated.
    OnBehalfOf,
    /// The tenant, without an Action. `invalid_request` then means that the request is wrong, because this API has just
    /// verified the subject.
    Tenant,
    /// Token Vault. The scopes are those that the user has granted at the external provider.
    Vault,
    /// Token Vault, with a refresh token as the subject. The refresh token is not the token that the client presented
    /// to this API.
    VaultForRefreshToken,
}

impl ServerError {
    /// Makes an error of a kind, for tests of what follows from it.
    #[cfg(test)]
    pub(crate) fn of_kind(kind: ServerErrorKind) -> Self {
        Self(Arc::new(Inner {
            kind,
            status: 400,
            code: "code".into(),
            description: None,
            reported: Reported::default(),
            mfa_token: None,
            mfa_requirements: None,
        }))
    }

    /// Reads an error body. Returns `None` if the body is not an OAuth error.
    ///
    /// # Errors
    ///
    /// A factor is required, and the `mfa_token` to continue with is present but malformed.
    pub(super) fn read(
        status: u16,
        body: &[u8],
        reported: Reported,
        judge: JudgedBy,
    ) -> Result<Option<Self>, ResponseError> {
        let Ok(body) = Object::parse(body.to_vec()) else { return Ok(None) };
        let Ok(Some(code)) = body.string("error") else { return Ok(None) };
        if code.is_empty() {
            return Ok(None);
        }
        let text = |name, longest| body.string(name).ok().flatten().map(|text| printable(&text, longest));
        let description = text("error_description", MAX_DESCRIPTION_BYTES);
        let kind = match ServerErrorKind::of(&code, status, judge) {
            ServerErrorKind::Request
                if judge == JudgedBy::OnBehalfOf && is_about_delegation(description.as_deref()) =>
            {
                ServerErrorKind::DelegationTooDeep
            }
            kind => kind,
        };
        let mfa_token = if kind == ServerErrorKind::MfaRequired { mfa_token(&body)? } else { None };
        Ok(Some(Self(Arc::new(Inner {
            kind,
            status,
            code: printable(&code, MAX_CODE_BYTES),
            description,
            reported,
            mfa_token,
            mfa_requirements: body.value("mfa_requirements"),
        }))))
    }

    /// What the error means.
    pub fn kind(&self) -> ServerErrorKind {
        self.0.kind
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The `error` code: at most 64 printable characters.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The `error_description`: at most 512 printable characters.
    pub fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// How long to wait before the next attempt, from `Retry-After`, which has seconds or a date; at most one hour.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.reported.retry_after
    }

    /// The quotas that the response reports. After `too_many_requests`, one of them may be used up.
    pub fn quotas(&self) -> Quotas {
        self.0.reported.quotas
    }

    /// The `mfa_token` of `mfa_required`. Send it only to the user that the subject token identifies.
    pub fn mfa_token(&self) -> Option<&IssuedToken> {
        self.0.mfa_token.as_ref()
    }

    /// The `mfa_requirements` of `mfa_required`, as the tenant sent it.
    pub fn mfa_requirements(&self) -> Option<&Value> {
        self.0.mfa_requirements.as_ref()
    }
}

impl ServerErrorKind {
    /// Whether the tenant has rejected the subject or the requested account. False if the request was wrong, or if the
    /// same request may succeed later.
    pub(super) fn is_about_subject(self) -> bool {
        match self {
            Self::AccountNotLinked
            | Self::AccountUnusable
            | Self::DelegationTooDeep
            | Self::Denied
            | Self::InteractionRequired
            | Self::MfaRequired
            | Self::ScopesNotGranted
            | Self::SubjectRejected => true,
            Self::Client | Self::RateLimited | Self::Request | Self::ServerTrouble | Self::TooManyAttempts => false,
        }
    }

    fn of(code: &str, status: u16, judge: JudgedBy) -> Self {
        match code {
            "too_many_attempts" => Self::TooManyAttempts,
            // A rate limit and an outage are recognised by the status, with any code in the body.
            _ if status == 429 => Self::RateLimited,
            _ if status >= 500 => Self::ServerTrouble,
            "federated_connection_refresh_token_not_found" => Self::AccountNotLinked,
            "federated_connection_refresh_token_flow_failed" => Self::AccountUnusable,
            "invalid_client" | "unauthorized_client" => Self::Client,
            "access_denied" => Self::Denied,
            "account_selection_required" | "consent_required" | "interaction_required" | "login_required" => {
                Self::InteractionRequired
            }
            "mfa_required" => Self::MfaRequired,
            "server_error" | "temporarily_unavailable" => Self::ServerTrouble,
            "insufficient_scope" => Self::ScopesNotGranted,
            "invalid_scope" if matches!(judge, JudgedBy::Vault | JudgedBy::VaultForRefreshToken) => {
                Self::ScopesNotGranted
            }
            "invalid_grant" if judge == JudgedBy::VaultForRefreshToken => Self::InteractionRequired,
            "invalid_grant" | "invalid_token" => Self::SubjectRejected,
            "invalid_request" if judge == JudgedBy::Action => Self::SubjectRejected,
            "invalid_dpop_proof"
            | "invalid_request"
            | "invalid_scope"
            | "invalid_target"
            | "unsupported_grant_type"
            | "use_dpop_nonce" => Self::Request,
            _ if judge == JudgedBy::Action => Self::Denied,
            _ => Self::Request,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token endpoint answered {} {}", self.0.status, self.0.code)
    }
}

impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerError")
            .field("kind", &self.0.kind)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("retry_after", &self.0.reported.retry_after)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ServerError {}

/// Returns true if the tenant says that the delegation chain exceeds its limit. Auth0 has no code of its own for this:
/// the code is `invalid_request`, and only the description tells.
fn is_about_delegation(description: Option<&str>) -> bool {
    let description = description.unwrap_or_default().to_ascii_lowercase();
    description.split_once("delegation chain").is_some_and(|(_, rest)| rest.contains("exceed"))
}

/// Returns the `mfa_token`, if there is one. One that cannot be read is an error, because without it the application
/// would believe that there is no way to continue.
fn mfa_token(body: &Object) -> Result<Option<IssuedToken>, ResponseError> {
    if matches!(body.raw("mfa_token"), None | Some("null")) {
        return Ok(None);
    }
    let token = body.string("mfa_token").ok().flatten().and_then(|token| IssuedToken::new(token.into_owned()));
    token.map(Some).ok_or(ResponseError::Member { member: "mfa_token" })
}

/// Makes a text from the network safe to log: keeps the printable ASCII characters, at most `longest` of them.
fn printable(text: &str, longest: usize) -> Box<str> {
    text.chars().filter(|character| matches!(character, ' '..='~')).take(longest).collect::<String>().into()
}

/// Codes in use have at most 46 characters.
const MAX_CODE_BYTES: usize = 64;
/// Enough for one or two sentences.
const MAX_DESCRIPTION_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::ServerErrorKind as Kind;
    use super::*;

    fn kind(status: u16, code: &str, judge: JudgedBy) -> Kind {
        let body = format!(r#"{{"error":"{code}"}}"#);
        ServerError::read(status, body.as_bytes(), Reported::default(), judge).unwrap().unwrap().kind()
    }

    #[test]
    fn each_error_code_has_its_kind() {
        for (status, code, expected) in [
            (401, "federated_connection_refresh_token_not_found", Kind::AccountNotLinked),
            (401, "federated_connection_refresh_token_flow_failed", Kind::AccountUnusable),
            (401, "invalid_client", Kind::Client),
            (403, "unauthorized_client", Kind::Client),
            (403, "access_denied", Kind::Denied),
            (403, "mfa_required", Kind::MfaRequired),
            (403, "consent_required", Kind::InteractionRequired),
            (403, "invalid_grant", Kind::SubjectRejected),
            (400, "invalid_request", Kind::Request),
            (400, "invalid_target", Kind::Request),
            (400, "not_a_known_code", Kind::Request),
            (403, "insufficient_scope", Kind::ScopesNotGranted),
            (429, "too_many_attempts", Kind::TooManyAttempts),
            (429, "too_many_requests", Kind::RateLimited),
            (429, "access_denied", Kind::RateLimited),
            (429, "invalid_client", Kind::RateLimited),
            (500, "access_denied", Kind::ServerTrouble),
            (503, "invalid_client", Kind::ServerTrouble),
            (503, "temporarily_unavailable", Kind::ServerTrouble),
            (500, "not_a_known_code", Kind::ServerTrouble),
            (400, "server_error", Kind::ServerTrouble),
        ] {
            assert_eq!(kind(status, code, JudgedBy::Tenant), expected, "{status} {code}");
        }
    }

    #[test]
    fn invalid_request_from_an_action_means_subject_rejected_and_an_unknown_code_means_denied() {
        assert_eq!(kind(400, "invalid_request", JudgedBy::Action), Kind::SubjectRejected);
        assert_eq!(kind(400, "not_on_a_sunday", JudgedBy::Action), Kind::Denied);
        assert_eq!(kind(400, "invalid_target", JudgedBy::Action), Kind::Request);
    }

    #[test]
    fn a_delegation_chain_that_exceeds_the_limit_is_recognised_by_its_description() {
        let kind = |status: u16, code: &str, description: &str, judge: JudgedBy| {
            let body = format!(r#"{{"error":"{code}","error_description":"{description}"}}"#);
            ServerError::read(status, body.as_bytes(), Reported::default(), judge).unwrap().unwrap().kind()
        };
        let exceeds = "Delegation chain depth exceeds the maximum of 5";
        for description in [exceeds, "delegation chain EXCEEDED", "The delegation chain exceeds the limit"] {
            assert_eq!(kind(400, "invalid_request", description, JudgedBy::OnBehalfOf), Kind::DelegationTooDeep);
        }
        for (status, code, description, judge, expected) in [
            (400, "invalid_request", "exceeds the delegation chain", JudgedBy::OnBehalfOf, Kind::Request),
            (400, "invalid_request", "Missing required parameter: audience", JudgedBy::OnBehalfOf, Kind::Request),
            (400, "invalid_request", exceeds, JudgedBy::Action, Kind::SubjectRejected),
            (400, "invalid_request", exceeds, JudgedBy::Tenant, Kind::Request),
            (400, "invalid_request", exceeds, JudgedBy::Vault, Kind::Request),
            (403, "unauthorized_client", exceeds, JudgedBy::OnBehalfOf, Kind::Client),
            (429, "invalid_request", exceeds, JudgedBy::OnBehalfOf, Kind::RateLimited),
            (400, "invalid_grant", exceeds, JudgedBy::OnBehalfOf, Kind::SubjectRejected),
        ] {
            assert_eq!(kind(status, code, description, judge), expected, "{status} {code} {description}");
        }
        assert_eq!(super::tests::kind(400, "invalid_request", JudgedBy::OnBehalfOf), Kind::Request);
    }

    #[test]
    fn invalid_scope_from_token_vault_means_scopes_not_granted() {
        assert_eq!(kind(400, "invalid_scope", JudgedBy::Vault), Kind::ScopesNotGranted);
        assert_eq!(kind(400, "invalid_scope", JudgedBy::VaultForRefreshToken), Kind::ScopesNotGranted);
        assert_eq!(kind(400, "invalid_scope", JudgedBy::Tenant), Kind::Request);
    }

    #[test]
    fn a_rejected_refresh_token_of_the_user_requires_interaction() {
        assert_eq!(kind(403, "invalid_grant", JudgedBy::Vault), Kind::SubjectRejected);
        assert_eq!(kind(403, "invalid_grant", JudgedBy::VaultForRefreshToken), Kind::InteractionRequired);
    }

    #[test]
    fn code_and_description_are_truncated_and_printable() {
        let body =
            format!(r#"{{"error":"a\nb\u001b[1m{}","error_description":"{}é"}}"#, "c".repeat(99), "d".repeat(999));
        let error = ServerError::read(400, body.as_bytes(), Reported::default(), JudgedBy::Tenant).unwrap().unwrap();
        assert!(error.code().starts_with("ab[1mccc") && error.code().len() == 64);
        assert_eq!(error.description().unwrap(), "d".repeat(512));
    }

    #[test]
    fn display_and_debug_show_neither_description_nor_mfa_token() {
        let body = br#"{"error":"mfa_required","error_description":"hush","mfa_token":"hush","mfa_requirements":{"challenge":["hush"]}}"#;
        let error = ServerError::read(403, body, Reported::default(), JudgedBy::Tenant).unwrap().unwrap();
        assert_eq!(error.to_string(), "the token endpoint answered 403 mfa_required");
        assert!(!format!("{error:?}").contains("hush"));
        assert_eq!(error.mfa_token().unwrap().expose(), "hush");
    }

    #[test]
    fn a_body_without_an_error_code_is_not_a_server_error() {
        for body in ["", "<html>", "{}", r#"{"error":""}"#, r#"{"error":1}"#, r#"["error"]"#] {
            assert!(
                ServerError::read(400, body.as_bytes(), Reported::default(), JudgedBy::Tenant).unwrap().is_none(),
                "{body}"
            );
        }
    }

    #[test]
    fn an_mfa_token_that_cannot_be_read_is_an_error_and_not_absent() {
        let read = |body: &str| ServerError::read(403, body.as_bytes(), Reported::default(), JudgedBy::Tenant);
        for token in ["5", "[\"t\"]", "\"\\n\"", "\"a\\r\\nb\"", "\"é\"", "\"\\ud83d\""] {
            let error = read(&format!(r#"{{"error":"mfa_required","mfa_token":{token}}}"#)).unwrap_err();
            assert_eq!(error, ResponseError::Member { member: "mfa_token" }, "{token}");
            let other = read(&format!(r#"{{"error":"invalid_grant","mfa_token":{token}}}"#)).unwrap().unwrap();
            assert!(other.mfa_token().is_none());
        }
        for body in [r#"{"error":"mfa_required"}"#, r#"{"error":"mfa_required","mfa_token":null}"#] {
            assert!(read(body).unwrap().unwrap().mfa_token().is_none(), "{body}");
        }
    }
}
