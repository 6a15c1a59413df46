//! APIs with different rules, for the target that compares core with a second implementation.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use auth0_api_core::dpop::{Insertion, ProofId, ReplayFuture, ReplayStore, RotatingNonce};
use auth0_api_core::{Algorithm, ApiClient, ApiClientBuilder, Clock, DpopPolicy, TokenCache};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::draft::{Offer, key_set};
use crate::judge::{Mode, Rules};
use crate::{AUDIENCE, ISSUER, Tenant, client, now};

/// An API, and its rules for the second implementation.
pub struct World {
    /// The client, and how many inputs it has judged.
    current: Mutex<(ApiClient, u32)>,
    pub rules: Rules,
    pub clock: Moving,
    pub replay: Proofs,
}

/// All APIs. Each has what another one lacks.
pub static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let all = ["ES256", "EdDSA", "ES384", "RS256"];
    vec![
        World::new(Rules { algorithms: all.to_vec(), ..rules(Mode::Accept) }),
        World::new(Rules {
            algorithms: all.to_vec(),
            strict_rfc9068: true,
            leeway: 60.0,
            max_token_age: Some(3600.0),
            proof_algorithms: all.to_vec(),
            nonce: Some(nonce),
            ..rules(Mode::Require)
        }),
        World::new(Rules { required_claims: vec!["role"], ..rules(Mode::Ignore) }),
        World::new(Rules { accepts_bound_tokens_as_bearer: true, ..rules(Mode::Ignore) }),
        World::new(Rules {
            algorithms: vec!["EdDSA", "ES256", "RS256"],
            audiences: vec!["urn:second", AUDIENCE],
            proof_algorithms: vec!["EdDSA", "ES256"],
            proof_window: (60.0, 0.0),
            ..rules(Mode::Accept)
        }),
    ]
});

/// The rules of an API with the defaults of core.
pub fn rules(mode: Mode) -> Rules {
    Rules {
        mode,
        algorithms: vec!["ES256"],
        issuer: ISSUER,
        audiences: vec![AUDIENCE],
        key_set: key_set(),
        strict_rfc9068: false,
        leeway: 0.0,
        max_token_age: None,
        required_claims: Vec::new(),
        accepts_bound_tokens_as_bearer: false,
        proof_algorithms: vec!["ES256"],
        proof_window: (300.0, 30.0),
        nonce: None,
    }
}

impl World {
    fn new(rules: Rules) -> Self {
        let (clock, replay) = (Moving::default(), Proofs::default());
        let api = build(&rules, &clock, &replay);
        Self { current: Mutex::new((api, 0)), rules, clock, replay }
    }

    /// The API for the next input. After some thousand inputs, it is a new one: a full cache of tokens would no longer
    /// remember every token.
    pub fn api(&self) -> ApiClient {
        let mut current = self.current.lock().expect("one thread");
        current.1 += 1;
        if current.1 % INPUTS_PER_CLIENT == 0 {
            current.0 = build(&self.rules, &self.clock, &self.replay);
        }
        current.0.clone()
    }

    /// What the client of this API knows.
    pub fn offer(&self) -> Offer {
        let only = match self.rules.mode {
            Mode::Accept => None,
            Mode::Ignore => Some("Bearer"),
            Mode::Require => Some("DPoP"),
        };
        Offer { only, nonce }
    }
}

/// Builds an API with these rules. Those that ignore proofs do not cache tokens.
fn build(rules: &Rules, clock: &Moving, replay: &Proofs) -> ApiClient {
    let tenant = Tenant { keys: rules.key_set.clone().into(), ..Tenant::default() };
    let builder = client(tenant)
        .audiences(rules.audiences.iter().copied())
        .algorithms(algorithms(&rules.algorithms))
        .leeway(Duration::from_secs_f64(rules.leeway))
        .clock(clock.clone())
        .dpop(policy(rules, replay));
    let builder = rules.required_claims.iter().fold(builder, |builder, name| builder.required_claim(*name));
    let builder = if rules.strict_rfc9068 { builder.strict_rfc9068() } else { builder };
    let builder = if rules.mode == Mode::Ignore { builder } else { builder.token_cache(TokenCache::entries(CACHED)) };
    with_age(builder, rules).build().expect("a client")
}

fn with_age(builder: ApiClientBuilder, rules: &Rules) -> ApiClientBuilder {
    match rules.max_token_age {
        Some(age) => builder.max_token_age(Duration::from_secs_f64(age)),
        None => builder,
    }
}

fn policy(rules: &Rules, replay: &Proofs) -> DpopPolicy {
    let policy = match rules.mode {
        Mode::Accept => DpopPolicy::accept(),
        Mode::Ignore => DpopPolicy::ignore(),
        Mode::Require => DpopPolicy::require(),
    };
    let (max_age, leeway) = rules.proof_window;
    let policy = policy
        .algorithms(algorithms(&rules.proof_algorithms))
        .max_age(Duration::from_secs_f64(max_age))
        .leeway(Duration::from_secs_f64(leeway))
        .replay_store(replay.clone());
    let policy = match rules.nonce {
        Some(_) => policy.nonce(RotatingNonce::new([SECRET]).expect("a secret")),
        None => policy,
    };
    if rules.accepts_bound_tokens_as_bearer { policy.accept_bound_tokens_as_bearer() } else { policy }
}

fn algorithms(names: &[&str]) -> Vec<Algorithm> {
    names.iter().map(|name| name.parse().expect("an algorithm")).collect()
}

/// The nonce of a step of 60 s: the HMAC of the step's number. Replicas of different versions agree on it.
fn nonce(step: i64) -> String {
    let step = u128::try_from(step).expect("after 1970");
    let text = [b"auth0-api DPoP-Nonce v1".as_slice(), &step.to_be_bytes()].concat();
    URL_SAFE_NO_PAD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &SECRET), &text))
}

/// A clock that the target sets.
#[derive(Clone, Debug, Default)]
pub struct Moving(Arc<AtomicU32>);

impl Moving {
    /// Sets the seconds since [`NOW`](crate::NOW).
    pub fn set(&self, seconds: u32) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl Clock for Moving {
    fn now(&self) -> SystemTime {
        now() + Duration::from_secs(self.0.load(Ordering::Relaxed).into())
    }
}

/// A replay store that records all proofs of one input.
#[derive(Clone, Debug, Default)]
pub struct Proofs(Arc<Mutex<HashSet<ProofId>>>);

impl Proofs {
    /// Forgets all proofs, so that inputs do not affect each other.
    pub fn forget(&self) {
        self.0.lock().expect("one thread").clear();
    }
}

impl ReplayStore for Proofs {
    fn insert<'a>(&'a self, proof: &'a ProofId, at: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
        assert!(expires_at > at);
        let is_fresh = self.0.lock().expect("one thread").insert(*proof);
        let insertion = if is_fresh { Insertion::Fresh } else { Insertion::Replayed };
        Box::pin(std::future::ready(Ok(insertion)))
    }
}

const SECRET: [u8; 32] = [7; 32];
const INPUTS_PER_CLIENT: u32 = 4000;
const CACHED: usize = 10_000;
