//! Why the tenant or this server failed.

use std::borrow::Cow;

use auth0_api_core::Error;
use auth0_api_core::connected_accounts::ConnectError;

/// Why the tenant or this server failed, for the log only.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) label: &'static str,
    pub(super) hint: Option<Cow<'static, str>>,
    pub(super) reason: Option<String>,
}

impl Failure {
    pub(super) fn labelled(label: &'static str) -> Self {
        Self { label, hint: None, reason: None }
    }

    pub(super) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The tenant rejected the login. Its code has at most 64 printable characters in the log.
    pub(super) fn rejected_login(code: &str) -> Self {
        let code = code.chars().filter(|character| matches!(character, ' '..='~')).take(LONGEST_CODE).collect();
        Self { label: "login_rejected", hint: Some(LOGIN_HINT.into()), reason: Some(code) }
    }

    pub(super) fn of(error: &Error) -> Self {
        Self { label: error.label(), hint: error.hint(), reason: Some(error.to_string()) }
    }

    pub(super) fn of_connect(error: &ConnectError) -> Self {
        let detail = match error {
            ConnectError::Forbidden(problem)
            | ConnectError::NotFound(problem)
            | ConnectError::Rejected(problem)
            | ConnectError::Token(problem) => problem.detail(),
            _ => None,
        };
        let reason = detail.map_or_else(|| error.to_string(), |detail| format!("{error}: {detail}"));
        Self { label: error.label(), hint: error.hint().map(Into::into), reason: Some(reason) }
    }
}

/// The flow does not fit into a cookie, or its URL into a header.
pub(super) fn too_long() -> Failure {
    Failure::labelled("cookie_too_long").with_hint(COOKIE_HINT)
}

/// Of the code of an error.
const LONGEST_CODE: usize = 64;
const LOGIN_HINT: &str = "check the callback URLs, the scopes, the APIs and the organizations of the application for logins; \
                          the reason is the tenant's code";
const COOKIE_HINT: &str = "the flow must fit into a cookie of 4 KiB: remove large claims from the access token for the My \
                           Account API";
