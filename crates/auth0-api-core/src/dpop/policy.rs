//! What an API asks of its callers' proofs.

use std::sync::Arc;
use std::time::Duration;

use super::{MemoryReplayStore, ReplayStore, RotatingNonce};
use crate::credentials::Scheme;
use crate::jose::{Algorithm, AlgorithmSet};

/// Whether and how an API takes `DPoP` ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
///
/// | setting | default | why |
/// |---|---|---|
/// | mode | [`accept`](Self::accept) | clients move to `DPoP` one by one |
/// | [`max_age`](Self::max_age) | 300 s | as auth0-api-js: clients with a clock that is off |
/// | [`leeway`](Self::leeway) | 30 s | as auth0-api-js |
/// | [`algorithms`](Self::algorithms) | ES256 | what Auth0 binds tokens to |
/// | replay protection | in memory | [RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1); share it between replicas with [`replay_store`](Self::replay_store) |
/// | [`nonces`](Self::nonce) | off | they cost each client a second request to begin with |
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
#[derive(Clone, Debug)]
pub struct DpopPolicy {
    pub(crate) mode: Mode,
    pub(crate) max_age: Duration,
    pub(crate) leeway: Duration,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) replay: Replay,
    pub(crate) nonce: Option<RotatingNonce>,
    pub(crate) bound_tokens_as_bearer: bool,
}

/// Which schemes are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Accept,
    Ignore,
    Require,
}

/// Where used proofs are remembered.
#[derive(Clone, Debug)]
pub(crate) enum Replay {
    Memory,
    Off,
    Store(Arc<dyn ReplayStore>),
}

/// A policy whose settings make sense together.
#[derive(Debug)]
pub(crate) struct ProofPolicy {
    pub(crate) max_age: Duration,
    pub(crate) leeway: Duration,
    pub(crate) algorithms: AlgorithmSet,
    pub(crate) nonce: Option<RotatingNonce>,
}

impl DpopPolicy {
    /// Takes bound tokens with a proof, and unbound ones as `Bearer`: the default.
    pub fn accept() -> Self {
        Self::new(Mode::Accept)
    }

    /// Takes bound tokens with a proof, and nothing else.
    pub fn require() -> Self {
        Self::new(Mode::Require)
    }

    /// Takes `Bearer` only and looks at no proof. A bound token is rejected all the same: without its proof it may be stolen.
    pub fn ignore() -> Self {
        Self::new(Mode::Ignore)
    }

    /// How old a proof's `iat` may be. Default: 300 s; at most a day.
    ///
    /// Used proofs are remembered that long: see [the guide](crate::guide::replay).
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// How far ahead a proof's `iat` may lie. Default: 30 s; at most a day.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// The algorithms that a proof may be signed with, as the challenges list them. Default: ES256.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Remembers used proofs in a store of yours: one that all replicas share.
    #[must_use]
    pub fn replay_store(mut self, store: impl ReplayStore) -> Self {
        self.replay = Replay::Store(Arc::new(store));
        self
    }

    /// Remembers no proof: whoever captures one can use it until it is too old.
    #[must_use]
    pub fn insecure_without_replay_protection(mut self) -> Self {
        self.replay = Replay::Off;
        self
    }

    /// Demands a nonce of ours in each proof ([RFC 9449 §9](https://www.rfc-editor.org/rfc/rfc9449#section-9)): a proof can
    /// then not be made in advance.
    #[must_use]
    pub fn nonce(mut self, nonce: RotatingNonce) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// With [`ignore`](Self::ignore): takes bound tokens as `Bearer`, as auth0-api-js does. It gives up what binding is for.
    #[must_use]
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

    /// Whether tokens are taken by this scheme.
    pub(crate) fn offers(&self, scheme: Scheme) -> bool {
        self.mode.offers(scheme)
    }

    /// The names of the algorithms of proofs; none if no proof is looked at.
    pub(crate) fn offered_algorithms(&self) -> Vec<&'static str> {
        let offered = AlgorithmSet::new(self.algorithms.iter().copied()).filter(|_| self.offers(Scheme::Dpop));
        offered.iter().flat_map(AlgorithmSet::iter).map(Algorithm::name).collect()
    }

    /// What does not make sense, as one fixed sentence.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.algorithms.is_empty() {
            Some("at least one proof algorithm is needed")
        } else if self.max_age > LONGEST_WINDOW || self.leeway > LONGEST_WINDOW {
            Some("a proof's window is at most a day")
        } else if self.bound_tokens_as_bearer && self.mode != Mode::Ignore {
            Some("accept_bound_tokens_as_bearer() goes with DpopPolicy::ignore() only")
        } else {
            None
        }
    }
}

impl Mode {
    pub(super) fn offers(self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::Bearer => self != Self::Require,
            Scheme::Dpop => self != Self::Ignore,
        }
    }
}

impl Replay {
    pub(crate) fn into_store(self) -> Option<Arc<dyn ReplayStore>> {
        match self {
            Self::Memory => Some(Arc::new(MemoryReplayStore::new())),
            Self::Off => None,
            Self::Store(store) => Some(store),
        }
    }
}

/// As auth0-api-js (`iatOffset`).
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(300);
/// As auth0-api-js (`iatLeeway`).
const DEFAULT_LEEWAY: Duration = Duration::from_secs(30);
/// A proof is for one request; beyond a day the replay store would only fill up.
const LONGEST_WINDOW: Duration = Duration::from_secs(86_400);
