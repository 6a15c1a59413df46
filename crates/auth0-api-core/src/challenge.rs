//! The grammar of `WWW-Authenticate` ([RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)).

use std::fmt;

use crate::credentials::Scheme;

/// One challenge: a scheme and its parameters. A challenge is the value of one `WWW-Authenticate` line.
///
/// The value is always a valid header. A parameter contains only characters that
/// [RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3) allows. These characters need no escaping.
///
/// ```
/// use auth0_api_core::{Challenge, Scheme};
///
/// let challenge =
///     Challenge::new(Scheme::Bearer).with("realm", "api").with("error", "invalid_token");
/// assert_eq!(challenge.to_string(), r#"Bearer realm="api", error="invalid_token""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Challenge {
    scheme: Scheme,
    text: String,
}

impl Challenge {
    /// Starts a challenge without parameters.
    pub fn new(scheme: Scheme) -> Self {
        let mut text = String::with_capacity(USUAL_CHARS);
        text.push_str(scheme.as_str());
        Self { scheme, text }
    }

    /// Adds a parameter. Characters that are not allowed in a value are removed. A value that is longer than 2048
    /// characters is cut.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.text.push_str(if self.text.len() == self.scheme.as_str().len() { " " } else { ", " });
        self.text.push_str(name);
        self.text.push_str("=\"");
        self.text.extend(value.chars().filter(|character| is_allowed(*character)).take(MAX_VALUE_CHARS));
        self.text.push('"');
        self
    }

    /// The scheme of the challenge.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The value of the `WWW-Authenticate` line.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The characters that RFC 6750 §3 allows: %x20-21 / %x23-5B / %x5D-7E.
fn is_allowed(character: char) -> bool {
    matches!(character, ' '..='!' | '#'..='[' | ']'..='~')
}

/// Enough for every scope that a route may require, and far below the header limits of common clients.
const MAX_VALUE_CHARS: usize = 2048;

/// The length of a usual challenge, so that its text is allocated once.
const USUAL_CHARS: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_need_escaping_are_removed() {
        let challenge = Challenge::new(Scheme::Bearer).with("error_description", "a\\b\"c\r\nX: 1\u{7f}é\t");
        assert_eq!(challenge.to_string(), r#"Bearer error_description="abcX: 1""#);
    }

    #[test]
    fn a_challenge_without_parameters_is_its_scheme() {
        assert_eq!(Challenge::new(Scheme::Dpop).to_string(), "DPoP");
    }

    #[test]
    fn long_values_are_cut() {
        let challenge = Challenge::new(Scheme::Dpop).with("scope", &"x".repeat(10_000));
        assert_eq!(challenge.to_string().len(), "DPoP scope=\"\"".len() + MAX_VALUE_CHARS);
    }
}
