//! The calls of the libraries, without HTTP: all in turn in this process, each with the same token.

use std::fmt::Debug;
use std::sync::Arc;

use auth0_api_benches::Candidate;
use auth0_api_benches::floor::Floor;
use auth0_api_core::{ApiClient, TokenCache};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method, Uri};
use axum_jwt_auth::JwtDecoder as _;
use futures_util::FutureExt as _;
use oauth_resource_server::OAuthValidator;
use serde_json::Value;
use tokio::task::unconstrained;

use crate::contestants::{actix_web as actix, axum as layers, by_hand, ours};
use crate::label::with_versions;
use crate::options::Effort;
use crate::site::{Scheme, Site};
use crate::table::{Table, median};
use crate::world::World;

pub(crate) async fn run(world: &World, effort: Effort) {
    let site = world.site(Scheme::Bearer);
    let mut candidates = candidates(&site, &world.token().sign()).await;
    let mut rounds = vec![Vec::new(); candidates.len()];
    candidates.iter_mut().for_each(|candidate| _ = candidate.run(CALLS));
    for round in 0..effort.call_rounds {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for position in order {
            let elapsed = candidates[position].run(CALLS);
            rounds[position].push(elapsed.as_secs_f64() * 1e6 / CALLS as f64);
        }
    }
    print(&candidates, &rounds);
}

/// Prints the allocations of one call, as the mean of some calls.
pub(crate) async fn allocations(world: &World, count: fn(&mut dyn FnMut()) -> u64) {
    let mut table = Table::new("Allocations of one call", &["", "allocations"]);
    for mut candidate in candidates(&world.site(Scheme::Bearer), &world.token().sign()).await {
        candidate.run(CALLS);
        let total = count(&mut || _ = candidate.run(CALLS));
        table.row(vec![with_versions(candidate.name()), format!("{:.0}", total as f64 / CALLS as f64)]);
    }
    table.print();
}

fn print(candidates: &[Candidate], rounds: &[Vec<f64>]) {
    let mut table = Table::new("Calls of the libraries, Bearer", &["", "ratio to the floor", "µs"]);
    for (candidate, own) in candidates.iter().zip(rounds) {
        // Both times of a ratio are from the same round, so a slow phase of the machine affects both.
        let ratio = median(own.iter().zip(&rounds[0]).map(|(own, floor)| own / floor));
        let microseconds = median(own.iter().copied());
        let label = with_versions(candidate.name());
        table.row(vec![label, format!("{ratio:.2}"), format!("{microseconds:.1}")]);
    }
    table.print();
}

/// The floor comes first.
async fn candidates(site: &Site, token: &str) -> Vec<Candidate> {
    let (ours, remembering) = clients(site);
    let floor = Floor::new(&site.signing_key, &site.proof_key);
    let decoder = by_hand::Decoder::new(site);
    let authorizer = layers::authorizer(site).await;
    let key_set = layers::key_set(site).await;
    let remote = layers::remote_decoder(site).await;
    let authority = by_hand::authority(site).await;
    let validator = resource_server(site).await;
    let keys = actix::key_client(site);
    let audience = [site.audience.clone()];
    let huskarl = by_hand::huskarl_validator(site).await;
    let (headers, url) = (bearer(token), Uri::from_static("https://api.example.com/orders"));
    // Fetches the keys of the libraries that fetch them when they need them.
    ours.warm_up().await.unwrap();
    remembering.warm_up().await.unwrap();
    authorizer.check_auth(token).await.unwrap();
    keys.decode::<Value>(token, &audience).await.unwrap();
    huskarl.validate_request(&headers, &Method::GET, &url, None).await.outcome.unwrap();

    let copies: [String; 10] = std::array::from_fn(|_| token.to_owned());
    let [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9] = copies;
    vec![
        Candidate::new("RS256 with a parsed key: the floor", move || assert!(floor.token_holds(&t0))),
        Candidate::new("**auth0-api-core** `verify_access_token`", move || now(ours.verify_access_token(&t1))),
        Candidate::new("… of a remembered token", move || now(remembering.verify_access_token(&t2))),
        Candidate::new("{jsonwebtoken} `decode`, one fixed key", move || ok(decoder.decode(&t3))),
        Candidate::new("{jwt-authorizer} `check_auth`", move || now(authorizer.check_auth(&t4))),
        Candidate::new("{oauth-resource-server} `validate`", move || now(validator.validate(&t5))),
        Candidate::new("{huskarl-resource-server} `validate_request`", move || {
            let result = ready(huskarl.validate_request(&headers, &Method::GET, &url, None));
            assert!(matches!(result.outcome, Ok(Some(_))));
        }),
        Candidate::new("{jwks_client_rs} `decode`, which checks no issuer", move || {
            now(keys.decode::<Value>(&t6, &audience));
        }),
        Candidate::new("{axum-jwks} `validate_claims`, which checks no issuer", move || {
            ok(key_set.validate_claims::<Value>(&t7));
        }),
        Candidate::new("{axum-jwt-auth} `decode`", move || {
            let claims: Result<jsonwebtoken_10::TokenData<Value>, _> = ready(remote.decode(&t8));
            ok(claims);
        }),
        Candidate::new("{aliri_oauth2} `verify_token`", move || ok(by_hand::aliri_claims(&authority, &t9))),
    ]
}

/// Returns two clients, of which the second one remembers tokens.
fn clients(site: &Site) -> (ApiClient, ApiClient) {
    let remembering = ours::builder(site).token_cache(TokenCache::entries(1_000));
    (ours::builder(site).build().unwrap(), remembering.build().unwrap())
}

async fn resource_server(site: &Site) -> Arc<OAuthValidator> {
    let validator = layers::resource_server_validator(&layers::resource_server_config(site));
    validator.refresh_now().await.unwrap();
    validator
}

fn bearer(token: &str) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {token}").parse().unwrap())])
}

/// Expects a future that needs no network and accepts the token.
fn now<T, E: Debug>(future: impl Future<Output = Result<T, E>>) {
    ok(ready(future));
}

/// Without the budget of tokio, which would stop a loop of calls that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    unconstrained(future).now_or_never().unwrap()
}

fn ok<T, E: Debug>(result: Result<T, E>) {
    result.unwrap();
}

const CALLS: usize = 10;
