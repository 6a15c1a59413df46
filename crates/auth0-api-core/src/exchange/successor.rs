//! The successor of a refresh token, in an answer that is not usable otherwise.
//!
//! When the tenant rotates a refresh token, the old one is used up as soon as the tenant answers. So a check of the answer
//! that fails here must not cost the user their login.

use std::error::Error;
use std::fmt;

use serde::Deserialize;

use super::expected::Expected;
use super::{ExchangeError, IssuedToken};
use crate::http::HttpResponse;

/// The tenant has replaced the refresh token of the request, but its answer failed a check of this crate.
///
/// The text and the label are those of the [cause](Self::cause). `Debug` does not show the successor.
#[derive(Clone, Debug)]
pub struct RotatedError {
    cause: Box<ExchangeError>,
    successor: IssuedToken,
}

/// All other members are ignored, whatever they are.
#[derive(Deserialize)]
struct Members {
    #[serde(default)]
    refresh_token: Option<String>,
}

impl RotatedError {
    pub(super) fn new(cause: ExchangeError, successor: IssuedToken) -> Self {
        Self { cause: Box::new(cause), successor }
    }

    /// Which check of the answer failed.
    pub fn cause(&self) -> &ExchangeError {
        &self.cause
    }

    /// The refresh token that replaces the one of the request. Store it: the tenant accepts the old one no more.
    pub fn successor(&self) -> &IssuedToken {
        &self.successor
    }
}

impl fmt::Display for RotatedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl Error for RotatedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}

/// Returns the `refresh_token` of an answer, if the request had one and the answer has exactly one.
///
/// It reads past everything that the strict parser rejects: repeated members, text that is not UTF-8, octets after the
/// JSON. The answer came over TLS from the token endpoint, and the application sends the successor only there, so this one member
/// can be used although the rest cannot.
pub(super) fn read(response: &HttpResponse, expected: &Expected) -> Option<IssuedToken> {
    if !expected.rotates || !(200..300).contains(&response.status) {
        return None;
    }
    let mut body = serde_json::Deserializer::from_slice(&response.body);
    let Members { refresh_token } = Members::deserialize(&mut body).ok()?;
    IssuedToken::new(refresh_token.filter(|token| !token.is_empty())?)
}
