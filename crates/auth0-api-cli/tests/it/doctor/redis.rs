//! Faults of Redis.

use auth0_api_testing::RedisServer;

use super::planted::find;
use super::setup::{Setup, file};

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_redis_are_found() {
    find(&[
        ("redis_evicts", 1, &["redis: CONFIG SET maxmemory-policy noeviction"], |setup| {
            setup.tell_redis("CONFIG SET maxmemory-policy allkeys-lru");
            setup
        }),
        (
            "redis_unreachable",
            1,
            &["api: correct the host and the port of REDIS_URL", "redis: start Redis"],
            |mut setup| {
                setup.redis.iter_mut().for_each(RedisServer::stop);
                setup
            },
        ),
        ("redis_login", 1, &["api: put the user and the password into REDIS_URL"], |setup| {
            let url = setup.redis.as_ref().map(RedisServer::url).unwrap_or_default();
            setup.set("REDIS_URL", &url.replace("://", "://:planted-api-secret@"))
        }),
        ("redis_url_unusable", 1, &["api: REDIS_URL: the Redis URL is malformed"], |setup| {
            setup.set("REDIS_URL", "planted-redis-password@redis.internal")
        }),
        ("redis_url_unusable", 1, &["api: AUTH0_REDIS_URL_FILE: the Redis URL is malformed"], |setup| {
            let url = file("url", "planted-redis-password@redis.internal\n");
            setup.unset("REDIS_URL").set("AUTH0_REDIS_URL_FILE", &url)
        }),
        ("redis_replicas_missing", 1, &["redis: connect 2 replicas", "api: replicas()"], |setup| {
            setup.flag(&["--redis-replicas", "2"])
        }),
        ("redis_forgets_logouts", 1, &["redis: CONFIG SET appendonly yes"], |setup| setup.flag(&["--logouts"])),
        ("short_form_ignored", 0, &["api: AUTH0_REDIS_URL has another value, and counts: remove REDIS_URL"], |setup| {
            let url = setup.redis.as_ref().map(RedisServer::url).unwrap_or_default();
            let url = url.replace("://", "://:planted-redis-password@");
            setup.set("AUTH0_REDIS_URL", &url).set("REDIS_URL", "redis://:planted-api-secret@redis.internal")
        }),
        ("redis_not_configured", 1, &["api: set AUTH0_REDIS_URL"], |setup| {
            setup.unset("REDIS_URL").flag(&["--logouts"])
        }),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_of_another_kind_is_found() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let number = std::process::id();
    let sentinel = file("sentinel.conf", "sentinel monitor main 127.0.0.1 1 1\n");
    for (name, mend, arguments) in [
        ("redis_replica", "api: name the master in REDIS_URL", format!("--replicaof 127.0.0.1 1 --dir {folder}")),
        (
            "redis_cluster",
            "api: build the store with RedisReplayStore::cluster()",
            format!("--cluster-enabled yes --cluster-port 0 --cluster-config-file doctor-{number}.conf --dir {folder}"),
        ),
        ("redis_sentinel", "api: build the store with RedisReplayStore::sentinel()", format!("{sentinel} --sentinel")),
    ] {
        let arguments = || arguments.split(' ').map(str::to_owned).collect();
        let Some(redis) = RedisServer::start_with(arguments).await else { return };
        let outcome = Setup::new().await.set("REDIS_URL", &redis.url()).run().await;
        assert_eq!((outcome.faults(), outcome.status), (vec![name], 1), "{}", outcome.text);
        assert!(outcome.mends(name).contains(mend), "{}", outcome.mends(name));
    }
}
