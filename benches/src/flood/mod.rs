//! Floods of strangers' tokens and real users at the same time, on real sockets.
//!
//! The API, an axum application behind the layer, has a runtime of its own with one thread. The load, and the server
//! of the tenants, share another thread. So on a machine with two cores, each side has one.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

mod load;
mod tenants;

use std::fmt::Debug;
use std::net::SocketAddr;
use std::time::Duration;

use auth0_api_axum::AuthLayer;
use auth0_api_core::issuer::{DomainAnswer, DomainContext};
use auth0_api_core::{Algorithm, ApiClient, TrustedDomains};
use auth0_api_testing::{LocalTenant, SigningKey};
use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::runtime::{Builder, Runtime};

use self::load::{Answers, Load};
use self::tenants::{Network, TENANTS, Tenants, domain};
use crate::servers::serve;

/// What the API trusts when the flood begins.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// A new replica with a list of all tenants.
    List,
    /// A new replica with a resolver.
    Resolver,
    /// A replica with a resolver that has verified a token of each tenant with users.
    ResolverWithKnownUsers,
}

/// Measures floods, and prints a table.
///
/// # Panics
///
/// If a server cannot be started, if a user is rejected with another status than 503, or if a 503 says no time.
pub fn run(rates: &[usize], duration: Duration) {
    let (outside, inside) = (runtime(), runtime());
    let minter = must(outside.block_on(LocalTenant::start()));
    let tenants = outside.block_on(Tenants::start(minter, SigningKey::generate(Algorithm::RS256)));
    println!("\n{TENANTS} tenants, {USERS_PER_SECOND} requests of users a second, {duration:?} each\n");
    println!(
        "{:<26} {:>10} {:>8} {:>8} {:>6} {:>8} {:>6} {:>7} {:>7} {:>7} {:>9}",
        "strangers", "requests/s", "401", "503", "users:", "200", "503", "p50 ms", "p99 ms", "max ms", "requests"
    );
    for source in [Source::List, Source::Resolver, Source::ResolverWithKnownUsers] {
        for per_second in rates {
            flood(&outside, &inside, &tenants, source, *per_second, duration);
        }
    }
}

fn flood(
    outside: &Runtime,
    inside: &Runtime,
    tenants: &Tenants,
    source: Source,
    per_second: usize,
    duration: Duration,
) {
    let network = Network::to(tenants);
    let api = must(ApiClient::builder(source.domains(), tenants.audience()).http_client(network.clone()).build());
    let address = inside.block_on(start(api));
    if matches!(source, Source::ResolverWithKnownUsers) {
        let first = outside.block_on(users(tenants).send(address, Duration::from_secs(1)));
        assert_eq!(statuses(&first), [USERS_PER_SECOND, 0, 0], "{:?}", first.statuses);
    }
    let before = network.sent();
    let (strangers, users) = outside.block_on(async {
        tokio::join!(strangers(tenants, per_second).send(address, duration), users(tenants).send(address, duration))
    });
    let requests = network.sent() - before;
    let ([_, unauthorized, unavailable], [accepted, rejected, later]) = (statuses(&strangers), statuses(&users));
    assert_eq!(rejected, 0, "users were rejected: {:?}", users.statuses);
    let sent = strangers.waits.len() * 1000 / usize::try_from(strangers.sent_for.as_millis()).unwrap_or(usize::MAX);
    let milliseconds = |wait: Duration| wait.as_secs_f64() * 1000.0;
    println!(
        "{:<26} {sent:>10} {unauthorized:>8} {unavailable:>8} {:>6} {accepted:>8} {later:>6} {:>7.1} {:>7.1} {:>7.1} {requests:>9}",
        format!("{source:?}"),
        "",
        milliseconds(users.percentile(50)),
        milliseconds(users.percentile(99)),
        milliseconds(users.percentile(100)),
    );
}

impl Source {
    fn domains(self) -> TrustedDomains {
        match self {
            Self::List => TrustedDomains::list((0..TENANTS).map(domain)),
            Self::Resolver | Self::ResolverWithKnownUsers => TrustedDomains::resolver(resolver),
        }
    }
}

fn resolver(
    context: &DomainContext<'_>,
) -> impl Future<Output = Result<DomainAnswer, auth0_api_core::issuer::DomainResolverFailure>> + Send + use<> {
    let named =
        context.unverified_issuer().strip_prefix("https://tenant-").and_then(|rest| rest.strip_suffix(".example/"));
    let tenant = named.and_then(|number| number.parse().ok()).filter(|tenant| *tenant < TENANTS);
    std::future::ready(Ok(tenant.map_or(DomainAnswer::Nobody, |tenant| vec![domain(tenant)].into())))
}

async fn start(api: ApiClient) -> SocketAddr {
    serve(Router::new().route("/orders", get(|| async { "ok" })).layer(AuthLayer::new(api))).await
}

/// Users of the last tenants, each with a valid token.
fn users(tenants: &Tenants) -> Load {
    let tokens: Vec<_> = (TENANTS - TENANTS_WITH_USERS..TENANTS).map(|tenant| tenants.token(tenant)).collect();
    let token = move |number: usize| tokens.get(number % tokens.len()).cloned().unwrap_or_default();
    Load { per_second: USERS_PER_SECOND, connections: 256, token: Box::new(token) }
}

/// Tokens that name any tenant, and whose signature is invalid. Every fifth token names a key that does not exist.
fn strangers(tenants: &Tenants, per_second: usize) -> Load {
    let invalid = "A".repeat(342);
    let tokens: Vec<(String, String)> = (0..TENANTS)
        .map(|tenant| {
            let token = tenants.token(tenant);
            let mut parts = token.split('.').map(str::to_owned);
            (parts.next().unwrap_or_default(), format!("{}.{invalid}", parts.next().unwrap_or_default()))
        })
        .collect();
    let token = move |number: usize| {
        // A step that has no factor in common with the number of tenants, so all of them are named.
        let Some((header, rest)) = tokens.get(number * 7919 % tokens.len()) else { return String::new() };
        if number.is_multiple_of(5) {
            let made_up = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","kid":"made-up-{number}"}}"#));
            return format!("{made_up}.{rest}");
        }
        format!("{header}.{rest}")
    };
    Load { per_second, connections: 256, token: Box::new(token) }
}

/// Returns the numbers of 200, 401 and 503.
fn statuses(answers: &Answers) -> [usize; 3] {
    let other = answers.statuses.keys().find(|status| ![200, 401, 503].contains(status));
    assert!(other.is_none(), "{:?}", answers.statuses);
    [200, 401, 503].map(|status| answers.statuses.get(&status).copied().unwrap_or_default())
}

fn runtime() -> Runtime {
    must(Builder::new_multi_thread().worker_threads(1).enable_all().build())
}

#[expect(clippy::panic, reason = "a panic shows where the benchmark failed")]
#[track_caller]
fn must<T, E: Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error:?}"))
}

const USERS_PER_SECOND: usize = 100;
const TENANTS_WITH_USERS: usize = 40;
