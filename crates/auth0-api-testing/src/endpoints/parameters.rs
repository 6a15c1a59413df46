//! The parameters of a token request, form-encoded or JSON: Auth0 takes both.

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use serde_json::Value;

use super::refusal::Refusal;

pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => form(body),
            "application/json" => json(body),
            _ => Err(Refusal::invalid_request(
                "Content-Type must be application/x-www-form-urlencoded or application/json",
            )),
        }
    }

    /// A parameter; one without a value counts as omitted ([RFC 6749 §3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::invalid_request(format!("Missing required parameter: {name}")))
    }
}

fn form(body: &[u8]) -> Result<Parameters, Refusal> {
    let mut parameters = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        // RFC 6749 §3.2: no parameter more than once.
        if parameters.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(Refusal::invalid_request(format!("Repeated parameter: {name}")));
        }
    }
    Ok(Parameters(parameters))
}

fn json(body: &[u8]) -> Result<Parameters, Refusal> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Err(Refusal::invalid_request("The body is not a JSON object"));
    };
    let text = |(name, value)| match value {
        Value::String(value) => Ok((name, value)),
        _ => Err(Refusal::invalid_request(format!("Not a string: {name}"))),
    };
    members.into_iter().map(text).collect::<Result<_, _>>().map(Parameters)
}
