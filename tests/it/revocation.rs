//! Revoked tokens are rejected before they expire.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use auth0_api_core::revocation::{RevocationFuture, RevocationList, TokenIdentity, TokenStatus};
use auth0_api_core::{ApiClient, TokenCache};

use auth0_api_testing::{TestWorld, status_and_label};
use serde_json::{Value, json};

use crate::world::{Rejected, invalid_token, rejection};

const URL: &str = "https://api.example.com/orders";
const REVOKED: &str = r#"Bearer realm="api", error="invalid_token", error_description="the access token was revoked""#;

/// A revocation list. Clones share the entries, as the logout endpoint and the client of an application do.
#[derive(Clone, Debug, Default)]
struct DenyList {
    names: Arc<Mutex<HashSet<String>>>,
    asked: Arc<AtomicUsize>,
}

impl DenyList {
    fn add(&self, name: &str) {
        self.names.lock().unwrap().insert(name.to_owned());
    }

    fn clear(&self) {
        self.names.lock().unwrap().clear();
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn has(&self, token: &TokenIdentity) -> bool {
        let names = self.names.lock().unwrap();
        let issued_at = token.issued_at().map(|time| format!("{time:?}"));
        let known = [token.token_id(), token.session_id(), token.subject(), token.client_id(), issued_at.as_deref()];
        known.into_iter().flatten().any(|name| names.contains(name))
    }
}

impl RevocationList for DenyList {
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let status = if self.has(token) { TokenStatus::Revoked } else { TokenStatus::Valid };
        Box::pin(std::future::ready(Ok(status)))
    }
}

/// A revocation list that never answers.
#[derive(Debug)]
struct Silent;

impl RevocationList for Silent {
    fn status<'a>(&'a self, _: &'a TokenIdentity) -> RevocationFuture<'a> {
        Box::pin(std::future::pending())
    }
}

fn api(world: &TestWorld, list: impl RevocationList) -> ApiClient {
    world.builder().revocation_list(list).build().unwrap()
}

#[tokio::test]
async fn a_token_can_be_revoked_by_each_of_its_identifiers() {
    let world = TestWorld::start().await;
    let list = DenyList::default();
    let api = api(&world, list.clone());
    let token =
        world.tenant.mint().subject("auth0|ada").claim("azp", "spa").claim("jti", "t-1").claim("sid", "s-1").sign();
    for name in ["auth0|ada", "spa", "t-1", "s-1"] {
        list.add("auth0|bob");
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
        list.add(name);
        let outcome = api.verify_access_token(&token).await;
        assert_eq!(rejection(&api, outcome), invalid_token("token_revoked", REVOKED), "{name}");
        list.clear();
    }
}

