//! What the user is asked to approve.

use std::time::Duration;

use serde_json::json;

use super::CibaError;

/// A request for a user's approval.
///
/// ```
/// use auth0_api_core::ciba::CibaRequest;
///
/// let asked = CibaRequest::new("auth0|ada", "Transfer 4711 to Bob")
///     .audience("https://bank.example.com");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CibaRequest {
    user_id: Box<str>,
    binding_message: Box<str>,
    scope: Box<str>,
    audience: Option<Box<str>>,
    expires_in: Option<Duration>,
}

impl CibaRequest {
    /// Asks the user with this id. The user's device shows `binding_message`, so that the user knows what they approve: 1 to
    /// 64 characters, which are ASCII letters and digits, spaces and `+-_.,:#`.
    pub fn new(user_id: impl Into<Box<str>>, binding_message: impl Into<Box<str>>) -> Self {
        Self {
            user_id: user_id.into(),
            binding_message: binding_message.into(),
            scope: "openid".into(),
            audience: None,
            expires_in: None,
        }
    }

    /// Requests these scopes, separated by spaces. They must include `openid` (CIBA Core §7.1). Default: `openid`.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = scope.into();
        self
    }

    /// Requests a token for this API. Default: none.
    pub fn audience(mut self, audience: impl Into<Box<str>>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Asks for this lifetime of the request, in whole seconds and at least one. Default: the tenant's.
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    /// Checks the input, and returns the form fields without those of client authentication.
    pub(super) fn fields(&self, issuer: &str) -> Result<Vec<(&'static str, String)>, CibaError> {
        let blank = |text: &str| text.trim().is_empty();
        if blank(&self.user_id) {
            return Err(CibaError::Input { parameter: "user_id" });
        }
        // The allowed characters are ASCII, so the length in bytes is the length in characters.
        let message = &*self.binding_message;
        let allowed = |octet: u8| octet.is_ascii_alphanumeric() || b" +-_.,:#".contains(&octet);
        if blank(message) || message.len() > LONGEST_MESSAGE || !message.bytes().all(allowed) {
            return Err(CibaError::BindingMessage);
        }
        if !self.scope.split(' ').any(|scope| scope == "openid") {
            return Err(CibaError::Input { parameter: "scope" });
        }
        let expires_in = self.expires_in.map(|lifetime| lifetime.as_secs());
        if expires_in == Some(0) {
            return Err(CibaError::Input { parameter: "requested_expiry" });
        }
        let hint = json!({ "format": "iss_sub", "iss": issuer, "sub": self.user_id }).to_string();
        let mut fields =
            vec![("login_hint", hint), ("scope", self.scope.to_string()), ("binding_message", message.to_owned())];
        fields.extend(self.audience.as_ref().map(|audience| ("audience", audience.to_string())));
        fields.extend(expires_in.map(|seconds| ("requested_expiry", seconds.to_string())));
        Ok(fields)
    }
}

/// Auth0's limit.
const LONGEST_MESSAGE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn label(request: &CibaRequest) -> Option<&'static str> {
        request.fields("https://tenant.example/").err().map(|error| error.label())
    }

    #[test]
    fn a_binding_message_has_64_plain_characters_at_most() {
        for message in ["Transfer 4711: 5.00, to #Bob_A-B+C", &"a".repeat(64)] {
            assert_eq!(label(&CibaRequest::new("auth0|ada", message)), None, "{message}");
        }
        for message in ["", "  ", "a\nb", "<b>", "5 €", "a/b", "a\tb", &"a".repeat(65)] {
            let request = CibaRequest::new("auth0|ada", message);
            assert_eq!(label(&request), Some("ciba_binding_message"), "{message:?}");
        }
    }

    #[test]
    fn user_scope_and_lifetime_are_checked() {
        let request = || CibaRequest::new("auth0|ada", "Pay");
        assert_eq!(label(&CibaRequest::new(" ", "Pay")), Some("ciba_input"));
        assert_eq!(label(&request().scope("read:orders")), Some("ciba_input"));
        assert_eq!(label(&request().expires_in(Duration::from_millis(999))), Some("ciba_input"));
        assert_eq!(label(&request().scope("openid read:orders").expires_in(Duration::from_secs(1))), None);
    }
}
