//! Reads an answer of the token endpoint: the tokens, or an error. Pure functions, without I/O.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::expected::Expected;
use super::server_error::Reported;
use super::token_set::{TokenType, Tokens};
use super::{
    EndpointError, EndpointUnavailable, ExchangeError, IssuedToken, ReportedQuotas, ResponseError, RotatedError,
    ServerError, id_token, organization, session_transfer, successor,
};
use crate::base64url;
use crate::clock::since_epoch;
use crate::http::HttpResponse;
use crate::jose::Object;
use crate::token::AUTHORIZATION_DETAILS;

/// Reads an answer of any status. If the answer is not usable, the error has the successor of the request's refresh token.
pub(super) fn read(response: &HttpResponse, expected: &Expected, now: SystemTime) -> Result<Tokens, ExchangeError> {
    let tokens =
        if response.status == 200 { tokens(response, expected, now) } else { Err(rejection(response, expected)) };
    tokens.map_err(|error| match successor::read(response, expected) {
        Some(successor) => RotatedError::new(error, successor).into(),
        None => error,
    })
}

/// Reads an answer with another status than 200.
pub(super) fn rejection(response: &HttpResponse, expected: &Expected) -> ExchangeError {
    let status = response.status;
    let retry_after = retry_after(response);
    let reported = Reported { quotas: ReportedQuotas::read(response), retry_after };
    // RFC 6749 §5.2: a body with the member `error` is an OAuth error. The status may be any error status, and the body
    // may have any other members.
    if status >= 400 {
        match ServerError::read(status, &response.body, reported, expected.judge) {
            Ok(None) => {}
            Ok(Some(error)) => return error.about(expected.connection.as_deref(), expected.scope.as_deref()).into(),
            Err(error) => return error.into(),
        }
    }
    match status {
        429 | 500.. => EndpointUnavailable::new(EndpointError::Status { status }, retry_after).into(),
        _ => ResponseError::Body { status }.into(),
    }
}

/// Returns how long the tenant asks this API to wait, at most one hour.
pub(super) fn retry_after(response: &HttpResponse) -> Option<Duration> {
    response.retry_after().map(|pause| pause.min(LONGEST_RETRY_AFTER))
}

/// Reads a successful answer (RFC 6749 §5.1, RFC 8693 §2.2.1).
fn tokens(response: &HttpResponse, expected: &Expected, now: SystemTime) -> Result<Tokens, ExchangeError> {
    let body = Object::parse(response.body.clone()).map_err(|_| ResponseError::Body { status: 200 })?;
    let access_token = required(&body, "access_token")?.into_owned();
    let token_type = if expected.session_transfer {
        session_transfer_type(&body)?
    } else {
        TokenType::read(&required(&body, "token_type")?).ok_or(ResponseError::Member { member: "token_type" })?
    };
    // RFC 9449 §5: if `token_type` is not `DPoP`, the tenant has ignored the proof, and the token is not bound.
    if expected.bound_to.is_some() && token_type != TokenType::Dpop {
        return Err(ResponseError::NotBound.into());
    }
    let expires_at = expires_at(&body, now)?;
    // RFC 6749 §5.1: if scope is absent, the requested scope was granted. If it is empty, no scope was granted.
    let granted = optional(&body, "scope")?;
    let scope = granted.as_deref().or(expected.scope.as_deref()).filter(|scope| !scope.is_empty()).map(Into::into);
    let (id_token, id_claims, refresh_token) = if expected.access_token_only {
        (None, None, None)
    } else {
        let id_token = optional(&body, "id_token")?.filter(|token| !token.is_empty()).map(Cow::into_owned);
        let check = |token| id_token::check(token, &expected.issuer, &expected.client_id, now);
        let claims = id_token.as_deref().map(check).transpose()?;
        (id_token, claims, non_empty(&body, "refresh_token")?.map(Cow::into_owned))
    };
    if let Some((wanted, claims)) = expected.organization.as_deref().zip(id_claims.as_ref()) {
        organization::check(wanted, claims)?;
    }
    Ok(Tokens {
        act: id_claims.as_ref().and_then(actor).or_else(|| actor_of_access_token(&access_token)),
        access_token: issued("access_token", access_token)?,
        authorization_details: authorization_details(&body),
        token_type,
        expires_at,
        scope,
        issued_token_type: body.string("issued_token_type").ok().flatten().map(|text| text.as_ref().into()),
        id_token: id_token.map(|token| issued("id_token", token)).transpose()?,
        refresh_token: refresh_token.map(|token| issued("refresh_token", token)).transpose()?,
        bound_to: expected.bound_to,
        quotas: ReportedQuotas::read(response),
    })
}

