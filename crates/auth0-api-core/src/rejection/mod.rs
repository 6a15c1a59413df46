//! Turns an error into an HTTP response. [`row`] contains the status, the label and the texts of each error. This file
//! writes the challenges, and [`body`] the body.

mod body;
mod consent;
mod error_schemes;
mod exchange;
mod row;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use smallvec::SmallVec;

use self::body::Body;
use self::error_schemes::ErrorSchemes;
use self::row::{Kind, Row};
use crate::binding::Binder;
use crate::challenge::Challenge;
use crate::credentials::Scheme;
use crate::error::Error;
use crate::metadata::MetadataEndpoint;

/// The HTTP response to a request that is rejected. Clones are cheap.
///
/// See [what a rejected caller receives](crate::guide::authorization#what-a-rejected-caller-receives).
#[doc(alias = "unauthorized", alias = "forbidden", alias = "WWW-Authenticate")]
#[derive(Clone, Debug)]
pub struct Rejection(Arc<Contents>);

#[derive(Debug)]
struct Contents {
    row: Row,
    challenges: PerScheme,
    body: Body,
}

/// One for each scheme.
type PerScheme = SmallVec<[Challenge; 2]>;

/// The error of a challenge, for [`ApiClient::challenges`](crate::ApiClient::challenges).
///
/// Use it in a handler that rejects a request itself.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeParams<'e> {
    /// The scheme that the caller used. The challenge of this scheme contains the error, if the API offers the scheme.
    pub scheme: Scheme,
    /// A code of [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1) or
    /// [RFC 9449 §12.2](https://www.rfc-editor.org/rfc/rfc9449#section-12.2).
    pub code: &'e str,
    /// A sentence for the client's developer.
    pub description: Option<&'e str>,
}

/// The parts of a challenge that depend only on the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'c> {
    pub(crate) binding: &'c Binder,
    pub(crate) metadata: Option<&'c MetadataEndpoint>,
}

/// The parts of a challenge that are different for each error.
#[derive(Clone, Copy, Debug, Default)]
struct ErrorDetails<'e> {
    error: Option<ChallengeParams<'e>>,
    acr_values: Option<&'e str>,
    max_age: Option<Duration>,
    scope: Option<&'e str>,
}

impl Rejection {
    /// The error goes on the challenge of the scheme that the request used. `admitted` is that scheme, if a token of
    /// the request was admitted before the error occurred.
    pub(crate) fn new(error: &Error, admitted: Option<Scheme>, offer: Offer<'_>) -> Self {
        let row = Row::of(&error.reason);
        let details = row.details(offer);
        let challenges = row.challenges(details, &ErrorSchemes::of(error, admitted), offer);
        let body = Body::new(&row, details, offer);
        Self(Arc::new(Contents { row, challenges, body }))
    }

    /// Returns the response with status 500 for a route that requires a verified token, if no layer verifies tokens.
    ///
    /// For adapters. The mistake is in the server's configuration, and not in the request.
    pub fn misconfigured() -> Self {
        let row = Row::misconfigured();
        let body = Body::of_server(&row);
        Self(Arc::new(Contents { row, challenges: PerScheme::new(), body }))
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.0.row.status()
    }

    /// The machine-readable label, the same as [`Error::label`]. See [operating](crate::guide::operating).
    pub fn label(&self) -> &'static str {
        self.0.row.label()
    }

    /// The fixed text for callers, which is also the `error_description` of the body. It begins with the
    /// `error_description` of the challenges, if they have one, and may add what the client has to send instead.
    pub fn description(&self) -> &'static str {
        self.0.body.description()
    }

    /// The challenges, one for each `WWW-Authenticate` line.
    pub fn challenges(&self) -> &[Challenge] {
        &self.0.challenges
    }

    /// Every header of the response: the challenges, `Content-Type`, and headers of the error such as `Retry-After`.
    /// Names are in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let challenges = self.0.challenges.iter().map(|challenge| ("www-authenticate", challenge.as_str().into()));
        let others = self.0.row.headers().into_iter().map(|(name, value)| (name, value.into()));
        challenges.chain([("content-type", "application/json".into())]).chain(others)
    }

    /// The body: JSON with `error` and `error_description`, both fixed texts of this crate. It repeats `scope`,
    /// `acr_values` and `max_age` (a number, in seconds) of the challenges: a page in a browser cannot read the challenges
    /// unless CORS exposes `WWW-Authenticate`.
    pub fn body(&self) -> String {
        self.0.body.json(self.0.row.code())
    }
}

impl Error {
    /// The status code of the rejection.
    pub fn status(&self) -> u16 {
        Row::of(&self.reason).status()
    }

    /// A stable, machine-readable label for logs and metrics, such as `token_expired`.
    pub fn label(&self) -> &'static str {
        Row::of(&self.reason).label()
    }
}

