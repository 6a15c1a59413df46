//! Decides whether signed claims are a valid access token for this API:
//! [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4) and
//! [RFC 8725 §3](https://www.rfc-editor.org/rfc/rfc8725#section-3). There is no I/O.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use serde::Deserialize;

use super::{NumericDate, Signed, TokenError, ValidClaims};
use crate::jose::{Object, Text, VerifiedJws};

/// The conditions that the claims of a token must meet.
#[derive(Debug)]
pub(crate) struct TokenPolicy {
    pub(crate) audiences: AcceptedAudiences,
    pub(crate) client_id: Option<Box<str>>,
    pub(crate) leeway: Leeway,
    pub(crate) max_token_age: Option<MaxTokenAge>,
    pub(crate) required_claims: Vec<Box<str>>,
    pub(crate) strict_rfc9068: bool,
}

/// The audiences of this API: at least one, and none is blank.
#[derive(Debug)]
pub(crate) struct AcceptedAudiences(Vec<Box<str>>);

/// A tolerated difference between clocks, of at most 10 minutes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leeway(Duration);

/// The greatest age of a token, from a second to 366 days.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MaxTokenAge(Duration);

impl AcceptedAudiences {
    /// Returns `None` if the list is empty, or if an audience is blank.
    pub(crate) fn new(audiences: Vec<Box<str>>) -> Option<Self> {
        let is_usable = !audiences.is_empty() && audiences.iter().all(|audience| !audience.trim().is_empty());
        is_usable.then_some(Self(audiences))
    }
}

impl Leeway {
    /// Returns `None` if the leeway is too long.
    pub(crate) fn new(leeway: Duration) -> Option<Self> {
        (leeway <= LONGEST_LEEWAY).then_some(Self(leeway))
    }
}

impl MaxTokenAge {
    /// Returns `None` if the age is out of its bounds.
    pub(crate) fn new(age: Duration) -> Option<Self> {
        (SHORTEST_TOKEN_AGE..=LONGEST_TOKEN_AGE).contains(&age).then_some(Self(age))
    }
}

impl TokenPolicy {
    /// Checks the claims, except `iss`. The `iss` was compared byte for byte before the key was chosen.
    pub(crate) fn validate(&self, signed: Signed, now: SystemTime) -> Result<ValidClaims, TokenError> {
        self.check_type(&signed.jws)?;
        let claims = signed.jws.payload();
        self.check_audience(claims)?;
        let expires_at = self.check_times(claims, now)?;
        self.check_required(claims)?;
        Ok(ValidClaims::new(signed, expires_at))
    }

    /// Checks claims that were valid before. Only the time can have changed, so only the times are checked.
    pub(crate) fn still_valid(&self, claims: &ValidClaims, now: SystemTime) -> Result<(), TokenError> {
        self.check_times(claims.members(), now).map(drop)
    }

    /// RFC 8725 §3.11, RFC 9068 §4: a JWT for another purpose has another `typ`. Auth0 writes `JWT` or `at+jwt`.
    ///
    /// In strict mode, `typ` must be `at+jwt`. Otherwise, `JWT` and an absent `typ` are also accepted.
    fn check_type(&self, jws: &VerifiedJws) -> Result<(), TokenError> {
        let media_type = jws.header().media_type().map_err(|_| TokenError::Type)?;
        let accepted = media_type.map_or(!self.strict_rfc9068, |media_type| {
            media_type.is("at+jwt") || (media_type.is("jwt") && !self.strict_rfc9068)
        });
        if accepted { Ok(()) } else { Err(TokenError::Type) }
    }

    /// RFC 7519 §4.1.3: one of the token's audiences must be equal to one of the configured audiences.
    fn check_audience(&self, claims: &Object) -> Result<(), TokenError> {
        let audience = Audience::read(claims)?;
        if audience.any(|candidate| self.audiences.0.iter().any(|configured| **configured == *candidate)) {
            return Ok(());
        }
        let is_for_our_client = self.client_id.as_deref().is_some_and(|id| audience.any(|candidate| candidate == id));
        let looks_like_id_token = is_for_our_client || ["nonce", "at_hash"].iter().any(|name| claims.contains(name));
        Err(TokenError::Audience { looks_like_id_token })
    }

