//! Only the user and client that opened a session can continue it.
//!
//! The session id of MCP identifies the conversation of a request. `rmcp` accepts the id from every caller. If an id
//! leaks, another caller with a valid token must not be able to continue the conversation. So the id that a client
//! receives has a tag: a MAC over the id and the principal. The server does not store the tag, and servers that share
//! the key accept each other's ids.

use std::error::Error;
use std::fmt;

use auth0_api_axum::{Token, VerifiedToken};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, StatusCode};

/// The key of the MAC. Replicas that continue each other's sessions need the same key.
#[derive(Clone)]
pub(crate) struct SessionKey(hmac::Key);

impl SessionKey {
    pub(crate) fn generate() -> Result<Self, Box<dyn Error>> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        key.map(Self).map_err(|_| "the system provides no randomness".into())
    }

    /// Returns the id with its tag, as the client sees it.
    fn tagged(&self, id: &str, token: &VerifiedToken) -> String {
        format!("{id}.{}", URL_SAFE_NO_PAD.encode(self.tag(id, token)))
    }

    /// Returns the id without its tag, as `rmcp` sees it. Returns `None` unless the tag is valid for this principal.
    fn opened<'i>(&self, tagged: &'i str, token: &VerifiedToken) -> Option<&'i str> {
        let (id, tag) = tagged.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.0, &principal(id, token), &tag).ok().map(|()| id)
    }

    fn tag(&self, id: &str, token: &VerifiedToken) -> hmac::Tag {
        hmac::sign(&self.0, &principal(id, token))
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey([redacted])")
    }
}

/// Middleware for sessions. Only the user and the client that opened a session can continue it. Other callers get 404. An MCP
/// client then opens a new session.
///
/// Clients see tagged ids and `rmcp` sees plain ones. The middleware checks the id of the request and removes its tag,
/// and it adds a tag to the id of the response.
pub(crate) async fn guard(
    State(key): State<SessionKey>,
    Token(token): Token,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(tagged) = request.headers().get(SESSION_ID) {
        let Some(id) = tagged.to_str().ok().and_then(|tagged| key.opened(tagged, &token)) else {
            return (StatusCode::NOT_FOUND, "no such session").into_response();
        };
        if let Ok(id) = HeaderValue::from_str(id) {
            request.headers_mut().insert(SESSION_ID, id);
        }
    }
    let mut response = next.run(request).await;
    tag(response.headers_mut(), &key, &token);
    response
}

fn tag(headers: &mut HeaderMap, key: &SessionKey, token: &VerifiedToken) {
    let id = headers.get(SESSION_ID).and_then(|id| id.to_str().ok());
    let tagged = id.and_then(|id| HeaderValue::try_from(key.tagged(id, token)).ok());
    if let Some(tagged) = tagged {
        headers.insert(SESSION_ID, tagged);
    }
}

/// Returns the octets that the MAC covers: the session, the issuer, the user and the client. The length of each part
/// precedes the part, so that different parts never result in the same octets.
fn principal(id: &str, token: &VerifiedToken) -> Vec<u8> {
    let parts = [id, token.issuer(), token.subject().unwrap_or_default(), token.client_id().unwrap_or_default()];
    parts.iter().flat_map(|part| part.len().to_be_bytes().into_iter().chain(part.bytes())).collect()
}

const SESSION_ID: &str = "mcp-session-id";
