//! The clock of this machine, compared with that of the tenant.

use std::time::{Duration, SystemTime};

use super::finding::Finding;
use crate::printable::printable;

/// Compares the time at which an answer arrived with its headers `Date` and `Age`.
///
/// [RFC 9111 §5.1](https://www.rfc-editor.org/rfc/rfc9111#section-5.1): a cache keeps the `Date` of the tenant, and says in
/// `Age` how many seconds have passed since then. Some caches send `Age` beside a `Date` of their own. So each time between
/// `Date` and `Date` + `Age` agrees.
pub(super) fn compare(now: SystemTime, date: &str, age: Option<&str>) -> Finding {
    let Ok(made_at) = httpdate::parse_http_date(date.trim()) else {
        return Finding::not_looked(
            "clock",
            format!("the header Date of the tenant is no date: \"{}\"", printable(date)),
        );
    };
    let Some(latest) = age.map_or(Some(Duration::ZERO), seconds).and_then(|age| made_at.checked_add(age)) else {
        let age = printable(age.unwrap_or_default());
        return Finding::not_looked("clock", format!("a cache answered, and its header Age is no time: \"{age}\""));
    };
    let (difference, side) = match (now.duration_since(latest), made_at.duration_since(now)) {
        (Ok(ahead), _) => (ahead, "ahead of"),
        (Err(_), Ok(behind)) => (behind, "behind"),
        (Err(_), Err(_)) => (Duration::ZERO, "at"),
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

/// Reads the seconds of a header. [RFC 9111 §1.2.2](https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2): 2^31 stands for
/// a number that was too large.
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = Some(text).filter(|text| text.bytes().all(|octet| octet.is_ascii_digit()))?;
    let seconds: i32 = digits.parse().ok()?;
    Some(Duration::from_secs(u64::try_from(seconds).ok()?))
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
            let finding = compare(SystemTime::UNIX_EPOCH + Duration::from_secs(now), date, None);
            assert_eq!(finding.mark, mark, "{now}");
            assert!(finding.text.contains(told), "{}", finding.text);
        }
        assert_eq!(compare(SystemTime::UNIX_EPOCH, "yesterday", None).mark, Mark::NotLooked);
    }

    #[test]
    fn the_age_of_a_cached_answer_is_added() {
        let (date, now) = ("Sun, 06 Nov 1994 08:49:37 GMT", SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_837));
        for (age, mark, told) in [
            (" 60 ", Mark::Passed, "agree within 5 s"),
            ("0", Mark::Problem, "60 s ahead of"),
            // The `Date` is that of the cache, or the clock is up to a minute behind.
            ("120", Mark::Passed, "agree within 5 s"),
            ("2147483648", Mark::NotLooked, "\"2147483648\""),
            ("+60", Mark::NotLooked, "\"+60\""),
            ("60, 61", Mark::NotLooked, "\"60, 61\""),
            ("", Mark::NotLooked, "\"\""),
        ] {
            let finding = compare(now, date, Some(age));
            assert_eq!(finding.mark, mark, "{age}");
            assert!(finding.text.contains(told), "{}", finding.text);
        }
    }
}