impl<'c> Offer<'c> {
    /// Returns one challenge for each offered scheme. Only the challenge of the error's scheme contains the error.
    pub(crate) fn challenges(self, error: Option<ChallengeParams<'_>>) -> Vec<Challenge> {
        // RFC 9728 §5.1: the metadata names the authorization servers. They cannot help a client whose request is
        // malformed.
        let is_malformed = error.is_some_and(|error| error.code == "invalid_request");
        let offer = if is_malformed { self.without_metadata() } else { self };
        let details_for =
            |scheme| ErrorDetails { error: error.filter(|error| error.scheme == scheme), ..ErrorDetails::default() };
        offer.schemes().map(|scheme| offer.challenge(scheme, details_for(scheme))).collect()
    }

    fn schemes(self) -> impl Iterator<Item = Scheme> + use<'c> {
        [Scheme::Bearer, Scheme::Dpop].into_iter().filter(move |scheme| self.binding.offers(*scheme))
    }

    fn without_metadata(self) -> Self {
        Self { metadata: None, ..self }
    }

    /// Writes `Bearer realm="api", error…, acr_values, max_age, scope, resource_metadata` (RFC 6750 §3, RFC 9470 §3,
    /// RFC 9728 §5.1), or `DPoP error…, acr_values, max_age, scope, algs, resource_metadata` (RFC 9449 §7.1).
    fn challenge(self, scheme: Scheme, details: ErrorDetails<'_>) -> Challenge {
        let mut challenge = Challenge::new(scheme);
        if scheme == Scheme::Bearer {
            challenge = challenge.with("realm", REALM);
        }
        if let Some(error) = details.error {
            challenge = challenge.with("error", error.code);
            if let Some(description) = error.description {
                challenge = challenge.with("error_description", description);
            }
        }
        // RFC 9470 §3.
        if let Some(acr_values) = details.acr_values {
            challenge = challenge.with("acr_values", acr_values);
        }
        if let Some(max_age) = details.max_age {
            challenge = challenge.with("max_age", &max_age.as_secs().to_string());
        }
        if let Some(scope) = details.scope {
            challenge = challenge.with("scope", scope);
        }
        if scheme == Scheme::Dpop {
            challenge = challenge.with("algs", &self.binding.proof_algorithms().to_string());
        }
        match self.metadata {
            Some(metadata) => challenge.with("resource_metadata", metadata.url()),
            None => challenge,
        }
    }
}

impl Row {
    /// Returns what the challenges and the body name: what the client has to request.
    fn details<'e>(&'e self, offer: Offer<'e>) -> ErrorDetails<'e> {
        let mut details = ErrorDetails::default();
        match self.kind() {
            // The MCP authorization specification: a 401 names the scope to request. Also for an expired token, because
            // the client may need to log the user in again.
            Kind::InvalidDpopProof
            | Kind::InvalidToken
            | Kind::MissingCredentials
            | Kind::SchemeNotOffered
            | Kind::UseDpopNonce { .. } => {
                details.scope = offer.metadata.and_then(MetadataEndpoint::challenge_scope);
            }
            Kind::InsufficientScope { scope } => details.scope = scope.as_deref(),
            Kind::InsufficientUserAuthentication { acr_values, max_age, scope } => {
                details.acr_values = acr_values.as_deref();
                details.max_age = *max_age;
                details.scope = scope.as_deref();
            }
            Kind::Forbidden { .. }
            | Kind::Internal
            | Kind::InvalidRequest
            | Kind::TooManyProofs { .. }
            | Kind::Unavailable { .. } => {}
        }
        details
    }

    fn challenges(&self, details: ErrorDetails<'_>, schemes: &ErrorSchemes, offer: Offer<'_>) -> PerScheme {
        // No challenge: the cause is this API, a rate limit, or the user's account. Another token would not help.
        if matches!(
            self.kind(),
            Kind::Forbidden { .. } | Kind::Internal | Kind::TooManyProofs { .. } | Kind::Unavailable { .. }
        ) {
            return PerScheme::new();
        }
        // RFC 9728 §5.1: the metadata names the authorization servers, for clients that need a token or another token.
        let offer = if matches!(self.kind(), Kind::InvalidRequest) { offer.without_metadata() } else { offer };
        let no_error = matches!(self.kind(), Kind::MissingCredentials | Kind::SchemeNotOffered);
        let error = |scheme| ChallengeParams { scheme, code: self.code(), description: Some(self.description()) };
        // RFC 6750 §3.1: if the request has no credentials, no challenge contains an error, and each challenge contains
        // the scope. Otherwise, only the challenges of `schemes` contain the error and its details. The other
        // challenges only offer their scheme.
        let details_for = |scheme| match (no_error, schemes.includes(scheme)) {
            (true, _) => details,
            (false, true) => ErrorDetails { error: Some(error(scheme)), ..details },
            (false, false) => ErrorDetails::default(),
        };
        offer.schemes().map(|scheme| offer.challenge(scheme, details_for(scheme))).collect()
    }
}

/// As auth0-api-js.
const REALM: &str = "api";
