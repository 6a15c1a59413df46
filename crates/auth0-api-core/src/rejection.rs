//! From an error to an HTTP response: which scheme carries what. What the error means is the [`verdict`](crate::verdict).

use crate::challenge::Challenge;
use crate::credentials::{CredentialsError, Scheme};
use crate::dpop::Dpop;
use crate::error::{Error, Reason};
use crate::verdict::{Kind, Verdict};

/// The HTTP response to a request that is refused.
#[derive(Clone, Debug)]
pub struct Rejection {
    verdict: Verdict,
    challenges: Vec<Challenge>,
}

/// An error for [`ApiClient::challenges`](crate::ApiClient::challenges): what a handler of yours refuses.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeError<'e> {
    /// The scheme that the caller used; it carries the error, if it is offered.
    pub scheme: Scheme,
    /// A code of [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1) or
    /// [RFC 9449 §12.2](https://www.rfc-editor.org/rfc/rfc9449#section-12.2).
    pub code: &'e str,
    /// A sentence for the client's developer.
    pub description: Option<&'e str>,
}

impl Rejection {
    pub(crate) fn new(error: &Error, dpop: &Dpop) -> Self {
        let verdict = Verdict::of(&error.reason);
        let challenges = verdict.challenges(&Carriers::of(error), dpop);
        Self { verdict, challenges }
    }

    /// The 500 of an adapter that finds itself wired up wrongly: a route that asks for a token no layer has verified.
    pub fn misconfigured() -> Self {
        Self { verdict: Verdict::misconfigured(), challenges: Vec::new() }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.verdict.status()
    }

    /// The machine label, as [`Error::label`].
    pub fn label(&self) -> &'static str {
        self.verdict.label()
    }

    /// The challenges, one for each `WWW-Authenticate` line.
    pub fn challenges(&self) -> &[Challenge] {
        &self.challenges
    }

    /// Every header of the response: challenges, `Content-Type`, and what belongs to this refusal. Names are in lower case.
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
    /// The status code that the refusal has.
    pub fn status(&self) -> u16 {
        Verdict::of(&self.reason).status()
    }

    /// A stable machine label for logs and metrics, such as `token_expired`.
    pub fn label(&self) -> &'static str {
        Verdict::of(&self.reason).label()
    }
}

/// The challenges of a policy, an error on those that carry it.
pub(crate) fn challenges(dpop: &Dpop, error: Option<ChallengeError<'_>>) -> Vec<Challenge> {
    let on = |scheme| error.filter(|error| error.scheme == scheme);
    let offered = [Scheme::Bearer, Scheme::Dpop].into_iter().filter(|scheme| dpop.offers(*scheme));
    offered.map(|scheme| challenge(scheme, dpop, on(scheme), None)).collect()
}

/// `Bearer realm="api", error…, scope` (RFC 6750 §3), `DPoP error…, scope, algs` (RFC 9449 §7.1).
fn challenge(scheme: Scheme, dpop: &Dpop, error: Option<ChallengeError<'_>>, scope: Option<&str>) -> Challenge {
    let mut challenge = Challenge::new(scheme);
    if scheme == Scheme::Bearer {
        challenge = challenge.with("realm", REALM);
    }
    if let Some(error) = error {
        challenge = challenge.with("error", error.code);
        if let Some(description) = error.description {
            challenge = challenge.with("error_description", description);
        }
    }
    if let Some(scope) = scope {
        challenge = challenge.with("scope", scope);
    }
    match scheme {
        Scheme::Bearer => challenge,
        Scheme::Dpop => challenge.with("algs", &dpop.algorithms().to_string()),
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

impl Verdict {
    fn challenges(&self, carriers: &Carriers, dpop: &Dpop) -> Vec<Challenge> {
        let (code, scope) = match self.kind() {
            // Our own trouble, or a pace: no other token would help.
            Kind::Internal | Kind::TooManyProofs { .. } | Kind::Unavailable { .. } => return Vec::new(),
            Kind::Bare => (None, None),
            Kind::InsufficientScope { scope } => (Some(self.code()), scope.as_deref()),
            _ => (Some(self.code()), None),
        };
        let offered = [Scheme::Bearer, Scheme::Dpop].into_iter().filter(|scheme| dpop.offers(*scheme));
        let build = |scheme| {
            if carriers.includes(scheme) {
                let described = |code| ChallengeError { scheme, code, description: Some(self.description()) };
                challenge(scheme, dpop, code.map(described), scope)
            } else {
                challenge(scheme, dpop, None, None)
            }
        };
        offered.map(build).collect()
    }
}

/// As auth0-api-js.
const REALM: &str = "api";
