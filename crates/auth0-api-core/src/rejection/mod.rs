//! From an error to an HTTP response: which scheme carries what. What the error means is the [`verdict`](crate::rejection).

mod exchange;
mod row;

use std::time::Duration;

use self::row::{Kind, Row};

use crate::challenge::Challenge;
use crate::credentials::{CredentialsError, Scheme};
use crate::dpop::Dpop;
use crate::error::{Error, Reason};
use crate::metadata::MetadataEndpoint;

/// The HTTP response to a request that is rejected.
#[derive(Clone, Debug)]
pub struct Rejection {
    verdict: Row,
    challenges: Vec<Challenge>,
}

/// An error for [`ApiClient::challenges`](crate::ApiClient::challenges): what a handler of yours rejects.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeParams<'e> {
    /// The scheme that the caller used; it carries the error, if it is offered.
    pub scheme: Scheme,
    /// A code of [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1) or
    /// [RFC 9449 §12.2](https://www.rfc-editor.org/rfc/rfc9449#section-12.2).
    pub code: &'e str,
    /// A sentence for the client's developer.
    pub description: Option<&'e str>,
}

/// What the challenges of an API tell of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'c> {
    pub(crate) dpop: &'c Dpop,
    pub(crate) metadata: Option<&'c MetadataEndpoint>,
}

/// What a challenge says beside what the offer does.
#[derive(Clone, Copy, Debug, Default)]
struct Said<'e> {
    error: Option<ChallengeParams<'e>>,
    acr_values: Option<&'e str>,
    max_age: Option<Duration>,
    scope: Option<&'e str>,
}

impl Rejection {
    pub(crate) fn new(error: &Error, offer: Offer<'_>) -> Self {
        let verdict = Row::of(&error.reason);
        let challenges = verdict.challenges(&Carriers::of(error), offer);
        Self { verdict, challenges }
    }

    /// The 500 of an adapter that finds itself wired up wrongly: a route that asks for a token no layer has verified.
    pub fn misconfigured() -> Self {
        Self { verdict: Row::misconfigured(), challenges: Vec::new() }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.verdict.status()
    }

    /// The machine label, as [`Error::label`].
    pub fn label(&self) -> &'static str {
        self.verdict.label()
    }

    /// The fixed wording for callers, as `error_description` has it.
    pub fn description(&self) -> &'static str {
        self.verdict.description()
    }

    /// The challenges, one for each `WWW-Authenticate` line.
    pub fn challenges(&self) -> &[Challenge] {
        &self.challenges
    }

    /// Every header of the response: challenges, `Content-Type`, and what belongs to this rejection. Names are in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        let challenges = self.challenges.iter().map(|challenge| ("www-authenticate", challenge.to_string()));
        challenges.chain([("content-type", "application/json".to_owned())]).chain(self.verdict.headers())
    }

    /// The body: JSON with `error` and `error_description`, both fixed wordings of ours.
    pub fn body(&self) -> String {
        format!(r#"{{"error":"{}","error_description":"{}"}}"#, self.verdict.code(), self.verdict.description())
    }
}

impl Error {
    /// The status code that the rejection has.
    pub fn status(&self) -> u16 {
        Row::of(&self.reason).status()
    }

    /// A stable machine label for logs and metrics, such as `token_expired`.
    pub fn label(&self) -> &'static str {
        Row::of(&self.reason).label()
    }
}

impl<'c> Offer<'c> {
    /// The challenges of every scheme that is offered, an error on the one that carries it.
    pub(crate) fn challenges(self, error: Option<ChallengeParams<'_>>) -> Vec<Challenge> {
        // RFC 9728 §5.1: a request that makes no sense is not mended by knowing who issues tokens.
        let offer = if error.is_some_and(|error| error.code == "invalid_request") { self.unsaid() } else { self };
        let on = |scheme| Said { error: error.filter(|error| error.scheme == scheme), ..Said::default() };
        offer.schemes().map(|scheme| offer.challenge(scheme, on(scheme))).collect()
    }

