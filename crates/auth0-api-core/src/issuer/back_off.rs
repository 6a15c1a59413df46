//! How long a failure keeps us from trying again.

use std::time::Duration;

use super::KeyPolicy;

/// The policy's first back-off, doubled with each further failure up to its longest; or what the server asked for, as far as it is
/// believed.
///
/// `chance` is random, over all values of its type: our own back-off is shortened by it, what a server asked for is lengthened,
/// because it must not be undercut.
pub(super) fn back_off(policy: &KeyPolicy, failures: u32, asked_for: Option<Duration>, chance: u16) -> Duration {
    let share =
        |whole: Duration| whole * u32::from(policy.jitter_percent) / 100 * u32::from(chance) / u32::from(u16::MAX);
    if let Some(asked_for) = asked_for {
        let believed = asked_for.clamp(policy.first_back_off, policy.longest_retry_after.max(policy.first_back_off));
        return believed + share(believed);
    }
    let factor = 2_u32.saturating_pow(failures.saturating_sub(1));
    let doubled = policy.first_back_off.saturating_mul(factor).min(policy.longest_back_off);
    doubled.saturating_sub(share(doubled))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: KeyPolicy = KeyPolicy::new();

    fn milliseconds(failures: u32, asked_for: Option<u64>, chance: u16) -> u128 {
        back_off(&POLICY, failures, asked_for.map(Duration::from_secs), chance).as_millis()
    }

    #[test]
    fn it_doubles_up_to_a_minute() {
        let waits = [1, 2, 3, 4, 5, 6, 7, 8, 40, u32::MAX].map(|failures| milliseconds(failures, None, 0));
        assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn chance_shortens_it_by_a_fifth_at_most() {
        assert_eq!([0, 13_107, u16::MAX].map(|chance| milliseconds(3, None, chance)), [4_000, 3_840, 3_200]);
    }

    #[test]
    fn what_the_server_asks_for_is_never_undercut_and_believed_up_to_ten_minutes() {
        assert_eq!(
            [30, 599, 600, 601, 86_400].map(|asked| milliseconds(1, Some(asked), 0) / 1000),
            [30, 599, 600, 600, 600]
        );
        assert_eq!(milliseconds(1, Some(30), u16::MAX), 36_000);
        assert_eq!(milliseconds(9, Some(0), 0), 1_000);
    }
}
