//! Replay protection: the API accepts each proof only once.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::dpop::{Insertion, MemoryReplayStore, ProofId, ReplayFuture, ReplayStore};
use auth0_api_core::issuer::DomainContext;
use auth0_api_core::{ApiClient, DpopPolicy, TokenRequest, TrustedDomains};
use auth0_api_testing::{TestWorld, status_and_label};
use futures_util::future::join_all;

use super::{URL, proof_rejected};
use crate::world::{get, rejection, seconds};

const REPLAYED: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the proof has been used before", algs="ES256""#;

#[tokio::test]
async fn a_proof_is_accepted_only_once() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    let proof = holder.proof("GET", URL);
    assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), "200 accepted");
    let outcome = holder.get(&api, URL, &proof).await;
    assert_eq!(rejection(&api, outcome), proof_rejected("dpop_replayed", REPLAYED));
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
}

#[tokio::test]
async fn a_reused_jti_is_a_replay_even_with_a_new_signature() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL).jti("one")).await), "200 accepted");
    world.pass(1);
    assert_eq!(
        status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL).jti("one")).await),
        "401 dpop_replayed"
    );
    let elsewhere = "https://api.example.com/other";
    let outcome = holder.get(&api, elsewhere, &holder.proof("GET", elsewhere).jti("one")).await;
    assert_eq!(status_and_label(&outcome), "401 dpop_replayed");
}

#[tokio::test]
async fn two_keys_may_use_the_same_jti() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    for _ in 0..2 {
        let holder = world.tenant.token_holder();
        assert_eq!(
            status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL).jti("same")).await),
            "200 accepted"
        );
    }
}

#[tokio::test]
async fn clients_with_a_shared_store_reject_each_others_proofs() {
    let world = TestWorld::start().await;
    let policy = DpopPolicy::accept().replay_store(MemoryReplayStore::new());
    let (one, other) =
        (world.builder().dpop(policy.clone()).build().unwrap(), world.builder().dpop(policy).build().unwrap());
    let alone = world.api.clone();
    let holder = world.tenant.token_holder();
    let proof = holder.proof("GET", URL);
    assert_eq!(status_and_label(&holder.get(&one, URL, &proof).await), "200 accepted");
    let replayed = holder.get(&other, URL, &proof).await;
    assert_eq!(status_and_label(&replayed), "401 dpop_replayed");
    let error = replayed.unwrap_err();
    let hint = error.hint().unwrap();
    for words in ["two layers of different clients", "Requirement::sender_constrained()"] {
        assert!(hint.contains(words), "{hint}");
    }
    assert_eq!(status_and_label(&holder.get(&alone, URL, &proof).await), "200 accepted");
}

#[tokio::test]
async fn a_proof_is_remembered_until_one_second_after_its_expiry_and_for_the_whole_window() {
    let world = TestWorld::start().await;
    let store = Arc::new(Recording::default());
    let policy = DpopPolicy::accept().max_age(seconds(60)).leeway(seconds(5)).replay_store(Arc::clone(&store));
    let (api, holder) = (world.builder().dpop(policy).build().unwrap(), world.tenant.token_holder());
    for offset in [0, 5, -60] {
        let proof = holder.proof("GET", URL).claim("iat", 1_700_000_000 + offset);
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), "200 accepted");
    }
    // An old proof too: the clock of this API may be ahead, and be set back before the store forgets the proof.
    let now = at(1_700_000_000);
    assert_eq!(
        *store.seen.lock().unwrap(),
        [(now, at(1_700_000_061)), (now, at(1_700_000_066)), (now, at(1_700_000_061))]
    );
}

/// A store whose clock is its own may have forgotten such a proof.
#[tokio::test]
async fn a_proof_that_becomes_too_old_while_the_request_waits_does_not_reach_the_store() {
    let world = TestWorld::start().await;
    let holder = world.tenant.token_holder();
    for (wait, expected, recorded) in [(0, "200 accepted", 1), (1, "401 dpop_iat_window", 0)] {
        let (clock, domain) = (world.clock.clone(), world.tenant.domain().to_owned());
        let slow = move |_: &DomainContext<'_>| {
            clock.advance(seconds(wait));
            let domain = domain.clone();
            async move { Ok(vec![domain]) }
        };
        let store = Arc::new(Recording::default());
        let builder =
            ApiClient::builder(TrustedDomains::resolver(slow), world.tenant.audience()).insecure_http_loopback();
        let policy = DpopPolicy::accept().replay_store(Arc::clone(&store));
        let api = builder.clock(world.clock.clone()).dpop(policy).build().unwrap();
        let proof = holder.proof("GET", URL).issued_at(world.now() - seconds(300));
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), expected, "{wait} s");
        assert_eq!(store.seen.lock().unwrap().len(), recorded, "{wait} s");
    }
}

#[tokio::test]
async fn a_proof_with_a_future_iat_cannot_be_replayed() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    let proof = holder.proof("GET", URL).issued_at(world.now() + seconds(30));
    assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), "200 accepted");
    for (pass, expected) in
        [(301, "401 dpop_replayed"), (28, "401 dpop_replayed"), (1, "401 dpop_replayed"), (1, "401 dpop_iat_window")]
    {
        world.pass(pass);
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), expected, "after {pass} s more");
    }
}

