//! Measures the cost of a cached exchange, as a ratio to the cost of the digest in the cache key.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use auth0_api_core::{ApiClient, ClientAuth, OnBehalfOf, VerifiedToken};
use auth0_api_testing::{Api, LocalTenant};
use aws_lc_rs::digest::{SHA256, digest};
use futures_util::FutureExt as _;
use tokio::runtime::Runtime;

use crate::Candidate;

/// Candidates for a cached on-behalf-of answer.
///
/// # Panics
///
/// If the set-up fails.
pub fn cached() -> Vec<Candidate> {
    let runtime = Runtime::new().unwrap();
    let tenant = runtime.block_on(LocalTenant::builder().api(Api::new(CALENDAR)).start()).unwrap();
    let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let client = builder.client_auth(auth).build().unwrap();
    let scopes = "openid profile email read:orders write:orders offline_access";
    let token = tenant.mint().scope(scopes).permissions(["read:orders", "write:orders"]).sign();
    let caller = runtime.block_on(client.verify_access_token(&token)).unwrap();
    let first = runtime.block_on(client.get_token_on_behalf_of(&caller, asked())).unwrap();
    vec![
        Candidate::new("floor: SHA-256 of the subject token", move || {
            assert_eq!(digest(&SHA256, token.as_bytes()).as_ref().len(), 32);
        }),
        Candidate::new("get_token_on_behalf_of, cached", move || {
            assert_eq!(ask(&client, &caller), first.access_token().expose().len());
        }),
    ]
}

/// Returns the length of the token in the answer. The answer is cached, so the future is ready at once.
fn ask(client: &ApiClient, caller: &VerifiedToken) -> usize {
    let answer = client.get_token_on_behalf_of(caller, asked()).now_or_never().unwrap();
    answer.unwrap().access_token().expose().len()
}

fn asked() -> OnBehalfOf {
    OnBehalfOf::audience(CALENDAR).scope("read:events")
}

const CALENDAR: &str = "https://calendar.example.com";
