//! Tests of the store with a real Redis. Each test starts its own Redis.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failing test may panic")]

mod cluster;
mod fake;
mod inspection;
mod load;
mod processes;
mod replication;
mod revocation;
mod sentinel;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::dpop::{Insertion, MemoryReplayStore, ProofId, ReplayStore, ReplayStoreError};
use auth0_api_core::jose::Thumbprint;
use auth0_api_redis::{OutagePolicy, RedisConfigError, RedisReplayStore};
use auth0_api_testing::{RedisServer, contract};
use tokio::task::JoinSet;

use crate::processes::{ask, until};

#[tokio::test(flavor = "multi_thread")]
async fn store_passes_the_contract_suite() {
    let Some(redis) = RedisServer::start().await else { return };
    // The suite also checks that expired proofs are forgotten, so there is no margin.
    let store = RedisReplayStore::builder(&redis.url()).clock_margin(Duration::ZERO).build().unwrap();
    contract::replay_store(Arc::new(store)).await;
}

#[tokio::test]
async fn replicas_share_used_proofs() {
    let Some(redis) = RedisServer::start().await else { return };
    let (here, there) = (store(&redis), store(&redis));
    assert_eq!(insert(&here, "a").await.unwrap(), Insertion::Fresh);
    assert_eq!(insert(&there, "a").await.unwrap(), Insertion::Replayed);
}

#[tokio::test]
async fn stores_with_different_prefixes_share_no_proofs() {
    let Some(redis) = RedisServer::start().await else { return };
    let staging = RedisReplayStore::builder(&redis.url()).key_prefix("staging:").build().unwrap();
    assert_eq!(insert(&store(&redis), "a").await.unwrap(), Insertion::Fresh);
    assert_eq!(insert(&staging, "a").await.unwrap(), Insertion::Fresh);
    assert_eq!(insert(&staging, "a").await.unwrap(), Insertion::Replayed);
}

#[tokio::test]
async fn key_is_the_prefixed_digest_and_expires_after_the_proof() {
    let Some(redis) = RedisServer::start().await else { return };
    insert(&store(&redis), "a").await.unwrap();

    let keys: Vec<String> = ask(&redis, redis::cmd("KEYS").arg("*")).await;
    let [key] = keys.as_slice() else { unreachable!("{keys:?}") };
    // SHA-256 of length-prefixed thumbprint and jti, computed with Python's hashlib.
    assert_eq!(key, "auth0-api:replay:kYTSxQoeKs1ym2VXJnapEpi-eMbgdKAwNibctpbIlPw");
    let left: u64 = ask(&redis, redis::cmd("PTTL").arg(key)).await;
    // 301 s; a margin of 30 s for replicas whose clocks differ; and 4.5 s, by which the response timeout exceeds the default.
    assert!((320_000..=335_500).contains(&left), "{left} ms");
}

#[tokio::test]
async fn a_proof_is_kept_longer_if_requests_may_wait_longer_for_redis() {
    let Some(redis) = RedisServer::start().await else { return };
    let store = RedisReplayStore::builder(&redis.url()).response_timeout(Duration::from_secs(60)).build().unwrap();
    insert(&store, "a").await.unwrap();
    let keys: Vec<String> = ask(&redis, redis::cmd("KEYS").arg("*")).await;
    let left: u64 = ask(&redis, redis::cmd("PTTL").arg(&keys)).await;
    // 301 s, 30 s, and 59.5 s.
    assert!((380_000..=390_500).contains(&left), "{left} ms");
}

#[tokio::test]
async fn store_is_unavailable_while_redis_is_stopped() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let store = store(&redis);
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Fresh);

    redis.stop();
    for _ in 0..3 {
        let answer = tokio::time::timeout(RESPONSE_TIMEOUT + SLACK, insert(&store, "b")).await;
        let answer = answer.expect("rejects within the response timeout");
        assert!(matches!(answer, Err(ReplayStoreError::Unavailable(_))), "{answer:?}");
    }

    redis.start_again().await;
    assert_eq!(insert(&store, "b").await.unwrap(), Insertion::Fresh, "the first request reconnects");
    assert_eq!(insert(&store, "b").await.unwrap(), Insertion::Replayed);
}

#[tokio::test]
async fn restart_between_two_requests_causes_no_error() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let store = store(&redis);
    for jti in ["a", "b", "c"] {
        assert_eq!(insert(&store, jti).await.unwrap(), Insertion::Fresh);
        redis.stop();
        redis.start_again().await;
    }
}

#[tokio::test]
async fn store_built_while_redis_is_down_works_once_it_is_up() {
    let Some(mut redis) = RedisServer::start().await else { return };
    redis.stop();
    let store = store(&redis);
    assert!(matches!(insert(&store, "a").await, Err(ReplayStoreError::Unavailable(_))));
    redis.start_again().await;
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Fresh);
}

