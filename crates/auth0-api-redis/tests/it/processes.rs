//! Clusters and sentinels of real `redis-server` processes.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth0_api_redis::{RedisReplayStore, RedisReplayStoreBuilder};
use auth0_api_testing::{RedisServer, free_address};

/// A cluster of three masters with one replica each, or with none.
pub(crate) struct Cluster {
    /// The masters, and then the replicas in the order of their masters.
    pub(crate) nodes: Vec<RedisServer>,
}

impl Cluster {
    /// Starts the nodes, and waits until the cluster serves all slots. Returns `None` if Redis is not installed.
    pub(crate) async fn start(replicas: bool) -> Option<Self> {
        let mut nodes = Vec::new();
        for _ in 0..if replicas { 6 } else { 3 } {
            nodes.push(start_node().await?);
        }
        let cluster = Self { nodes };
        cluster.assign_slots().await;
        if replicas {
            cluster.assign_replicas().await;
        }
        cluster.wait_until_complete().await;
        Some(cluster)
    }

    pub(crate) fn store(&self) -> RedisReplayStoreBuilder {
        RedisReplayStore::cluster(self.nodes.iter().map(RedisServer::url))
    }

    async fn assign_slots(&self) {
        for (master, (first, last)) in self.nodes.iter().zip(SLOTS) {
            let _: String = ask(master, cluster("ADDSLOTSRANGE").arg(first).arg(last)).await;
        }
        let [first, others @ ..] = self.nodes.as_slice() else { unreachable!("a cluster has nodes") };
        for (number, node) in others.iter().enumerate() {
            // Each node has its own epoch, so that the nodes agree on who serves a slot.
            let _: String = ask(node, cluster("SET-CONFIG-EPOCH").arg(number + 2)).await;
            let address = first.address();
            let bus: u16 = ask::<(String, u16)>(first, redis::cmd("CONFIG").arg("GET").arg("cluster-port")).await.1;
            let _: String = ask(node, cluster("MEET").arg(address.ip().to_string()).arg(address.port()).arg(bus)).await;
        }
    }

    async fn assign_replicas(&self) {
        let (masters, replicas) = self.nodes.split_at(3);
        for (master, replica) in masters.iter().zip(replicas) {
            let id: String = ask(master, &cluster("MYID")).await;
            until("the replica knows its master", async || {
                try_ask::<String>(replica, cluster("REPLICATE").arg(&id)).await.is_ok()
            })
            .await;
        }
    }

    /// Waits until every node knows every other, and serves all slots.
    async fn wait_until_complete(&self) {
        for node in &self.nodes {
            let known = format!("cluster_known_nodes:{}\r\n", self.nodes.len());
            until("the cluster is complete", async || {
                let info: String = ask(node, &cluster("INFO")).await;
                info.contains("cluster_state:ok") && info.contains(&known)
            })
            .await;
        }
        for replica in self.nodes.iter().skip(3) {
            until_replicated(replica).await;
        }
        // All nodes name the replicas, and with them the masters that may replace one another.
        for node in &self.nodes {
            until("all nodes have a role", async || {
                let nodes: String = ask(node, &cluster("NODES")).await;
                nodes.matches("slave").count() == self.nodes.len() - 3 && !nodes.contains("handshake")
            })
            .await;
        }
    }
}

/// A master with one replica, and the sentinel that watches them.
pub(crate) struct Watched {
    pub(crate) master: RedisServer,
    pub(crate) replica: RedisServer,
    pub(crate) sentinel: RedisServer,
}

