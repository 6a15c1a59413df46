//! The successor of a refresh token, in an answer that is not usable otherwise.
//!
//! When the tenant rotates a refresh token, the old one is used up as soon as the tenant answers. So a check of the answer
//! that fails here must not cost the user their login.

use serde::Deserialize;

use super::IssuedToken;
use super::expected::Expected;
use crate::http::HttpResponse;

/// All other members are ignored, whatever they are.
#[derive(Deserialize)]
struct AnswerBody {
    #[serde(default)]
    refresh_token: Option<String>,
}

/// Returns the `refresh_token` of an answer, if the request had one and the answer has exactly one.
///
/// It reads past everything that the strict parser rejects: repeated members, text that is not UTF-8, octets after the
/// JSON. The answer came over TLS from the token endpoint, and the application sends the successor only there, so this one member
/// can be used although the rest cannot.
pub(super) fn read(response: &HttpResponse, expected: &Expected) -> Option<IssuedToken> {
    if !expected.rotates || !(200..300).contains(&response.status) {
        return None;
    }
    let mut body = serde_json::Deserializer::from_slice(&response.body);
    let AnswerBody { refresh_token } = AnswerBody::deserialize(&mut body).ok()?;
    IssuedToken::new(refresh_token.filter(|token| !token.is_empty())?)
}
