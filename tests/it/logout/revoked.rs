//! The access tokens that a logout revokes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use auth0_api_core::dpop::{ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
use auth0_api_core::logout::{MemoryRevocationStore, RevocationStore, RevokedSubjects, StoreFuture, SubjectId};
use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
use auth0_api_core::{ApiClient, Clock as _, LogoutPolicy, TokenCache, TrustedDomains};
use auth0_api_testing::{OfflineTenant, TestWorld, TokenBuilder, status_and_label};

use super::{PHONE, SHOP, receive, shown, world};

const ADA: &str = "auth0|ada";

/// A store that a test can make fail, and that counts the look-ups.
#[derive(Clone, Debug, Default)]
struct Store {
    working: Arc<MemoryRevocationStore>,
    fails: Arc<AtomicBool>,
    hangs: Arc<AtomicBool>,
    looked_up: Arc<AtomicUsize>,
}

impl Store {
    fn trouble<T: Send + 'static>(&self) -> Option<StoreFuture<'static, T>> {
        if self.hangs.load(Ordering::Relaxed) {
            return Some(Box::pin(std::future::pending()));
        }
        let fails = self.fails.load(Ordering::Relaxed);
        fails.then(|| -> StoreFuture<'static, T> { Box::pin(async { Err("connection reset".into()) }) })
    }
}

impl RevocationStore for Store {
    fn revoke<'a>(
        &'a self,
        subject: &'a SubjectId,
        issued_up_to: SystemTime,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> StoreFuture<'a, ()> {
        self.trouble().unwrap_or_else(|| self.working.revoke(subject, issued_up_to, now, expires_at))
    }

    fn revoked_up_to<'a>(&'a self, subject: &'a SubjectId) -> StoreFuture<'a, Option<SystemTime>> {
        self.looked_up.fetch_add(1, Ordering::Relaxed);
        self.trouble().unwrap_or_else(|| self.working.revoked_up_to(subject))
    }
}

fn api(world: &TestWorld, store: impl RevocationStore) -> ApiClient {
    world.builder().logout(LogoutPolicy::new([SHOP, PHONE], store)).build().unwrap()
}

async fn verify(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}

async fn log_out(world: &TestWorld, api: &ApiClient, subject: &str) {
    assert_eq!(receive(api, &world.tenant.mint_logout(SHOP).subject(subject).sign()).await, "200 accepted");
}

#[tokio::test]
async fn a_logout_revokes_the_tokens_of_the_user_that_were_issued_up_to_it() {
    let world = world().await;
    let of = |subject: &str| world.tenant.mint().subject(subject).sign();
    let (before, other) = (of(ADA), of("auth0|bob"));
    world.pass(10);
    let same_second = of(ADA);
    log_out(&world, &world.api, ADA).await;
    world.pass(1);
    let after = of(ADA);
    for (token, outcome) in [
        (before, "401 token_revoked"),
        (same_second, "401 token_revoked"),
        (after, "200 accepted"),
        (other, "200 accepted"),
    ] {
        assert_eq!(verify(&world.api, &token).await, outcome);
    }
}

