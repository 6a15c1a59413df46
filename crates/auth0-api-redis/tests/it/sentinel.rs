//! The store with Redis Sentinel.

use std::error::Error as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::dpop::{Insertion, ReplayStoreError};
use auth0_api_redis::{RedisConfigError, RedisReplayStore};
use auth0_api_testing::{RedisServer, contract};

use crate::fake;
use crate::load::Load;
use crate::processes::{MASTER_NAME, Watched, ask, try_ask, until};
use crate::{RESPONSE_TIMEOUT, insert, store};

#[tokio::test(flavor = "multi_thread")]
async fn master_of_sentinels_passes_the_contract_suite() {
    let Some(servers) = Watched::start().await else { return };
    let store = servers.store().clock_margin(Duration::ZERO).response_timeout(RESPONSE_TIMEOUT).build().unwrap();
    contract::replay_store(Arc::new(store)).await;
    assert!(ask::<usize>(&servers.master, &redis::cmd("DBSIZE")).await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_master_makes_requests_unavailable_until_the_sentinel_replaces_it() {
    let Some(mut servers) = Watched::start().await else { return };
    let store = Arc::new(servers.store().build().unwrap());
    let load = Load::start(&store);
    load.wait_for_fresh(50).await;

    servers.master.stop();
    load.wait_for_an_outage().await;
    load.wait_for_the_end_of_the_outage().await;

    load.end().await.assert_that_no_fresh_proof_was_a_replay();
    assert!(ask::<usize>(&servers.replica, &redis::cmd("DBSIZE")).await >= 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_master_makes_requests_unavailable_until_the_sentinel_replaces_it() {
    let Some(servers) = Watched::start().await else { return };
    let store = Arc::new(servers.store().response_timeout(Duration::from_millis(200)).build().unwrap());
    let load = Load::start(&store);
    load.wait_for_fresh(50).await;

    // The master keeps its connections, accepts new ones, and answers nothing.
    let _: String = ask(&servers.master, redis::cmd("CLIENT").arg("PAUSE").arg(60_000)).await;
    load.wait_for_an_outage().await;
    load.wait_for_the_end_of_the_outage().await;
    load.end().await.assert_that_no_fresh_proof_was_a_replay();
}

#[tokio::test(flavor = "multi_thread")]
async fn store_follows_a_planned_failover() {
    let Some(servers) = Watched::start().await else { return };
    let store = Arc::new(servers.store().build().unwrap());
    let load = Load::start(&store);
    load.wait_for_fresh(50).await;

    until("the sentinel begins a failover", async || {
        let mut command = redis::cmd("SENTINEL");
        try_ask::<String>(&servers.sentinel, command.arg("FAILOVER").arg(MASTER_NAME)).await.is_ok()
    })
    .await;
    until("the old master is a replica", async || {
        // The sentinel closes the connections of the old master.
        let role: redis::RedisResult<redis::Value> = try_ask(&servers.master, &redis::cmd("ROLE")).await;
        role.is_ok_and(|role| format!("{role:?}").contains("slave"))
    })
    .await;
    load.wait_for_fresh(50).await;
    load.end().await.assert_that_no_fresh_proof_was_a_replay();
}

#[tokio::test]
async fn sentinels_that_are_dead_or_silent_do_not_matter() {
    let Some(servers) = Watched::start().await else { return };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("redis://{}", silent.local_addr().unwrap());
    let mut dead = RedisServer::start().await.unwrap();
    dead.stop();
    let urls = [silent, dead.url(), servers.sentinel.url()];
    for _ in 0..urls.len() {
        let store = RedisReplayStore::sentinel(&urls, MASTER_NAME).response_timeout(RESPONSE_TIMEOUT).build().unwrap();
        insert(&store, "a").await.unwrap();
    }
}

#[tokio::test]
async fn sentinel_that_does_not_know_the_new_master_yet_does_not_matter() {
    let Some(servers) = Watched::start().await else { return };
    let port = servers.replica.address().port().to_string();
    let master = format!("*2\r\n$9\r\n127.0.0.1\r\n${}\r\n{port}\r\n", port.len());
    let behind = fake::redis(move |_, command| {
        Some(if command.contains("SENTINEL") { master.clone() } else { "+OK\r\n".to_owned() })
    });
    let store = |urls: &[&str]| {
        RedisReplayStore::sentinel(urls, MASTER_NAME).response_timeout(RESPONSE_TIMEOUT).build().unwrap()
    };
    let error = insert(&store(&[&behind]), "a").await.unwrap_err();
    assert_eq!(
        error.source().unwrap().to_string(),
        "the server that the sentinels name is not a master: it is a slave"
    );
    assert_eq!(insert(&store(&[&behind, &servers.sentinel.url()]), "a").await.unwrap(), Insertion::Fresh);
}

#[tokio::test]
async fn login_is_that_of_the_master_and_the_urls_have_that_of_the_sentinels() {
    let Some(servers) = Watched::start().await else { return };
    for server in [&servers.master, &servers.sentinel] {
        let password = if server.url() == servers.master.url() { ">of-master" } else { ">of-sentinel" };
        let _: String = ask(server, redis::cmd("ACL").arg(&["SETUSER", "replay", "on", password, "~*", "+@all"])).await;
    }
    let url = servers.sentinel.url().replace("redis://", "redis://replay:of-sentinel@");
    let builder = || RedisReplayStore::sentinel([&url], MASTER_NAME).response_timeout(RESPONSE_TIMEOUT);

    let right = builder().login("replay", "of-master");
    assert!(!format!("{right:?}").contains("of-master"));
    assert_eq!(insert(&right.build().unwrap(), "a").await.unwrap(), Insertion::Fresh);
    let wrong = insert(&builder().login("replay", "of-sentinel").build().unwrap(), "a").await;
    assert!(matches!(wrong, Err(ReplayStoreError::Unavailable(_))), "{wrong:?}");
    let database = builder().login("replay", "of-master").database(3).build().unwrap();
    assert_eq!(insert(&database, "a").await.unwrap(), Insertion::Fresh, "another database");
}

#[tokio::test]
async fn cause_of_an_error_names_the_setting() {
    let Some(servers) = Watched::start().await else { return };
    let cause = async |store: RedisReplayStore| insert(&store, "a").await.unwrap_err().source().unwrap().to_string();
    let other_name = RedisReplayStore::sentinel([servers.sentinel.url()], "other").build().unwrap();
    assert_eq!(cause(other_name).await, "the sentinels know no master with the name `other`");
    let no_sentinel = RedisReplayStore::sentinel([servers.master.url()], MASTER_NAME).build().unwrap();
    assert_eq!(
        cause(no_sentinel).await,
        "the server that the URL names is not a sentinel: build the store with builder()"
    );
    assert_eq!(
        cause(store(&servers.replica)).await,
        "the server that the URL names is a replica: name its master, or build the store with sentinel()"
    );
    assert_eq!(
        cause(store(&servers.sentinel)).await,
        "the server that the URL names is a sentinel: build the store with sentinel()"
    );
}

#[test]
fn urls_and_name_of_sentinels_are_checked() {
    let build = |urls: &[&str], name: &str| RedisReplayStore::sentinel(urls, name).build().map(drop);
    assert_eq!(build(&["redis://a:26379", "redis://b:26379"], "mymaster"), Ok(()));
    assert_eq!(build(&["redis://a:26379"], " "), Err(RedisConfigError::MasterName));
    assert_eq!(build(&[], "mymaster"), Err(RedisConfigError::NoUrl));
    assert_eq!(build(&["a:26379"], "mymaster"), Err(RedisConfigError::UrlMalformed));
    assert_eq!(build(&["redis://a", "redis://:p@b"], "mymaster"), Err(RedisConfigError::UrlsDiffer));
}
