//! Measures the memory that a client keeps: for the keys of an issuer, a remembered token, and the key of a `DPoP`
//! client.
//!
//! Measures the growth of the whole process, because the library that parses keys has its own allocator.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "prints results; a panic shows what failed")]

use auth0_api_benches::scenarios::realistic;
use auth0_api_core::http::{HttpClient, HttpFuture, HttpRequest, HttpResponse};
use auth0_api_core::{Algorithm, ApiClient, DpopPolicy, KeyPolicy, TokenCache, TokenRequest, TrustedDomains};
use auth0_api_testing::{DpopClient, LocalTenant, SigningKey};
use serde_json::json;
use tokio::runtime::Runtime;

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let count = if is_bench { 10_000 } else { 10 };
    let runtime = Runtime::new().unwrap();
    let keys = [(); 2].map(|()| SigningKey::generate(Algorithm::RS256));
    let published = Published { keys: json!({ "keys": keys.each_ref().map(SigningKey::public_jwk) }).to_string() };

    println!("\nresident bytes for each of {count}\n");
    // Measures client keys first, while the process has no freed memory to reuse. The cache stores at most 1000 client
    // keys.
    let clients = count.min(1_000);
    let client_keys = runtime.block_on(client_keys(clients));
    println!("  client's key, with a live proof  {:>8} (of {clients})", client_keys / u64::from(clients));
    let issuers = runtime.block_on(issuers(&published, count));
    println!("  issuer with two RSA-2048 keys    {:>8}", issuers / u64::from(count));
    let [key, _] = &keys;
    let (tokens, length) = runtime.block_on(tokens(&published, key, count));
    println!("  remembered token of {length:>4} bytes   {:>8}", tokens / u64::from(count));
}

async fn issuers(published: &Published, count: u32) -> u64 {
    let domains = TrustedDomains::list((0..count).map(|number| format!("tenant-{number}.example")));
    let policy = KeyPolicy::new().max_issuers(count as usize);
    let before = resident();
    let api = ApiClient::builder(domains, AUDIENCE).http_client(published.clone()).key_policy(policy).build().unwrap();
    // Fetches the keys of one issuer at a time: many parallel fetches would use memory that the client does not keep.
    for issuer in &api.issuers() {
        api.refresh_now(issuer).await.unwrap();
    }
    let grown = resident().saturating_sub(before);
    assert!(api.is_ready());
    grown
}

async fn tokens(published: &Published, key: &SigningKey, count: u32) -> (u64, usize) {
    let tenant = LocalTenant::start().await.unwrap();
    let mint = |number| realistic(&tenant, key).issuer("https://tenant-0.example/").subject(&format!("auth0|{number}"));
    let tokens: Vec<String> = (0..count).map(|number| mint(number).audience(AUDIENCE).sign()).collect();
    let builder = ApiClient::builder("tenant-0.example", AUDIENCE).http_client(published.clone());
    let api = builder.token_cache(TokenCache::entries(count as usize)).build().unwrap();
    api.warm_up().await.unwrap();
    let before = resident();
    for token in &tokens {
        drop(api.verify_access_token(token).await.unwrap());
    }
    let grown = resident().saturating_sub(before);
    (grown, tokens.first().unwrap().len())
}

async fn client_keys(count: u32) -> u64 {
    let tenant = LocalTenant::start().await.unwrap();
    let url = "https://api.example.com/orders";
    let first = |_| {
        let key = DpopClient::generate();
        let token = tenant.mint().bound_to(&key).sign();
        (format!("DPoP {token}"), key.proof("GET", url).access_token(&token).sign())
    };
    let requests: Vec<(String, String)> = (0..=count).map(first).collect();
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let api = builder.dpop(DpopPolicy::require()).build().unwrap();
    let mut before = 0;
    for (index, (authorization, proof)) in requests.iter().enumerate() {
        let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
        drop(api.verify_request(&TokenRequest::new("GET", url, &headers)).await.unwrap());
        // The first request allocates memory that all requests share, so the measurement starts after that request.
        if index == 0 {
            before = resident();
        }
    }
    resident().saturating_sub(before)
}

/// An HTTP client without a network. It returns a discovery document for every issuer, and the same keys for all. Unlike
/// `ScriptedHttp`, it records no requests, because this benchmark measures the memory of the process.
#[derive(Clone, Debug)]
struct Published {
    keys: String,
}

impl HttpClient for Published {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let body = match request.url.strip_suffix(".well-known/openid-configuration") {
            Some(issuer) => json!({ "issuer": issuer, "jwks_uri": format!("{issuer}keys") }).to_string(),
            None => self.keys.clone(),
        };
        Box::pin(std::future::ready(Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.into() })))
    }
}

/// Returns the resident memory of the process in bytes, as Linux counts it; 0 on other systems.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
}

const AUDIENCE: &str = "https://api.example.com";
