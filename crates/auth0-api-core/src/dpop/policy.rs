//! What an API requires of its clients' proofs.

use std::sync::Arc;
use std::time::Duration;

use super::client_key_cache::ClientKeyCache;
use super::{DpopPolicyError, MemoryReplayStore, ReplayStore, RotatingNonce};
use crate::credentials::Scheme;
use crate::jose::{Algorithm, AlgorithmSet};

/// Whether and how an API accepts `DPoP` ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
///
/// See [DPoP](crate::guide::dpop).
///
/// | setting | default | why |
/// |---|---|---|
/// | mode | [`accept`](Self::accept) | clients can move to `DPoP` one by one |
/// | [`max_age`](Self::max_age) | 300 s | as auth0-api-js: tolerates clients whose clock is behind |
/// | [`leeway`](Self::leeway) | 30 s | as auth0-api-js |
/// | [`algorithms`](Self::algorithms) | ES256 | Auth0 binds tokens to keys of this algorithm |
/// | replay protection | in memory | [RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1); share it between replicas with [`replay_store`](Self::replay_store) |
/// | [`nonces`](Self::nonce) | off | the first request of each client is rejected and must be repeated with the nonce |
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::{ApiClient, DpopPolicy};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .dpop(DpopPolicy::require().max_age(Duration::from_secs(60)))
///     .build()?;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[doc(alias = "rfc9449", alias = "sender_constrained")]
#[derive(Clone, Debug)]
#[must_use]
pub struct DpopPolicy {
    mode: Mode,
    max_age: Duration,
    leeway: Duration,
    algorithms: Vec<Algorithm>,
    replay: Replay,
    nonce: Option<RotatingNonce>,
    bound_tokens_as_bearer: bool,
}

/// Which schemes are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Accept,
    Ignore,
    Require,
}

/// Where used proofs are remembered.
#[derive(Clone, Debug)]
enum Replay {
    Memory,
    Off,
    Store(Arc<dyn ReplayStore>),
}

/// A valid [`DpopPolicy`]. Only [`DpopPolicy::check`] creates this type.
#[derive(Debug)]
pub(crate) struct CheckedDpopPolicy {
    pub(crate) mode: Mode,
    pub(crate) bound_tokens_as_bearer: bool,
    pub(crate) proofs: ProofPolicy,
    /// Where used proofs are remembered; `None` if they are not remembered, or if proofs are ignored.
    pub(crate) replay: Option<Arc<dyn ReplayStore>>,
    /// Whether the application has given the store.
    has_given_store: bool,
}

/// The checked settings that concern proofs, and the keys that are already parsed.
#[derive(Debug)]
pub(crate) struct ProofPolicy {
    pub(crate) max_age: Duration,
    pub(crate) leeway: Duration,
    pub(crate) algorithms: AlgorithmSet,
    pub(crate) nonce: Option<RotatingNonce>,
    pub(super) keys: ClientKeyCache,
}

impl DpopPolicy {
    /// Accepts bound tokens with a proof, and unbound tokens as `Bearer`. This is the default.
    pub fn accept() -> Self {
        Self::new(Mode::Accept)
    }

    /// Accepts bound tokens with a proof only.
    pub fn require() -> Self {
        Self::new(Mode::Require)
    }

    /// Accepts `Bearer` only, and ignores proofs. A bound token is rejected: it may be stolen, because no proof is
    /// checked.
    pub fn ignore() -> Self {
        Self::new(Mode::Ignore)
    }

    /// Sets how old a proof's `iat` may be. Default: 300 s; at most a day.
    ///
    /// A used proof is remembered until it is too old: see [the guide](crate::guide::replay). If a request waits for an
    /// issuer's keys, the age at the end of this wait counts. So choose a time that is longer than a wait, which lasts up to
    /// about 40 s with the default [`KeyPolicy`](crate::KeyPolicy) if connections break: two fetches of 20 s each.
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Sets how far in the future a proof's `iat` may be. Default: 30 s; at most a day.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Sets the algorithms that a proof may be signed with. The challenges list them. Default: ES256.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Remembers used proofs in this store, for example one that all replicas share.
    pub fn replay_store(mut self, store: impl ReplayStore) -> Self {
        self.replay = Replay::Store(Arc::new(store));
        self
    }

    /// Does not remember used proofs. An attacker who captures a proof and its token can use them until the proof is
    /// too old.
    pub fn insecure_without_replay_protection(mut self) -> Self {
        self.replay = Replay::Off;
        self
    }

    /// Requires that each proof contains a nonce from this server
    /// ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)). A client can then not make a proof long
    /// before it uses the proof.
    pub fn nonce(mut self, nonce: RotatingNonce) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// With [`ignore`](Self::ignore): accepts bound tokens as `Bearer`, as auth0-api-js does. An attacker who steals a
    /// bound token can then use it without its key.
    pub fn accept_bound_tokens_as_bearer(mut self) -> Self {
        self.bound_tokens_as_bearer = true;
        self
    }

