//! The text of a token that the tenant issued.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A token that the tenant issued. Only [`expose`](Self::expose) shows the text of the token. When the value is
/// dropped, its memory is overwritten.
#[derive(Clone)]
pub struct IssuedToken(SecretString);

impl IssuedToken {
    /// Takes the text of a token. This crate takes it from an answer of the tenant; an application with another source of
    /// tokens takes it from there, for example to sign a proof with it.
    ///
    /// Returns `None` unless the text can be the value of a header: visible ASCII, and spaces inside.
    pub fn new(token: impl Into<String>) -> Option<Self> {
        let token = token.into();
        // RFC 6749 §A.12: a token is visible ASCII and spaces. HTTP removes spaces around the value of a header, so they
        // would change the token. A line feed could add another header to the next request.
        let visible = token.bytes().all(|octet| matches!(octet, b' '..=b'~'));
        let is_header_value = visible && !token.starts_with(' ') && !token.ends_with(' ');
        is_header_value.then(|| Self(token.into()))
    }

    /// Returns the text of the token. Handle it like a password.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::IssuedToken;

    #[test]
    fn an_issued_token_can_be_the_value_of_a_header() {
        for token in ["a", "eyJ.eyJ.AA", "gho_16C7e42F292c6912E7710c838347Ae178B4a", "a b", "!~"] {
            assert!(IssuedToken::new(token.to_owned()).is_some(), "{token}");
        }
        for token in ["a\r\nX-Admin: 1", "a\n", "\ra", "a\tb", "a\0", "\u{7f}", "é", " a", "a "] {
            assert!(IssuedToken::new(token.to_owned()).is_none(), "{token:?}");
        }
    }
}
