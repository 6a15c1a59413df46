//! What the user is asked to approve.

use std::time::Duration;

use serde_json::{Value, json};

use super::CibaError;
use crate::exchange::{ProofKey, RequestedDetails};
use crate::token::AUTHORIZATION_DETAILS;

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
    authorization_details: RequestedDetails,
    pub(super) proof_key: Option<ProofKey>,
}

impl CibaRequest {
    /// Asks the user with this id. The user's device shows `binding_message`, so that the user knows what they approve: 1 to
    /// 64 characters, which are ASCII letters and digits, spaces and `+-_.,:#`. These are
    /// [Auth0's rules](https://auth0.com/docs/get-started/authentication-and-authorization-flow/client-initiated-backchannel-authentication-flow/user-authentication-with-ciba);
    /// a message that breaks them is rejected before anything is sent.
    pub fn new(user_id: impl Into<Box<str>>, binding_message: impl Into<Box<str>>) -> Self {
        Self {
            user_id: user_id.into(),
            binding_message: binding_message.into(),
            scope: "openid".into(),
            audience: None,
            expires_in: None,
            authorization_details: RequestedDetails::default(),
            proof_key: None,
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

    /// Requests an authorization detail ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)): a JSON object with a `type`
    /// that the tenant's API knows. The user sees it on the device. Call it once for each detail. Default: none.
    ///
    /// The user may grant others: read [`TokenSet::authorization_details`](crate::TokenSet::authorization_details).
    ///
    /// ```
    /// use auth0_api_core::ciba::CibaRequest;
    /// use serde_json::json;
    ///
    /// let payment =
    ///     json!({ "type": "payment", "amount": 4711, "currency": "EUR", "to": "Bob" });
    /// let asked =
    ///     CibaRequest::new("auth0|ada", "Payment of 4711 EUR").authorization_detail(payment);
    /// ```
    pub fn authorization_detail(mut self, detail: impl Into<Value>) -> Self {
        self.authorization_details.push(detail.into());
        self
    }

    /// Requests an access token that is bound to this key ([RFC 9449 §5](https://www.rfc-editor.org/rfc/rfc9449#section-5)):
    /// each question for the result has a proof. Default: a bearer token.
    pub fn dpop(mut self, key: &ProofKey) -> Self {
        self.proof_key = Some(key.clone());
        self
    }

    /// Asks for this lifetime of the request, in whole seconds and at least one. Default: the tenant's, which is five minutes
    /// at Auth0. A push notification lives no longer than that.
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
        if self.audience.as_deref().is_some_and(blank) {
            return Err(CibaError::Input { parameter: "audience" });
        }
        // Auth0 documents letters, digits and these signs. It also accepts white space, of which this crate sends only the
        // space: a line break could make a device show something else than the application wrote. The allowed characters
        // are ASCII, so the length in bytes is the length in characters.
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
        let details = self.authorization_details.field();
        let details = details.map_err(|_| CibaError::Input { parameter: AUTHORIZATION_DETAILS })?;
        let hint = json!({ "format": "iss_sub", "iss": issuer, "sub": self.user_id }).to_string();
        let mut fields =
            vec![("login_hint", hint), ("scope", self.scope.to_string()), ("binding_message", message.to_owned())];
        fields.extend(self.audience.as_ref().map(|audience| ("audience", audience.to_string())));
        fields.extend(details.map(|details| (AUTHORIZATION_DETAILS, details)));
        fields.extend(expires_in.map(|seconds| ("requested_expiry", seconds.to_string())));
        Ok(fields)
    }
}

/// Auth0's limit, in characters.
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
        assert_eq!(label(&request().audience(" ")), Some("ciba_input"));
        assert_eq!(label(&request().authorization_detail(json!({ "type": " " }))), Some("ciba_input"));
        assert_eq!(label(&request().authorization_detail(json!({ "type": "payment" }))), None);
        assert_eq!(label(&request().scope("openid read:orders").expires_in(Duration::from_secs(1))), None);
    }
}
