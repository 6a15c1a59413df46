//! The gates: which requests pass.

use std::sync::Arc;

use super::Admission;
use super::layer_missing::LayerMissing;
use crate::client::ApiClient;
use crate::place::Place;
use crate::rejection::Rejection;
use crate::request::TokenRequest;
use crate::requirement::Requirement;
use crate::token::VerifiedToken;
use crate::waiting::{Waiting, at_once};

/// Decides which requests pass a middleware.
#[derive(Clone, Debug)]
pub struct Gate {
    api: ApiClient,
    optional: bool,
    records_subject: bool,
}

/// Decides which requests pass the middleware of a single route.
#[derive(Clone, Debug)]
pub struct RouteGate {
    api: ApiClient,
    requirement: Arc<Requirement>,
}

impl Gate {
    /// Creates a gate that verifies with a client and rejects every request without a valid token.
    pub fn new(api: ApiClient) -> Self {
        Self { api, optional: false, records_subject: false }
    }

    /// Admits requests that carry no Bearer or `DPoP` credentials. Invalid tokens are still rejected.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Records the subject of each verified token as the field `enduser.id` of the current span. Default: not recorded,
    /// because a subject is personal data. See [the guide](crate::guide::operating#the-subject-of-a-request).
    ///
    /// The field is in the span only if the application has declared it: `enduser.id = tracing::field::Empty`.
    #[must_use]
    pub fn record_subject(mut self) -> Self {
        self.records_subject = true;
        self
    }

    /// The client that verifies.
    pub fn api(&self) -> &ApiClient {
        &self.api
    }

    /// Creates the gate of a single route behind this gate.
    pub fn require(&self, requirement: Requirement) -> RouteGate {
        RouteGate { api: self.api.clone(), requirement: Arc::new(requirement) }
    }

    /// Verifies a request. `outer` is the admission that is stored with the request already, if any.
    ///
    /// If a gate of the same client further out has verified the same token, that token is reused. A second verification
    /// of a `DPoP` request would find the proof in the replay store and reject it. If other code has changed
    /// `Authorization` in between, the request is verified again.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] to send.
    pub async fn admit(&self, request: &TokenRequest<'_>, outer: Option<&Admission>) -> Result<Admission, Rejection> {
        self.decide(request, outer, Waiting::Allowed).await
    }

    /// Verifies a request like [`admit`](Self::admit), if nothing has to be awaited. Returns `None` otherwise, and has then
    /// decided and recorded nothing: call `admit`.
    ///
    /// Most Bearer requests need not wait, because the issuer's keys are fresh. An adapter that calls this first needs no
    /// future in the heap for them. Call it inside the tokio runtime: if the keys become old soon, it starts a fetch in the
    /// background.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] to send.
    pub fn admit_at_once(
        &self,
        request: &TokenRequest<'_>,
        outer: Option<&Admission>,
    ) -> Option<Result<Admission, Rejection>> {
        at_once(self.decide(request, outer, Waiting::Refused))
    }

    async fn decide(
        &self,
        request: &TokenRequest<'_>,
        outer: Option<&Admission>,
        waiting: Waiting,
    ) -> Result<Admission, Rejection> {
        let outer = outer.filter(|outer| outer.is_by(&self.api));
        // One request sees one generation of settings, also behind several gates.
        let generation = outer.map_or_else(|| self.api.generation(), Admission::generation);
        let verified = outer.and_then(Admission::token).filter(|token| presents(request, token));
        let outcome = match verified {
            Some(token) => Ok(token.clone()),
            None => self.api.verify_request_in(&generation, request, waiting).await,
        };
        let token = match outcome {
            Ok(token) => Some(token),
            Err(error) if self.optional && error.is_missing_credentials() => None,
            Err(error) => return Err(self.api.reject_in(&generation, &error, None, None)),
        };
        if let Some(subject) = token.as_ref().filter(|_| self.records_subject).and_then(VerifiedToken::subject) {
            tracing::Span::current().record(SUBJECT, subject);
        }
        Ok(Admission::new(self.api.clone(), generation, token, request))
    }
}

impl RouteGate {
    /// The client of the gate.
    pub fn api(&self) -> &ApiClient {
        &self.api
    }

    /// Checks the requirement against the admission that is stored with the request at `place`.
    ///
    /// Only an admission by the same client counts: a token for another API must not open this route.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] to send. Status 500 if no gate of the same client has verified the request.
    pub fn check(&self, stored: Option<&Admission>, place: Place<'_>) -> Result<(), Rejection> {
        let admission = Admission::of(stored, place)?;
        if !admission.is_by(&self.api) {
            return Err(LayerMissing::OtherClient.reject(place));
        }
        admission.demand_that_meets(&self.requirement).map(drop)
    }
}

/// Who sent the request, by OpenTelemetry's semantic conventions.
const SUBJECT: &str = "enduser.id";

/// Returns true if the request still contains the token in `Authorization`.
fn presents(request: &TokenRequest<'_>, token: &VerifiedToken) -> bool {
    let header = request.single("authorization").ok().flatten();
    header.is_some_and(|header| header.ends_with(token.access_token().expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

    use super::*;
    use crate::request::ReceivedTarget;

    /// Adapters put this future on the heap for each request that has to wait. It does not hold the futures that wait for
    /// the network: they are in boxes of their own.
    #[test]
    fn the_future_of_an_admission_is_small() {
        let gate = Gate::new(ApiClient::builder("tenant.example.com", "https://api.example.com").build().unwrap());
        let target = ReceivedTarget { scheme: "https", authority: None, target: "/", peer: None };
        let headers = [("authorization", "Bearer eyJ")];
        let request = TokenRequest::received("GET", target, &headers);
        let size = size_of_val(&gate.admit(&request, None));
        assert!(size <= 1400, "{size} bytes");
    }

    #[cfg(feature = "metrics")]
    #[test]
    fn a_request_that_waits_after_an_attempt_is_counted_once() {
        let api = ApiClient::builder("tenant.example.com", "https://api.example.com");
        let gate = Gate::new(api.token_cache(crate::TokenCache::entries(1)).build().unwrap());
        let headers = [("authorization", "Bearer opaque")];
        let request = TokenRequest::new("GET", "https://api.example.com/", &headers);
        let kept = crate::meter::tests::Kept::default();
        metrics::with_local_recorder(&kept, || assert!(gate.admit_at_once(&request, None).is_none()));
        assert_eq!(kept.lines(), [""; 0]);
        metrics::with_local_recorder(&kept, || assert!(at_once(gate.admit(&request, None)).unwrap().is_err()));
        let expected =
            ["auth0_api_token_recalls_total{result=miss} 1", "auth0_api_verifications_total{outcome=token_opaque} 1"];
        assert_eq!(kept.lines(), expected);
    }
}
