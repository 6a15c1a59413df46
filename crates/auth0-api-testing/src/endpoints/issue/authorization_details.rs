//! The authorization details that a client requests ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)).

use http::StatusCode;
use serde_json::Value;

use crate::Api;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::parameters::Parameters;

/// Returns the requested details. Each must have a type that the API knows. RFC 9396 §5: otherwise the request is
/// rejected, because a client must not take a part of the details for the whole.
pub(crate) fn requested_details(api: Option<&Api>, parameters: &Parameters) -> Result<Vec<Value>, ErrorResponse> {
    let Some(text) = parameters.get("authorization_details") else { return Ok(Vec::new()) };
    let Ok(Value::Array(details)) = serde_json::from_str(text) else {
        return Err(invalid("authorization_details is not a JSON array"));
    };
    for detail in &details {
        let name = detail.as_object().and_then(|detail| detail.get("type")?.as_str());
        let name = name.ok_or_else(|| invalid("An authorization detail is not an object with a type"))?;
        if !api.is_some_and(|api| api.has_authorization_details_type(name)) {
            return Err(invalid(format!("The API has no authorization details of the type {name}")));
        }
    }
    Ok(details)
}

fn invalid(description: impl Into<String>) -> ErrorResponse {
    ErrorResponse::new(StatusCode::BAD_REQUEST, "invalid_authorization_details", description)
}
