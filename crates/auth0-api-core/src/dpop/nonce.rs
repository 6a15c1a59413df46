//! Nonces for proofs ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)), made without keeping any state.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rand::SystemRandom;

use crate::base64url;
use crate::clock::since_epoch;

/// Makes and recognises the nonces that clients have to put into their proofs.
///
/// A nonce limits how long before its use a proof can have been made, by this server's clock instead of the client's.
/// Time is divided into steps; the nonce of a step is the HMAC-SHA-256 of the step's number under a secret. Nothing is
/// stored, and every replica with the same secrets and step recognises the others' nonces.
///
/// 1. The nonces of the current and of the previous step are accepted: one lives for at least one step and at most two,
///    with the default step between 60 s and 120 s.
/// 2. The nonce does not show its step. It is compared, whole and in constant time, with the few that could be right;
///    one that has expired is answered exactly as one that was never issued.
/// 3. It is 43 characters of base64url carrying 256 bits, as [RFC 9449
///    §8.1](https://www.rfc-editor.org/rfc/rfc9449#section-8.1) allows and no client can guess.
///
/// To replace a secret, give every replica `[old, new]` first, then `[new, old]`, then `[new]`: the first one issues,
/// all are accepted. Replicas' clocks should agree to well within a step; one that is behind asks for another nonce,
/// which costs the client one more request.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::RotatingNonce;
///
/// // Several replicas: secrets from your secret manager, 32 random bytes or more each.
/// # let (new, old) = ([1; 32], [2; 32]);
/// let shared = RotatingNonce::new([new, old])?.step(Duration::from_secs(30));
///
/// // One process, or one that may answer a stranger's nonce with its own:
/// let own = RotatingNonce::generate()?;
///
/// assert!(RotatingNonce::new(["too short"]).is_err());
/// # Ok::<(), auth0_api_core::NonceSecretError>(())
/// ```
#[derive(Clone)]
pub struct RotatingNonce {
    secrets: Vec<hmac::Key>,
    step: Duration,
}

impl RotatingNonce {
    /// Makes nonces with the first of these secrets and accepts those of all.
    ///
    /// # Errors
    ///
    /// There is no secret, or one has less than 32 bytes.
    pub fn new(secrets: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Self, NonceSecretError> {
        let secrets: Vec<_> = secrets
            .into_iter()
            .enumerate()
            .map(|(index, secret)| key(index, secret.as_ref()))
            .collect::<Result<_, _>>()?;
        if secrets.is_empty() { Err(NonceSecretError::Missing) } else { Ok(Self::of(secrets)) }
    }

    /// Makes nonces with a random secret that only this process knows.
    ///
    /// Behind a load balancer, or after a restart, clients are asked for another nonce; use [`new`](Self::new) there.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub fn generate() -> Result<Self, NonceSecretError> {
        let secret = hmac::Key::generate(HMAC_SHA256, &SystemRandom::new()).map_err(|_| NonceSecretError::Random)?;
        Ok(Self::of(vec![secret]))
    }

    /// Sets the time after which the nonce changes; it is accepted for one step more. Default 60 s, at least 1 s.
    ///
    /// Shorter limits how long a proof can be prepared ahead; longer saves clients that call seldom a second request.
    #[must_use]
    pub fn step(mut self, step: Duration) -> Self {
        self.step = step.max(MIN_STEP);
        self
    }

    /// The nonce to give out.
    pub(crate) fn current(&self, now: SystemTime) -> String {
        let step = self.step_at(now);
        self.secrets.first().map(|secret| nonce(secret, step)).unwrap_or_default()
    }

    /// Recognises a nonce that was given out, or `None`: unknown and expired are not told apart.
    pub(crate) fn check(&self, presented: &str, now: SystemTime) -> Option<NonceAge> {
        if presented.len() != NONCE_LENGTH {
            return None;
        }
        let step = self.step_at(now);
        let steps = [Some(step), step.checked_sub(1)];
        let candidates =
            steps.into_iter().flatten().flat_map(|step| self.secrets.iter().map(move |secret| (secret, step)));
        // Only the first is what `current` gives: the nonce of a secret that is being replaced counts as an old one.
        let ages = std::iter::once(NonceAge::Current).chain(std::iter::repeat(NonceAge::Previous));
        candidates.zip(ages).find_map(|((secret, step), age)| {
            verify_slices_are_equal(nonce(secret, step).as_bytes(), presented.as_bytes()).ok().map(|()| age)
        })
    }