    fn check_times(&self, claims: &Object, now: SystemTime) -> Result<SystemTime, TokenError> {
        let (instant, Leeway(leeway)) = (NumericDate::of(now), self.leeway);
        // RFC 7519 §4.1.4: on or after exp, the token must not be accepted.
        let expiry: NumericDate = required(claims, "exp")?;
        let expired_at = expiry.to_system_time().ok_or(TokenError::ClaimMalformed { claim: "exp" })?;
        if instant >= expiry.plus(leeway) {
            return Err(TokenError::Expired { expired_at, now });
        }
        // RFC 7519 §4.1.5.
        let not_before: Option<NumericDate> = optional(claims, "nbf")?;
        if not_before.is_some_and(|not_before| instant.plus(leeway) < not_before) {
            return Err(TokenError::NotYetValid);
        }
        // RFC 9068 §2.2: iat is mandatory. Its value is compared only if a maximum age is configured.
        let issued_at: NumericDate = required(claims, "iat")?;
        if let Some(MaxTokenAge(age)) = self.max_token_age {
            let recent = instant.minus(age).minus(leeway)..=instant.plus(leeway);
            if !recent.contains(&issued_at) {
                return Err(TokenError::TooOld);
            }
        }
        Ok(expired_at)
    }

    /// Checks the claims of RFC 9068 §2.2 in strict mode, and the claims that the configuration requires. The latter
    /// may have any value.
    fn check_required(&self, claims: &Object) -> Result<(), TokenError> {
        if self.strict_rfc9068 {
            for claim in ["sub", "client_id", "jti"] {
                required::<Text<'_>>(claims, claim)?;
            }
        }
        match self.required_claims.iter().find(|claim| !claims.contains(claim)) {
            Some(claim) => Err(TokenError::RequiredClaim { claim: claim.clone() }),
            None => Ok(()),
        }
    }
}

fn optional<'a, T: Deserialize<'a>>(claims: &'a Object, claim: &'static str) -> Result<Option<T>, TokenError> {
    claims.get(claim).map_err(|_| TokenError::ClaimMalformed { claim })
}

fn required<'a, T: Deserialize<'a>>(claims: &'a Object, claim: &'static str) -> Result<T, TokenError> {
    optional(claims, claim)?.ok_or(TokenError::ClaimMissing { claim })
}

/// RFC 7519 §4.1.3: `aud` is one string, or a list of strings.
enum Audience<'a> {
    One(Cow<'a, str>),
    Many(Vec<Text<'a>>),
}

impl<'a> Audience<'a> {
    fn read(claims: &'a Object) -> Result<Self, TokenError> {
        match claims.string("aud") {
            Ok(Some(audience)) => Ok(Self::One(audience)),
            Ok(None) => Err(TokenError::ClaimMissing { claim: "aud" }),
            Err(_) => required(claims, "aud").map(Self::Many),
        }
    }

    fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::One(audience) => test(audience),
            Self::Many(audiences) => audiences.iter().any(|Text(audience)| test(audience)),
        }
    }
}

/// If two clocks differ by more than this, a clock is wrong. A longer leeway would exceed the lifetime of short-lived
/// tokens.
const LONGEST_LEEWAY: Duration = Duration::from_secs(600);
/// `iat` has whole seconds. A shorter age would reject tokens at random.
const SHORTEST_TOKEN_AGE: Duration = Duration::from_secs(1);
/// A leap year. Auth0 issues tokens for 30 days at most, so a longer age would reject no token.
const LONGEST_TOKEN_AGE: Duration = Duration::from_secs(366 * 86_400);
