//! The checkpoints of lists: where the next page begins. A client cannot read or make one, as in Auth0.

use std::time::{Duration, SystemTime};

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::numeric_date;

/// Makes and reads the checkpoints of a tenant. They are signed, so the tenant has to remember none.
#[derive(Debug)]
pub(crate) struct Checkpoints(Key);

impl Checkpoints {
    pub(crate) fn new(secret: &str) -> Self {
        Self(Key::new(HMAC_SHA256, secret.as_bytes()))
    }

    /// Returns the checkpoint of the page that begins at the item with this number.
    pub(super) fn issue(&self, number: u64, now: SystemTime) -> String {
        let mut bytes = [number.to_be_bytes(), numeric_date(now + LIFETIME).to_be_bytes()].concat();
        let tag = sign(&self.0, &bytes);
        bytes.extend(tag.as_ref());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Returns the number of the first item of the page; `None` if this tenant did not issue the checkpoint, or too long
    /// ago.
    pub(super) fn read(&self, checkpoint: &str, now: SystemTime) -> Option<u64> {
        let bytes = URL_SAFE_NO_PAD.decode(checkpoint).ok()?;
        let (signed, tag) = bytes.split_at_checked(SIGNED)?;
        verify(&self.0, signed, tag).ok()?;
        let (number, expires_at) = signed.split_first_chunk()?;
        let is_fresh = numeric_date(now) < u64::from_be_bytes(expires_at.try_into().ok()?);
        is_fresh.then_some(u64::from_be_bytes(*number))
    }
}

/// Auth0's.
const LIFETIME: Duration = Duration::from_secs(24 * 3600);
/// Bytes: two numbers.
const SIGNED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_own_checkpoint_is_read_and_for_a_day() {
        let (own, other) = (Checkpoints::new("own"), Checkpoints::new("other"));
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let checkpoint = own.issue(7, now);
        assert_eq!(own.read(&checkpoint, now + LIFETIME - Duration::from_secs(1)), Some(7));
        assert_eq!(own.read(&checkpoint, now + LIFETIME), None);
        assert_eq!(other.read(&checkpoint, now), None);
        let changed =
            format!("{}{}", if checkpoint.starts_with('A') { "B" } else { "A" }, checkpoint.get(1..).unwrap_or(""));
        for text in [changed.as_str(), "7", "", "AAAAAAAAAAcAAAAAZVQrAA", "ä"] {
            assert_eq!(own.read(text, now), None, "{text}");
        }
    }
}