#[tokio::test]
async fn a_rejected_proof_is_not_recorded_as_used() {
    let world = TestWorld::start().await;
    let store = Arc::new(MemoryReplayStore::new());
    let api = world.builder().dpop(DpopPolicy::accept().replay_store(Arc::clone(&store))).build().unwrap();
    let (holder, other) = (world.tenant.token_holder(), world.tenant.token_holder());
    let (authorization, proof) = (holder.authorization(), holder.proof("GET", URL).sign());
    let bearer = format!("Bearer {}", holder.token);
    let other_token = other.authorization();
    let expired = format!("DPoP {}", world.tenant.mint().bound_to(&holder.key).expires_at(world.now()).sign());

    for (method, url, authorization, expected) in [
        ("POST", URL, &authorization, "401 dpop_htm_mismatch"),
        ("GET", "https://api.example.com/other", &authorization, "401 dpop_htu_mismatch"),
        ("GET", URL, &bearer, "401 dpop_downgrade"),
        ("GET", URL, &other_token, "401 dpop_ath_mismatch"),
        ("GET", URL, &expired, "401 token_expired"),
    ] {
        let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
        assert_eq!(status_and_label(&api.verify_request(&TokenRequest::new(method, url, &headers)).await), expected);
    }
    world.pass(301);
    let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
    assert_eq!(status_and_label(&get(&api, URL, &headers).await), "401 dpop_iat_window");
    assert_eq!(store.held(), 0);

    world.clock.set(at(1_700_000_000));
    assert_eq!(status_and_label(&get(&api, URL, &headers).await), "200 accepted");
    assert_eq!(store.held(), 1);
}

#[tokio::test]
async fn the_quota_of_one_key_does_not_affect_other_keys() {
    let world = TestWorld::start().await;
    let api = world
        .builder()
        .dpop(DpopPolicy::accept().replay_store(MemoryReplayStore::new().per_key_quota(3)))
        .build()
        .unwrap();
    let (busy, calm) = (world.tenant.token_holder(), world.tenant.token_holder());
    for expected in ["200 accepted", "200 accepted", "200 accepted", "429 replay_key_quota", "429 replay_key_quota"] {
        assert_eq!(status_and_label(&busy.get(&api, URL, &busy.proof("GET", URL)).await), expected);
    }
    assert_eq!(status_and_label(&calm.get(&api, URL, &calm.proof("GET", URL)).await), "200 accepted");
    world.pass(302);
    assert_eq!(status_and_label(&busy.get(&api, URL, &busy.proof("GET", URL)).await), "200 accepted");
}

#[tokio::test]
async fn a_full_store_rejects_new_proofs_and_keeps_the_old_ones() {
    let world = TestWorld::start().await;
    let api =
        world.builder().dpop(DpopPolicy::accept().replay_store(MemoryReplayStore::with_capacity(2))).build().unwrap();
    let holder = world.tenant.token_holder();
    let first = holder.proof("GET", URL);
    assert_eq!(status_and_label(&holder.get(&api, URL, &first).await), "200 accepted");
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "503 replay_store_full");
    assert_eq!(status_and_label(&holder.get(&api, URL, &first).await), "401 dpop_replayed");
    world.pass(302);
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_concurrent_requests_with_one_proof_is_accepted() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    let (authorization, proof) = (holder.authorization(), holder.proof("GET", URL).sign());
    let race = (0..200).map(|_| {
        let (api, authorization, proof) = (api.clone(), authorization.clone(), proof.clone());
        tokio::spawn(async move {
            status_and_label(&get(&api, URL, &[("authorization", &authorization), ("dpop", &proof)]).await)
        })
    });
    let outcomes: Vec<_> = join_all(race.collect::<Vec<_>>()).await.into_iter().map(Result::unwrap).collect();
    let count = |expected| outcomes.iter().filter(|outcome| *outcome == expected).count();
    assert_eq!((count("200 accepted"), count("401 dpop_replayed")), (1, 199));
}

#[tokio::test]
async fn without_replay_protection_a_proof_is_accepted_again() {
    let world = TestWorld::start().await;
    let api = world.builder().dpop(DpopPolicy::accept().insecure_without_replay_protection()).build().unwrap();
    let holder = world.tenant.token_holder();
    let proof = holder.proof("GET", URL);
    for _ in 0..2 {
        assert_eq!(status_and_label(&holder.get(&api, URL, &proof).await), "200 accepted");
    }
}

#[tokio::test]
async fn bearer_tokens_never_reach_the_store() {
    let world = TestWorld::start().await;
    let store = Arc::new(Recording::default());
    let api = world.builder().dpop(DpopPolicy::accept().replay_store(Arc::clone(&store))).build().unwrap();
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "200 accepted");
    assert_eq!(*store.seen.lock().unwrap(), []);
}

/// A replay store that accepts every proof, and records the time of each call and the expiry of the proof.
#[derive(Debug, Default)]
struct Recording {
    seen: Mutex<Vec<(SystemTime, SystemTime)>>,
}

impl ReplayStore for Recording {
    fn insert<'a>(&'a self, _: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
        self.seen.lock().unwrap().push((now, expires_at));
        Box::pin(async { Ok(Insertion::Fresh) })
    }
}

fn at(second: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(second)
}
