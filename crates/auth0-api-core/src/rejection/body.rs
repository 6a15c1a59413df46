//! The body of a rejection, for the developer of the client: what is wrong, and what to send instead.

use std::fmt::Write as _;

use super::offer::{ErrorDetails, Offer};
use super::row::{Kind, Row};
use crate::credentials::Scheme;

/// The body of a rejection: the fixed texts of this crate, and what the application has configured.
#[derive(Debug)]
pub(super) struct Body {
    description: &'static str,
    /// The members after `error_description`, as JSON: each one with a comma before it. Empty for most errors.
    named: String,
}

impl Body {
    pub(super) fn new(row: &Row, details: ErrorDetails<'_>, offer: Offer<'_>) -> Self {
        Self { description: described(row, offer), named: named(details) }
    }

    /// Creates the body of an error that no request of a client can avoid.
    pub(super) fn of_server(row: &Row) -> Self {
        Self { description: row.description(), named: String::new() }
    }

    pub(super) fn description(&self) -> &'static str {
        self.description
    }

    pub(super) fn json(&self, code: &str) -> String {
        format!(r#"{{"error":"{code}","error_description":"{}"{}}}"#, self.description, self.named)
    }
}

/// Returns the text of the row, with what the client has to send if the row does not say it: that depends on the schemes
/// that the API offers.
fn described(row: &Row, offer: Offer<'_>) -> &'static str {
    let offers = |scheme| offer.binding.offers(scheme);
    match (row.kind(), offers(Scheme::Bearer), offers(Scheme::Dpop)) {
        (Kind::MissingCredentials, true, true) => {
            "no access token was presented: send `Authorization: Bearer <token>`, or `Authorization: DPoP <token>` with \
             a proof"
        }
        (Kind::MissingCredentials, true, false) => {
            "no access token was presented: send `Authorization: Bearer <token>`"
        }
        (Kind::MissingCredentials, false, true) => {
            "no access token was presented: send `Authorization: DPoP <token>` with a proof"
        }
        (Kind::SchemeNotOffered, true, false) => "this API takes Bearer only",
        (Kind::SchemeNotOffered, false, true) => "this API takes DPoP only",
        (Kind::UseDpopNonce { .. }, ..) => {
            "the proof needs the nonce of the DPoP-Nonce header: retry the request with a proof that has it"
        }
        _ => row.description(),
    }
}

fn named(details: ErrorDetails<'_>) -> String {
    let mut members = String::new();
    let mut add = |name: &str, value: serde_json::Value| _ = write!(members, r#","{name}":{value}"#);
    if let Some(acr_values) = details.acr_values {
        add("acr_values", acr_values.into());
    }
    if let Some(max_age) = details.max_age {
        add("max_age", max_age.as_secs().into());
    }
    if let Some(scope) = details.scope {
        add("scope", scope.into());
    }
    members
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_values_of_an_application_are_json_strings() {
        let details = ErrorDetails {
            acr_values: Some("urn:a urn:b"),
            max_age: Some(Duration::from_millis(300_900)),
            scope: Some("read:\"all\" c:\\d é\n</script>"),
            error: None,
        };
        let body = Body { description: "not enough", named: named(details) };
        assert_eq!(
            body.json("insufficient_scope"),
            r#"{"error":"insufficient_scope","error_description":"not enough","acr_values":"urn:a urn:b","max_age":300,"scope":"read:\"all\" c:\\d é\n</script>"}"#
        );
    }

    #[test]
    fn a_body_without_details_has_two_members() {
        let body = Body { description: "no", named: named(ErrorDetails::default()) };
        assert_eq!(body.json("invalid_token"), r#"{"error":"invalid_token","error_description":"no"}"#);
    }
}
