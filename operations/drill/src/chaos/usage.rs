//! What a process uses.

use std::fmt;
use std::fs;
use std::time::Duration;

use reqwest::Method;

use super::site::Site;
use crate::Result;
use crate::replica::Replica;

/// The memory, the open descriptors and the tasks of a replica without requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Resident, in KiB.
    pub(crate) memory: u64,
    pub(crate) descriptors: usize,
    pub(crate) tasks: usize,
}

impl Usage {
    /// Waits until a replica uses no more than this, and returns what it uses then, or at the end of the wait.
    pub(crate) async fn settled(site: &Site, replica: &Replica, most: Option<Self>) -> Result<Self> {
        let mut usage = Self::of(site, replica).await?;
        for _ in 0..CHECKS {
            tokio::time::sleep(PAUSE).await;
            let next = Self::of(site, replica).await?;
            let is_steady = next.descriptors == usage.descriptors && next.tasks == usage.tasks;
            usage = next;
            if is_steady && most.is_none_or(|most| usage.is_within(most)) {
                break;
            }
        }
        Ok(usage)
    }

    /// What a replica may use that has used this before: a connection to each node of Redis more, because a fail-over makes
    /// other nodes masters, and memory by the stated factor.
    pub(crate) fn bound(self, nodes: usize) -> Self {
        let memory = self.memory * MEMORY_PERCENT / 100 + MEMORY_SLACK;
        // A connection has a task that reads and writes.
        Self { memory, descriptors: self.descriptors + nodes, tasks: self.tasks + nodes }
    }

    pub(crate) fn is_within(self, most: Self) -> bool {
        self.memory <= most.memory && self.descriptors <= most.descriptors && self.tasks <= most.tasks
    }

    async fn of(site: &Site, replica: &Replica) -> Result<Self> {
        let folder = format!("/proc/{}", replica.process()?.id());
        let status = fs::read_to_string(format!("{folder}/status"))?;
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc")?;
        let tasks = site.operate(replica, Method::GET, "tasks", "").await?.parse()?;
        Ok(Self {
            memory: memory.trim().trim_end_matches(" kB").parse()?,
            descriptors: fs::read_dir(format!("{folder}/fd"))?.count(),
            tasks,
        })
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let memory = format!("{} MB", self.memory / 1024);
        write!(f, "{memory:>7}, {:>3} descriptors, {:>3} tasks", self.descriptors, self.tasks)
    }
}

/// Allocators keep some of the memory that was used at once, when many requests waited for a part that was broken.
const MEMORY_PERCENT: u64 = 150;
/// KiB.
const MEMORY_SLACK: u64 = 16 * 1024;
/// Half a minute in all.
const CHECKS: usize = 60;
const PAUSE: Duration = Duration::from_millis(500);
