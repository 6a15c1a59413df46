//! The trusted issuers: which issuers are admitted, and where their states are held.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::SystemTime;

use super::config::IssuerConfig;
use super::domain::Loopback;
use super::fetching::FirstFetch;
use super::limits::Limits;
use super::recent::{Admitted, Recent};
use super::resolver::Resolver;
use super::snapshot::KeySetVersion;
use super::state::IssuerState;
use super::trusted::Trusted;
use super::{Domain, IssuerError};
use crate::called_url::TargetPolicy;
use crate::meter;
use crate::request::TokenRequest;

/// Admits issuers, and finds the states of admitted issuers.
#[derive(Debug)]
pub(super) enum Directory {
    /// All issuers of a list. Their states are created with the client and never evicted.
    Pinned(Box<[Arc<IssuerState>]>),
    /// The issuers of a list that is longer than the configured
    /// [`KeyPolicy::max_issuers`](super::KeyPolicy::max_issuers).
    Listed(Box<[Domain]>, Arc<Recent>),
    /// The issuers that a resolver names for each request.
    Resolved(Resolver, Arc<Recent>),
}

/// What directories are created from, besides the trusted issuers.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) config: Arc<IssuerConfig>,
    pub(super) limits: Arc<Limits>,
    pub(super) loopback: Loopback,
    pub(super) target: TargetPolicy,
}

impl Directory {
    /// Creates a directory. It takes over the states of `previous`.
    pub(super) fn new(trusted: &Trusted, origin: &Origin, previous: Option<&Self>) -> Self {
        let Origin { config, limits, loopback, target } = origin;
        let recent = || Arc::new(Recent::new(Arc::clone(config), Arc::clone(limits)));
        match trusted {
            Trusted::Listed(domains) if config.policy.max_issuers.is_none_or(|max| domains.len() <= max) => {
                let now = config.clock.now();
                let first =
                    |index| if index < FREE_FIRST_FETCHES { FirstFetch::free(now) } else { FirstFetch::default() };
                let new = |index, domain: &Domain| {
                    let (config, limits) = (Arc::clone(config), Arc::clone(limits));
                    Arc::new(IssuerState::new(domain.clone(), config, limits, first(index)))
                };
                let held = |domain: &Domain| previous.and_then(|previous| previous.held(domain.issuer()));
                let state = |(index, domain)| held(domain).unwrap_or_else(|| new(index, domain));
                Self::Pinned(domains.iter().enumerate().map(state).collect())
            }
            Trusted::Listed(domains) => {
                // A new cache: the states of added issuers must not evict those that the present settings use.
                let recent = recent();
                let listed: HashSet<&Domain> = domains.iter().collect();
                let is_listed = |state: &&Arc<IssuerState>| listed.contains(state.domain());
                // A newcomer that is proven meanwhile is in both.
                let newcomers = previous.map(Self::newcomers).unwrap_or_default();
                let proven = previous.map(Self::proven).unwrap_or_default();
                proven.iter().filter(is_listed).for_each(|state| recent.adopt(state));
                newcomers.iter().filter(is_listed).for_each(|state| recent.adopt_newcomer(state));
                Self::Listed(domains.clone(), recent)
            }
            Trusted::Resolved(source) => {
                let (source, loopback, target) = (Arc::clone(source), *loopback, target.clone());
                let recent = match previous {
                    Some(Self::Resolved(_, held)) => Arc::clone(held),
                    _ => recent(),
                };
                Self::Resolved(Resolver { source, loopback, target }, recent)
            }
        }
    }

    /// Updates the metric of the issuers in memory.
    pub(super) fn report_held(&self) {
        match self {
            Self::Pinned(states) => meter::issuers_held(states.len() as u64),
            Self::Listed(_, recent) | Self::Resolved(_, recent) => recent.report_held(),
        }
    }

