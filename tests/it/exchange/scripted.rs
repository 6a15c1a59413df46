//! The scripted answers of the token endpoint.

use auth0_api_testing::HttpAnswer;
use serde_json::json;

/// A token response with a token that expires in an hour.
pub(super) fn tokens(access_token: &str) -> HttpAnswer {
    tokens_for(access_token, 3600)
}

pub(super) fn tokens_for(access_token: &str, seconds: u64) -> HttpAnswer {
    HttpAnswer::json(200, &json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": seconds }))
}

pub(super) fn error(status: u16, code: &str) -> HttpAnswer {
    HttpAnswer::json(status, &json!({ "error": code }))
}

/// A status with an empty body and `Retry-After`.
pub(super) fn later(status: u16, seconds: u64) -> HttpAnswer {
    HttpAnswer::status(status).header("retry-after", seconds.to_string())
}
