//! The nonces that servers demand in proofs.

use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;

/// The latest nonce of each origin ([RFC 9449 §8.2](https://www.rfc-editor.org/rfc/rfc9449#section-8.2)). A fetcher knows its
/// origins when it is built, so there are never more nonces than origins.
#[derive(Debug)]
pub(crate) struct Nonces(Box<[Mutex<Option<Arc<str>>>]>);

impl Nonces {
    pub(crate) fn new(origins: usize) -> Self {
        Self((0..origins).map(|_| Mutex::default()).collect())
    }

    pub(crate) fn of(&self, origin: usize) -> Option<Arc<str>> {
        let nonce = self.0.get(origin)?;
        nonce.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the nonce of a response, and returns it.
    pub(crate) fn keep(&self, origin: usize, headers: &HeaderMap) -> Option<Arc<str>> {
        let nonce = headers.get("dpop-nonce")?.to_str().ok().filter(|nonce| is_nonce(nonce))?;
        let mut kept = self.0.get(origin)?.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = kept.as_ref().filter(|kept| ***kept == *nonce) {
            return Some(Arc::clone(same));
        }
        let nonce = Arc::from(nonce);
        *kept = Some(Arc::clone(&nonce));
        Some(nonce)
    }
}

/// RFC 9449 §8.1: the characters that a nonce may have.
fn is_nonce(text: &str) -> bool {
    let allowed = |octet: u8| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (1..=MAX_NONCE_BYTES).contains(&text.len()) && text.bytes().all(allowed)
}

/// As `auth0-api-core`: RFC 9449 sets no limit.
const MAX_NONCE_BYTES: usize = 256;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    fn keep(nonces: &Nonces, origin: usize, value: &str) -> Option<Arc<str>> {
        nonces.keep(origin, &HeaderMap::from_iter([("dpop-nonce".parse().unwrap(), value.parse().unwrap())]))
    }

    #[test]
    fn each_origin_has_its_own_nonce() {
        let nonces = Nonces::new(2);
        assert_eq!(keep(&nonces, 0, "a").as_deref(), Some("a"));
        assert_eq!((nonces.of(0).as_deref(), nonces.of(1)), (Some("a"), None));
        keep(&nonces, 1, "b");
        keep(&nonces, 0, "c");
        assert_eq!((nonces.of(0).as_deref(), nonces.of(1).as_deref()), (Some("c"), Some("b")));
        assert_eq!((keep(&nonces, 2, "d"), nonces.of(2)), (None, None));
        assert_eq!(nonces.keep(0, &HeaderMap::new()), None);
    }

    #[test]
    fn what_is_no_nonce_is_not_kept() {
        let nonces = Nonces::new(1);
        for value in ["", "a b", "a\"b", "a\\b", &"a".repeat(257)] {
            assert_eq!(keep(&nonces, 0, value), None, "{value}");
        }
        assert_eq!(nonces.of(0), None);
        assert!(keep(&nonces, 0, &"a".repeat(256)).is_some());
    }
}