#[tokio::test]
async fn a_malformed_identifier_that_the_list_reads_is_rejected() {
    let world = TestWorld::start().await;
    let list = DenyList::default();
    let by_session = |token: &TokenIdentity| {
        let session = token.session_id().map(str::to_owned);
        async move { Ok(if session.is_some() { TokenStatus::Revoked } else { TokenStatus::Valid }) }
    };
    let (all, sessions) = (api(&world, list.clone()), api(&world, by_session));
    let nothing = api(&world, |_: &TokenIdentity| async { Ok(TokenStatus::Valid) });
    let malformed = |name: &str, value: Value| world.tenant.mint().claim(name, value).sign();
    // The identifier of the client is `azp`, or `client_id` in the RFC 9068 profile.
    let by_client_id = |value: Value| world.tenant.mint().without_claim("azp").claim("client_id", value).sign();
    for name in ["sub", "azp", "jti", "sid", "client_id"] {
        for value in [json!(5), json!(null), json!(["t-1"])] {
            let token = if name == "client_id" { by_client_id(value.clone()) } else { malformed(name, value.clone()) };
            assert_eq!(status_and_label(&all.verify_access_token(&token).await), "401 token_claim_malformed", "{name}");
            // A list that does not read the claim cannot miss it.
            assert_eq!(status_and_label(&nothing.verify_access_token(&token).await), "200 accepted", "{name} {value}");
        }
    }
    let token = malformed("sid", json!(5));
    assert_eq!(status_and_label(&sessions.verify_access_token(&token).await), "401 token_claim_malformed");
    assert_eq!(status_and_label(&sessions.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
    let token = malformed("jti", json!(5));
    assert_eq!(status_and_label(&sessions.verify_access_token(&token).await), "200 accepted");
    // `iat` is a number, but not a time.
    let token = malformed("iat", json!(-1));
    assert_eq!(status_and_label(&all.verify_access_token(&token).await), "401 token_claim_malformed");
    // The list finds the token by another identifier.
    list.add("auth0|ada");
    let token = world.tenant.mint().subject("auth0|ada").claim("sid", 5).sign();
    assert_eq!(status_and_label(&all.verify_access_token(&token).await), "401 token_revoked");
}

#[tokio::test]
async fn a_remembered_token_can_be_revoked() {
    let world = TestWorld::start().await;
    let list = DenyList::default();
    let builder = world.builder().token_cache(TokenCache::entries(10));
    let api = builder.revocation_list(list.clone()).build().unwrap();
    let token = world.tenant.mint().claim("jti", "t-1").sign();
    assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted");
    assert_eq!(status_and_label(&api.clone().verify_access_token(&token).await), "200 accepted");
    list.add("t-1");
    assert_eq!(status_and_label(&api.clone().verify_access_token(&token).await), "401 token_revoked");
    assert_eq!(list.asked(), 3);
}

#[tokio::test]
async fn the_revocation_list_is_asked_only_about_valid_tokens() {
    let world = TestWorld::start().await;
    let list = DenyList::default();
    let api = api(&world, list.clone());
    let elsewhere = world.tenant.mint().audience("https://other.example.com").sign();
    let token = world.tenant.mint().sign();
    let tampered = format!("{}AA", token.split_at(token.len() - 2).0);
    for token in [elsewhere.as_str(), tampered.as_str(), "opaque", ""] {
        assert!(api.verify_access_token(token).await.is_err());
    }
    assert_eq!(list.asked(), 0);
}

#[tokio::test]
async fn the_proof_of_a_revoked_token_is_not_recorded_as_used() {
    let world = TestWorld::start().await;
    let list = DenyList::default();
    let api = api(&world, list.clone());
    let holder = world.tenant.token_holder();
    let proof = holder.proof("GET", URL).jti("once");
    list.add("auth0|ada");
    let bound = holder.key.holding(world.tenant.mint().subject("auth0|ada").bound_to(&holder.key).sign());
    let proof = proof.access_token(&bound.token);
    assert_eq!(status_and_label(&bound.get(&api, URL, &proof).await), "401 token_revoked");
    list.clear();
    assert_eq!(status_and_label(&bound.get(&api, URL, &proof).await), "200 accepted");
    assert_eq!(status_and_label(&bound.get(&api, URL, &proof).await), "401 dpop_replayed");
}

#[tokio::test]
async fn a_failing_revocation_list_rejects_with_503() {
    let world = TestWorld::start().await;
    let api = api(&world, |_: &TokenIdentity| async { Err("connection reset".into()) });
    let error = api.verify_access_token(&world.tenant.mint().sign()).await.unwrap_err();
    let rejection = api.reject(&error);
    assert!(rejection.headers().any(|header| header == ("retry-after", "5".into())));
    assert!(!rejection.body().contains("connection reset"));
    assert_eq!(crate::world::rejection(&api, Err(error)), unavailable());
}

#[tokio::test]
async fn a_revocation_list_that_never_answers_times_out() {
    let world = TestWorld::start().await;
    let api = api(&world, Silent);
    api.warm_up().await.unwrap();
    let token = world.tenant.mint().sign();
    tokio::time::pause();
    let outcome = api.verify_access_token(&token).await;
    assert_eq!(rejection(&api, outcome), unavailable());
}

fn unavailable() -> Rejected {
    Rejected { status: 503, label: "revocation_unavailable", challenges: vec![] }
}
