//! Decides whether a signed JWT is a logout token for one of the configured clients. There is no I/O.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::error::LogoutError;
use crate::jose::{Object, VerifiedJws};
use crate::token::{Audience, NumericDate, Signed, TokenError};

/// A verified logout token
/// ([Back-Channel Logout §2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)). Only
/// [`ApiClient::receive_logout`](crate::ApiClient::receive_logout) creates one.
///
/// | what | accepted |
/// |---|---|
/// | format, algorithm, signature, `iss` | as for access tokens: no symmetric algorithm, and never `none` |
/// | `typ` | `logout+jwt` (recommended by [§2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)); also `JWT` or none: Auth0 does not document the `typ`, auth0-auth-js does not check it, and published samples for Auth0 demand `JWT` |
/// | `aud` | one or more of the client ids of the [`LogoutPolicy`](crate::LogoutPolicy), and no other audience ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation) (3)) |
/// | `iat` | within the last 2 minutes: the lifetime that the specification recommends (§4), and the age that published samples for Auth0 demand |
/// | `exp` | if present, not passed: auth0-auth-js does not demand it |
/// | `events` | has the member `http://schemas.openid.net/event/backchannel-logout`, which is an object |
/// | `nonce` | absent: only ID tokens have it |
/// | `jti` | present, at most 256 bytes, and not used before |
/// | `sub` | present: access tokens have no `sid`, so a logout of a session alone would revoke nothing |
///
/// Times may differ by 30 s, or by the [`leeway`](crate::ApiClientBuilder::leeway) if it is longer.
#[derive(Clone)]
pub struct LogoutToken {
    issuer: Arc<str>,
    subject: Box<str>,
    session_id: Option<Box<str>>,
    client_id: Box<str>,
    token_id: Box<str>,
    issued_at: SystemTime,
}

impl LogoutToken {
    /// `iss`: the issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`: the user who has logged out.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// `sid`: the session that has ended. The logout revokes the access tokens of all sessions of the user, because
    /// access tokens do not name their session.
    pub fn session_id(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// The configured client that `aud` names: the application for which the tenant sent the logout.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// `iat`: the time of the logout. Access tokens that were issued up to and including this second are revoked.
    pub fn issued_at(&self) -> SystemTime {
        self.issued_at
    }

    /// `jti`: the identifier of the logout token.
    pub(super) fn token_id(&self) -> &str {
        &self.token_id
    }
}

impl fmt::Debug for LogoutToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutToken").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// The conditions that the claims of a logout token must meet.
#[derive(Debug)]
pub(super) struct LogoutTokenPolicy {
    pub(super) client_ids: Vec<Box<str>>,
    pub(super) leeway: Duration,
}

impl LogoutTokenPolicy {
    /// Checks the claims, except `iss`. The `iss` was compared byte for byte before the key was chosen. The `jti` is only
    /// read: whether it was used before is not known here.
    pub(super) fn validate(&self, signed: Signed<'_>, now: SystemTime) -> Result<LogoutToken, LogoutError> {
        let Signed { jws, issuer, .. } = signed;
        check_type(&jws)?;
        let claims = jws.payload();
        let client_id = self.addressed_client(claims)?;
        let issued_at = self.check_times(claims, NumericDate::of(now))?;
        check_event(claims)?;
        let token_id = text(claims, "jti")?.ok_or(LogoutError::ClaimMissing { claim: "jti" })?;
        if token_id.is_empty() || token_id.len() > MAX_TOKEN_ID_BYTES {
            return Err(LogoutError::ClaimMalformed { claim: "jti" });
        }
        let (subject, session_id) = (text(claims, "sub")?, text(claims, "sid")?);
        let subject = match (subject, &session_id) {
            (Some(subject), _) if subject.is_empty() => return Err(LogoutError::ClaimMalformed { claim: "sub" }),
            (Some(subject), _) => subject,
            (None, Some(_)) => return Err(LogoutError::SubjectMissing),
            (None, None) => return Err(LogoutError::ClaimMissing { claim: "sub" }),
        };
        Ok(LogoutToken {
            subject: subject.into(),
            session_id: session_id.map(Into::into),
            token_id: token_id.into(),
            client_id,
            issued_at,
            issuer,
        })
    }

