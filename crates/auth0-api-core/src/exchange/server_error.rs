//! OAuth errors of the tenant ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::server_error_kind::JudgedBy;
use super::{ConnectAccount, IssuedToken, ReportedQuotas, ResponseError, ServerErrorKind};
use crate::jose::Object;
use crate::printable::printable;

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
    connect_account: Option<ConnectAccount>,
}

/// What the headers of an error response say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reported {
    pub(super) quotas: ReportedQuotas,
    pub(super) retry_after: Option<Duration>,
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
            connect_account: None,
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
        let kind = ServerErrorKind::of(&code, status, judge, description.as_deref());
        let mfa_token = if kind == ServerErrorKind::MfaRequired { mfa_token(&body)? } else { None };
        Ok(Some(Self(Arc::new(Inner {
            kind,
            status,
            code: printable(&code, MAX_CODE_BYTES),
            description,
            reported,
            mfa_token,
            mfa_requirements: body.value("mfa_requirements"),
            connect_account: None,
        }))))
    }

    /// Adds what the user has to connect, if this is an error about the account of this connection.
    pub(super) fn about(mut self, connection: Option<&str>, scope: Option<&str>) -> Self {
        use ServerErrorKind as Kind;
        let is_about_account =
            matches!(self.0.kind, Kind::AccountNotLinked | Kind::AccountUnusable | Kind::ScopesNotGranted);
        if let Some((connection, inner)) = connection.filter(|_| is_about_account).zip(Arc::get_mut(&mut self.0)) {
            inner.connect_account = Some(ConnectAccount::new(connection, scope.unwrap_or_default()));
        }
        self
    }

    /// What the user has to connect, with [`MyAccountClient`](crate::connected_accounts::MyAccountClient) or in a
    /// front end: the connection, and the scopes that the exchange asked for. `None` unless the [kind](Self::kind) is
    /// `AccountNotLinked`, `AccountUnusable` or `ScopesNotGranted`.
    pub fn connect_account(&self) -> Option<&ConnectAccount> {
        self.0.connect_account.as_ref()
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
    pub fn quotas(&self) -> ReportedQuotas {
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

/// Returns the `mfa_token`, if there is one. One that cannot be read is an error, because without it the application
/// would believe that there is no way to continue.
fn mfa_token(body: &Object) -> Result<Option<IssuedToken>, ResponseError> {
    if matches!(body.raw("mfa_token"), None | Some("null")) {
        return Ok(None);
    }
    let token = body.string("mfa_token").ok().flatten().and_then(|token| IssuedToken::new(token.into_owned()));
    token.map(Some).ok_or(ResponseError::Member { member: "mfa_token" })
}

/// Codes in use have at most 46 characters.
const MAX_CODE_BYTES: usize = 64;
/// Enough for one or two sentences.
const MAX_DESCRIPTION_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

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