    /// The states that no stranger can add: of a list, or of issuers with a verified token.
    fn proven(&self) -> Vec<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => states.to_vec(),
            Self::Listed(_, recent) | Self::Resolved(_, recent) => recent.proven(),
        }
    }

    /// The states of issuers without a verified token, if not all issuers are held.
    fn newcomers(&self) -> Vec<Arc<IssuerState>> {
        match self {
            Self::Pinned(_) => Vec::new(),
            Self::Listed(_, recent) | Self::Resolved(_, recent) => recent.without_proof(),
        }
    }

    /// Returns the states of the issuers that this directory lists and `previous` does not, as many as can be held.
    pub(super) fn added_to(&self, previous: &Self) -> Vec<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => states.iter().filter(|state| !previous.is_held(state)).map(Arc::clone).collect(),
            Self::Listed(domains, recent) => {
                let known: HashSet<&str> = previous.names().into_iter().collect();
                let added: Vec<_> = domains.iter().filter(|domain| !known.contains(domain.issuer())).collect();
                recent.added(&added)
            }
            Self::Resolved(..) => Vec::new(),
        }
    }

    /// Returns the state of an issuer, if it is held. The issuer need not be trusted.
    pub(super) fn held(&self, issuer: &str) -> Option<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => states.iter().find(|state| state.domain().issuer() == issuer).map(Arc::clone),
            Self::Listed(_, recent) | Self::Resolved(_, recent) => recent.known(issuer),
        }
    }

    /// Whether this very state is held.
    fn is_held(&self, state: &Arc<IssuerState>) -> bool {
        self.held(state.domain().issuer()).is_some_and(|held| Arc::ptr_eq(&held, state))
    }

    /// Whether this directory, which admitted the state, still holds it.
    pub(super) fn still_holds(&self, state: &Arc<IssuerState>) -> bool {
        self.is_pinned() || self.is_held(state)
    }

    /// Admits the issuer that an unverified token names, if it is trusted for this request. An issuer that is not
    /// trusted gets no state, so nothing is fetched for it.
    pub(super) async fn admit(
        &self,
        iss: &str,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<Admitted<'_>, IssuerError> {
        match self {
            Self::Pinned(states) => {
                let state = Arc::clone(named(iss, states, |state| state.domain())?);
                Ok(Admitted { state, newcomer_in: None })
            }
            Self::Listed(domains, recent) => Ok(recent.admit(named(iss, domains, |domain| domain)?)?),
            Self::Resolved(resolver, recent) => {
                let domains = Box::pin(resolver.domains(request, iss)).await?.ok_or(IssuerError::NobodyTrusted)?;
                Ok(recent.admit(named(iss, &domains, |domain| domain)?)?)
            }
        }
    }

    /// Whether this request may use a token of an issuer that was admitted in an earlier request, and was verified with
    /// these keys. Not if the issuer was evicted: its state may live on in an older generation, and learns nothing here.
    pub(super) async fn still_admits(
        &self,
        keys: &KeySetVersion,
        issuer: &str,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<bool, IssuerError> {
        let is_held = |recent: &Recent| recent.known(issuer).is_some_and(|state| state.is_source_of(keys));
        match self {
            // The list is part of the configuration. A remembered token is of the same generation.
            Self::Pinned(_) => Ok(true),
            Self::Listed(_, recent) => Ok(is_held(recent)),
            Self::Resolved(resolver, recent) => {
                let domains = Box::pin(resolver.domains(request, issuer)).await?;
                let is_trusted = domains.is_some_and(|domains| domains.iter().any(|domain| domain.issuer() == issuer));
                Ok(is_trusted && is_held(recent))
            }
        }
    }

    /// Whether every trusted issuer has a state at all times, so that no request waits for a resolver or adds a state.
    pub(super) fn is_pinned(&self) -> bool {
        matches!(self, Self::Pinned(_))
    }

    /// The names of the listed issuers; empty with a resolver.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Pinned(states) => states.iter().map(|state| state.domain().issuer()).collect(),
            Self::Listed(domains, _) => domains.iter().map(Domain::issuer).collect(),
            Self::Resolved(..) => Vec::new(),
        }
    }

    /// Returns the states of the listed issuers, as many as there is room for; none with a resolver.
    pub(super) fn listed(&self) -> Vec<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => states.to_vec(),
            Self::Listed(domains, recent) => recent.within_room(domains),
            Self::Resolved(..) => Vec::new(),
        }
    }

    /// Returns the state of a listed issuer or, with a resolver, of an issuer whose state is held.
    pub(super) fn state(&self, issuer: &str) -> Option<Arc<IssuerState>> {
        match self {
            Self::Pinned(states) => named(issuer, states, |state| state.domain()).ok().map(Arc::clone),
            Self::Listed(domains, recent) => {
                named(issuer, domains, |domain| domain).ok().map(|domain| recent.listed(domain))
            }
            Self::Resolved(..) => self.held(issuer),
        }
    }

    /// See [`Trust::is_ready`](super::Trust::is_ready).
    pub(super) fn is_ready(&self, now: SystemTime) -> bool {
        match self {
            Self::Pinned(states) => {
                states.iter().any(|state| state.is_ready(now)) && states.iter().all(|state| state.was_asked())
            }
            // The states are those of listed issuers.
            Self::Listed(_, recent) => recent.is_ready(now),
            Self::Resolved(..) => true,
        }
    }
}

/// RFC 8725 §3.8, RFC 9068 §4: `iss` must be exactly the name of a trusted issuer.
fn named<'t, T>(iss: &str, trusted: &'t [T], domain: impl Fn(&T) -> &Domain) -> Result<&'t T, IssuerError> {
    if let Some(found) = trusted.iter().find(|trusted| domain(trusted).issuer() == iss) {
        return Ok(found);
    }
    let bare = |issuer: &'t str| issuer.trim_end_matches('/');
    // Anybody can write an `iss` of thousands of slashes. So they are removed once, and not for each trusted issuer.
    let iss = iss.trim_end_matches('/');
    let nearly = trusted.iter().any(|trusted| bare(domain(trusted).issuer()).eq_ignore_ascii_case(iss));
    Err(IssuerError::NotTrusted { nearly })
}

/// The first fetch of an issuer of a list needs no permit, so that the users of a new replica do not wait while strangers
/// name other issuers. For a thousand issuers, the TLS handshakes of these fetches take a core about two seconds. Only
/// an operator can make the list longer. The first fetches of further issuers need permits.
const FREE_FIRST_FETCHES: usize = 1000;
