//! A Redis cluster of three masters, each with a replica.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use super::node::{LIMIT, Node, output};
use crate::Result;

/// The nodes. What they have recorded stays on disk, so a node that starts again still knows it.
pub(crate) struct Cluster {
    nodes: Vec<Node>,
}

impl Cluster {
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let mut nodes = Vec::new();
        for number in 0..NODES {
            let folder = folder.join(format!("redis-{number}"));
            std::fs::create_dir(&folder)?;
            let mut node = Node::new(folder)?;
            node.start().await?;
            nodes.push(node);
        }
        let addresses = nodes.iter().map(|node| node.address.to_string());
        let mut create = Command::new("redis-cli");
        create.args(["--cluster", "create"]).args(addresses).args(["--cluster-replicas", "1", "--cluster-yes"]);
        output(create).await?;
        let cluster = Self { nodes };
        cluster.wait_until_complete().await?;
        Ok(cluster)
    }

    pub(crate) fn urls(&self) -> String {
        self.nodes.iter().map(|node| format!("redis://{}", node.address)).collect::<Vec<_>>().join(",")
    }

    /// Returns the positions of the nodes that serve slots now.
    pub(crate) async fn masters(&self) -> Result<Vec<usize>> {
        let mut masters = Vec::new();
        for (position, node) in self.nodes.iter().enumerate() {
            if node.process.is_some() && node.ask(&["role"]).await?.starts_with("master") {
                masters.push(position);
            }
        }
        Ok(masters)
    }

    pub(crate) fn kill(&mut self, position: usize) {
        if let Some(node) = self.nodes.get_mut(position) {
            node.process = None;
        }
    }

    pub(crate) fn kill_all(&mut self) {
        for node in &mut self.nodes {
            node.process = None;
        }
    }

    /// Starts the nodes that do not run, all at once.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        for node in self.nodes.iter_mut().filter(|node| node.process.is_none()) {
            node.start().await?;
        }
        Ok(())
    }

    pub(crate) fn signal(&self, position: usize, signal: Signal) -> Result<()> {
        let process = self.nodes.get(position).and_then(|node| node.process.as_ref());
        process.ok_or("this node of the cluster does not run")?.signal(signal)
    }

    pub(crate) fn signal_all(&self, signal: Signal) -> Result<()> {
        (0..NODES).try_for_each(|position| self.signal(position, signal))
    }

    /// Closes all connections of clients.
    pub(crate) async fn cut_connections(&self) -> Result<()> {
        for node in &self.nodes {
            node.ask(&["client", "kill", "type", "normal"]).await?;
        }
        Ok(())
    }

    /// Waits until another node serves the slots of the master that was killed.
    pub(crate) async fn wait_until_replaced(&self) -> Result<()> {
        self.wait(async |node| {
            let nodes = node.ask(&["cluster", "nodes"]).await?;
            let masters = nodes.lines().filter(|line| line.contains("master") && !line.contains("fail")).count();
            Ok(masters == NODES / 2 && nodes.contains("master,fail ") && node.serves().await?)
        })
        .await
    }

    /// Waits until all nodes serve, and each master has its replica.
    pub(crate) async fn wait_until_complete(&self) -> Result<()> {
        self.wait(async |node| {
            let (nodes, role) = (node.ask(&["cluster", "nodes"]).await?, node.ask(&["info", "replication"]).await?);
            let is_linked = role.contains("state=online") || role.contains("master_link_status:up");
            let replicas = nodes.lines().filter(|line| line.contains("slave")).count();
            let is_settled = replicas == NODES / 2 && !nodes.contains("fail") && !nodes.contains("handshake");
            Ok(is_linked && is_settled && node.serves().await?)
        })
        .await
    }

    async fn wait(&self, holds: impl AsyncFn(&Node) -> Result<bool>) -> Result<()> {
        let all_hold = async {
            for node in self.nodes.iter().filter(|node| node.process.is_some()) {
                while !holds(node).await.unwrap_or(false) {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        Ok(tokio::time::timeout(LIMIT, all_hold).await.map_err(|_| "the Redis cluster does not recover")?)
    }
}

pub(crate) const NODES: usize = 6;
const PAUSE: Duration = Duration::from_millis(100);
