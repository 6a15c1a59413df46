//! How long to wait after a failed fetch.

use std::time::Duration;

use super::KeyPolicy;

/// Returns the delay after the given number of failures.
///
/// Without a `Retry-After`, the delay is the policy's first back-off. It doubles with each further failure, up to the
/// longest back-off. With a `Retry-After`, the delay is the time in that header, but at least the first back-off and at
/// most `longest_retry_after`.
///
/// `chance` is a random number over all values of its type. It spreads the requests of many replicas. It shortens the
/// policy's own back-off, but lengthens a `Retry-After`, because the client must not retry before the time that the
/// server sent.
pub(super) fn back_off(policy: &KeyPolicy, failures: u32, retry_after: Option<Duration>, chance: u16) -> Duration {
    let share =
        |whole: Duration| whole * u32::from(policy.jitter_percent) / 100 * u32::from(chance) / u32::from(u16::MAX);
    if let Some(retry_after) = retry_after {
        let wait = retry_after.clamp(policy.first_back_off, policy.longest_retry_after.max(policy.first_back_off));
        return wait + share(wait);
    }
    let factor = 2_u32.saturating_pow(failures.saturating_sub(1));
    let doubled = policy.first_back_off.saturating_mul(factor).min(policy.longest_back_off);
    doubled.saturating_sub(share(doubled))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: KeyPolicy = KeyPolicy::new();

    fn milliseconds(failures: u32, retry_after: Option<u64>, chance: u16) -> u128 {
        back_off(&POLICY, failures, retry_after.map(Duration::from_secs), chance).as_millis()
    }

    #[test]
    fn back_off_doubles_up_to_one_minute() {
        let waits = [1, 2, 3, 4, 5, 6, 7, 8, 40, u32::MAX].map(|failures| milliseconds(failures, None, 0));
        assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn jitter_shortens_the_back_off_by_at_most_a_fifth() {
        assert_eq!([0, 13_107, u16::MAX].map(|chance| milliseconds(3, None, chance)), [4_000, 3_840, 3_200]);
    }

    #[test]
    fn retry_after_is_never_shortened_and_capped_at_ten_minutes() {
        assert_eq!(
            [30, 599, 600, 601, 86_400].map(|seconds| milliseconds(1, Some(seconds), 0) / 1000),
            [30, 599, 600, 600, 600]
        );
        assert_eq!(milliseconds(1, Some(30), u16::MAX), 36_000);
        assert_eq!(milliseconds(9, Some(0), 0), 1_000);
    }
}
