//! Nonces for proofs ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)). The server stores none of them.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::rand::SystemRandom;

use crate::base64url;
use crate::clock::since_epoch;

/// Makes and verifies the nonces that clients must put into their proofs.
///
/// See [nonces](crate::guide::dpop#nonces).
///
/// With nonces, a client cannot make a proof long before it uses the proof. The time is measured by this server's
/// clock, not by the client's. Time is divided into steps of equal length, and the nonce of a step is the HMAC-SHA-256
/// of the step's number under a secret. Nothing is stored. Every replica with the same secrets and the same step
/// accepts the nonces of the other replicas.
///
/// 1. The nonces of the current step and of the previous step are accepted. So a nonce is accepted for at least one
///    step and at most two: with the default step, for 60 s to 120 s.
/// 2. A nonce does not reveal its step. The server compares the whole nonce, in constant time, with each nonce that it
///    currently accepts. The answer to an expired nonce is the same as to a nonce that was never issued.
/// 3. A nonce has 43 characters of base64url, which [RFC 9449 §8.1](https://www.rfc-editor.org/rfc/rfc9449#section-8.1)
///    allows, and contains 256 bits. So no client can guess a nonce.
///
/// To replace a secret, give every replica `[old, new]` first, then `[new, old]`, then `[new]`. The first secret makes
/// nonces, and the nonces of all secrets are accepted. The clocks of the replicas should differ by much less than a
/// step. A replica whose clock is behind may require another nonce. The client then needs one more request.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::dpop::RotatingNonce;
///
/// // Several replicas: take the secrets from a secret manager. Each needs 32 random bytes
/// // or more.
/// # let (new, old) = ([1; 32], [2; 32]);
/// let shared = RotatingNonce::new([new, old])?.step(Duration::from_secs(30));
///
/// // One process. Several processes would reject each other's nonces, and each would send
/// // its own nonce:
/// let own = RotatingNonce::generate()?;
///
/// assert!(RotatingNonce::new(["too short"]).is_err());
/// # Ok::<(), auth0_api_core::dpop::NonceSecretError>(())
/// ```
#[doc(alias = "use_dpop_nonce")]
#[derive(Clone)]
#[must_use]
pub struct RotatingNonce {
    secrets: Vec<hmac::Key>,
    step: Duration,
}

impl RotatingNonce {
    /// Creates nonces with the first of these secrets, and accepts the nonces of all of them.
    ///
    /// # Errors
    ///
    /// The list is empty, or a secret has less than 32 bytes.
    pub fn new(secrets: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Self, NonceSecretError> {
        let secrets: Vec<_> = secrets
            .into_iter()
            .enumerate()
            .map(|(index, secret)| key(index, secret.as_ref()))
            .collect::<Result<_, _>>()?;
        if secrets.is_empty() { Err(NonceSecretError::Missing) } else { Ok(Self::of(secrets)) }
    }

    /// Creates nonces with a random secret that only this process knows.
    ///
    /// After a restart, and when a load balancer sends a client to another replica, the client's nonce is rejected
    /// once. Use [`new`](Self::new) to avoid this.
    ///
    /// # Errors
    ///
    /// The system cannot provide random numbers.
    pub fn generate() -> Result<Self, NonceSecretError> {
        let secret = hmac::Key::generate(HMAC_SHA256, &SystemRandom::new()).map_err(|_| NonceSecretError::Random)?;
        Ok(Self::of(vec![secret]))
    }

    /// Sets the time after which the nonce changes. The old nonce is accepted for one more step. Default 60 s; from 1 s
    /// to 24 hours, else [`build`](crate::ApiClientBuilder::build) fails.
    ///
    /// With a shorter step, a proof can be made only a shorter time in advance. With a longer step, a client that
    /// seldom sends requests must less often repeat a request with a new nonce.
    pub fn step(mut self, step: Duration) -> Self {
        self.step = step;
        self
    }

    /// Whether the step is within its bounds.
    pub(crate) fn is_usable(&self) -> bool {
        (MIN_STEP..=MAX_STEP).contains(&self.step)
    }

    /// The time after which the nonce changes.
    pub(crate) fn period(&self) -> Duration {
        self.step
    }

    /// Returns the nonce to send to clients.
    pub(crate) fn current(&self, now: SystemTime) -> String {
        let step = self.step_at(now);
        self.secrets.first().map(|secret| nonce(secret, step)).unwrap_or_default()
    }

    /// Returns whether an accepted nonce is the current one; `None` if it is unknown or has expired.
    pub(crate) fn check(&self, presented: &str, now: SystemTime) -> Option<NonceAge> {
        if presented.len() != NONCE_LENGTH {
            return None;
        }
        // The accepted nonces are computed and compared in this order, until one matches: the current step with each
        // secret, then the previous step with each secret. The first nonce is the one that `current` returns. The other
        // nonces are accepted, but no longer sent: they belong to the previous step, or to a secret that is being
        // replaced.
        let step = self.step_at(now);
        // The first step since the epoch has no previous step.
        let steps = [Some(step), step.checked_sub(1)];
        let candidates =
            steps.into_iter().flatten().flat_map(|step| self.secrets.iter().map(move |secret| (secret, step)));
        let ages = std::iter::once(NonceAge::Current).chain(std::iter::repeat(NonceAge::Previous));
        candidates.zip(ages).find_map(|((secret, step), age)| {
            verify_slices_are_equal(nonce(secret, step).as_bytes(), presented.as_bytes()).ok().map(|()| age)
        })
    }

    fn of(secrets: Vec<hmac::Key>) -> Self {
        Self { secrets, step: DEFAULT_STEP }
    }

    /// The number of the step that `now` is in, counted from the epoch.
    fn step_at(&self, now: SystemTime) -> u128 {
        // `build` rejects a step of 0, for which there is no number.
        since_epoch(now).as_nanos().checked_div(self.step.as_nanos()).unwrap_or_default()
    }
}

impl fmt::Debug for RotatingNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotatingNonce").field("secrets", &"[redacted]").field("step", &self.step).finish()
    }
}