    fn schemes(self) -> impl Iterator<Item = Scheme> + use<'c> {
        [Scheme::Bearer, Scheme::Dpop].into_iter().filter(move |scheme| self.dpop.offers(*scheme))
    }

    /// Without the metadata.
    fn unsaid(self) -> Self {
        Self { metadata: None, ..self }
    }

    /// `Bearer realm="api", error…, acr_values, max_age, scope, resource_metadata` (RFC 6750 §3, RFC 9470 §3, RFC 9728 §5.1),
    /// `DPoP error…, acr_values, max_age, scope, algs, resource_metadata` (RFC 9449 §7.1).
    fn challenge(self, scheme: Scheme, said: Said<'_>) -> Challenge {
        let mut challenge = Challenge::new(scheme);
        if scheme == Scheme::Bearer {
            challenge = challenge.with("realm", REALM);
        }
        if let Some(error) = said.error {
            challenge = challenge.with("error", error.code);
            if let Some(description) = error.description {
                challenge = challenge.with("error_description", description);
            }
        }
        // RFC 9470 §3.
        if let Some(acr_values) = said.acr_values {
            challenge = challenge.with("acr_values", acr_values);
        }
        if let Some(max_age) = said.max_age {
            challenge = challenge.with("max_age", &max_age.as_secs().to_string());
        }
        if let Some(scope) = said.scope {
            challenge = challenge.with("scope", scope);
        }
        if scheme == Scheme::Dpop {
            challenge = challenge.with("algs", &self.dpop.algorithms().to_string());
        }
        match self.metadata {
            Some(metadata) => challenge.with("resource_metadata", metadata.url()),
            None => challenge,
        }
    }
}

/// The schemes whose challenges carry an error.
struct Carriers {
    bearer: bool,
    dpop: bool,
}

impl Carriers {
    fn of(error: &Error) -> Self {
        let only = |scheme| Self { bearer: scheme == Scheme::Bearer, dpop: scheme == Scheme::Dpop };
        let used = error.presented_as.unwrap_or(Scheme::Bearer);
        match &error.reason {
            Reason::Credentials(CredentialsError::Malformed { scheme } | CredentialsError::TooLong { scheme }) => {
                only(*scheme)
            }
            // Whichever were used; two of a scheme that we do not know concern both.
            Reason::Credentials(CredentialsError::Repeated { bearer, dpop }) => {
                Self { bearer: *bearer || !*dpop, dpop: *dpop || !*bearer }
            }
            Reason::Dpop(error) => only(error.carrier(used)),
            _ => only(used),
        }
    }

    fn includes(&self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::Bearer => self.bearer,
            Scheme::Dpop => self.dpop,
        }
    }
}

impl Row {
    fn challenges(&self, carriers: &Carriers, offer: Offer<'_>) -> Vec<Challenge> {
        let mut said = Said::default();
        match self.kind() {
            // Our own trouble, a pace, or something about the user: no other token would help.
            Kind::Forbidden { .. } | Kind::Internal | Kind::TooManyProofs { .. } | Kind::Unavailable { .. } => {
                return Vec::new();
            }
            Kind::Bare => said.scope = offer.metadata.and_then(MetadataEndpoint::challenge_scope),
            Kind::InsufficientScope { scope } => said.scope = scope.as_deref(),
            Kind::InsufficientUserAuthentication { acr_values, max_age, scope } => {
                said = Said { acr_values: acr_values.as_deref(), max_age: *max_age, scope: scope.as_deref(), ..said };
            }
            Kind::InvalidDpopProof | Kind::InvalidRequest | Kind::InvalidToken | Kind::UseDpopNonce { .. } => {}
        }
        // RFC 9728 §5.1: whoever lacks a token, or the right one, learns where tokens come from.
        let offer = if matches!(self.kind(), Kind::InvalidRequest) { offer.unsaid() } else { offer };
        let is_bare = matches!(self.kind(), Kind::Bare);
        let error = |scheme| ChallengeParams { scheme, code: self.code(), description: Some(self.description()) };
        let on = |scheme| match (is_bare, carriers.includes(scheme)) {
            (true, _) => said,
            (false, true) => Said { error: Some(error(scheme)), ..said },
            (false, false) => Said::default(),
        };
        offer.schemes().map(|scheme| offer.challenge(scheme, on(scheme))).collect()
    }
}

/// As auth0-api-js.
const REALM: &str = "api";
