//! A client, its tenants, strangers and users, in simulated time.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth0_api_core::issuer::{DomainAnswer, DomainContext};
use auth0_api_core::{Algorithm, ApiClient, Clock, KeyPolicy, TokenRequest, TrustedDomains};
use auth0_api_testing::{ManualClock, OfflineTenant, SigningKey, status_and_label};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::task::JoinSet;

use super::answers::{Answer, Answers};
use super::network::{Network, domain, issuer, tenant_of};
use super::random::Random;

/// A client and everything around it. Time passes only in [`run`](Self::run), a millisecond at a time: the tasks run
/// until all of them wait, then all clocks move: that of tokio, and those of the simulation.
pub(super) struct Simulation {
    pub(super) api: ApiClient,
    /// The clock that the client reads. A test may set it back.
    pub(super) clock: ManualClock,
    /// A clock that never goes back.
    time: ManualClock,
    pub(super) network: Network,
    began: SystemTime,
    minter: OfflineTenant,
    random: Random,
    requests: JoinSet<Answer>,
}

/// How the client learns which tenants it trusts.
pub(super) enum Source {
    /// A list of this many tenants.
    List(usize),
    /// A resolver that trusts this many tenants, and nobody for an unknown host. It answers after 0 to 40 ms, so
    /// requests overtake each other.
    Resolver(usize),
}

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Stranger,
    /// Anybody, with any token, at a host for which the resolver trusts nobody.
    UnknownHost,
    User,
}

/// A constant rate of requests.
pub(super) struct Load {
    pub(super) per_second: usize,
    pub(super) kind: Kind,
    /// The tenants that the requests name, at random.
    pub(super) tenants: Range<usize>,
    pub(super) host: &'static str,
}

impl Load {
    /// Sends the same requests to a host for which the resolver trusts nobody.
    pub(super) fn at_unknown_host(self) -> Self {
        Self { host: UNKNOWN_HOST, ..self }
    }
}

/// What the requests of a load present.
pub(super) enum Kind {
    /// A token with a known key id and without a valid signature.
    Unsigned,
    /// A token with a key id that does not exist, another one each time.
    MadeUpKey,
    /// A valid token.
    Signed(SigningKey),
}

impl Simulation {
    pub(super) fn new(source: &Source, policy: KeyPolicy) -> (Self, SigningKey) {
        Self::with_clock(source, policy, |clock| clock)
    }

    /// Creates a simulation whose client reads another clock, made of the simulation's.
    pub(super) fn with_clock<C: Clock>(
        source: &Source,
        policy: KeyPolicy,
        of_client: impl FnOnce(ManualClock) -> C,
    ) -> (Self, SigningKey) {
        let (clock, time, key) =
            (ManualClock::new(), ManualClock::new(), SigningKey::generate(Algorithm::ES256).with_kid("first"));
        let network = Network::new(&time, &key);
        let domains = match *source {
            Source::List(tenants) => TrustedDomains::list((0..tenants).map(domain)),
            Source::Resolver(tenants) => TrustedDomains::resolver(slow_resolver(tenants)),
        };
        let api = ApiClient::builder(domains, OfflineTenant::AUDIENCE)
            .algorithms([Algorithm::ES256])
            .clock(of_client(clock.clone()))
            .http_client(network.clone())
            .key_policy(policy.jitter_percent(0))
            .build()
            .unwrap();
        let (minter, random, requests) = (OfflineTenant::new(), Random::new(1), JoinSet::new());
        (Self { api, began: time.now(), time, clock, network, minter, random, requests }, key)
    }

    /// Returns the time since the beginning of the simulation.
    pub(super) fn elapsed(&self) -> Duration {
        self.since_beginning(self.time.now())
    }

    /// Returns when each fetch began, from the beginning of the simulation.
    pub(super) fn fetched_at(&self) -> Vec<Duration> {
        self.fetched_from(|_| true)
    }

    /// Returns when each fetch from some tenants began, from the beginning of the simulation.
    pub(super) fn fetched_from(&self, tenants: impl Fn(usize) -> bool) -> Vec<Duration> {
        let fetches = self.network.fetches();
        let fetches = fetches.iter().filter(|fetch| tenants(fetch.tenant));
        fetches.map(|fetch| self.since_beginning(fetch.at)).collect()
    }

