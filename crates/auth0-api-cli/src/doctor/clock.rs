//! The clock of this machine, compared with that of the tenant.

use std::time::{Duration, SystemTime};

use super::finding::Finding;
use crate::printable::printable;

/// Compares the time at which an answer arrived with its header `Date`.
pub(super) fn compare(now: SystemTime, date: &str) -> Finding {
    let Ok(sent_at) = httpdate::parse_http_date(date.trim()) else {
        return Finding::not_looked(
            "clock",
            format!("the header Date of the tenant is no date: \"{}\"", printable(date)),
        );
    };
    let (difference, side) = match now.duration_since(sent_at) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(error) => (error.duration(), "behind"),
    };
    if difference <= USUAL {
        let text = format!("the clocks of this machine and the tenant agree within {} s", USUAL.as_secs());
        return Finding::passed("clock", text);
    }
    let text = format!("the clock of this machine is {} s {side} that of the tenant", difference.as_secs());
    let make = if difference <= TOLERATED { Finding::warning } else { Finding::problem };
    make("clock_differs", text)
        .machine("synchronise the clock (NTP): tokens expire early or late, and proofs of DPoP are rejected")
        .api("leeway() tolerates a small difference for tokens, up to 10 minutes")
}

/// The header has whole seconds, and the answer was on its way.
const USUAL: Duration = Duration::from_secs(5);
/// A proof of DPoP may be from 30 s in the future.
const TOLERATED: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::super::finding::Mark;
    use super::*;

    #[test]
    fn the_difference_decides() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"; // 784111777
        for (now, mark, told) in [
            (784_111_777, Mark::Passed, "agree within 5 s"),
            (784_111_782, Mark::Passed, "agree within 5 s"),
            (784_111_783, Mark::Warning, "6 s ahead of"),
            (784_111_747, Mark::Warning, "30 s behind"),
            (784_111_746, Mark::Problem, "31 s behind"),
            (784_115_377, Mark::Problem, "3600 s ahead of"),
        ] {
            let finding = compare(SystemTime::UNIX_EPOCH + Duration::from_secs(now), date);
            assert_eq!(finding.mark, mark, "{now}");
            assert!(finding.text.contains(told), "{}", finding.text);
        }
        assert_eq!(compare(SystemTime::UNIX_EPOCH, "yesterday").mark, Mark::NotLooked);
    }
}
