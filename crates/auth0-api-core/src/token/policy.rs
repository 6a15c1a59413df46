//! Decides whether signed claims are a valid access token for this API:
//! [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4) and
//! [RFC 8725 §3](https://www.rfc-editor.org/rfc/rfc8725#section-3). There is no I/O.

use std::borrow::Cow;
use std::time::SystemTime;

use serde::Deserialize;

use super::times::{TimeLimit, TimePolicy};
use super::{Signed, TokenError, ValidClaims};
use crate::jose::{Object, Text, VerifiedJws};

/// The conditions that the claims of a token must meet.
#[derive(Debug)]
pub(crate) struct TokenPolicy {
    pub(crate) audiences: AcceptedAudiences,
    pub(crate) client_id: Option<Box<str>>,
    pub(crate) required_claims: Vec<Box<str>>,
    pub(crate) strict_rfc9068: bool,
    pub(crate) times: TimePolicy,
}

/// The audiences of this API: at least one. None is blank, or has white space around it, which no audience in a token
/// has.
#[derive(Debug)]
pub(crate) struct AcceptedAudiences(Vec<Box<str>>);

impl AcceptedAudiences {
    /// Returns `None` if the list is empty, or if an audience is blank or has white space around it.
    pub(crate) fn new(audiences: Vec<Box<str>>) -> Option<Self> {
        let is_usable = !audiences.is_empty()
            && audiences.iter().all(|audience| !audience.is_empty() && audience.trim() == &**audience);
        is_usable.then_some(Self(audiences))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|audience| &**audience)
    }

    fn shown(&self) -> Box<str> {
        shown(self.0.iter().map(|audience| &**audience))
    }
}

impl TokenPolicy {
    /// Checks the claims, except `iss`. The `iss` was compared byte for byte before the key was chosen.
    pub(crate) fn validate(&self, signed: Signed<'_>, now: SystemTime) -> Result<ValidClaims, TokenError> {
        self.check_type(&signed.jws)?;
        let claims = signed.jws.payload();
        self.check_audience(claims)?;
        let times = self.times.validate(claims, now)?;
        self.check_required(claims)?;
        Ok(ValidClaims::new(signed, times))
    }

    /// Checks claims that were valid before. Only the time can have changed, so only the times are checked.
    pub(crate) fn still_valid(&self, claims: &ValidClaims, now: SystemTime) -> Result<(), TokenError> {
        self.times.still_valid(claims.times(), now)
    }

    /// Returns when claims stop being valid, and why.
    pub(crate) fn end_of(&self, claims: &ValidClaims) -> (SystemTime, TimeLimit) {
        self.times.end_of(claims.times())
    }

    /// RFC 8725 §3.11, RFC 9068 §4: a JWT for another purpose has another `typ`. Auth0 writes `JWT` or `at+jwt`.
    ///
    /// In strict mode, `typ` must be `at+jwt`. Otherwise, `JWT` and an absent `typ` are also accepted.
    fn check_type(&self, jws: &VerifiedJws<'_>) -> Result<(), TokenError> {
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
        Err(TokenError::Audience { found: audience.shown(), accepted: self.audiences.shown(), looks_like_id_token })
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

/// RFC 7519 §4.1.3: `aud` is one string, or a list of strings.
pub(crate) enum Audience<'a> {
    One(Cow<'a, str>),
    Many(Vec<Text<'a>>),
}

impl<'a> Audience<'a> {
    pub(crate) fn read(claims: &'a Object) -> Result<Self, TokenError> {
        match claims.string("aud") {
            Ok(Some(audience)) => Ok(Self::One(audience)),
            Ok(None) => Err(TokenError::ClaimMissing { claim: "aud" }),
            Err(_) => required(claims, "aud").map(Self::Many),
        }
    }

    pub(crate) fn shown(&self) -> Box<str> {
        match self {
            Self::One(audience) => shown([&**audience].into_iter()),
            Self::Many(audiences) => shown(audiences.iter().map(|Text(audience)| &**audience)),
        }
    }

    pub(crate) fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::One(audience) => test(audience),
            Self::Many(audiences) => audiences.iter().any(|Text(audience)| test(audience)),
        }
    }
}

fn required<'a, T: Deserialize<'a>>(claims: &'a Object, claim: &'static str) -> Result<T, TokenError> {
    let value = claims.get(claim).map_err(|_| TokenError::ClaimMalformed { claim })?;
    value.ok_or(TokenError::ClaimMissing { claim })
}

/// Shows audiences to an operator, in quotes.
fn shown<'a, I: Iterator<Item = &'a str>>(audiences: I) -> Box<str> {
    let mut shown: Vec<String> = audiences.take(SHOWN_AUDIENCES + 1).map(quoted).collect();
    if shown.len() > SHOWN_AUDIENCES {
        shown.truncate(SHOWN_AUDIENCES);
        shown.push("others".to_owned());
    }
    if shown.is_empty() { "no audience".into() } else { shown.join(" and ").into() }
}

fn quoted(audience: &str) -> String {
    let cut: String = audience.chars().take(SHOWN_CHARACTERS).collect();
    format!("{cut:?}")
}

const SHOWN_AUDIENCES: usize = 4;
const SHOWN_CHARACTERS: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_sees_four_audiences_at_most() {
        for (audiences, expected) in [
            (vec![], "no audience"),
            (vec!["a"], r#""a""#),
            (vec!["a", "b", "c", "d"], r#""a" and "b" and "c" and "d""#),
            (vec!["a", "b", "c", "d", "e"], r#""a" and "b" and "c" and "d" and others"#),
            (vec!["a", "b", "c", "d", "e", "f"], r#""a" and "b" and "c" and "d" and others"#),
        ] {
            assert_eq!(*shown(audiences.into_iter()), *expected);
        }
        assert_eq!(quoted(&"\u{e4}".repeat(300)).chars().count(), SHOWN_CHARACTERS + 2);
    }
}
