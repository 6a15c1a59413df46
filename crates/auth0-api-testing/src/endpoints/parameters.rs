//! The parameters of a request: from a query, a form, or JSON. Auth0's token endpoint accepts a form and JSON.

use std::collections::BTreeMap;

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use super::error_response::ErrorResponse;
use crate::ResourceParameterProfile;

#[derive(Debug)]
pub(crate) struct Parameters(BTreeMap<String, Vec<String>>);

impl Parameters {
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, ErrorResponse> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Self::form(body),
            "application/json" => json(body),
            _ => Err(ErrorResponse::invalid_request(
                "Content-Type must be application/x-www-form-urlencoded or application/json",
            )),
        }
    }

    pub(crate) fn form(text: &[u8]) -> Result<Self, ErrorResponse> {
        let mut parameters = Self(BTreeMap::new());
        for (name, value) in form_urlencoded::parse(text) {
            parameters.add(name.into_owned(), value.into_owned())?;
        }
        Ok(parameters)
    }

    /// Returns a parameter. A parameter without a value counts as omitted
    /// ([RFC 6749 §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.first().map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn require(&self, name: &str) -> Result<&str, ErrorResponse> {
        self.get(name).ok_or_else(|| ErrorResponse::invalid_request(format!("Missing required parameter: {name}")))
    }

    /// Returns the requested API: the parameter `audience`, or `resource` if the tenant reads it.
    ///
    /// # Errors
    ///
    /// When the request has no `audience`, and has several resources or an invalid one.
    pub(crate) fn audience(&self, profile: ResourceParameterProfile) -> Result<Option<&str>, ErrorResponse> {
        if let Some(audience) = self.get("audience") {
            return Ok(Some(audience));
        }
        let resources = self.0.get("resource").filter(|_| profile == ResourceParameterProfile::Compatibility);
        let mut resources = resources.into_iter().flatten().filter(|resource| !resource.is_empty());
        let Some(resource) = resources.next() else { return Ok(None) };
        // RFC 8707 §2: the error for resources that the server does not accept.
        let invalid = |description| ErrorResponse::new(StatusCode::BAD_REQUEST, "invalid_target", description);
        if resources.next().is_some() {
            return Err(invalid("The request has several resource parameters. Ask for a token for each resource"));
        }
        if !is_absolute(resource) {
            return Err(invalid("The resource parameter must be an absolute URI without a fragment"));
        }
        Ok(Some(resource))
    }

    /// Returns the requested scopes; `None` if the request has no parameter `scope`.
    pub(crate) fn scopes(&self) -> Option<Vec<&str>> {
        Some(self.get("scope")?.split(' ').filter(|scope| !scope.is_empty()).collect())
    }

    /// Returns every parameter that the protocol does not define.
    pub(crate) fn extras(&self) -> BTreeMap<String, Vec<String>> {
        let unknown = self.0.iter().filter(|(name, _)| !PROTOCOL.contains(&name.as_str()));
        unknown.map(|(name, values)| (name.clone(), values.clone())).collect()
    }

    /// Returns one pair of name and value for each value, sorted by name.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let of_one = |(name, values): (&String, &Vec<String>)| -> Vec<_> {
            values.iter().map(|value| (name.clone(), value.clone())).collect()
        };
        self.0.iter().flat_map(of_one).collect()
    }

    /// Adds a value. RFC 6749 §3.2: a parameter of the protocol must not occur twice. Extra fields, which only an
    /// Action reads, may occur several times, and so may `resource` (RFC 8707 §2).
    fn add(&mut self, name: String, value: String) -> Result<(), ErrorResponse> {
        if name != "resource" && PROTOCOL.contains(&name.as_str()) && self.0.contains_key(&name) {
            return Err(ErrorResponse::invalid_request(format!("Repeated parameter: {name}")));
        }
        self.0.entry(name).or_default().push(value);
        Ok(())
    }
}

/// Returns whether a text is an absolute URI, which has no fragment ([RFC 3986 §4.3](https://www.rfc-editor.org/rfc/rfc3986#section-4.3)).
fn is_absolute(uri: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    uri.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty()) && !uri.contains('#')
}

fn json(body: &[u8]) -> Result<Parameters, ErrorResponse> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Err(ErrorResponse::invalid_request("The body is not a JSON object"));
    };
    let mut parameters = Parameters(BTreeMap::new());
    for (name, value) in members {
        let values = match value {
            Value::Array(values) if !PROTOCOL.contains(&name.as_str()) => values,
            value => vec![value],
        };
        for value in values {
            let Value::String(value) = value else {
                return Err(ErrorResponse::invalid_request(format!("Not a string: {name}")));
            };
            parameters.add(name.clone(), value)?;
        }
    }
    Ok(parameters)
}

/// The parameters of the protocol. An Action does not receive them among the extra fields.
const PROTOCOL: [&str; 35] = [
    "actor_token",
    "actor_token_type",
    "assertion",
    "aud",
    "audience",
    "authorization_details",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "connection",
    "dpop_jkt",
    "grant_type",
    "login_hint",
    "nonce",
    "organization",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "requested_token_type",
    "resource",
    "resource_indicator",
    "resources",
    "response_mode",
    "response_type",
    "scope",
    "screen_hint",
    "session_transfer_token",
    "state",
    "subject_token",
    "subject_token_type",
];
