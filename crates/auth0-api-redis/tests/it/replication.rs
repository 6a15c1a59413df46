//! What a failover loses, and the setting `replicas`.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::dpop::{Insertion, MemoryReplayStore, ReplayStoreError};
use auth0_api_redis::{OutagePolicy, RedisConfigError, RedisReplayStore};
use auth0_api_testing::RedisServer;

use crate::fake;
use crate::load::Load;
use crate::processes::{Watched, ask, start_replica, start_server, try_ask, until};
use crate::{RESPONSE_TIMEOUT, insert};

#[tokio::test(flavor = "multi_thread")]
async fn proofs_that_no_replica_has_can_be_used_again_after_a_failover() {
    let Some(mut servers) = Watched::start().await else { return };
    let store = servers.store().response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    assert_eq!(insert(&store, "replicated").await.unwrap(), Insertion::Fresh);
    until("the replica has the proof", async || ask::<usize>(&servers.replica, &redis::cmd("DBSIZE")).await == 1).await;

    cut_off(&servers.master).await;
    for number in 0..PROOFS {
        assert_eq!(insert(&store, &format!("{number}")).await.unwrap(), Insertion::Fresh);
    }
    servers.master.stop();
    until_promoted(&servers.replica).await;

    until("the store has found the new master", async || insert(&store, "new").await.is_ok()).await;
    assert_eq!(insert(&store, "replicated").await.unwrap(), Insertion::Replayed);
    // This documents what Redis loses. The next test shows the setting that prevents it.
    for number in 0..PROOFS {
        assert_eq!(insert(&store, &format!("{number}")).await.unwrap(), Insertion::Fresh);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_replicas_only_proofs_that_a_replica_has_are_accepted() {
    let Some(servers) = Watched::start().await else { return };
    let store = servers.store().response_timeout(RESPONSE_TIMEOUT).replicas(1, Duration::from_millis(100));
    let store = store.build().unwrap();
    // The first acknowledgement waits for the replica's next report, which Redis demands at once, so it is quick.
    until("the replica acknowledges", async || insert(&store, &random()).await.is_ok()).await;

    cut_off(&servers.master).await;
    for number in 0..PROOFS {
        let jti = format!("{number}");
        let error = insert(&store, &jti).await.unwrap_err();
        assert!(matches!(error, ReplayStoreError::Unavailable(_)), "{error:?}");
        assert_eq!(
            error.source().unwrap().to_string(),
            "the entry has reached 0 replicas, and the setting `replicas` demands 1"
        );
        assert_eq!(insert(&store, &jti).await.unwrap(), Insertion::Replayed, "the master has recorded it");
    }

    // SYNC stays forbidden: a replica whose PSYNC was rejected tries SYNC next, and after a SYNC it acknowledges nothing.
    let _: String = ask(&servers.master, redis::cmd("ACL").arg(&["SETUSER", "default", "+psync"])).await;
    until("the outage is over", async || insert(&store, &random()).await.is_ok()).await;
}

/// The master has recorded the proof, and may lose it. The fallback store sees the proof for the first time.
#[tokio::test]
async fn a_proof_that_too_few_replicas_have_is_not_accepted_by_the_fallback() {
    for (wait, cause) in [
        (":0\r\n", "the entry has reached 0 replicas"),
        ("-NOPERM User replay has no permissions to run the 'wait' command\r\n", "no permissions"),
        ("-UNBLOCKED force unblock from blocking operation\r\n", "force unblock"),
        ("-LOADING Redis is loading the dataset in memory\r\n", "is loading"),
        ("+OK\r\n", "not convertible"),
    ] {
        let url = fake::redis(move |_, command| {
            let answer = if command.contains("WAIT\r\n$") { wait } else { "+OK\r\n" };
            Some(answer.to_owned())
        });
        let fallback = OutagePolicy::fall_back_to(Arc::new(MemoryReplayStore::new()));
        let builder = RedisReplayStore::builder(&url).response_timeout(RESPONSE_TIMEOUT).during_outage(fallback);
        let store = builder.replicas(1, Duration::from_millis(100)).build().unwrap();
        let error = insert(&store, "a").await.unwrap_err();
        assert!(matches!(error, ReplayStoreError::Unavailable(_)), "{wait}: {error:?}");
        assert!(error.source().unwrap().to_string().contains(cause), "{wait}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_replicas_no_accepted_proof_can_be_used_again_after_a_failover() {
    let Some(mut servers) = Watched::start().await else { return };
    // After the failover, the new master has no replica, so this store cannot record there.
    let store = Arc::new(servers.store().replicas(1, Duration::from_millis(300)).build().unwrap());
    let load = Load::start(&store);
    load.wait_for_fresh(200).await;
    servers.master.stop();
    load.wait_for_an_outage().await;
    until_promoted(&servers.replica).await;
    let seen = load.end().await;
    seen.assert_that_no_fresh_proof_was_a_replay();

    let store = servers.store().response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    until("the store has found the new master", async || insert(&store, &random()).await.is_ok()).await;
    let accepted: Vec<&String> = seen.accepted.iter().flatten().collect();
    assert!(accepted.len() >= 200);
    for jti in accepted {
        assert_eq!(insert(&store, jti).await.unwrap(), Insertion::Replayed, "{jti}");
    }
}

#[tokio::test]
async fn number_of_replicas_is_the_number_that_must_acknowledge() {
    let Some(master) = start_server("").await else { return };
    let _replicas = (start_replica(&master).await.unwrap(), start_replica(&master).await.unwrap());
    let store = |number| {
        let builder = RedisReplayStore::builder(&master.url()).response_timeout(RESPONSE_TIMEOUT);
        builder.replicas(number, Duration::from_millis(200)).build().unwrap()
    };
    for number in 1..=2 {
        let store = store(number);
        until("the replicas acknowledge", async || insert(&store, &random()).await.is_ok()).await;
    }
    let error = insert(&store(3), "a").await.unwrap_err();
    assert_eq!(
        error.source().unwrap().to_string(),
        "the entry has reached 2 replicas, and the setting `replicas` demands 3"
    );
}

#[test]
fn setting_replicas_has_bounds() {
    let build = |number, within| {
        let builder = RedisReplayStore::builder("redis://127.0.0.1:1/").response_timeout(Duration::from_millis(500));
        builder.replicas(number, within).build().map(drop)
    };
    assert_eq!(build(1, Duration::from_millis(1)), Ok(()));
    assert_eq!(build(u32::MAX, Duration::from_millis(499)), Ok(()));
    assert_eq!(build(0, Duration::from_millis(100)), Err(RedisConfigError::Replicas));
    for within in [Duration::ZERO, Duration::from_micros(999), Duration::from_millis(500), Duration::MAX] {
        assert_eq!(build(1, within), Err(RedisConfigError::Replicas), "{within:?}");
    }
}

/// Breaks the connection between a master and its replicas, and does not let them connect again.
async fn cut_off(master: &RedisServer) {
    let _: String = ask(master, redis::cmd("ACL").arg(&["SETUSER", "default", "-psync", "-sync"])).await;
    let _: usize = ask(master, redis::cmd("CLIENT").arg(&["KILL", "TYPE", "replica"])).await;
    until("the master has no replica", async || {
        let info: String = ask(master, redis::cmd("INFO").arg("replication")).await;
        info.contains("connected_slaves:0")
    })
    .await;
}

async fn until_promoted(replica: &RedisServer) {
    until("the replica is promoted", async || {
        // The sentinel closes the connections of a server that it promotes.
        let info: redis::RedisResult<String> = try_ask(replica, redis::cmd("INFO").arg("replication")).await;
        info.is_ok_and(|info| info.contains("role:master"))
    })
    .await;
}

/// A `jti` that no other call returns.
fn random() -> String {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("once {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

const PROOFS: usize = 20;
