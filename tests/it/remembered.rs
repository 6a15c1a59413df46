//! The token cache: which checks the client skips for a cached token, and which checks it never skips.

use std::sync::{Arc, Mutex};

use auth0_api_core::issuer::{DomainContext, DomainFuture, DomainResolver};
use auth0_api_core::{ApiClient, DpopPolicy, TokenCache, TrustedDomains, VerifiedToken};
use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour, TestWorld, TokenHolder, status_and_label};

use crate::world::{of_length, seconds};

const URL: &str = "https://api.example.com/orders";

/// Returns whether both tokens are results of the same check of signature and claims.
fn share(one: &VerifiedToken, other: &VerifiedToken) -> bool {
    std::ptr::eq(one.access_token(), other.access_token())
}

fn remembering(world: &TestWorld) -> ApiClient {
    world.builder().token_cache(TokenCache::entries(100)).build().unwrap()
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}

#[tokio::test]
async fn a_remembered_token_is_not_verified_again() {
    let world = TestWorld::start().await;
    let (api, other) = (remembering(&world), remembering(&world));
    let token = world.tenant.mint().sign();
    let first = api.verify_access_token(&token).await.unwrap();
    assert!(share(&first, &api.verify_access_token(&token).await.unwrap()));
    assert!(share(&first, &api.clone().verify_access_token(&token).await.unwrap()));
    assert!(!share(&first, &other.verify_access_token(&token).await.unwrap()), "another client");
    assert!(
        !share(&first, &api.verify_access_token(&world.tenant.mint().claim("n", 2).sign()).await.unwrap()),
        "another token"
    );
}

#[tokio::test]
async fn without_a_token_cache_each_token_is_verified_again() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let token = world.tenant.mint().sign();
    let first = api.verify_access_token(&token).await.unwrap();
    assert!(!share(&first, &api.verify_access_token(&token).await.unwrap()));
}

#[tokio::test]
async fn verified_at_of_a_remembered_token_is_the_current_time() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let token = world.tenant.mint().sign();
    let first = api.verify_access_token(&token).await.unwrap();
    world.pass(7);
    let second = api.verify_access_token(&token).await.unwrap();
    assert!(share(&first, &second));
    assert_eq!(second.verified_at(), first.verified_at() + seconds(7));
}

#[tokio::test]
async fn a_remembered_token_is_rejected_from_the_second_of_exp() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let token = world.tenant.mint().expires_in(seconds(60)).sign();
    for (pass, expected) in
        [(0, "200 accepted"), (59, "200 accepted"), (1, "401 token_expired"), (0, "401 token_expired")]
    {
        world.pass(pass);
        assert_eq!(outcome_of(&api, &token).await, expected);
    }
}

#[tokio::test]
async fn a_remembered_token_older_than_max_token_age_is_rejected() {
    let world = TestWorld::start().await;
    let api = world.builder().token_cache(TokenCache::entries(1)).max_token_age(seconds(30)).build().unwrap();
    let token = world.tenant.mint().sign();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    world.pass(31);
    assert_eq!(outcome_of(&api, &token).await, "401 token_too_old");
}

#[tokio::test]
async fn a_remembered_token_is_rejected_when_its_key_is_removed() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let token = world.tenant.mint().sign();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    let removed = world.tenant.current_kid();
    world.tenant.rotate_keys();
    world.tenant.remove_key(&removed);
    assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted", "the new key causes a fetch");
    assert_eq!(outcome_of(&api, &token).await, "401 key_unknown");
}

#[tokio::test]
async fn a_remembered_token_starts_the_refresh_that_is_due_and_stays_remembered_if_the_keys_are_the_same() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let token = world.tenant.mint().sign();
    let first = api.verify_access_token(&token).await.unwrap();
    for expected in 2..4 {
        world.pass(601);
        assert!(share(&first, &api.verify_access_token(&token).await.unwrap()));
        assert_eq!(world.tenant.requests().jwks, expected);
    }
}

/// As long as the last good keys are used, for a day.
#[tokio::test]
async fn a_remembered_token_is_not_verified_again_while_the_tenant_is_unavailable() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let token = world.tenant.mint().expires_in(seconds(100_000)).sign();
    let first = api.verify_access_token(&token).await.unwrap();
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(500));
    for pass in [481, 200, 80_000] {
        world.pass(pass);
        assert!(share(&first, &api.verify_access_token(&token).await.unwrap()), "{pass}");
    }
    world.pass(86_400 - 80_681);
    assert_eq!(outcome_of(&api, &token).await, "503 keys_unavailable");
    world.tenant.behave();
    world.pass(700);
    assert!(share(&first, &api.verify_access_token(&token).await.unwrap()), "the keys are the same");
}

#[tokio::test]
async fn a_changed_token_is_not_found_in_the_cache() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let token = world.tenant.mint().sign();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let swapped = if signature.starts_with('A') { "B" } else { "A" };
    assert_eq!(
        outcome_of(&api, &format!("{signed}.{swapped}{}", signature.split_at(1).1)).await,
        "401 token_signature"
    );
    assert_eq!(outcome_of(&api, token.split_at(token.len() - 1).0).await, "401 token_malformed");
    assert_eq!(outcome_of(&api, &format!("{token}.")).await, "401 token_malformed");
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
}

#[tokio::test]
async fn long_tokens_are_not_remembered() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    for (length, remembered) in [(4096, true), (4097, false)] {
        let padded = |claims: String, header: String| world.tenant.mint().claim("p", claims).header("p", header).sign();
        let token = of_length(length, padded);
        let first = api.verify_access_token(&token).await.unwrap();
        assert_eq!(share(&first, &api.verify_access_token(&token).await.unwrap()), remembered, "{length}");
    }
}

