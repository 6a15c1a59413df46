//! The kinds of test case that verify one request, one raw token, or a sequence of calls with one client.

use serde::Deserialize;

use super::case::{Case, Expectation, Object, Request};
use super::case_client::{Call, CaseClient};
use super::client::Config;
use super::network::Route;
use super::outcome::Outcome;
use super::via::{Presented, Via};

/// The members that the `expect` of a whole sequence can have.
pub(super) const SEQUENCE_MEMBERS: [&str; 8] =
    ["every_call", "ok", "error", "problems", "network", "forbidden_hosts", "requested_hosts", "resolver_calls"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyRequest {
    at: u64,
    config: Config,
    network: Vec<Route>,
    request: Request,
    #[serde(default)]
    required_claims: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyAccessToken {
    at: u64,
    config: Config,
    network: Vec<Route>,
    token: String,
    #[serde(default)]
    required_claims: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifySequence {
    config: Config,
    network: Vec<Route>,
    calls: Vec<SequenceCall>,
    #[serde(default)]
    concurrent: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SequenceCall {
    at: u64,
    request: Option<Request>,
    token: Option<String>,
    #[serde(default)]
    required_claims: Vec<String>,
    expect: Object,
    #[serde(default)]
    also_acceptable: Vec<Object>,
}

/// Runs the kind `verify_request`.
pub(super) async fn request(case: &Case) -> Result<Vec<Outcome>, String> {
    let VerifyRequest { at, config, network, request, required_claims } = case.input()?;
    single(&config, &network, Call::new(at, Presented::Request(request), required_claims)).await
}

/// Runs the kind `verify_access_token`.
pub(super) async fn access_token(case: &Case) -> Result<Vec<Outcome>, String> {
    let VerifyAccessToken { at, config, network, token, required_claims } = case.input()?;
    single(&config, &network, Call::new(at, Presented::Token(token), required_claims)).await
}

/// Runs the kind `verify_sequence`. Checks the expectation of each call. The returned outcomes are for the expectation
/// of the whole sequence.
pub(super) async fn sequence(case: &Case) -> Result<Vec<Outcome>, String> {
    let VerifySequence { config, network, calls, concurrent } = case.input()?;
    let (calls, expectations): (Vec<_>, Vec<_>) =
        calls.into_iter().map(SequenceCall::split).collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let mut outcomes = Vec::new();
    for via in Via::possible_for(&calls.iter().map(|call| &call.presented).collect::<Vec<_>>()) {
        let outcome = match CaseClient::new(&config, &network, *via)? {
            Err(misconfigured) => misconfigured,
            Ok(client) if concurrent => client.concurrently(&calls, &expectations, &network).await?,
            Ok(client) => client.one_by_one(&calls, &expectations, &network).await?,
        };
        outcomes.push(Outcome { through: Some(via.name()), ..outcome });
    }
    Ok(outcomes)
}

async fn single(config: &Config, network: &[Route], call: Call) -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::new();
    for via in Via::possible_for(&[&call.presented]) {
        let outcome = match CaseClient::new(config, network, *via)? {
            Err(misconfigured) => misconfigured,
            Ok(client) => client.call(&call, network).await?,
        };
        outcomes.push(Outcome { through: Some(via.name()), ..outcome });
    }
    Ok(outcomes)
}

impl SequenceCall {
    fn split(self) -> Result<(Call, Expectation), String> {
        let Self { at, request, token, required_claims, expect, also_acceptable } = self;
        let presented = match (request, token) {
            (Some(request), None) => Presented::Request(request),
            (None, Some(token)) => Presented::Token(token),
            _ => return Err("a call has either a request or a token".to_owned()),
        };
        Ok((Call::new(at, presented, required_claims), Expectation { expect, also_acceptable }))
    }
}
