//! One client, and calls to it by one way in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::{ApiClient, Requirement};
use auth0_api_testing::ManualClock;
use futures_util::future::join_all;
use serde_json::Value;

use super::answer::Answer;
use super::case::Expectation;
use super::client::{Built, Config};
use super::foreign::Foreign;
use super::network::{self, Network, Route, Traffic};
use super::outcome::Outcome;
use super::resolver::Resolver;
use super::via::{Presented, Via};

/// One call: when, what, and to which route.
pub(super) struct Call {
    at: u64,
    pub(super) presented: Presented,
    route: Requirement,
}

/// A client of its own, with empty caches and an empty replay store.
pub(super) struct Bench {
    api: ApiClient,
    clock: ManualClock,
    network: Network,
    resolver: Option<Resolver>,
    /// How often the resolver had been asked when the call began.
    asked_before: AtomicUsize,
    door: Via,
}

impl Bench {
    /// A client, or the outcome that it cannot be built.
    pub(super) fn new(config: &Config, routes: &[Route], door: Via) -> Result<Result<Self, Outcome>, String> {
        let (clock, network) = (ManualClock::new(), Network::new(routes));
        let (resolver, asked_before) = (config.resolver().cloned(), AtomicUsize::new(0));
        resolver.iter().for_each(Resolver::forget);
        Ok(match config.build(&network, &clock)? {
            Built::Client(api) => Ok(Self { api, clock, network, resolver, asked_before, door }),
            Built::Rejected(problems) => Err(Outcome::misconfigured(&problems)),
        })
    }

    /// One call, and what the network saw of it once everything has settled.
    pub(super) async fn call(&self, call: &Call, routes: &[Route]) -> Result<Outcome, String> {
        let answer = self.ask(call).await?;
        self.network.settle().await;
        let told = self.told_after(self.asked_before.load(Ordering::SeqCst));
        Ok(with_traffic(answer.outcome(&call.foreign(routes)), &self.network.traffic(), &told))
    }

    /// The calls of a sequence, each compared with its own expectation.
    pub(super) async fn one_by_one(
        &self,
        calls: &[Call],
        expectations: &[Expectation],
        routes: &[Route],
    ) -> Result<Outcome, String> {
        let mut violations = Vec::new();
        for (index, (call, expectation)) in calls.iter().zip(expectations).enumerate() {
            self.network.begin_call();
            self.asked_before.store(self.told_after(0).len(), Ordering::SeqCst);
            violations.extend(violation(index, expectation, &self.call(call, routes).await?));
        }
        Ok(of_sequence(violations, &self.network.total_traffic(), &self.told_after(0)))
    }

    /// Starts all calls together. Whose request a fetch was for cannot be told, so that calls have no traffic of their own.
    pub(super) async fn all_at_once(
        &self,
        calls: &[Call],
        expectations: &[Expectation],
        routes: &[Route],
    ) -> Result<Outcome, String> {
        let answers = join_all(calls.iter().map(|call| self.ask(call))).await;
        self.network.settle().await;
        let mut violations = Vec::new();
        for (index, ((call, expectation), answer)) in calls.iter().zip(expectations).zip(answers).enumerate() {
            violations.extend(violation(index, expectation, &answer?.outcome(&call.foreign(routes))));
        }
        Ok(of_sequence(violations, &self.network.total_traffic(), &self.told_after(0)))
    }

    fn told_after(&self, calls: usize) -> Vec<Value> {
        self.resolver.iter().flat_map(|resolver| resolver.told_after(calls)).collect()
    }

    async fn ask(&self, call: &Call) -> Result<Answer, String> {
        self.clock.set(UNIX_EPOCH + Duration::from_secs(call.at));
        self.door.ask(&self.api, &call.presented, &call.route).await
    }
}

impl Call {
    pub(super) fn new(at: u64, presented: Presented, required_claims: Vec<String>) -> Self {
        // A route without requirements has one that every verified token meets.
        let route = required_claims.into_iter().fold(Requirement::claim("iss"), Requirement::and_claim);
        Self { at, presented, route }
    }

    /// All text that the call, or the network, brings in.
    fn foreign(&self, routes: &[Route]) -> Foreign {
        let bodies = routes.iter().flat_map(|route| &route.responses).filter_map(network::Reply::body);
        let foreign = bodies.fold(Foreign::default(), Foreign::body);
        match &self.presented {
            Presented::Request(request) => {
                let credentials = request.headers.iter().map(|(_, value)| value.as_str());
                credentials.fold(foreign, Foreign::credential)
            }
            Presented::Token(token) => foreign.credential(token),
        }
    }
}

fn with_traffic(outcome: Outcome, traffic: &Traffic, told: &[Value]) -> Outcome {
    let outcome = outcome.with("network", traffic.counts()).with("hosts", traffic.hosts());
    let outcome = outcome.with("resolver_calls", told.len());
    match told.last() {
        Some(context) => outcome.with("resolver_context", context.clone()),
        None => outcome,
    }
}

fn violation(index: usize, expectation: &Expectation, outcome: &Outcome) -> Option<String> {
    expectation.check(outcome, &CALL_MEMBERS).err().map(|problem| format!("call {}: {problem}", index + 1))
}

fn of_sequence(violations: Vec<String>, traffic: &Traffic, told: &[Value]) -> Outcome {
    let every_call = Value::Bool(violations.is_empty());
    with_traffic(Outcome::default().with("every_call", every_call), traffic, told).and_violations(violations)
}

/// The members that `expect` can have.
pub(super) const CALL_MEMBERS: [&str; 13] = [
    "ok",
    "error",
    "problems",
    "status",
    "challenges",
    "challenges_exclude",
    "response_headers",
    "claims",
    "network",
    "forbidden_hosts",
    "requested_hosts",
    "resolver_calls",
    "resolver_context",
];
