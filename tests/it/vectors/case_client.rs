//! A client for one case, and the calls to this client. All calls are presented in the same way.

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

/// A call: its time, its input, and the requirement of its route.
pub(super) struct Call {
    at: u64,
    pub(super) presented: Presented,
    route: Requirement,
}

/// A client for one case, with empty caches and an empty replay store.
pub(super) struct CaseClient {
    api: ApiClient,
    clock: ManualClock,
    network: Network,
    resolver: Option<Resolver>,
    /// The number of resolver calls before the current call.
    resolver_calls_before: AtomicUsize,
    via: Via,
}

impl CaseClient {
    /// Builds the client. Returns an outcome instead if the configuration is rejected.
    pub(super) fn new(config: &Config, routes: &[Route], via: Via) -> Result<Result<Self, Outcome>, String> {
        let (clock, network) = (ManualClock::new(), Network::new(routes));
        let (resolver, resolver_calls_before) = (config.resolver().cloned(), AtomicUsize::new(0));
        resolver.iter().for_each(Resolver::forget);
        Ok(match config.build(&network, &clock)? {
            Built::Client(api) => Ok(Self { api, clock, network, resolver, resolver_calls_before, via }),
            Built::Rejected(problems) => Err(Outcome::misconfigured(&problems)),
        })
    }

    /// Makes one call. Returns the outcome of the call, with the traffic that the call and its background fetches
    /// caused.
    pub(super) async fn call(&self, call: &Call, routes: &[Route]) -> Result<Outcome, String> {
        let answer = self.ask(call).await?;
        self.network.settle().await;
        let contexts = self.contexts_after(self.resolver_calls_before.load(Ordering::SeqCst));
        Ok(with_traffic(answer.outcome(&call.foreign(routes)), &self.network.traffic(), &contexts))
    }

    /// Makes the calls of a sequence in turn, and compares each outcome with the expectation of its call.
    pub(super) async fn one_by_one(
        &self,
        calls: &[Call],
        expectations: &[Expectation],
        routes: &[Route],
    ) -> Result<Outcome, String> {
        let mut violations = Vec::new();
        for (index, (call, expectation)) in calls.iter().zip(expectations).enumerate() {
            self.network.begin_call();
            self.resolver_calls_before.store(self.contexts_after(0).len(), Ordering::SeqCst);
            violations.extend(violation(index, expectation, &self.call(call, routes).await?));
        }
        Ok(of_sequence(violations, &self.network.total_traffic(), &self.contexts_after(0)))
    }

    /// Starts all calls together. The outcome of a call does not include its traffic, because the runner cannot tell
    /// which call caused a fetch.
    pub(super) async fn concurrently(
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
        Ok(of_sequence(violations, &self.network.total_traffic(), &self.contexts_after(0)))
    }

    fn contexts_after(&self, calls: usize) -> Vec<Value> {
        self.resolver.iter().flat_map(|resolver| resolver.contexts_after(calls)).collect()
    }

    async fn ask(&self, call: &Call) -> Result<Answer, String> {
        self.clock.set(UNIX_EPOCH + Duration::from_secs(call.at));
        self.via.ask(&self.api, &call.presented, &call.route).await
    }
}

impl Call {
    pub(super) fn new(at: u64, presented: Presented, required_claims: Vec<String>) -> Self {
        // A route without required claims requires `iss`, which every verified token has.
        let route = required_claims.into_iter().fold(Requirement::claim("iss"), Requirement::and_claim);
        Self { at, presented, route }
    }

    /// Returns all texts of the call and of the network. The response must not repeat them.
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

fn with_traffic(outcome: Outcome, traffic: &Traffic, contexts: &[Value]) -> Outcome {
    let outcome = outcome.with("network", traffic.counts()).with("hosts", traffic.hosts());
    let outcome = outcome.with("resolver_calls", contexts.len());
    match contexts.last() {
        Some(context) => outcome.with("resolver_context", context.clone()),
        None => outcome,
    }
}

fn violation(index: usize, expectation: &Expectation, outcome: &Outcome) -> Option<String> {
    expectation.check(outcome, &CALL_MEMBERS).err().map(|problem| format!("call {}: {problem}", index + 1))
}

fn of_sequence(violations: Vec<String>, traffic: &Traffic, contexts: &[Value]) -> Outcome {
    let every_call = Value::Bool(violations.is_empty());
    with_traffic(Outcome::default().with("every_call", every_call), traffic, contexts).and_violations(violations)
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
