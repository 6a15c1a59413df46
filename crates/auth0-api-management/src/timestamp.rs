//! Times in the form of [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6), as the Management API writes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reads a time of the year 1970 or later, such as `2023-11-14T22:13:20.000Z`. Returns `None` if the text is something
/// else.
///
/// A leap second counts as the second after it, as in all times of the system.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    let mut rest = Rest(text);
    let year = rest.number(4)?;
    rest.skip("-")?;
    let month = rest.number(2)?;
    rest.skip("-")?;
    let day = rest.number(2)?;
    // RFC 3339 §5.6: T and Z may be written in lower case.
    rest.skip("T").or_else(|| rest.skip("t"))?;
    let hour = rest.number(2)?;
    rest.skip(":")?;
    let minute = rest.number(2)?;
    rest.skip(":")?;
    let second = rest.number(2)?;
    let nanos = if rest.skip(".").is_some() { rest.fraction()? } else { 0 };
    let offset = rest.offset()?;
    let is_date = (1..=12).contains(&month) && (1..=days_of(month, year)).contains(&day);
    if !rest.0.is_empty() || !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    UNIX_EPOCH.checked_add(Duration::new(u64::try_from(seconds).ok()?, nanos))
}

/// The part of the text that has not been read yet.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn skip(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    /// Reads a number of exactly this many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        if number.bytes().all(|octet| octet.is_ascii_digit()) { number.parse().ok() } else { None }
    }

    /// Reads the digits after the point, and returns nanoseconds. Further digits are ignored.
    fn fraction(&mut self) -> Option<u32> {
        let digits = self.take_digits();
        let kept: String = digits.chars().chain("000000000".chars()).take(9).collect();
        if digits.is_empty() { None } else { kept.parse().ok() }
    }

    /// Reads `Z`, or an offset from UTC such as `+02:00`, and returns seconds.
    fn offset(&mut self) -> Option<i64> {
        if self.skip("Z").or_else(|| self.skip("z")).is_some() {
            return Some(0);
        }
        let sign = if self.skip("+").is_some() { 1 } else { self.skip("-").map(|()| -1)? };
        let hours = self.number(2)?;
        self.skip(":")?;
        let minutes = self.number(2)?;
        (hours <= 23 && minutes <= 59).then(|| sign * (hours * 3_600 + minutes * 60))
    }

    fn take_digits(&mut self) -> &'t str {
        let end = self.0.find(|character: char| !character.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        self.0 = rest;
        digits
    }
}

fn days_of(month: i64, year: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Returns the days from 1970-01-01 to a date. The result is negative for an earlier date.
///
/// The years of this calculation begin in March, so that the day that only leap years have is the last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // Five months in a row have 153 days, from March to July as from August to December.
    let days_in_year = (153 * month + 2) / 5 + day - 1;
    365 * year + leap_days + days_in_year - DAYS_TO_1970
}

/// The days from 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: i64 = 719_468;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_fractions_and_offsets() {
        for (text, milliseconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.000Z", 0),
            ("2000-02-29T00:00:00.000Z", 951_782_400_000),
            ("2004-02-27T23:59:59.999Z", 1_077_926_399_999),
            ("2004-03-01T00:00:00.000Z", 1_078_099_200_000),
            ("2023-11-14T22:13:20.123Z", 1_700_000_000_123),
            ("2023-11-14t22:13:20.1230009z", 1_700_000_000_123),
            ("2023-11-15T00:13:20.123+02:00", 1_700_000_000_123),
            ("2023-11-14T17:43:20.123-04:30", 1_700_000_000_123),
            ("2024-12-31T23:59:59Z", 1_735_689_599_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000),
            ("2100-03-01T00:00:00.000Z", 4_107_542_400_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] {
            // Less than a microsecond is beyond the precision that some systems have.
            let read = parse(text).and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map(|time| time.as_millis());
            assert_eq!(read, Some(milliseconds), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in [
            "",
            "soon",
            "1700000000",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "2023-11-14 22:13:20Z",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T22:13:20Z ",
            "2023-11-14T22:13:20ZZ",
            "2023-11-14T22:13Z",
            "2023-11-14T22:13:20+0200",
            "2023-11-14T22:13:20+24:00",
            "2023-00-14T22:13:20Z",
            "2023-13-14T22:13:20Z",
            "2023-02-29T22:13:20Z",
            "1900-02-29T22:13:20Z",
            "2023-04-31T22:13:20Z",
            "2023-11-00T22:13:20Z",
            "2023-11-14T24:13:20Z",
            "2023-11-14T22:60:20Z",
            "2023-11-14T22:13:61Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "+023-11-14T22:13:20Z",
            "20\u{664}3-11-14T22:13:20Z",
            "2023-11-1\u{e9}T22:13:20Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