#[tokio::test]
async fn silent_server_is_reported_as_unavailable_within_the_timeout() {
    // The server accepts connections, in its backlog, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let store = RedisReplayStore::builder(&url).response_timeout(Duration::from_millis(50)).build().unwrap();
    let answer = tokio::time::timeout(SLACK, insert(&store, "a")).await.expect("answers within the timeout");
    assert!(matches!(answer, Err(ReplayStoreError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn connection_to_a_vanished_peer_is_replaced() {
    // The first connection answers three commands: the two commands that begin a connection, and one command for a
    // proof. After that, it stays open and answers nothing more.
    let url = scripted_redis([3, usize::MAX]);
    let store = RedisReplayStore::builder(&url).response_timeout(Duration::from_millis(500)).build().unwrap();
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Fresh);
    let answer = insert(&store, "b").await;
    assert!(matches!(answer, Err(ReplayStoreError::Unavailable(_))), "{answer:?}");
    assert_eq!(insert(&store, "c").await.unwrap(), Insertion::Fresh);
}

#[tokio::test]
async fn proof_that_the_request_itself_has_recorded_is_no_replay() {
    // The first connection breaks instead of answering, so Redis may have recorded the proof. The second connection
    // answers that the proof is recorded.
    let url = fake::redis(|connection, command| match (connection, command.contains("SET\r\n$")) {
        (0, true) => None,
        (_, true) => Some("$-1\r\n".to_owned()),
        (_, false) => Some("+OK\r\n".to_owned()),
    });
    let store = RedisReplayStore::builder(&url).response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    let answer = insert(&store, "a").await;
    assert!(matches!(answer, Err(ReplayStoreError::Unavailable(_))), "{answer:?}");
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Replayed, "the next request is a replay");
}

#[tokio::test]
async fn a_replay_that_only_redis_knows_is_not_accepted_by_the_fallback() {
    // As above. The proof may be a replay, and the fallback store sees it for the first time.
    let url = fake::redis(|connection, command| match (connection, command.contains("SET\r\n$")) {
        (0, true) => None,
        (_, true) => Some("$-1\r\n".to_owned()),
        (_, false) => Some("+OK\r\n".to_owned()),
    });
    let fallback = OutagePolicy::fall_back_to(Arc::new(MemoryReplayStore::new()));
    let builder = RedisReplayStore::builder(&url).response_timeout(RESPONSE_TIMEOUT).during_outage(fallback);
    let answer = insert(&builder.build().unwrap(), "a").await;
    assert!(matches!(answer, Err(ReplayStoreError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn requests_that_a_silent_server_does_not_answer_share_their_connections() {
    for answers_greetings in [true, false] {
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&connections);
        let url = fake::redis(move |connection, command| {
            seen.fetch_max(connection + 1, Ordering::Relaxed);
            let is_answered = answers_greetings && !command.contains("SET\r\n$");
            Some(if is_answered { "+OK\r\n".to_owned() } else { String::new() })
        });
        let timeout = Duration::from_millis(50);
        let store = Arc::new(RedisReplayStore::builder(&url).response_timeout(timeout).build().unwrap());

        let mut requests = JoinSet::new();
        let mut ticks = tokio::time::interval(Duration::from_millis(1));
        let started = ticks.tick().await;
        for number in 0..REQUESTS {
            ticks.tick().await;
            let store = Arc::clone(&store);
            requests.spawn(async move { insert(&store, &number.to_string()).await });
        }
        while let Some(answer) = requests.join_next().await {
            let answer = answer.unwrap();
            assert!(matches!(answer, Err(ReplayStoreError::Unavailable(_))), "{answer:?}");
        }
        // A connection is kept for half a time-out at least.
        ticks.reset_immediately();
        let most = (ticks.tick().await - started).div_duration_f64(timeout / 2) + 2.0;
        let accepted = f64::from(u32::try_from(connections.load(Ordering::Relaxed)).unwrap());
        assert!(accepted <= most, "{accepted} connections, and {most} at most");
        until("the connection is replaced", async || {
            _ = insert(&store, "one more").await;
            connections.load(Ordering::Relaxed) >= 2
        })
        .await;
    }
}

#[tokio::test]
async fn login_is_retried_after_it_was_rejected() {
    let Some(redis) = RedisServer::start().await else { return };
    let url = redis.url().replace("redis://", "redis://replay:right@");
    let store = RedisReplayStore::new(&url).unwrap();
    let rejected = insert(&store, "a").await.unwrap_err();
    assert!(matches!(rejected, ReplayStoreError::Unavailable(_)), "{rejected:?}");
    assert!(!format!("{rejected:?}").contains("right"), "{rejected:?}");

    let _: String =
        ask(&redis, redis::cmd("ACL").arg(["SETUSER", "replay", "on", ">right", "~*", "+@all"].as_slice())).await;
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Fresh);
}

#[tokio::test]
async fn full_redis_rejects_new_proofs_and_forgets_nothing() {
    let Some(redis) = RedisServer::start().await else { return };
    let fallback = OutagePolicy::fall_back_to(Arc::new(MemoryReplayStore::new()));
    let store = RedisReplayStore::builder(&redis.url()).during_outage(fallback).build().unwrap();
    insert(&store, "a").await.unwrap();

    let _: String = ask(&redis, redis::cmd("CONFIG").arg(["SET", "maxmemory", "1"].as_slice())).await;
    assert!(matches!(insert(&store, "b").await, Err(ReplayStoreError::Full)));
    let _: String = ask(&redis, redis::cmd("CONFIG").arg(["SET", "maxmemory", "0"].as_slice())).await;
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Replayed);
    assert_eq!(insert(&store, "b").await.unwrap(), Insertion::Fresh);
}

#[tokio::test]
async fn fallback_is_used_during_an_outage_only() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let fallback = OutagePolicy::fall_back_to(Arc::new(MemoryReplayStore::new()));
    let store = RedisReplayStore::builder(&redis.url()).during_outage(fallback).build().unwrap();

    redis.stop();
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Fresh);
    assert_eq!(insert(&store, "a").await.unwrap(), Insertion::Replayed);

    redis.start_again().await;
    insert(&store, "b").await.unwrap();
    let keys: Vec<String> = ask(&redis, redis::cmd("KEYS").arg("*")).await;
    assert_eq!(keys.len(), 1, "after the outage, the proof is recorded in Redis");
}

#[test]
fn store_can_be_built_outside_a_runtime_and_shows_no_password() {
    let builder = RedisReplayStore::builder("redis://replay:hunter2@127.0.0.1:1/");
    assert!(!format!("{builder:?}").contains("hunter2"));
    let store = builder.build().unwrap();
    assert_eq!(format!("{store:?}"), r#"RedisReplayStore { key_prefix: "auth0-api:replay:", outage: Reject, .. }"#);
}

#[test]
fn malformed_urls_are_rejected_and_not_shown() {
    for url in ["", "redis.internal", "http://redis.internal", "redis://", "redis://:hunter2@redis/database"] {
        let error = RedisReplayStore::new(url).unwrap_err();
        assert_eq!(error, RedisConfigError::UrlMalformed, "{url}");
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
    #[cfg(not(feature = "tls"))]
    assert_eq!(RedisReplayStore::new("rediss://redis.internal").unwrap_err(), RedisConfigError::TlsDisabled);
    #[cfg(feature = "tls")]
    assert!(RedisReplayStore::new("rediss://redis.internal").is_ok());
}

#[test]
fn each_time_has_bounds() {
    let build = |margin, timeout| {
        let builder = RedisReplayStore::builder("redis://127.0.0.1:1/");
        builder.clock_margin(margin).response_timeout(timeout).build().map(drop)
    };
    let (day, minute, millisecond) = (Duration::from_secs(86_400), Duration::from_secs(60), Duration::from_millis(1));
    let nanosecond = Duration::from_nanos(1);
    assert_eq!(build(Duration::ZERO, millisecond), Ok(()));
    assert_eq!(build(day, minute), Ok(()));
    for margin in [day + nanosecond, Duration::MAX] {
        assert_eq!(build(margin, minute), Err(RedisConfigError::ClockMargin));
    }
    for timeout in [Duration::ZERO, Duration::from_micros(999), minute + nanosecond, Duration::MAX] {
        assert_eq!(build(day, timeout), Err(RedisConfigError::ResponseTimeout));
    }
}

fn store(redis: &RedisServer) -> RedisReplayStore {
    RedisReplayStore::builder(&redis.url()).response_timeout(RESPONSE_TIMEOUT).build().unwrap()
}

async fn insert(store: &RedisReplayStore, jti: &str) -> Result<Insertion, ReplayStoreError> {
    let now: SystemTime = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    store.insert(&ProofId::new(Thumbprint::from_bytes([7; 32]), jti), now, now + Duration::from_secs(301)).await
}

/// Starts a server with two connections. Each answers `OK` to the given number of commands and then nothing more.
fn scripted_redis(answers: [usize; 2]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (mut left, connection) in answers.into_iter().zip(listener.incoming()) {
            let mut connection = connection.unwrap();
            std::thread::spawn(move || {
                let mut received = [0; 4096];
                while let Ok(length @ 1..) = connection.read(&mut received) {
                    // Each command is an array, which begins with an asterisk. The store sends no other asterisks.
                    let commands = received.iter().take(length).filter(|byte| **byte == b'*').count().min(left);
                    left -= commands;
                    connection.write_all("+OK\r\n".repeat(commands).as_bytes()).unwrap();
                }
            });
        }
    });
    url
}

/// Longer than the default, for machines that are busy with other tests.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// More than a store makes connections in half a minute.
const REQUESTS: usize = 500;

/// Time that a test adds for a busy scheduler.
const SLACK: Duration = Duration::from_secs(10);
