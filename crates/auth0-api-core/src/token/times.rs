//! The times of a token: `exp`, `nbf` and `iat`. They are read from the claims once; a cached token is compared with the
//! present time again on each request.

use std::time::{Duration, SystemTime};

use super::{NumericDate, TokenError};
use crate::jose::Object;

/// The times of one token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    expiry: Expiry,
    not_before: Option<NumericDate>,
    issued_at: NumericDate,
}

/// The conditions that the times of a token must meet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimePolicy {
    pub(crate) leeway: Leeway,
    pub(crate) max_age: Option<MaxAge>,
}

/// Which time of a token ends its validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeLimit {
    Expiry,
    MaxAge,
}

/// A tolerated difference between clocks, of at most 10 minutes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leeway(Duration);

/// A maximum age of a token, from 1 s to 366 days.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MaxAge(Duration);

/// `exp`, as the token states it and as a time.
#[derive(Clone, Copy, Debug)]
struct Expiry {
    date: NumericDate,
    time: SystemTime,
}

impl Leeway {
    /// Returns `None` if the leeway is too long.
    pub(crate) fn new(leeway: Duration) -> Option<Self> {
        (leeway <= LONGEST_LEEWAY).then_some(Self(leeway))
    }
}

impl MaxAge {
    /// Returns `None` if the age is out of bounds.
    pub(crate) fn new(age: Duration) -> Option<Self> {
        (SHORTEST_MAX_AGE..=LONGEST_MAX_AGE).contains(&age).then_some(Self(age))
    }
}

impl Times {
    pub(crate) fn expires_at(&self) -> SystemTime {
        self.expiry.time
    }

    /// Creates times without any check, for tests.
    #[cfg(test)]
    pub(crate) fn unchecked(time: SystemTime) -> Self {
        let date = NumericDate::of(time);
        Self { expiry: Expiry { date, time }, not_before: None, issued_at: date }
    }
}

impl TimePolicy {
    /// Reads and checks the times of a token, one after the other: if several are wrong, the first one is reported.
    pub(crate) fn validate(&self, claims: &Object, now: SystemTime) -> Result<Times, TokenError> {
        let instant = NumericDate::of(now);
        let expiry = Expiry::read(claims)?;
        self.check_expiry(expiry, instant, now)?;
        let not_before = date(claims, "nbf")?;
        self.check_not_before(not_before, instant)?;
        // RFC 9068 §2.2: iat is mandatory. Its value is compared only if a maximum age is configured.
        let issued_at = date(claims, "iat")?.ok_or(TokenError::ClaimMissing { claim: "iat" })?;
        self.check_age(issued_at, instant)?;
        Ok(Times { expiry, not_before, issued_at })
    }

    /// Checks times that were valid before.
    pub(crate) fn still_valid(&self, times: &Times, now: SystemTime) -> Result<(), TokenError> {
        let instant = NumericDate::of(now);
        self.check_expiry(times.expiry, instant, now)?;
        self.check_not_before(times.not_before, instant)?;
        self.check_age(times.issued_at, instant)
    }

    /// Returns when a token stops being valid, and why: after that moment, [`still_valid`](Self::still_valid) rejects it.
    pub(crate) fn end_of(&self, times: &Times) -> (SystemTime, TimeLimit) {
        let Leeway(leeway) = self.leeway;
        let expiry = times.expiry.time.checked_add(leeway).unwrap_or(times.expiry.time);
        let too_old = self.max_age.map(|MaxAge(age)| times.issued_at.plus(age).plus(leeway).to_nearest_time());
        match too_old {
            Some(too_old) if too_old < expiry => (too_old, TimeLimit::MaxAge),
            _ => (expiry, TimeLimit::Expiry),
        }
    }

    /// RFC 7519 §4.1.4: on or after exp, the token must not be accepted.
    fn check_expiry(&self, expiry: Expiry, instant: NumericDate, now: SystemTime) -> Result<(), TokenError> {
        if instant >= expiry.date.plus(self.leeway.0) {
            return Err(TokenError::Expired { expired_at: expiry.time, now });
        }
        Ok(())
    }

    /// RFC 7519 §4.1.5: before nbf, the token must not be accepted.
    fn check_not_before(&self, not_before: Option<NumericDate>, instant: NumericDate) -> Result<(), TokenError> {
        match not_before {
            Some(not_before) if instant.plus(self.leeway.0) < not_before => {
                Err(TokenError::NotYetValid { valid_in: instant.until(not_before) })
            }
            _ => Ok(()),
        }
    }

    fn check_age(&self, issued_at: NumericDate, instant: NumericDate) -> Result<(), TokenError> {
        let (Some(MaxAge(age)), Leeway(leeway)) = (self.max_age, self.leeway) else { return Ok(()) };
        if issued_at > instant.plus(leeway) {
            return Err(TokenError::IssuedInFuture { issued_in: instant.until(issued_at) });
        }
        if issued_at < instant.minus(age).minus(leeway) {
            return Err(TokenError::TooOld { age: issued_at.until(instant), limit: age });
        }
        Ok(())
    }
}

impl Expiry {
    fn read(claims: &Object) -> Result<Self, TokenError> {
        let date = date(claims, "exp")?.ok_or(TokenError::ClaimMissing { claim: "exp" })?;
        let time = date.to_system_time().ok_or(TokenError::ClaimMalformed { claim: "exp" })?;
        Ok(Self { date, time })
    }
}

fn date(claims: &Object, claim: &'static str) -> Result<Option<NumericDate>, TokenError> {
    NumericDate::read(claims, claim).map_err(|_| TokenError::ClaimMalformed { claim })
}

/// If two clocks differ by more than this, a clock is wrong. A longer leeway would exceed the lifetime of short-lived
/// tokens.
const LONGEST_LEEWAY: Duration = Duration::from_secs(600);
/// A shorter maximum age would reject tokens on their way from the tenant.
const SHORTEST_MAX_AGE: Duration = Duration::from_secs(1);
/// Auth0's access tokens are valid for 30 days at most. A maximum age beyond a year would never reject a token.
const LONGEST_MAX_AGE: Duration = Duration::from_secs(366 * 86_400);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn the_earlier_of_expiry_and_maximum_age_ends_a_token() {
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        let claims = Object::parse(br#"{"iat":1000,"exp":1300}"#.to_vec()).unwrap();
        for (age, end, limit) in
            [(299, 1309, TimeLimit::MaxAge), (300, 1310, TimeLimit::Expiry), (301, 1310, TimeLimit::Expiry)]
        {
            let age = Duration::from_secs(age);
            let policy = TimePolicy { leeway: Leeway(Duration::from_secs(10)), max_age: Some(MaxAge(age)) };
            let times = policy.validate(&claims, now).unwrap();
            assert_eq!(policy.end_of(&times), (UNIX_EPOCH + Duration::from_secs(end), limit), "{age:?}");
        }
    }
}
