//! Times: as people write them, in UTC and in words.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Reads a time: RFC 3339, or whole seconds since 1970.
pub(super) fn parse(text: &str) -> Result<SystemTime, String> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    let since = match (seconds, OffsetDateTime::parse(text, &Rfc3339)) {
        (Some(since), _) => Some(since),
        (None, Ok(date)) => u64::try_from(date.unix_timestamp()).ok().map(Duration::from_secs),
        (None, Err(_)) => None,
    };
    let time = since.filter(|since| since.as_secs() <= LATEST).map(|since| UNIX_EPOCH + since);
    time.ok_or_else(|| "write 2026-11-27T04:21:00Z, or seconds since 1970 such as 1795753260".to_owned())
}

/// Returns the time that a claim states; `None` if it states none that can be shown.
pub(super) fn of_seconds(seconds: f64) -> Option<SystemTime> {
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    (since.as_secs() <= LATEST).then(|| UNIX_EPOCH + since)
}

/// Writes a time in UTC, in whole seconds: `2026-11-27 04:21:00 UTC`.
pub(super) fn in_utc(time: SystemTime) -> String {
    let date = OffsetDateTime::from(time);
    let (day, clock) = (date.date(), date.time());
    let (month, hour) = (u8::from(day.month()), clock.hour());
    format!("{}-{month:02}-{:02} {hour:02}:{:02}:{:02} UTC", day.year(), day.day(), clock.minute(), clock.second())
}

/// Writes a time for programs: `2026-11-27T04:21:00Z`.
pub(super) fn in_rfc3339(time: SystemTime) -> String {
    in_utc(time).replacen(' ', "T", 1).replace(" UTC", "Z")
}

/// Says how far a time is from now: `3 minutes ago`, `in 2 days 4 hours`, `now`.
pub(super) fn from_now(time: SystemTime, now: SystemTime) -> String {
    match (now.duration_since(time), time.duration_since(now)) {
        (Ok(past), _) if past.as_secs() > 0 => format!("{} ago", in_words(past)),
        (_, Ok(future)) if future.as_secs() > 0 => format!("in {}", in_words(future)),
        _ => "now".to_owned(),
    }
}

/// Writes a duration in its two largest units. Fractions of a second are cut off.
pub(super) fn in_words(duration: Duration) -> String {
    let mut rest = duration.as_secs();
    let counts = UNITS.map(|(length, name)| {
        let count = rest / length;
        rest %= length;
        (count, name)
    });
    let units = counts.into_iter().skip_while(|(count, _)| *count == 0).take(2).filter(|(count, _)| *count > 0);
    let words: Vec<_> =
        units.map(|(count, name)| format!("{count} {name}{}", if count == 1 { "" } else { "s" })).collect();
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}

const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

/// 9999-12-31T23:59:59Z, the latest time that RFC 3339 can write.
const LATEST: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    #[test]
    fn times_are_read_as_rfc_3339_or_seconds() {
        for (text, seconds) in [
            ("0", 0),
            ("1700000000", 1_700_000_000),
            ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("2023-11-14T23:13:20+01:00", 1_700_000_000),
        ] {
            assert_eq!(parse(text), Ok(UNIX_EPOCH + Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "now", "-1", "1969-12-31T23:59:59Z", "2023-11-14", "253402300800", "99999999999999999999"] {
            assert!(parse(text).unwrap_err().starts_with("write 2026-11-27T04:21:00Z"), "{text}");
        }
    }

    #[test]
    fn times_are_shown_in_utc() {
        for (seconds, shown) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_700_000_000, "2023-11-14 22:13:20 UTC"),
            (LATEST, "9999-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(in_utc(UNIX_EPOCH + Duration::from_secs(seconds)), shown);
        }
        assert_eq!(in_rfc3339(UNIX_EPOCH), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn claims_with_times_that_cannot_be_shown_have_none() {
        assert_eq!(of_seconds(1.5), Some(UNIX_EPOCH + Duration::from_millis(1_500)));
        for seconds in [-1.0, f64::NAN, f64::INFINITY, 253_402_300_800.0, 1e300] {
            assert_eq!(of_seconds(seconds), None, "{seconds}");
        }
    }

    #[test]
    fn differences_are_words() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for (seconds, words) in [
            (0, "now"),
            (1, "in 1 second"),
            (-180, "3 minutes ago"),
            (-4_200, "1 hour 10 minutes ago"),
            (180_000, "in 2 days 2 hours"),
            (-86_401, "1 day ago"),
        ] {
            let distance = Duration::from_secs(u64::try_from(i64::abs(seconds)).unwrap());
            let time = if seconds < 0 { now - distance } else { now + distance };
            assert_eq!(from_now(time, now), words);
        }
    }
}
