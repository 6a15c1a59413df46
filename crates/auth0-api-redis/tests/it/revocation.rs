//! The revocation store, and logouts at several replicas.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::logout::{RevocationStore, SubjectId};
use auth0_api_core::{ApiClient, LogoutPolicy, TokenCache};
use auth0_api_redis::{RedisConfigError, RedisRevocationStore, RedisRevocationStoreBuilder};
use auth0_api_testing::{OfflineTenant, RedisServer, contract, status_and_label};

use crate::processes::{Cluster, MASTER_NAME, Watched, ask, until};
use crate::{RESPONSE_TIMEOUT, fake};

#[tokio::test(flavor = "multi_thread")]
async fn store_passes_the_contract_suite() {
    let Some(redis) = RedisServer::start().await else { return };
    passes(RedisRevocationStore::builder(&redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn master_of_sentinels_passes_the_contract_suite() {
    let Some(servers) = Watched::start().await else { return };
    passes(RedisRevocationStore::sentinel([servers.sentinel.url()], MASTER_NAME)).await;
    assert!(ask::<usize>(&servers.master, &redis::cmd("DBSIZE")).await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn cluster_passes_the_contract_suite() {
    let Some(cluster) = Cluster::start(false).await else { return };
    passes(RedisRevocationStore::cluster(cluster.nodes.iter().map(RedisServer::url))).await;
    for node in &cluster.nodes {
        assert!(ask::<usize>(node, &redis::cmd("DBSIZE")).await > 0, "every master has a part of the revocations");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_that_waits_for_replicas_delays_no_request() {
    let Some(redis) = RedisServer::start().await else { return };
    // There is no replica, so the logout waits for the whole time.
    let builder = RedisRevocationStore::builder(&redis.url()).response_timeout(2 * LONG).replicas(1, LONG);
    let store = Arc::new(builder.build().unwrap());
    let logout = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.revoke(&ada(), now(), now(), now() + DAY).await }
    });
    until("Redis waits for replicas", async || {
        let info: String = ask(&redis, redis::cmd("INFO").arg("clients")).await;
        info.contains("blocked_clients:1")
    })
    .await;

    assert!(store.revoked_up_to(&ada()).await.unwrap().is_some(), "the master has the logout");
    assert!(!logout.is_finished(), "the logout still waits");
    logout.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_leave_a_server_that_has_become_a_replica() {
    let last_read = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&last_read);
    let url = fake::redis(move |connection, command| {
        let answer = if command.contains("\r\nGET\r\n") {
            seen.store(connection, Ordering::Relaxed);
            "$-1\r\n"
        } else if command.contains("EVAL") {
            "-READONLY You can't write against a read only replica.\r\n"
        } else if command.contains("WAIT") {
            ":0\r\n"
        } else {
            "+OK\r\n"
        };
        Some(answer.to_owned())
    });
    let builder = RedisRevocationStore::builder(&url).response_timeout(RESPONSE_TIMEOUT);
    let store = builder.replicas(1, Duration::from_millis(1)).build().unwrap();
    for _ in 0..2 {
        assert_eq!(store.revoked_up_to(&ada()).await.unwrap(), None);
        assert_eq!(last_read.load(Ordering::Relaxed), 0);
    }
    let error = store.revoke(&ada(), now(), now(), now() + DAY).await.unwrap_err();
    assert!(error.to_string().contains("is a replica"), "{error}");
    assert_eq!(store.revoked_up_to(&ada()).await.unwrap(), None);
    assert_eq!(last_read.load(Ordering::Relaxed), 2, "a new connection, beside the one of the logout");
}

async fn passes(builder: RedisRevocationStoreBuilder) {
    // The suite also checks that expired revocations are forgotten, so there is no margin.
    let store = builder.clock_margin(Duration::ZERO).response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    contract::revocation_store(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_has_logged_out_is_rejected_by_two_replicas_within_a_second() {
    let Some(redis) = RedisServer::start().await else { return };
    log_out_at_one_of_two_replicas(|| RedisRevocationStore::builder(&redis.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_has_logged_out_is_rejected_by_two_replicas_with_a_cluster() {
    let Some(cluster) = Cluster::start(false).await else { return };
    let urls: Vec<_> = cluster.nodes.iter().map(RedisServer::url).collect();
    log_out_at_one_of_two_replicas(|| RedisRevocationStore::cluster(&urls)).await;
}

async fn log_out_at_one_of_two_replicas(store: impl Fn() -> RedisRevocationStoreBuilder) {
    let tenant = OfflineTenant::new();
    let replica = || api(&tenant, store().response_timeout(RESPONSE_TIMEOUT).build().unwrap());
    let (here, there) = (replica(), replica());
    let (ada, bob) = (tenant.mint().subject("auth0|ada").sign(), tenant.mint().subject("auth0|bob").sign());
    for api in [&here, &there] {
        for token in [&ada, &bob] {
            assert_eq!(verify(api, token).await, "200 accepted");
        }
    }
    here.receive_logout(&tenant.mint_logout("shop").subject("auth0|ada").sign()).await.unwrap();
    let rejected_by_both = async {
        for api in [&here, &there] {
            while verify(api, &ada).await != "401 token_revoked" {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(1), rejected_by_both).await.expect("both reject within a second");
    tenant.clock().advance(Duration::from_secs(1));
    let again = tenant.mint().subject("auth0|ada").sign();
    for api in [&here, &there] {
        assert_eq!(verify(api, &bob).await, "200 accepted");
        assert_eq!(verify(api, &again).await, "200 accepted", "after the next login");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn during_an_outage_tokens_and_logouts_get_503() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let tenant = OfflineTenant::new();
    let api = api(&tenant, store(&redis));
    let (token, logout) = (tenant.mint().sign(), tenant.mint_logout("shop").sign());
    assert_eq!(verify(&api, &token).await, "200 accepted");

    redis.stop();
    assert_eq!(verify(&api, &token).await, "503 revocation_unavailable");
    let error = api.receive_logout(&logout).await.unwrap_err();
    assert_eq!((error.status(), error.label()), (503, "logout_store_unavailable"));

    redis.start_again().await;
    assert_eq!(verify(&api, &token).await, "200 accepted", "the first request reconnects");
    api.receive_logout(&logout).await.unwrap();
    assert_eq!(verify(&api, &token).await, "401 token_revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failover_a_replicated_logout_is_in_force() {
    let Some(mut servers) = Watched::start().await else { return };
    let tenant = OfflineTenant::new();
    let store = RedisRevocationStore::sentinel([servers.sentinel.url()], MASTER_NAME);
    let store =
        store.replicas(1, Duration::from_secs(1)).response_timeout(Duration::from_millis(1900)).build().unwrap();
    let api = api(&tenant, store);
    let token = tenant.mint().sign();
    api.receive_logout(&tenant.mint_logout("shop").sign()).await.unwrap();
    assert_eq!(verify(&api, &token).await, "401 token_revoked");

    servers.master.stop();
    until("the sentinel has replaced the master", async || {
        let outcome = verify(&api, &token).await;
        assert!(outcome != "200 accepted", "a token is never accepted after the logout");
        outcome == "401 token_revoked"
    })
    .await;
}

#[tokio::test]
async fn a_logout_that_too_few_replicas_have_is_not_confirmed() {
    let Some(redis) = RedisServer::start().await else { return };
    let builder = RedisRevocationStore::builder(&redis.url()).response_timeout(RESPONSE_TIMEOUT);
    let store = builder.replicas(1, Duration::from_millis(1)).build().unwrap();
    let error = store.revoke(&ada(), now(), now(), now() + DAY).await.unwrap_err();
    assert_eq!(error.to_string(), "the entry has reached 0 replicas, and the setting `replicas` demands 1");
    assert_eq!(store.revoked_up_to(&ada()).await.unwrap(), Some(now()), "it is in force nevertheless");
}

#[tokio::test]
async fn the_key_is_the_prefixed_digest_and_expires_after_the_longest_lifetime() {
    let Some(redis) = RedisServer::start().await else { return };
    store(&redis).revoke(&ada(), now(), now(), now() + DAY).await.unwrap();
    let keys: Vec<String> = ask(&redis, redis::cmd("KEYS").arg("*")).await;
    let [key] = keys.as_slice() else { unreachable!("{keys:?}") };
    // SHA-256 of length-prefixed issuer and subject, computed with Python's hashlib.
    assert_eq!(key, "auth0-api:revoked:FqT-Xklmj_l3aVJO43PAwb577IFvFP3fG2cUEwkOnok");
    assert_eq!(ask::<String>(&redis, redis::cmd("GET").arg(key)).await, "1700000000");
    let left: u64 = ask(&redis, redis::cmd("PTTL").arg(key)).await;
    // A day, and a margin of 30 s for replicas whose clocks differ.
    assert!((86_420_000..=86_430_000).contains(&left), "{left} ms");
}

#[tokio::test]
async fn stores_with_different_prefixes_share_no_revocations() {
    let Some(redis) = RedisServer::start().await else { return };
    let staging = RedisRevocationStore::builder(&redis.url()).key_prefix("staging:").build().unwrap();
    store(&redis).revoke(&ada(), now(), now(), now() + DAY).await.unwrap();
    assert_eq!(staging.revoked_up_to(&ada()).await.unwrap(), None);
}

#[tokio::test]
async fn an_entry_that_is_no_time_is_an_error() {
    let Some(redis) = RedisServer::start().await else { return };
    let store = store(&redis);
    store.revoke(&ada(), now(), now(), now() + DAY).await.unwrap();
    let [key] = <[String; 1]>::try_from(ask::<Vec<String>>(&redis, redis::cmd("KEYS").arg("*")).await).unwrap();
    for text in ["", "soon", "-1", "1.5", "18446744073709551615"] {
        let _: String = ask(&redis, redis::cmd("SET").arg(&key).arg(text)).await;
        assert!(store.revoked_up_to(&ada()).await.is_err(), "{text:?}");
    }
    let _: usize = ask(&redis, redis::cmd("DEL").arg(&key)).await;
    let _: usize = ask(&redis, redis::cmd("RPUSH").arg(&key).arg("a list")).await;
    assert!(store.revoked_up_to(&ada()).await.is_err());
    assert!(store.revoke(&ada(), now(), now(), now() + DAY).await.is_err());
}

#[tokio::test]
async fn full_redis_rejects_logouts_and_forgets_none() {
    let Some(redis) = RedisServer::start().await else { return };
    let store = store(&redis);
    store.revoke(&ada(), now(), now(), now() + DAY).await.unwrap();
    let _: String = ask(&redis, redis::cmd("CONFIG").arg(["SET", "maxmemory", "1"].as_slice())).await;
    let bob = SubjectId::new("https://tenant.example.com/", "auth0|bob");
    let error = store.revoke(&bob, now(), now(), now() + DAY).await.unwrap_err();
    assert_eq!(error.to_string(), "Redis has no memory left");
    assert_eq!(store.revoked_up_to(&ada()).await.unwrap(), Some(now()));
}

#[tokio::test]
async fn a_command_is_sent_again_over_a_new_connection() {
    // The first connection breaks instead of answering.
    let url = fake::redis(|connection, command| match (connection, command.contains("GET\r\n$")) {
        (0, true) => None,
        (_, true) => Some("$10\r\n1700000000\r\n".to_owned()),
        (_, false) => Some("+OK\r\n".to_owned()),
    });
    let store = RedisRevocationStore::builder(&url).response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    assert_eq!(store.revoked_up_to(&ada()).await.unwrap(), Some(now()));
}

#[test]
fn settings_have_bounds_and_no_password_is_shown() {
    let builder = || RedisRevocationStore::builder("redis://revocations:hunter2@127.0.0.1:1/");
    assert!(!format!("{:?}", builder()).contains("hunter2"));
    let shown = format!("{:?}", builder().build().unwrap());
    assert_eq!(shown, r#"RedisRevocationStore { key_prefix: "auth0-api:revoked:", .. }"#);
    let second = Duration::from_secs(1);
    assert_eq!(builder().response_timeout(61 * second).build().unwrap_err(), RedisConfigError::ResponseTimeout);
    assert_eq!(builder().clock_margin(86_401 * second).build().unwrap_err(), RedisConfigError::ClockMargin);
    assert_eq!(builder().replicas(0, second).build().unwrap_err(), RedisConfigError::Replicas);
    assert_eq!(RedisRevocationStore::new("redis.internal").unwrap_err(), RedisConfigError::UrlMalformed);
}

fn api(tenant: &OfflineTenant, store: RedisRevocationStore) -> ApiClient {
    let builder = tenant.builder().token_cache(TokenCache::entries(10));
    builder.logout(LogoutPolicy::new(["shop"], store)).build().unwrap()
}

async fn verify(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}

fn store(redis: &RedisServer) -> RedisRevocationStore {
    // The API client waits for 2 s.
    RedisRevocationStore::builder(&redis.url()).response_timeout(Duration::from_millis(1900)).build().unwrap()
}

fn ada() -> SubjectId {
    SubjectId::new("https://tenant.example.com/", "auth0|ada")
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// Longer than the rest of a test takes.
const LONG: Duration = Duration::from_secs(30);

const DAY: Duration = Duration::from_secs(86_400);
