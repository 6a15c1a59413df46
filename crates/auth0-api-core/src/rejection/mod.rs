//! Turns an error into an HTTP response. [`row`] contains the status, the label and the texts of each error. [`offer`]
//! writes the challenges, and [`body`] the body.

mod body;
mod consent;
mod error_schemes;
mod exchange;
mod offer;
mod row;

use std::borrow::Cow;
use std::sync::Arc;

use smallvec::SmallVec;

use self::body::Body;
use self::error_schemes::ErrorSchemes;
pub use self::offer::ChallengeParams;
use self::offer::ErrorDetails;
pub(crate) use self::offer::Offer;
use self::row::{Kind, Row};
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

impl Rejection {
    /// The error goes on the challenge of the scheme that the request used. `admitted` is that scheme, if a token of
    /// the request was admitted before the error occurred.
    pub(crate) fn new(error: &Error, admitted: Option<Scheme>, offer: Offer<'_>) -> Self {
        let row = Row::of(&error.reason);
        let details = row.details(offer);
        let schemes = ErrorSchemes::of(error, admitted, offer.schemes().next());
        let challenges = row.challenges(details, &schemes, offer);
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