impl Watched {
    /// Starts the servers, and waits until the sentinel knows the replica. Returns `None` if Redis is not installed.
    pub(crate) async fn start() -> Option<Self> {
        let master = start_server("").await?;
        let replica = start_replica(&master).await?;
        let port = master.address().port();
        let sentinel = RedisServer::start_with(|| {
            let file = directory().join("sentinel.conf");
            let settings = format!(
                "sentinel monitor {MASTER_NAME} 127.0.0.1 {port} 1\n\
                 sentinel down-after-milliseconds {MASTER_NAME} 500\n\
                 sentinel failover-timeout {MASTER_NAME} 3000\n"
            );
            std::fs::write(&file, settings).unwrap();
            vec![file.to_str().unwrap().to_owned(), "--sentinel".to_owned()]
        })
        .await?;
        let watched = Self { master, replica, sentinel };
        until("the sentinel knows the replica", async || {
            let replicas: Vec<redis::Value> =
                ask(&watched.sentinel, redis::cmd("SENTINEL").arg("REPLICAS").arg(MASTER_NAME)).await;
            !replicas.is_empty()
        })
        .await;
        Some(watched)
    }

    pub(crate) fn store(&self) -> RedisReplayStoreBuilder {
        RedisReplayStore::sentinel([self.sentinel.url()], MASTER_NAME)
    }
}

pub(crate) async fn start_replica(master: &RedisServer) -> Option<RedisServer> {
    let port = master.address().port();
    let replica = start_server(&format!("--replicaof 127.0.0.1 {port}")).await?;
    until_replicated(&replica).await;
    Some(replica)
}

/// Starts a server that may become a replica. A replica writes the data of its master into a file, and a server that
/// starts in the same directory would read that file.
pub(crate) async fn start_server(arguments: &str) -> Option<RedisServer> {
    RedisServer::start_with(|| {
        let directory = directory();
        // The master does not wait for further replicas before it sends its data.
        words(&format!("--dir {} --repl-diskless-sync-delay 0 {arguments}", directory.to_str().unwrap()))
    })
    .await
}

async fn start_node() -> Option<RedisServer> {
    RedisServer::start_with(|| {
        let (directory, bus) = (directory(), free_address().port());
        words(&format!(
            "--dir {} --repl-diskless-sync-delay 0 --cluster-enabled yes --cluster-port {bus} \
             --cluster-node-timeout 1000 --cluster-replica-validity-factor 0",
            directory.to_str().unwrap()
        ))
    })
    .await
}

async fn until_replicated(replica: &RedisServer) {
    until("the replica has the data of its master", async || {
        let info: String = ask(replica, redis::cmd("INFO").arg("replication")).await;
        info.contains("master_link_status:up")
    })
    .await;
}

/// Repeats a question until the answer is yes. Fails after a time that is long enough for a busy machine.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let poll = async {
        while !holds().await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), poll)
        .await
        .unwrap_or_else(|_| unreachable!("{what}: not within 60 s"));
}

/// Sends a command to a server over a separate connection.
pub(crate) async fn ask<T: redis::FromRedisValue>(server: &RedisServer, command: &redis::Cmd) -> T {
    try_ask(server, command).await.unwrap()
}

pub(crate) async fn try_ask<T: redis::FromRedisValue>(
    server: &RedisServer,
    command: &redis::Cmd,
) -> redis::RedisResult<T> {
    // The default is half a second, which a server on a busy machine can miss.
    let (patient, limit) = (redis::AsyncConnectionConfig::new(), Some(Duration::from_secs(30)));
    let patient = patient.set_response_timeout(limit).set_connection_timeout(limit);
    let client = redis::Client::open(server.url())?;
    let mut connection = client.get_multiplexed_async_connection_with_config(&patient).await?;
    command.query_async(&mut connection).await
}

pub(crate) fn cluster(subcommand: &str) -> redis::Cmd {
    let mut command = redis::cmd("CLUSTER");
    command.arg(subcommand);
    command
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

/// A new directory, for the files that a node of a cluster and a sentinel write.
fn directory() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("redis-{}-{number}", std::process::id()));
    // A process with the same id may have left files.
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

pub(crate) const MASTER_NAME: &str = "replays";

/// The slots of the three masters of a cluster.
pub(crate) const SLOTS: [(u16, u16); 3] = [(0, 5_460), (5_461, 10_922), (10_923, 16_383)];
