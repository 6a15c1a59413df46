//! A node of the Redis cluster.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use auth0_api_testing::free_address;

use crate::Result;
use crate::process::Process;

/// A node, running or not. What it has recorded stays in its folder.
pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    bus: u16,
    folder: PathBuf,
    /// `None` while it does not run.
    pub(crate) process: Option<Process>,
}

impl Node {
    pub(crate) fn new(folder: PathBuf) -> Result<Self> {
        Ok(Self { address: free_address(), bus: free_address().port(), folder, process: None })
    }

    pub(crate) async fn start(&mut self) -> Result<()> {
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--port", &self.address.port().to_string()])
            .args(["--cluster-enabled", "yes", "--cluster-port", &self.bus.to_string()])
            .args(["--cluster-node-timeout", NODE_TIMEOUT, "--cluster-replica-validity-factor", "0"])
            .args(["--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"])
            .args(["--maxmemory-policy", "noeviction", "--dir"])
            .arg(&self.folder);
        self.process = Some(Process::start(&mut command, self.address, &self.folder, "redis").await?);
        Ok(())
    }

    /// Whether it believes that all slots are served.
    pub(crate) async fn serves(&self) -> Result<bool> {
        Ok(self.ask(&["cluster", "info"]).await?.contains("cluster_state:ok"))
    }

    pub(crate) async fn ask(&self, question: &[&str]) -> Result<String> {
        let mut command = Command::new("redis-cli");
        command.args(["-h", "127.0.0.1", "-p", &self.address.port().to_string()]).args(question);
        output(command).await
    }
}

/// Runs redis-cli, and returns what it prints.
pub(crate) async fn output(command: Command) -> Result<String> {
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(LIMIT, command.output()).await.map_err(|_| "redis-cli does not end")??;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(text) } else { Err(format!("redis-cli: {text}").into()) }
}

/// Milliseconds without an answer after which a node counts as failed. Less, and a busy machine causes fail-overs.
const NODE_TIMEOUT: &str = "3000";
/// For a slow machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(90);