    fn since_beginning(&self, time: SystemTime) -> Duration {
        time.duration_since(self.began).unwrap()
    }

    /// Publishes a new key at every tenant.
    pub(super) fn rotate(&self) -> SigningKey {
        let new = SigningKey::generate(Algorithm::ES256).with_kid("second");
        self.network.publish(&new);
        new
    }

    /// Lets time pass, while requests arrive. Returns the answers to all requests, after the last answer.
    #[expect(clippy::panic, reason = "a test stops where it fails")]
    pub(super) async fn run(&mut self, duration: Duration, loads: &[Load]) -> Answers {
        for millisecond in 0..usize::try_from(duration.as_millis()).unwrap() {
            for load in loads {
                let sent_until = |millisecond: usize| millisecond * load.per_second / 1000;
                for _ in sent_until(millisecond)..sent_until(millisecond + 1) {
                    self.send(load);
                }
            }
            self.pass_a_millisecond().await;
        }
        let mut answers = Answers::default();
        for _ in 0..MOST_WAITING.as_millis() {
            answers.extend(std::iter::from_fn(|| self.requests.try_join_next()).map(Result::unwrap));
            if self.requests.is_empty() {
                return answers;
            }
            self.pass_a_millisecond().await;
        }
        panic!("{} requests have no answer", self.requests.len());
    }

    async fn pass_a_millisecond(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.clock.advance(Duration::from_millis(1));
        self.time.advance(Duration::from_millis(1));
    }

    fn send(&mut self, load: &Load) {
        let tenant = load.tenants.start + self.random.below(load.tenants.len());
        let token = self.token(&load.kind, tenant);
        let from = match load.kind {
            _ if load.host == UNKNOWN_HOST => From::UnknownHost,
            Kind::Signed(_) => From::User,
            Kind::MadeUpKey | Kind::Unsigned => From::Stranger,
        };
        let headers = [("host", load.host.to_owned()), ("authorization", format!("Bearer {token}"))];
        let (api, at, time) = (self.api.clone(), self.elapsed(), self.time.clone());
        self.requests.spawn(async move {
            let sent = time.now();
            let outcome = api.verify_request(&TokenRequest::new("GET", URL, &headers)).await;
            let rejection = outcome.as_ref().err().map(|error| api.reject(error));
            let retry_after = rejection.and_then(|rejection| {
                rejection.headers().find(|(name, _)| *name == "retry-after").and_then(|(_, value)| value.parse().ok())
            });
            Answer {
                tenant,
                from,
                at,
                waited: time.now().duration_since(sent).unwrap(),
                outcome: status_and_label(&outcome),
                retry_after,
            }
        });
    }

    fn token(&self, kind: &Kind, tenant: usize) -> String {
        let header = |kid: &str| URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#));
        let unsigned = |kid: &str| {
            let claims = format!(r#"{{"iss":"{}"}}"#, issuer(tenant));
            format!("{}.{}.{}", header(kid), URL_SAFE_NO_PAD.encode(claims), "A".repeat(86))
        };
        match kind {
            Kind::Unsigned => unsigned("first"),
            Kind::MadeUpKey => unsigned(&format!("made-up-{}", self.random.below(usize::MAX))),
            Kind::Signed(key) => {
                self.minter.mint().issuer(&issuer(tenant)).key(key).expires_in(Duration::from_secs(86_400)).sign()
            }
        }
    }
}

fn slow_resolver(tenants: usize) -> impl auth0_api_core::issuer::DomainResolver {
    let random = Arc::new(Random::new(3));
    move |context: &DomainContext<'_>| {
        let trusted = tenant_of(context.unverified_issuer()).filter(|tenant| *tenant < tenants);
        let (random, is_known) = (Arc::clone(&random), context.header("host") == Some(KNOWN_HOST));
        async move {
            tokio::time::sleep(random.milliseconds(40)).await;
            let domains = vec![trusted.map_or_else(|| "nobody.example".to_owned(), domain)];
            Ok(if is_known { domains.into() } else { DomainAnswer::Nobody })
        }
    }
}

/// No request may wait longer: a resolver and a permit take less than two seconds, a fetch at most five.
const MOST_WAITING: Duration = Duration::from_secs(8);

pub(super) const KNOWN_HOST: &str = "api.example";
const UNKNOWN_HOST: &str = "scanner.example";
const URL: &str = "https://api.example/orders";