    fn new(mode: Mode) -> Self {
        Self {
            mode,
            max_age: DEFAULT_MAX_AGE,
            leeway: DEFAULT_LEEWAY,
            algorithms: vec![Algorithm::ES256],
            replay: Replay::Memory,
            nonce: None,
            bound_tokens_as_bearer: false,
        }
    }

    /// Sets which schemes are accepted.
    pub(crate) fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Checks the settings. The error has every problem.
    pub(crate) fn check(self) -> Result<CheckedDpopPolicy, Vec<DpopPolicyError>> {
        let Self { mode, max_age, leeway, algorithms, replay, nonce, bound_tokens_as_bearer } = self;
        let mut problems = Vec::new();
        let algorithms = AlgorithmSet::new(algorithms);
        if algorithms.is_none() {
            problems.push(DpopPolicyError::Algorithms);
        }
        if max_age > MAX_WINDOW || leeway > MAX_WINDOW {
            problems.push(DpopPolicyError::Window);
        }
        if bound_tokens_as_bearer && mode != Mode::Ignore {
            problems.push(DpopPolicyError::BoundTokensAsBearer);
        }
        if nonce.as_ref().is_some_and(|nonce| !nonce.is_usable()) {
            problems.push(DpopPolicyError::NonceStep);
        }
        let has_given_store = matches!(replay, Replay::Store(_));
        let replay = replay.check().map_err(|problem| problems.push(problem)).ok();
        let Some((algorithms, replay)) = algorithms.zip(replay).filter(|_| problems.is_empty()) else {
            return Err(problems);
        };
        let proofs = ProofPolicy { max_age, leeway, algorithms, nonce, keys: ClientKeyCache::new() };
        let replay = replay.filter(|_| mode != Mode::Ignore);
        Ok(CheckedDpopPolicy { mode, bound_tokens_as_bearer, proofs, replay, has_given_store })
    }
}

impl CheckedDpopPolicy {
    /// What the policy says, for a summary.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        let tokens = match self.mode {
            Mode::Accept => "Bearer and DPoP",
            Mode::Ignore if self.bound_tokens_as_bearer => "Bearer only; bound tokens without a proof are accepted",
            Mode::Ignore => "Bearer only",
            Mode::Require => "DPoP only",
        };
        let mut facts = vec![("tokens", tokens.to_owned())];
        if self.mode != Mode::Ignore {
            let nonces = self.proofs.nonce.as_ref().map(|nonce| format!("required, new every {:?}", nonce.period()));
            let used = match &self.replay {
                None => "not remembered",
                Some(_) if self.has_given_store => "remembered in the store of the application",
                Some(_) => "remembered by this process",
            };
            facts.push(("nonces", nonces.unwrap_or_else(|| "not required".to_owned())));
            facts.push(("used proofs", used.to_owned()));
        }
        facts
    }
}

impl Mode {
    pub(crate) fn offers(self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::Bearer => self != Self::Require,
            Scheme::Dpop => self != Self::Ignore,
        }
    }
}

impl Replay {
    fn check(self) -> Result<Option<Arc<dyn ReplayStore>>, DpopPolicyError> {
        match self {
            Self::Memory => Ok(Some(Arc::new(MemoryReplayStore::new()))),
            Self::Off => Ok(None),
            Self::Store(store) => match store.problem() {
                Some(problem) => Err(DpopPolicyError::ReplayStore(problem)),
                None => Ok(Some(store)),
            },
        }
    }
}

/// The default of auth0-api-js (`iatOffset`).
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(300);
/// The default of auth0-api-js (`iatLeeway`).
const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);
/// A proof is made for one request. A window longer than a day would only fill the replay store.
const MAX_WINDOW: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::dpop::MemoryReplayStore;

    fn fact(policy: DpopPolicy, name: &str) -> Option<String> {
        let facts = policy.check().unwrap().facts();
        facts.into_iter().find(|(candidate, _)| *candidate == name).map(|(_, value)| value)
    }

    #[test]
    fn a_summary_says_which_tokens_are_accepted_and_where_used_proofs_are_remembered() {
        let tokens = |policy| fact(policy, "tokens").unwrap();
        assert_eq!(tokens(DpopPolicy::accept()), "Bearer and DPoP");
        assert_eq!(tokens(DpopPolicy::require()), "DPoP only");
        assert_eq!(tokens(DpopPolicy::ignore()), "Bearer only");
        let without_proof = DpopPolicy::ignore().accept_bound_tokens_as_bearer();
        assert_eq!(tokens(without_proof), "Bearer only; bound tokens without a proof are accepted");

        let used = |policy| fact(policy, "used proofs");
        assert_eq!(used(DpopPolicy::accept()).as_deref(), Some("remembered by this process"));
        let own = DpopPolicy::accept().replay_store(MemoryReplayStore::new());
        assert_eq!(used(own).as_deref(), Some("remembered in the store of the application"));
        assert_eq!(used(DpopPolicy::ignore()), None);
    }
}