#[tokio::test]
async fn a_remembered_token_still_needs_its_proof() {
    let world = TestWorld::start().await;
    let api = world.builder().token_cache(TokenCache::entries(100)).dpop(DpopPolicy::accept()).build().unwrap();
    let (holder, attacker) = (world.tenant.token_holder(), world.tenant.token_holder());
    let proof = holder.proof("GET", URL);
    let first = holder.get(&api, URL, &proof).await.unwrap();
    let second = holder.get(&api, URL, &holder.proof("GET", URL)).await.unwrap();
    assert!(share(&first, &second));
    assert_eq!(first.binding(), second.binding());

    let stolen = attacker.key.holding(holder.token.as_str());
    let other_url = holder.get(&api, "https://api.example.com/other", &holder.proof("GET", URL)).await;
    for (outcome, expected) in [
        (holder.get(&api, URL, &proof.clone().jti("again")).await, "200 accepted"),
        (holder.get(&api, URL, &proof.clone().jti("again")).await, "401 dpop_replayed"),
        (stolen.get(&api, URL, &stolen.proof("GET", URL)).await, "401 dpop_key_mismatch"),
        (holder.get(&api, URL, &proof_for_another_token(&world, &holder)).await, "401 dpop_ath_mismatch"),
        (other_url, "401 dpop_htu_mismatch"),
        (api.verify_access_token(&holder.token).await, "401 dpop_downgrade"),
    ] {
        assert_eq!(status_and_label(&outcome), expected);
    }
}

/// Returns a proof that the holder's key signed, for another token.
fn proof_for_another_token(world: &TestWorld, holder: &TokenHolder) -> auth0_api_testing::ProofBuilder {
    holder.key.proof("GET", URL).access_token(&world.tenant.mint().claim("n", 2).bound_to(&holder.key).sign())
}

#[tokio::test]
async fn a_bound_token_rejected_as_bearer_is_accepted_with_its_proof() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let holder = world.tenant.token_holder();
    assert_eq!(outcome_of(&api, &holder.token).await, "401 dpop_downgrade");
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
}

#[tokio::test]
async fn the_resolver_is_called_for_remembered_tokens() {
    let world = TestWorld::start().await;
    let trusted = Trusted::of(&world.tenant);
    let builder = ApiClient::builder(TrustedDomains::resolver(trusted.clone()), world.tenant.audience());
    let builder = builder.insecure_http_loopback().clock(world.clock.clone());
    let api = builder.token_cache(TokenCache::entries(100)).build().unwrap();
    let token = world.tenant.mint().sign();
    let first = api.verify_access_token(&token).await.unwrap();
    assert!(share(&first, &api.verify_access_token(&token).await.unwrap()));
    trusted.set("https://other.example.com");
    assert_eq!(outcome_of(&api, &token).await, "401 issuer_not_trusted");
    trusted.set(world.tenant.domain());
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
}

/// A resolver that returns one domain, which the test can change.
#[derive(Clone, Debug)]
struct Trusted(Arc<Mutex<String>>);

impl Trusted {
    fn of(tenant: &LocalTenant) -> Self {
        Self(Arc::new(Mutex::new(tenant.domain().to_owned())))
    }

    fn set(&self, domain: &str) {
        domain.clone_into(&mut self.0.lock().unwrap());
    }
}

impl DomainResolver for Trusted {
    fn domains<'a>(&'a self, _: &'a DomainContext<'a>) -> DomainFuture<'a> {
        let domain = self.0.lock().unwrap().clone();
        Box::pin(std::future::ready(Ok(vec![domain].into())))
    }
}

/// A token that is not in the cache any more is like a new one: nothing is done twice.
#[tokio::test]
async fn the_resolver_is_asked_once_whether_or_not_the_keys_have_changed() {
    let world = TestWorld::start().await;
    let asked = Arc::new(Mutex::new(0));
    let (counter, domain) = (Arc::clone(&asked), world.tenant.domain().to_owned());
    let resolver = Counting { counter, domain };
    let builder = ApiClient::builder(TrustedDomains::resolver(resolver), world.tenant.audience());
    let builder = builder.insecure_http_loopback().clock(world.clock.clone());
    let api = builder.token_cache(TokenCache::entries(10)).build().unwrap();
    let token = world.tenant.mint().sign();
    for is_rotated in [false, true, false] {
        assert_eq!(outcome_of(&api, &token).await, "200 accepted");
        assert_eq!(std::mem::take(&mut *asked.lock().unwrap()), 1);
        // The first time, a refresh is due. The second time, another token has brought new keys.
        world.pass(481);
        if is_rotated {
            world.tenant.rotate_keys();
            assert_eq!(outcome_of(&api, &world.tenant.mint().sign()).await, "200 accepted");
            assert_eq!(std::mem::take(&mut *asked.lock().unwrap()), 1);
        }
    }
}

/// Trusts one domain, and counts the questions.
#[derive(Debug)]
struct Counting {
    counter: Arc<Mutex<u32>>,
    domain: String,
}

impl DomainResolver for Counting {
    fn domains<'a>(&'a self, _: &'a DomainContext<'a>) -> DomainFuture<'a> {
        *self.counter.lock().unwrap() += 1;
        Box::pin(std::future::ready(Ok(vec![self.domain.clone()].into())))
    }
}

#[tokio::test]
async fn the_debug_output_of_a_client_contains_no_remembered_token() {
    let world = TestWorld::start().await;
    let api = remembering(&world);
    let token = world.tenant.mint().subject("auth0|ada").sign();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    let shown = format!("{api:?}");
    assert!(shown.contains("RememberedTokens"));
    assert!(!shown.contains("auth0|ada") && !shown.contains(token.rsplit('.').next().unwrap()));
}