/// Checks that the issued token is a session transfer token. The answer says so in `issued_token_type`, and has no
/// `token_type` or `N_A`. Any other answer is rejected: an access token must not end up in a browser's address bar.
fn session_transfer_type(body: &Object) -> Result<TokenType, ResponseError> {
    let token_type = optional(body, "token_type")?;
    if token_type.is_some_and(|name| TokenType::read(&name) != Some(TokenType::NotApplicable)) {
        return Err(ResponseError::Member { member: "token_type" });
    }
    match optional(body, "issued_token_type")?.as_deref() {
        Some(session_transfer::TOKEN_TYPE) => Ok(TokenType::NotApplicable),
        _ => Err(ResponseError::Member { member: "issued_token_type" }),
    }
}

/// Returns when the access token expires, from `expires_in`: a number of seconds, or a string of digits, as some
/// servers send it. If `expires_in` is absent or `null`, the expiry is unknown.
fn expires_at(body: &Object, now: SystemTime) -> Result<Option<SystemTime>, ResponseError> {
    const MALFORMED: ResponseError = ResponseError::Member { member: "expires_in" };
    let seconds = match body.get::<Value>("expires_in").map_err(|_| MALFORMED)? {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(seconds)) => seconds.as_f64(),
        Some(Value::String(digits)) if digits.bytes().all(|octet| octet.is_ascii_digit()) => digits.parse().ok(),
        Some(_) => None,
    };
    let lifetime = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or(MALFORMED)?;
    let since_epoch = since_epoch(now).checked_add(lifetime).filter(|end| *end <= END_OF_9999).ok_or(MALFORMED)?;
    Ok(Some(UNIX_EPOCH + since_epoch))
}

fn required<'b>(body: &'b Object, member: &'static str) -> Result<Cow<'b, str>, ResponseError> {
    non_empty(body, member)?.ok_or(ResponseError::Member { member })
}

fn non_empty<'b>(body: &'b Object, member: &'static str) -> Result<Option<Cow<'b, str>>, ResponseError> {
    match optional(body, member)? {
        Some(text) if text.is_empty() => Err(ResponseError::Member { member }),
        text => Ok(text),
    }
}

fn issued(member: &'static str, token: String) -> Result<IssuedToken, ResponseError> {
    IssuedToken::new(token).ok_or(ResponseError::Member { member })
}

/// Some servers write `null` for a member that they leave out.
fn optional<'b>(body: &'b Object, member: &'static str) -> Result<Option<Cow<'b, str>>, ResponseError> {
    if is_null(body, member) {
        return Ok(None);
    }
    body.string(member).map_err(|_| ResponseError::Member { member })
}

fn is_null(body: &Object, member: &str) -> bool {
    body.raw(member) == Some("null")
}

/// Returns the member unchecked. [`TokenSet::authorization_details`](super::TokenSet::authorization_details) checks its
/// shape when the application reads it. Some servers write `null` for a member that they leave out. A member with a lone
/// surrogate becomes null, which is malformed.
fn authorization_details(body: &Object) -> Option<Value> {
    if is_null(body, AUTHORIZATION_DETAILS) {
        return None;
    }
    body.get(AUTHORIZATION_DETAILS).unwrap_or(Some(Value::Null))
}

/// Returns the `act` claim unchecked. [`TokenSet::current_actor`](super::TokenSet::current_actor) checks the shape of
/// the claim when the application reads it. A claim that cannot be read becomes null, which is malformed: it must not
/// look like a token without an actor.
fn actor(claims: &Object) -> Option<Value> {
    claims.get("act").unwrap_or(Some(Value::Null))
}

/// Returns the `act` claim of an access token, if the token is a JWT. The algorithm of its signature does not matter,
/// because the token is for another API.
fn actor_of_access_token(token: &str) -> Option<Value> {
    let segments: Vec<_> = token.splitn(4, '.').collect();
    let [_header, payload, _signature] = segments.as_slice() else { return None };
    let payload = base64url::decode(payload)?;
    let is_json = payload.first() == Some(&b'{');
    match Object::parse(payload) {
        Ok(claims) => actor(&claims),
        Err(_) => is_json.then_some(Value::Null),
    }
}

/// The server chooses this number, so it needs a limit before this crate adds it to other times. A caller does not need
/// a wait of more than an hour.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// 9999-12-31T23:59:59Z, the same limit as for `exp`.
const END_OF_9999: Duration = Duration::from_secs(253_402_300_799);
