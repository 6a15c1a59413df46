//! The nonce that a server of the tenant demands in proofs
//! ([RFC 9449 §8.2](https://www.rfc-editor.org/rfc/rfc9449#section-8.2)).

use std::sync::PoisonError;

use crate::http::HttpResponse;
use crate::sync::Mutex;

/// The latest nonce of one server: every response may have a new one, and the client uses the latest.
#[derive(Debug, Default)]
pub(crate) struct LatestNonce(Mutex<Option<Box<str>>>);

impl LatestNonce {
    pub(super) fn new(nonce: Option<Box<str>>) -> Self {
        Self(Mutex::new(nonce))
    }

    pub(crate) fn get(&self) -> Option<Box<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the nonce of a response. Returns whether there is one.
    pub(crate) fn keep(&self, response: &HttpResponse) -> bool {
        let Some(nonce) = response.header("dpop-nonce").filter(|nonce| is_nonce(nonce)) else { return false };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(nonce.into());
        true
    }
}

/// RFC 9449 §8.1: the characters that a nonce may have.
fn is_nonce(text: &str) -> bool {
    let allowed = |octet: u8| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (1..=MAX_NONCE_BYTES).contains(&text.len()) && text.bytes().all(allowed)
}

/// RFC 9449 sets no limit for the length of a nonce, so this crate chose a limit.
const MAX_NONCE_BYTES: usize = 256;
