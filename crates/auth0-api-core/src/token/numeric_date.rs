//! `NumericDate` ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)): seconds since the epoch, fractions
//! allowed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::since_epoch;
use crate::jose::{Object, WrongType};

/// A JSON number of seconds since the epoch. It is always finite. A string of digits is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct NumericDate(f64);

impl NumericDate {
    /// Reads a claim. `None` if it is absent.
    pub(crate) fn read(claims: &Object, claim: &str) -> Result<Option<Self>, WrongType> {
        Ok(claims.number(claim)?.map(Self))
    }

    /// Converts a time to a `NumericDate`, with its fraction.
    pub(crate) fn of(time: SystemTime) -> Self {
        Self(since_epoch(time).as_secs_f64())
    }

    pub(crate) fn plus(self, duration: Duration) -> Self {
        Self(self.0 + duration.as_secs_f64())
    }

    /// The time from this date to a later one; zero if it is not later.
    pub(crate) fn until(self, later: Self) -> Duration {
        Duration::try_from_secs_f64(later.0 - self.0).unwrap_or_default()
    }

    pub(crate) fn minus(self, duration: Duration) -> Self {
        Self(self.0 - duration.as_secs_f64())
    }

    /// Converts to a time, or returns `None` if it is not between 1970 and 9999.
    pub(crate) fn to_system_time(self) -> Option<SystemTime> {
        let in_range = (0.0..=END_OF_9999).contains(&self.0);
        in_range.then(|| Duration::try_from_secs_f64(self.0).ok()).flatten().map(|since| UNIX_EPOCH + since)
    }

    /// Converts to a time. A date before 1970 becomes the beginning of 1970, and a date after 9999 the end of 9999.
    pub(crate) fn to_nearest_time(self) -> SystemTime {
        Self(self.0.clamp(0.0, END_OF_9999)).to_system_time().unwrap_or(UNIX_EPOCH)
    }
}

/// 9999-12-31T23:59:59Z. Later times overflow the calendars of other programs, and no token is valid for that long.
const END_OF_9999: f64 = 253_402_300_799.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<NumericDate> {
        let claims = Object::parse(format!(r#"{{"date":{json}}}"#).into()).ok()?;
        NumericDate::read(&claims, "date").ok().flatten()
    }

    #[test]
    fn only_finite_numbers_are_dates() {
        for rejected in [r#""1700000000""#, "null", "true", "[]", "{}", "1e400", "NaN", "Infinity"] {
            assert_eq!(read(rejected), None, "{rejected}");
        }
        for accepted in ["0", "-1", "1700000000", "1700000000.5", "1.7e9"] {
            assert!(read(accepted).is_some(), "{accepted}");
        }
    }

    #[test]
    fn only_dates_from_1970_to_9999_convert_to_a_time() {
        let time = |json| read(json).and_then(NumericDate::to_system_time);
        assert_eq!(time("0"), Some(UNIX_EPOCH));
        assert_eq!(time("1700000000.5"), Some(UNIX_EPOCH + Duration::from_millis(1_700_000_000_500)));
        assert!(time("253402300799").is_some());
        assert_eq!(time("253402300800"), None);
        assert_eq!(time("-0.001"), None);
    }

    #[test]
    fn the_time_until_an_earlier_date_is_zero() {
        let until = |one: &str, other: &str| read(one).zip(read(other)).map(|(one, other)| one.until(other));
        assert_eq!(until("1000", "1000.5"), Some(Duration::from_millis(500)));
        assert_eq!(until("1000", "1000"), Some(Duration::ZERO));
        assert_eq!(until("1000", "999"), Some(Duration::ZERO));
        assert_eq!(until("0", "1e300"), Some(Duration::ZERO), "longer than a duration can be");
    }

    #[test]
    fn a_date_out_of_range_has_a_nearest_time() {
        for (json, seconds) in [("-5", 0), ("1700000000", 1_700_000_000), ("1e300", 253_402_300_799)] {
            let nearest = read(json).map(NumericDate::to_nearest_time);
            assert_eq!(nearest, Some(UNIX_EPOCH + Duration::from_secs(seconds)), "{json}");
        }
    }
}
