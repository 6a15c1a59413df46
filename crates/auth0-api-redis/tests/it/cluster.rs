//! The store with Redis Cluster.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::dpop::{Insertion, ReplayStoreError};
use auth0_api_redis::{RedisConfigError, RedisReplayStore};
use auth0_api_testing::{RedisServer, contract};

use crate::load::Load;
use crate::processes::{Cluster, SLOTS, ask, cluster, try_ask, until};
use crate::{RESPONSE_TIMEOUT, insert, store};

#[tokio::test(flavor = "multi_thread")]
async fn cluster_passes_the_contract_suite() {
    let Some(cluster) = Cluster::start(false).await else { return };
    let store = cluster.store().clock_margin(Duration::ZERO).response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    contract::replay_store(Arc::new(store)).await;
}

#[tokio::test]
async fn one_url_is_enough_and_all_masters_record_proofs() {
    let Some(cluster) = Cluster::start(false).await else { return };
    let url = cluster.nodes.first().unwrap().url();
    let store = RedisReplayStore::cluster([url]).response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    for expected in [Insertion::Fresh, Insertion::Replayed] {
        for number in 0..30 {
            assert_eq!(insert(&store, &format!("proof {number}")).await.unwrap(), expected);
        }
    }
    let mut recorded = 0;
    for master in &cluster.nodes {
        let keys: usize = ask(master, &redis::cmd("DBSIZE")).await;
        assert!(keys > 0, "each master has some of 30 proofs");
        recorded += keys;
    }
    assert_eq!(recorded, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn moving_slots_causes_no_error_and_forgets_no_proof() {
    let Some(nodes) = Cluster::start(false).await else { return };
    // All proofs are in one slot.
    let store = nodes.store().key_prefix("{orders}:").response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    for jti in ["before", "second"] {
        assert_eq!(insert(&store, jti).await.unwrap(), Insertion::Fresh);
    }
    let slot: u16 = ask(nodes.nodes.first().unwrap(), cluster("KEYSLOT").arg("orders")).await;
    let source = SLOTS.iter().position(|(first, last)| (*first..=*last).contains(&slot)).unwrap();
    let (source, target) = (nodes.nodes.get(source).unwrap(), nodes.nodes.get((source + 1) % 3).unwrap());
    let source_id: String = ask(source, &cluster("MYID")).await;
    let target_id: String = ask(target, &cluster("MYID")).await;

    let _: String = ask(target, cluster("SETSLOT").arg(slot).arg("IMPORTING").arg(&source_id)).await;
    let _: String = ask(source, cluster("SETSLOT").arg(slot).arg("MIGRATING").arg(&target_id)).await;
    let recorded: BTreeSet<String> = ask(source, cluster("GETKEYSINSLOT").arg(slot).arg(10)).await;
    assert_eq!(recorded.len(), 2);

    // The slot is on its way: the source has the old proofs, and sends new ones to the target (ASK).
    assert_eq!(insert(&store, "before").await.unwrap(), Insertion::Replayed);
    assert_eq!(insert(&store, "during").await.unwrap(), Insertion::Fresh);
    assert_eq!(insert(&store, "during").await.unwrap(), Insertion::Replayed);

    for key in &recorded {
        let port = target.address().port();
        let _: String = ask(source, redis::cmd("MIGRATE").arg("127.0.0.1").arg(port).arg(key).arg(0).arg(5_000)).await;
    }
    assert_eq!(insert(&store, "before").await.unwrap(), Insertion::Replayed);
    for node in [target, source] {
        let _: String = ask(node, cluster("SETSLOT").arg(slot).arg("NODE").arg(&target_id)).await;
    }

    // The source no longer has the slot (MOVED).
    for jti in ["before", "second", "during"] {
        assert_eq!(insert(&store, jti).await.unwrap(), Insertion::Replayed, "{jti}");
    }
    assert_eq!(insert(&store, "after").await.unwrap(), Insertion::Fresh);
    assert_eq!(ask::<usize>(target, &redis::cmd("DBSIZE")).await, 4);
    assert_eq!(ask::<usize>(source, &redis::cmd("DBSIZE")).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_master_makes_requests_unavailable_until_its_replica_replaces_it() {
    let Some(mut cluster) = Cluster::start(true).await else { return };
    let store = Arc::new(cluster.store().build().unwrap());
    let load = Load::start(&store);
    load.wait_for_fresh(50).await;

    cluster.nodes.first_mut().unwrap().stop();
    load.wait_for_an_outage().await;
    load.wait_for_the_end_of_the_outage().await;

    load.end().await.assert_that_no_fresh_proof_was_a_replay();
    let promoted = cluster.nodes.get(3).unwrap();
    let role: (String, redis::Value, redis::Value) = ask(promoted, &redis::cmd("ROLE")).await;
    assert_eq!(role.0, "master");
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_master_without_a_replica_makes_requests_unavailable_until_it_is_back() {
    let Some(mut nodes) = Cluster::start(false).await else { return };
    let store = Arc::new(nodes.store().build().unwrap());
    let load = Load::start(&store);
    load.wait_for_fresh(50).await;

    nodes.nodes.first_mut().unwrap().stop();
    let survivor = nodes.nodes.last().unwrap();
    until("the cluster has noticed", async || {
        ask::<String>(survivor, &cluster("INFO")).await.contains("cluster_state:fail")
    })
    .await;
    load.wait_for_an_outage().await;
    nodes.nodes.first_mut().unwrap().start_again().await;
    load.wait_for_the_end_of_the_outage().await;
    load.end().await.assert_that_no_fresh_proof_was_a_replay();
}

#[tokio::test]
async fn single_server_that_belongs_to_a_cluster_is_named_as_the_cause() {
    let Some(cluster) = Cluster::start(false).await else { return };
    let store = store(cluster.nodes.first().unwrap());
    let mut hints = BTreeSet::new();
    for number in 0..20 {
        match insert(&store, &format!("{number}")).await {
            Ok(insertion) => assert_eq!(insertion, Insertion::Fresh),
            Err(ReplayStoreError::Unavailable(cause)) => drop(hints.insert(cause.to_string())),
            Err(error) => unreachable!("{error:?}"),
        }
    }
    assert_eq!(
        Vec::from_iter(hints),
        ["the server that the URL names is a node of a cluster: build the store with cluster()"]
    );
}

#[tokio::test]
async fn server_that_belongs_to_no_cluster_is_named_as_the_cause() {
    let Some(redis) = RedisServer::start().await else { return };
    let store = RedisReplayStore::cluster([redis.url()]).build().unwrap();
    let error = insert(&store, "a").await.unwrap_err();
    assert_eq!(
        error.source().unwrap().to_string(),
        "the server that the URL names is not a node of a cluster: build the store with builder()"
    );
    // The server is there, and a cluster's store works as soon as it is a node.
    assert!(try_ask::<String>(&redis, &redis::cmd("PING")).await.is_ok());
}

#[test]
fn urls_of_a_cluster_are_checked() {
    let build = |urls: &[&str]| RedisReplayStore::cluster(urls).build().map(drop);
    assert_eq!(build(&["redis://a", "redis://b:7000"]), Ok(()));
    assert_eq!(build(&["redis://u:p@a", "redis://u:p@b"]), Ok(()));
    assert_eq!(build(&[]), Err(RedisConfigError::NoUrl));
    assert_eq!(build(&["redis://a", "b"]), Err(RedisConfigError::UrlMalformed));
    #[cfg(unix)]
    assert_eq!(build(&["unix:///run/redis.sock"]), Err(RedisConfigError::UrlMalformed));
    assert_eq!(build(&["redis://u:p@a", "redis://u:q@b"]), Err(RedisConfigError::UrlsDiffer));
    assert_eq!(build(&["redis://a/1"]), Err(RedisConfigError::ClusterDatabase));
    assert_eq!(
        RedisReplayStore::cluster(["redis://a"]).database(1).build().map(drop),
        Err(RedisConfigError::ClusterDatabase)
    );
    #[cfg(feature = "tls")]
    assert_eq!(build(&["redis://a", "rediss://b"]), Err(RedisConfigError::UrlsDiffer));
}