    fn of(secrets: Vec<hmac::Key>) -> Self {
        Self { secrets, step: DEFAULT_STEP }
    }

    fn step_at(&self, now: SystemTime) -> u128 {
        since_epoch(now).as_nanos() / self.step.as_nanos()
    }
}

impl fmt::Debug for RotatingNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotatingNonce").field("secrets", &"[redacted]").field("step", &self.step).finish()
    }
}

/// Whether a recognised nonce is still the one to give out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NonceAge {
    /// It is.
    Current,
    /// It is good this time; the client should have the current one for the next.
    Previous,
}

/// Why secrets cannot be used for nonces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NonceSecretError {
    /// No secret was given.
    #[error("a nonce needs at least one secret")]
    Missing,
    /// The system has no random numbers for a secret.
    #[error("the system has no random numbers for a nonce secret")]
    Random,
    /// A secret is shorter than 32 bytes.
    #[error("nonce secret {position} has {length} bytes and needs {MIN_SECRET_LENGTH}")]
    TooShort {
        /// Its place in the list, from 1.
        position: usize,
        /// Its length in bytes.
        length: usize,
    },
}

fn key(index: usize, secret: &[u8]) -> Result<hmac::Key, NonceSecretError> {
    if secret.len() < MIN_SECRET_LENGTH {
        return Err(NonceSecretError::TooShort { position: index + 1, length: secret.len() });
    }
    Ok(hmac::Key::new(HMAC_SHA256, secret))
}

fn nonce(secret: &hmac::Key, step: u128) -> String {
    let mut context = hmac::Context::with_key(secret);
    context.update(PURPOSE);
    context.update(&step.to_be_bytes());
    base64url::encode(context.sign().as_ref())
}

/// Keeps these nonces apart from whatever else the same secret may sign.
const PURPOSE: &[u8] = b"auth0-api DPoP-Nonce v1";

/// The output of SHA-256, as [RFC 2104 §3](https://www.rfc-editor.org/rfc/rfc2104#section-3) advises for the key of an
/// HMAC.
const MIN_SECRET_LENGTH: usize = 32;

/// 32 bytes in base64url; anything else is not ours and costs nothing.
const NONCE_LENGTH: usize = 43;

/// Accepted for 60 s to 120 s: a nonce that a client got is good for its next requests, and a stolen proof dies soon.
const DEFAULT_STEP: Duration = Duration::from_secs(60);