/// Whether an accepted nonce is still the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NonceAge {
    /// The nonce is the current one.
    Current,
    /// The nonce is accepted this time, and the client should use the current one for its next request.
    Previous,
}

/// Why secrets cannot be used for nonces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NonceSecretError {
    /// No secret was given.
    #[error("a nonce needs at least one secret")]
    Missing,
    /// The system cannot provide random numbers for a secret.
    #[error("the system cannot provide random numbers for a nonce secret")]
    Random,
    /// A secret is shorter than 32 bytes.
    #[error("nonce secret {position} has {length} bytes and needs {MIN_SECRET_LENGTH}")]
    TooShort {
        /// The position of the secret in the list, from 1.
        position: usize,
        /// The length of the secret in bytes.
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

/// Makes these HMACs differ from any other HMAC that is computed with the same secret.
const PURPOSE: &[u8] = b"auth0-api DPoP-Nonce v1";

/// The length of a SHA-256 hash in bytes, which [RFC 2104 §3](https://www.rfc-editor.org/rfc/rfc2104#section-3)
/// recommends as the minimum length of an HMAC key.
const MIN_SECRET_LENGTH: usize = 32;

/// The length of 32 bytes in base64url. A text of another length is rejected without computing an HMAC.
const NONCE_LENGTH: usize = 43;

/// A nonce is accepted for 60 s to 120 s: long enough for several requests of the client, and short enough that a
/// stolen proof is soon rejected.
const DEFAULT_STEP: Duration = Duration::from_secs(60);

/// With a shorter step, a nonce could expire before the client sends a proof with it.
const MIN_STEP: Duration = Duration::from_secs(1);

/// A nonce that is accepted for longer than two days proves nothing about when its proof was made.
const MAX_STEP: Duration = Duration::from_secs(86_400);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
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
    fn nonce_is_accepted_in_its_step_and_in_the_next_step() {
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
    fn step_can_be_set_and_is_at_least_a_second() {
        let nonces = RotatingNonce::new([SECRET]).unwrap().step(Duration::from_secs(10));
        assert_eq!(nonces.check(&nonces.current(at(0)), at(19)), Some(NonceAge::Previous));
        assert_eq!(nonces.check(&nonces.current(at(0)), at(20)), None);

        for (step, is_usable) in [(0, false), (999, false), (1_000, true)] {
            let nonces = RotatingNonce::new([SECRET]).unwrap().step(Duration::from_millis(step));
            assert_eq!(nonces.is_usable(), is_usable, "{step} ms");
        }
    }

    #[test]
    fn secrets_can_be_replaced_while_nonces_stay_valid() {
        let before = RotatingNonce::new([OTHER]).unwrap();
        let old_first = RotatingNonce::new([OTHER, SECRET]).unwrap();
        let new_first = RotatingNonce::new([SECRET, OTHER]).unwrap();
        let after = RotatingNonce::new([SECRET]).unwrap();

        assert_eq!(old_first.current(at(0)), before.current(at(0)));
        assert_eq!(new_first.current(at(0)), after.current(at(0)));
        assert_eq!(old_first.check(&new_first.current(at(0)), at(0)), Some(NonceAge::Previous));
        assert_eq!(new_first.check(&old_first.current(at(0)), at(60)), Some(NonceAge::Previous));
        assert_eq!(after.check(&before.current(at(0)), at(0)), None);
    }

    #[test]
    fn any_other_text_is_rejected() {
        let nonces = RotatingNonce::new([SECRET]).unwrap();
        let valid = nonces.current(at(0));
        let (front, last) = valid.split_at(42);
        assert_eq!(last.len(), 1);
        for other in
            ["", "a", front, &format!("{valid}A"), &format!("{front}_"), &format!("{front}\u{e9}"), &"A".repeat(43)]
        {
            assert_eq!(nonces.check(other, at(0)), None, "{other}");
        }
        assert_eq!(nonces.check(&"A".repeat(1 << 20), at(0)), None);
    }

    #[test]
    fn nonce_has_only_characters_that_rfc_9449_allows() {
        let nonce = RotatingNonce::generate().unwrap().current(at(0));
        assert_eq!(nonce.len(), NONCE_LENGTH);
        assert!(nonce.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)), "{nonce}");
    }

    #[test]
    fn first_step_since_the_epoch_has_no_previous_step() {
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
    fn missing_and_short_secrets_are_rejected() {
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