    /// How long a logout token is accepted after its `iat`.
    pub(super) fn longest_life(&self) -> Duration {
        MAX_AGE + self.tolerance()
    }

    /// Back-Channel Logout §2.6 (3): `aud` is checked as that of an ID token. OpenID Connect Core §3.1.3.7 (3): it names
    /// a client, and no audience that is not trusted.
    fn addressed_client(&self, claims: &Object) -> Result<Box<str>, LogoutError> {
        let audience = Audience::read(claims).map_err(|error| match error {
            TokenError::ClaimMissing { claim } => LogoutError::ClaimMissing { claim },
            _ => LogoutError::ClaimMalformed { claim: "aud" },
        })?;
        let is_client = |candidate: &str| self.client_ids.iter().any(|id| candidate == &**id);
        let client_id = self.client_ids.iter().find(|id| audience.any(|candidate| candidate == &***id));
        let trusted = client_id.filter(|_| !audience.any(|candidate| !is_client(candidate)));
        trusted.cloned().ok_or_else(|| LogoutError::Audience { found: audience.shown() })
    }

    /// Back-Channel Logout §2.6 (3): `iat` and `exp` are checked as those of an ID token.
    fn check_times(&self, claims: &Object, now: NumericDate) -> Result<SystemTime, LogoutError> {
        let issued_at = date(claims, "iat")?.ok_or(LogoutError::ClaimMissing { claim: "iat" })?;
        let time = issued_at.to_system_time().ok_or(LogoutError::ClaimMalformed { claim: "iat" })?;
        if issued_at > now.plus(self.tolerance()) {
            return Err(LogoutError::IssuedInFuture { issued_in: now.until(issued_at) });
        }
        if issued_at < now.minus(self.longest_life()) {
            return Err(LogoutError::TooOld { age: issued_at.until(now), limit: MAX_AGE });
        }
        match date(claims, "exp")? {
            Some(expiry) if now >= expiry.plus(self.tolerance()) => {
                Err(LogoutError::Expired { ago: expiry.until(now) })
            }
            _ => Ok(time),
        }
    }

    fn tolerance(&self) -> Duration {
        self.leeway.max(CLOCK_DIFFERENCE)
    }
}

/// Back-Channel Logout §2.4 recommends `logout+jwt`. An access token of RFC 9068 and a proof have other types. Auth0's
/// access tokens and ID tokens may have the type `JWT`, which is accepted: [`check_event`] rejects them.
fn check_type(jws: &VerifiedJws<'_>) -> Result<(), LogoutError> {
    let media_type = jws.header().media_type().map_err(|_| LogoutError::Type)?;
    let accepted = media_type.is_none_or(|media_type| media_type.is("logout+jwt") || media_type.is("jwt"));
    if accepted { Ok(()) } else { Err(LogoutError::Type) }
}

/// Back-Channel Logout §2.6 (5), (6): the token says that it is about a logout, and has no `nonce`. So it is neither an
/// access token nor an ID token.
fn check_event(claims: &Object) -> Result<(), LogoutError> {
    let events = claims.raw("events").ok_or(LogoutError::Event)?;
    // Duplicate members were rejected at every depth when the token was parsed.
    let events = Object::read(events).map_err(|_| LogoutError::Event)?;
    let event = events.raw(EVENT).ok_or(LogoutError::Event)?;
    Object::read(event).map_err(|_| LogoutError::Event)?;
    if claims.contains("nonce") { Err(LogoutError::Nonce) } else { Ok(()) }
}

fn text<'c>(claims: &'c Object, claim: &'static str) -> Result<Option<Cow<'c, str>>, LogoutError> {
    claims.string(claim).map_err(|_| LogoutError::ClaimMalformed { claim })
}

fn date(claims: &Object, claim: &'static str) -> Result<Option<NumericDate>, LogoutError> {
    NumericDate::read(claims, claim).map_err(|_| LogoutError::ClaimMalformed { claim })
}

/// Back-Channel Logout §2.4.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Back-Channel Logout §4 recommends a lifetime of two minutes at most.
const MAX_AGE: Duration = Duration::from_secs(120);
/// As the leeway for proofs: clocks that are synchronised differ by less.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(30);
/// As for the `jti` of a proof.
const MAX_TOKEN_ID_BYTES: usize = 256;