/// A nonce must live long enough to travel to the client and back.
const MIN_STEP: Duration = Duration::from_secs(1);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const SECRET: [u8; 32] = [1; 32];
    const OTHER: [u8; 32] = [2; 32];

    #[test]
    fn nonce_is_the_hmac_of_its_step() {
        // HMAC-SHA-256 of the purpose and the step 28 333 333 in 16 bytes, computed with Python's hmac module.
        let nonce = RotatingNonce::new([SECRET]).unwrap().current(at(0));
        assert_eq!(nonce, "0MmDAX4ESgyale3Q4d9Fmem_fzYD9cKJEoJ6_mHPjMU");
    }

    #[test]
    fn nonce_lives_for_the_rest_of_its_step_and_the_next() {
        let nonces = RotatingNonce::new([SECRET]).unwrap();
        // 1 700 000 000 is 20 s into a step of 60 s.
        let nonce = nonces.current(at(0));
        assert_eq!(nonces.check(&nonce, at(0)), Some(NonceAge::Current));
        assert_eq!(nonces.check(&nonce, at(39)), Some(NonceAge::Current));
        assert_eq!(nonces.check(&nonce, at(40)), Some(NonceAge::Previous));
        assert_eq!(nonces.check(&nonce, at(99)), Some(NonceAge::Previous));
        assert_eq!(nonces.check(&nonce, at(100)), None);
    }

    #[test]
    fn nonce_of_the_future_is_rejected() {
        let nonces = RotatingNonce::new([SECRET]).unwrap();
        assert_eq!(nonces.check(&nonces.current(at(60)), at(0)), None);
    }

    #[test]
    fn step_is_chosen_and_at_least_a_second() {
        let nonces = RotatingNonce::new([SECRET]).unwrap().step(Duration::from_secs(10));
        assert_eq!(nonces.check(&nonces.current(at(0)), at(19)), Some(NonceAge::Previous));
        assert_eq!(nonces.check(&nonces.current(at(0)), at(20)), None);

        let nonces = RotatingNonce::new([SECRET]).unwrap().step(Duration::ZERO);
        assert_eq!(nonces.check(&nonces.current(at(0)), at(1)), Some(NonceAge::Previous));
        assert_eq!(nonces.check(&nonces.current(at(0)), at(2)), None);
    }

    #[test]
    fn secrets_roll_without_a_gap() {
        let before = RotatingNonce::new([OTHER]).unwrap();
        let learning = RotatingNonce::new([OTHER, SECRET]).unwrap();
        let rolling = RotatingNonce::new([SECRET, OTHER]).unwrap();
        let after = RotatingNonce::new([SECRET]).unwrap();

        assert_eq!(learning.current(at(0)), before.current(at(0)));
        assert_eq!(rolling.current(at(0)), after.current(at(0)));
        assert_eq!(learning.check(&rolling.current(at(0)), at(0)), Some(NonceAge::Previous));
        assert_eq!(rolling.check(&learning.current(at(0)), at(60)), Some(NonceAge::Previous));
        assert_eq!(after.check(&before.current(at(0)), at(0)), None);
    }

    #[test]
    fn anything_else_is_rejected() {
        let nonces = RotatingNonce::new([SECRET]).unwrap();
        let good = nonces.current(at(0));
        let (front, last) = good.split_at(42);
        assert_eq!(last.len(), 1);
        for bad in
            ["", "a", front, &format!("{good}A"), &format!("{front}_"), &format!("{front}\u{e9}"), &"A".repeat(43)]
        {
            assert_eq!(nonces.check(bad, at(0)), None, "{bad}");
        }
        assert_eq!(nonces.check(&"A".repeat(1 << 20), at(0)), None);
    }

    #[test]
    fn nonce_has_only_characters_of_rfc_9449() {
        let nonce = RotatingNonce::generate().unwrap().current(at(0));
        assert_eq!(nonce.len(), NONCE_LENGTH);
        assert!(nonce.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)), "{nonce}");
    }

    #[test]
    fn first_step_of_time_has_no_previous_one() {
        let nonces = RotatingNonce::new([SECRET]).unwrap();
        assert_eq!(nonces.check(&nonces.current(UNIX_EPOCH), UNIX_EPOCH), Some(NonceAge::Current));
        assert_eq!(nonces.check(&nonces.current(at(0)), UNIX_EPOCH), None);
    }

    #[test]
    fn generated_secrets_differ() {
        let (one, two) = (RotatingNonce::generate().unwrap(), RotatingNonce::generate().unwrap());
        assert_ne!(one.current(at(0)), two.current(at(0)));
    }

    #[test]
    fn weak_secrets_are_rejected() {
        assert_eq!(RotatingNonce::new([""; 0]).unwrap_err(), NonceSecretError::Missing);
        let error = RotatingNonce::new([&SECRET[..], &SECRET[1..]]).unwrap_err();
        assert_eq!(error, NonceSecretError::TooShort { position: 2, length: 31 });
        assert_eq!(error.to_string(), "nonce secret 2 has 31 bytes and needs 32");
    }

    #[test]
    fn debug_hides_the_secrets() {
        let shown = format!("{:?}", RotatingNonce::new([SECRET]).unwrap());
        assert_eq!(shown, r#"RotatingNonce { secrets: "[redacted]", step: 60s }"#);
    }

    fn at(second: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + second)
    }
}
