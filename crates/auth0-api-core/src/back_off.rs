//! How long to wait after a failed request to a server before the next one.

use std::time::Duration;

use crate::random::chance;

/// The limits of a back-off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackOff {
    /// The delay after the first failure.
    pub(crate) first: Duration,
    /// The delay doubles with each further failure, up to this one.
    pub(crate) longest: Duration,
    /// The longest `Retry-After` that is honoured.
    pub(crate) longest_retry_after: Duration,
    /// The largest share of the delay that is taken off or added at random.
    pub(crate) jitter_percent: u8,
}

impl BackOff {
    /// Returns the delay after the given number of failures.
    ///
    /// Without a `Retry-After`, the delay is `first`. It doubles with each further failure, up to `longest`. With a
    /// `Retry-After`, the delay is the time in that header, but at least `first` and at most `longest_retry_after`.
    ///
    /// The jitter spreads the requests of many replicas. It shortens this client's own back-off, but lengthens a
    /// `Retry-After`, because the client must not retry before the time that the server sent.
    pub(crate) fn after(&self, failures: u32, retry_after: Option<Duration>) -> Duration {
        self.with_chance(failures, retry_after, chance())
    }

    /// `chance` is a random number over all values of its type.
    fn with_chance(&self, failures: u32, retry_after: Option<Duration>, chance: u16) -> Duration {
        let share =
            |whole: Duration| whole * u32::from(self.jitter_percent) / 100 * u32::from(chance) / u32::from(u16::MAX);
        if let Some(retry_after) = retry_after {
            let wait = retry_after.clamp(self.first, self.longest_retry_after.max(self.first));
            return wait + share(wait);
        }
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1));
        let doubled = self.first.saturating_mul(factor).min(self.longest);
        doubled.saturating_sub(share(doubled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: BackOff = BackOff {
        first: Duration::from_secs(1),
        longest: Duration::from_secs(60),
        longest_retry_after: Duration::from_secs(600),
        jitter_percent: 20,
    };

    fn milliseconds(failures: u32, retry_after: Option<u64>, chance: u16) -> u128 {
        KEYS.with_chance(failures, retry_after.map(Duration::from_secs), chance).as_millis()
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
