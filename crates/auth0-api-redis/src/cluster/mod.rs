//! Redis Cluster: finds the node that serves a key.
//!
//! The Redis library has a client for clusters. This crate does not use it, for two reasons. That client repeats a
//! command after its connection broke, and does not tell. The repeated command then finds the proof that it has
//! recorded itself, and the API would reject a correct request as a replay. Its TLS connections also choose the
//! cryptographic provider of the whole process.

mod map;
pub(crate) mod redirect;
mod slot;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::map::Map;
use self::redirect::Redirect;
use self::slot::Slot;
use crate::command::Command;
use crate::first::{Attempt, first_answer};
use crate::node::{Node, Origin};
use crate::server::{Address, Server};
use crate::shared::{Shared, Used};
use crate::times::Times;
use crate::trouble::{Failure, Trouble};

/// The nodes of a cluster.
///
/// The map of the slots is fetched when it is first needed. A request discards it when a node redirected it, did not
/// answer, or rejected the command because the cluster changes. The next request then fetches the map again.
pub(crate) struct Cluster {
    members: Arc<Members>,
    map: Shared<Arc<Map>>,
    /// How long the node that the map names may be silent.
    silence: Duration,
}

impl Cluster {
    pub(crate) fn new(seeds: Vec<Address>, servers: Server, times: Times) -> Self {
        let (table, first) = (Mutex::default(), AtomicUsize::new(0));
        let members = Arc::new(Members { seeds, servers, times, table, first });
        Self { members, map: Shared::new(times.connecting), silence: times.silence }
    }

    /// Sends a command to the node of the redirect, or else to the node that serves the slot of the key.
    pub(crate) async fn send<C: Command>(&self, command: &C, redirect: Option<Redirect>) -> Result<C::Answer, Failure> {
        if let Some(Redirect { to, asking }) = redirect {
            return self.send_to(&to, command, asking).await;
        }
        let (address, map) = self.master(Slot::of(command.key())).await.map_err(Failure::Stale)?;
        let unanswered = self.map.unless_answered(&map, self.silence);
        let answer = self.send_to(&address, command, false).await;
        unanswered.answered();
        if answer.as_ref().is_err_and(makes_map_old) {
            self.map.discard(&map);
        }
        answer
    }

    async fn send_to<C: Command>(&self, address: &Address, command: &C, asking: bool) -> Result<C::Answer, Failure> {
        self.members.node(address).send(command, asking).await.map_err(|failure| match failure {
            Failure::Redirected(Redirect { to, asking }, trouble) => {
                Failure::Redirected(Redirect { to: to.or_host_of(address), asking }, trouble)
            }
            failure => failure,
        })
    }

    async fn master(&self, slot: Slot) -> Result<(Address, Used<Arc<Map>>), Trouble> {
        let (map, used) = self.map.get(|| Arc::clone(&self.members).fetch_map()).await?;
        if let Some(address) = map.master(slot) {
            return Ok((address.clone(), used));
        }
        self.map.discard(&used);
        Err(Trouble::SlotNotServed(slot.0))
    }
}

/// The connections to the nodes.
struct Members {
    /// The nodes that the operator named.
    seeds: Vec<Address>,
    /// How to connect to a node, apart from its address.
    servers: Server,
    times: Times,
    /// The nodes that this store has used, and the nodes of the last map.
    table: Mutex<BTreeMap<Address, Arc<Node>>>,
    /// The node that is asked first for the next map. It is another one each time, so a node with an old map does no
    /// harm.
    first: AtomicUsize,
}

impl Members {
    async fn fetch_map(self: Arc<Self>) -> Result<Arc<Map>, Trouble> {
        let attempts =
            self.known().into_iter().map(|address| -> Attempt<_> { Box::pin(fetch_map(self.node(&address), address)) });
        let map = first_answer(attempts.collect(), self.times.next_server).await?;
        // The table does not grow: it keeps the nodes of the map, and drops those that have left the cluster.
        self.lock().retain(|address, _| map.nodes.contains(address));
        for address in &map.nodes {
            self.node(address);
        }
        Ok(Arc::new(map))
    }

    /// The nodes that may know the map, each once.
    fn known(&self) -> Vec<Address> {
        let mut known: Vec<Address> = self.lock().keys().cloned().collect();
        let first = self.first.fetch_add(1, Ordering::Relaxed) % known.len().max(1);
        known.rotate_left(first);
        for seed in &self.seeds {
            if !known.contains(seed) {
                known.push(seed.clone());
            }
        }
        known
    }

    fn node(&self, address: &Address) -> Arc<Node> {
        let mut nodes = self.lock();
        let node = nodes
            .entry(address.clone())
            .or_insert_with(|| Arc::new(Node::new(Origin::Server(self.servers.at(address)), self.times)));
        Arc::clone(node)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Address, Arc<Node>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn makes_map_old(failure: &Failure) -> bool {
    match failure {
        // While a slot is on its way, the map stays right until the slot has arrived.
        Failure::Redirected(redirect, _) => !redirect.asking,
        Failure::Broken(_) | Failure::Stale(_) => true,
        Failure::Full | Failure::Lasting(_) | Failure::NotReplicated(_) => false,
    }
}

async fn fetch_map(node: Arc<Node>, address: Address) -> Result<Map, Trouble> {
    match node.query(redis::cmd("CLUSTER").arg("SLOTS")).await {
        Ok(answer) => Ok(Map::read(&answer, &address)),
        // `This instance has cluster support disabled`
        Err(Trouble::Redis(error)) if error.detail().is_some_and(|text| text.contains("cluster support disabled")) => {
            Err(Trouble::NotACluster(error))
        }
        Err(error) => Err(error),
    }
}