#[tokio::test]
async fn fractions_of_a_second_do_not_save_a_token() {
    let world = world().await;
    let seconds = world.now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let issued = |fraction| world.tenant.mint().subject(ADA).claim("iat", issued_at(seconds, fraction)).sign();
    let logout = world.tenant.mint_logout(SHOP).subject(ADA).claim("iat", issued_at(seconds, 0.5)).sign();
    assert_eq!(receive(&world.api, &logout).await, "200 accepted");
    assert_eq!(verify(&world.api, &issued(0.9)).await, "401 token_revoked");
    assert_eq!(verify(&world.api, &issued(1.0)).await, "200 accepted");
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in an f64")]
fn issued_at(seconds: u64, fraction: f64) -> f64 {
    seconds as f64 + fraction
}

#[tokio::test]
async fn the_latest_logout_stays_in_force_whatever_the_order() {
    let world = world().await;
    let mint = |token: TokenBuilder| token.subject(ADA).sign();
    let earlier = mint(world.tenant.mint_logout(SHOP));
    world.pass(5);
    let token = mint(world.tenant.mint());
    world.pass(5);
    let later = mint(world.tenant.mint_logout(PHONE));
    for logout in [later, earlier] {
        assert_eq!(receive(&world.api, &logout).await, "200 accepted");
        assert_eq!(verify(&world.api, &token).await, "401 token_revoked");
    }
}

#[tokio::test]
async fn a_logout_token_that_is_used_again_revokes_no_newer_token() {
    let world = world().await;
    let logout = world.tenant.mint_logout(SHOP).subject(ADA).sign();
    assert_eq!(receive(&world.api, &logout).await, "200 accepted");
    world.pass(1);
    let after = world.tenant.mint().subject(ADA).sign();
    assert_eq!(receive(&world.api, &logout).await, "400 logout_replayed");
    assert_eq!(verify(&world.api, &after).await, "200 accepted");
}

#[tokio::test]
async fn a_stranger_reaches_no_store() {
    let world = TestWorld::start().await;
    let store = Store::default();
    store.fails.store(true, Ordering::Relaxed);
    let policy = LogoutPolicy::new([SHOP], store).replay_store(Broken(|| ReplayStoreError::Full));
    let api = world.builder().logout(policy).build().unwrap();
    let foreign = auth0_api_testing::SigningKey::generate(auth0_api_core::Algorithm::RS256);
    let token = world.tenant.mint_logout(SHOP).key(&foreign).header("kid", world.tenant.current_kid()).sign();
    assert_eq!(receive(&api, &token).await, "400 logout_signature");
    assert_eq!(receive(&api, &world.tenant.mint_logout("other").sign()).await, "400 logout_audience");
}

#[tokio::test]
async fn a_user_is_known_by_issuer_and_subject() {
    let (world, other) = (TestWorld::start().await, TestWorld::start().await);
    let store = MemoryRevocationStore::new();
    let domains = TrustedDomains::list([world.tenant.domain(), other.tenant.domain()]);
    let api = ApiClient::builder(domains, world.tenant.audience()).insecure_http_loopback().clock(world.clock.clone());
    let api = api.logout(LogoutPolicy::new([SHOP], store)).build().unwrap();
    log_out(&world, &api, ADA).await;
    assert_eq!(verify(&api, &world.tenant.mint().subject(ADA).sign()).await, "401 token_revoked");
    let of_other = other.tenant.mint().subject(ADA).issued_at(world.now()).expires_at(world.now() + HOUR);
    assert_eq!(verify(&api, &of_other.sign()).await, "200 accepted");
}

#[tokio::test]
async fn a_remembered_token_is_rejected_after_the_logout() {
    let world =
        TestWorld::start_with(|builder| super::takes_logouts(builder).token_cache(TokenCache::entries(10))).await;
    let token = world.tenant.mint().subject(ADA).sign();
    for _ in 0..2 {
        assert_eq!(verify(&world.api, &token).await, "200 accepted");
    }
    log_out(&world, &world.api, ADA).await;
    assert_eq!(verify(&world.api, &token).await, "401 token_revoked");
}

#[tokio::test]
async fn a_bound_token_is_rejected_after_the_logout() {
    let world = world().await;
    let holder = world.tenant.token_holder();
    let url = "https://api.example.com/orders";
    log_out(&world, &world.api, "auth0|local-user").await;
    let outcome = holder.get(&world.api, url, &holder.proof("GET", url)).await;
    assert_eq!(status_and_label(&outcome), "401 token_revoked");
}

#[tokio::test]
async fn each_request_looks_its_subject_up_once() {
    let world = TestWorld::start().await;
    let store = Store::default();
    let api = api(&world, store.clone());
    let token = world.tenant.mint().sign();
    for _ in 0..3 {
        assert_eq!(verify(&api, &token).await, "200 accepted");
    }
    assert!(api.verify_access_token("opaque").await.is_err());
    assert_eq!(store.looked_up.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn while_the_store_fails_requests_and_logouts_get_503() {
    let world = TestWorld::start().await;
    let store = Store::default();
    let api = api(&world, store.clone());
    let token = world.tenant.mint().subject(ADA).sign();
    let logout = world.tenant.mint_logout(SHOP).subject(ADA).sign();
    store.fails.store(true, Ordering::Relaxed);
    assert_eq!(verify(&api, &token).await, "503 revocation_unavailable");
    assert_eq!(receive(&api, &logout).await, "503 logout_store_unavailable");
    store.fails.store(false, Ordering::Relaxed);
    assert_eq!(verify(&api, &token).await, "200 accepted");
    assert_eq!(receive(&api, &logout).await, "200 accepted", "the tenant may send the same token again");
    assert_eq!(verify(&api, &token).await, "401 token_revoked");
}

#[tokio::test]
async fn a_store_that_never_answers_times_out() {
    let world = TestWorld::start().await;
    let store = Store::default();
    let api = api(&world, store.clone());
    api.warm_up().await.unwrap();
    store.hangs.store(true, Ordering::Relaxed);
    let (token, logout) = (world.tenant.mint().sign(), world.tenant.mint_logout(SHOP).sign());
    tokio::time::pause();
    assert_eq!(verify(&api, &token).await, "503 revocation_unavailable");
    assert_eq!(receive(&api, &logout).await, "503 logout_store_unavailable");
}

/// A replay store that cannot record.
#[derive(Debug)]
struct Broken(Failure);

type Failure = fn() -> ReplayStoreError;

impl ReplayStore for Broken {
    fn insert<'a>(&'a self, _: &'a ProofId, _: SystemTime, _: SystemTime) -> ReplayFuture<'a> {
        Box::pin(async { Err((self.0)()) })
    }
}

#[tokio::test]
async fn a_logout_that_cannot_be_recorded_is_in_force_and_gets_503() {
    let world = TestWorld::start().await;
    let failures: [(Failure, &str); 3] = [
        (|| ReplayStoreError::Full, "503 logout_replay_store_full"),
        (|| ReplayStoreError::KeyQuota { retry_after: HOUR }, "503 logout_replay_store_full"),
        (|| ReplayStoreError::Unavailable("down".into()), "503 logout_replay_store_unavailable"),
    ];
    for (failure, outcome) in failures {
        let policy = LogoutPolicy::new([SHOP], MemoryRevocationStore::new()).replay_store(Broken(failure));
        let api = world.builder().logout(policy).build().unwrap();
        let token = world.tenant.mint().subject(ADA).sign();
        let logout = world.tenant.mint_logout(SHOP).subject(ADA).sign();
        assert_eq!(shown(&api.receive_logout(&logout).await), outcome);
        assert_eq!(verify(&api, &token).await, "401 token_revoked");
    }
}

#[tokio::test]
async fn a_token_that_outlives_the_longest_lifetime_is_not_accepted() {
    let world = TestWorld::start().await;
    let policy = LogoutPolicy::new([SHOP], MemoryRevocationStore::new()).longest_token_lifetime(HOUR);
    let api = world.builder().logout(policy).build().unwrap();
    let lives = |lifetime| world.tenant.mint().expires_in(lifetime).sign();
    assert_eq!(verify(&api, &lives(HOUR)).await, "200 accepted");
    let error = api.verify_access_token(&lives(HOUR + Duration::from_secs(1))).await.unwrap_err();
    assert_eq!((error.status(), error.label()), (503, "revocation_unavailable"));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "the access token lives for 1 h, and the setting longest_token_lifetime is 1 h");
}

#[tokio::test]
async fn a_logout_is_kept_as_long_as_a_token_that_it_revokes_is_accepted() {
    let leeway = Duration::from_secs(60);
    let world = TestWorld::start().await;
    let store = Arc::new(MemoryRevocationStore::new());
    let policy = LogoutPolicy::new([SHOP], Arc::clone(&store)).longest_token_lifetime(HOUR);
    let api = world.builder().leeway(leeway).logout(policy).build().unwrap();
    let token = world.tenant.mint().subject(ADA).expires_in(HOUR).sign();
    log_out(&world, &api, ADA).await;
    world.pass(3_600 + 59);
    log_out(&world, &api, "auth0|bob").await;
    assert_eq!((verify(&api, &token).await, store.held()), ("401 token_revoked".into(), 2));
    world.pass(1);
    assert_eq!(verify(&api, &token).await, "401 token_expired");
    world.pass(2);
    log_out(&world, &api, "auth0|carol").await;
    assert_eq!(store.held(), 2, "the first logout is forgotten");
}

#[tokio::test]
async fn another_api_can_share_the_store_and_a_list_of_its_own_is_asked_too() {
    let world = TestWorld::start().await;
    let store = Arc::new(MemoryRevocationStore::new());
    let receiving = api(&world, Arc::clone(&store));
    let reading = world.builder().revocation_list(RevokedSubjects::new(Arc::clone(&store))).build().unwrap();
    let blocked = |token: &TokenIdentity| {
        let is_blocked = token.subject() == Some("auth0|bob");
        async move { Ok(if is_blocked { TokenStatus::Revoked } else { TokenStatus::Valid }) }
    };
    let both = world.builder().revocation_list(blocked).logout(LogoutPolicy::new([SHOP], store)).build().unwrap();
    log_out(&world, &receiving, ADA).await;
    let of = |subject: &str| world.tenant.mint().subject(subject).sign();
    for (api, subject, outcome) in [
        (&reading, ADA, "401 token_revoked"),
        (&reading, "auth0|bob", "200 accepted"),
        (&both, ADA, "401 token_revoked"),
        (&both, "auth0|bob", "401 token_revoked"),
        (&both, "auth0|carol", "200 accepted"),
    ] {
        assert_eq!(verify(api, &of(subject)).await, outcome, "{subject}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_or_is_silent_does_not_hide_a_logout() {
    let tenant = OfflineTenant::new();
    let failing = |_: &TokenIdentity| async { Err("connection reset".into()) };
    let silent = |_: &TokenIdentity| std::future::pending();
    for builder in [tenant.builder().revocation_list(failing), tenant.builder().revocation_list(silent)] {
        let store = Arc::new(MemoryRevocationStore::new());
        let api = builder.logout(LogoutPolicy::new([SHOP], Arc::clone(&store))).build().unwrap();
        let now = tenant.clock().now();
        let ada = SubjectId::new(OfflineTenant::ISSUER, ADA);
        store.revoke(&ada, now, now, now + HOUR).await.unwrap();
        for (subject, outcome) in [(ADA, "401 token_revoked"), ("auth0|bob", "503 revocation_unavailable")] {
            assert_eq!(verify(&api, &tenant.mint().subject(subject).sign()).await, outcome, "{subject}");
        }
    }
}

#[tokio::test]
async fn a_malformed_subject_is_rejected_and_an_absent_one_is_nobodys() {
    let world = world().await;
    assert_eq!(verify(&world.api, &world.tenant.mint().claim("sub", 5).sign()).await, "401 token_claim_malformed");
    assert_eq!(verify(&world.api, &world.tenant.mint().without_claim("sub").sign()).await, "200 accepted");
    assert_eq!(verify(&world.api, &world.tenant.mint().claim("iat", -1).sign()).await, "401 token_claim_malformed");
}

const HOUR: Duration = Duration::from_secs(3_600);
