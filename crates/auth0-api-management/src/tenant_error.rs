//! Errors of the Management API.

use std::fmt;

use serde_json::{Map, Value};

/// An error that the Management API answered, in Auth0's form.
///
/// [`code`](Self::code) and [`message`](Self::message) are the tenant's own texts, cut and without control characters.
/// `Display` and `Debug` do not show the message.
#[derive(Clone, PartialEq, Eq)]
pub struct TenantError {
    status: u16,
    code: Option<Box<str>>,
    message: Option<Box<str>>,
}

impl TenantError {
    /// Reads the body of an answer with this status. A body in another form has neither code nor message.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let body: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        let text = |name, longest| body.get(name).and_then(Value::as_str).and_then(|text| printable(text, longest));
        Self { status, code: text("errorCode", LONGEST_CODE), message: text("message", LONGEST_MESSAGE) }
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The `errorCode`: at most 64 printable characters.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The `message`: at most 512 printable characters. For a person, not for code.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

impl fmt::Display for TenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the Management API answered {}", self.status)?;
        self.code.as_ref().map_or(Ok(()), |code| write!(f, " {code}"))
    }
}

impl fmt::Debug for TenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantError").field("status", &self.status).field("code", &self.code).finish_non_exhaustive()
    }
}

impl std::error::Error for TenantError {}

/// Makes a text from the network safe to log. Returns `None` if nothing is left.
fn printable(text: &str, longest: usize) -> Option<Box<str>> {
    let text: String = text.chars().filter(|character| matches!(character, ' '..='~')).take(longest).collect();
    (!text.is_empty()).then(|| text.into())
}

/// Codes in use have about 40 characters.
const LONGEST_CODE: usize = 64;
/// Enough for the problems of each member of a body.
const LONGEST_MESSAGE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_and_printable_and_the_message_is_shown_on_request_only() {
        let body =
            format!(r#"{{"errorCode":"a\nb\u001b[1m{}","message":"hush \u202e{}"}}"#, "c".repeat(99), "d".repeat(999));
        let error = TenantError::read(409, body.as_bytes());
        assert!(error.code().is_some_and(|code| code.starts_with("ab[1mccc") && code.len() == 64));
        assert!(error.message().is_some_and(|message| message.starts_with("hush ddd") && message.len() == 512));
        assert!(!format!("{error} {error:?}").contains("hush"));
    }

    #[test]
    fn other_bodies_have_neither_code_nor_message() {
        for body in ["", "<html>", "[]", r#"{"errorCode":1,"message":[]}"#, r#"{"message":"\n"}"#, "\u{feff}{}"] {
            let error = TenantError::read(500, body.as_bytes());
            assert_eq!((error.code(), error.message()), (None, None), "{body}");
            assert_eq!(error.to_string(), "the Management API answered 500");
        }
    }
}
