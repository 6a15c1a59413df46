//! Breaks parts of the site, and mends them.

use std::time::Duration;

use reqwest::Method;
use rustix::process::Signal;

use super::cluster::NODES;
use super::fault::Fault;
use super::random::Random;
use super::site::Site;
use crate::Result;

/// What is needed to mend what is broken now.
pub(crate) struct Breaker {
    random: Random,
    /// The position of the replica that is paused, and of the one whose clock is wrong.
    paused_replica: usize,
    wrong_clock: usize,
    /// The position of the master that is paused or killed.
    master: usize,
}

impl Breaker {
    pub(crate) fn new(random: Random) -> Self {
        Self { random, paused_replica: 0, wrong_clock: 0, master: 0 }
    }

    pub(crate) async fn begin(&mut self, site: &mut Site, fault: Fault) -> Result<()> {
        match fault {
            Fault::ClockFar => self.set_clock(site, 600).await,
            Fault::ClockNear => self.set_clock(site, 30).await,
            Fault::KeyRemoved => remove_key(site).await,
            Fault::KeyRotated => site.tenant.rotate(&site.keys).await,
            Fault::NginxReloaded => site.nginx.reload(),
            Fault::RedisConnectionsCut => site.cluster.cut_connections().await,
            Fault::RedisDown => {
                site.cluster.kill_all();
                Ok(())
            }
            Fault::RedisMasterKilled => {
                self.master = self.some_master(site).await?;
                site.cluster.kill(self.master);
                Ok(())
            }
            Fault::RedisMasterPaused => {
                self.master = self.some_master(site).await?;
                site.cluster.signal(self.master, Signal::STOP)
            }
            Fault::RedisPaused => signal_all(site, Signal::STOP),
            Fault::ReplicaKilled => {
                site.replicas[0].kill();
                Ok(())
            }
            Fault::ReplicaPaused => {
                self.paused_replica = self.random.index(site.replicas.len());
                site.replicas[self.paused_replica].process()?.signal(Signal::STOP)
            }
            Fault::ReplicaRestarted => restart(site).await,
            Fault::SettingsReloaded => reload_settings(site).await,
            Fault::TenantCutOff => {
                site.tenant.link.cut();
                Ok(())
            }
            Fault::TenantKilled => site.tenant.kill().await,
            Fault::TenantPaused => site.tenant.signal(Signal::STOP),
            Fault::TenantSlow => {
                site.tenant.link.delay(DELAY);
                Ok(())
            }
        }
    }

    /// Mends what is broken, and waits until it works again.
    pub(crate) async fn end(&mut self, site: &mut Site, fault: Fault) -> Result<()> {
        match fault {
            Fault::ClockFar | Fault::ClockNear => set_ahead(site, self.wrong_clock, 0).await,
            Fault::RedisDown => {
                site.cluster.start_again().await?;
                site.cluster.wait_until_complete().await
            }
            Fault::RedisMasterKilled => {
                // Before it starts again, another node replaces it.
                site.cluster.wait_until_replaced().await?;
                site.cluster.start_again().await?;
                site.cluster.wait_until_complete().await
            }
            Fault::RedisMasterPaused => {
                site.cluster.signal(self.master, Signal::CONT)?;
                site.cluster.wait_until_complete().await
            }
            Fault::RedisPaused => {
                signal_all(site, Signal::CONT)?;
                site.cluster.wait_until_complete().await
            }
            Fault::ReplicaKilled => site.replicas[0].start(site.folder.path()).await,
            Fault::ReplicaPaused => site.replicas[self.paused_replica].process()?.signal(Signal::CONT),
            Fault::TenantCutOff | Fault::TenantSlow => {
                site.tenant.link.mend();
                Ok(())
            }
            Fault::TenantKilled => site.tenant.start(&site.keys).await,
            Fault::TenantPaused => site.tenant.signal(Signal::CONT),
            Fault::KeyRemoved
            | Fault::KeyRotated
            | Fault::NginxReloaded
            | Fault::RedisConnectionsCut
            | Fault::ReplicaRestarted
            | Fault::SettingsReloaded => Ok(()),
        }
    }

    /// Sets the clock of one replica forward or back. The other replica keeps the right time.
    async fn set_clock(&mut self, site: &Site, seconds: i64) -> Result<()> {
        self.wrong_clock = self.random.index(site.replicas.len());
        let seconds = if self.random.once_in(2) { seconds } else { -seconds };
        set_ahead(site, self.wrong_clock, seconds).await
    }

    async fn some_master(&mut self, site: &Site) -> Result<usize> {
        let masters = site.cluster.masters().await?;
        Ok(*masters.get(self.random.index(masters.len())).ok_or("the Redis cluster has no master")?)
    }
}

/// A replica that does not run has no clock. When it starts again, its clock is right.
async fn set_ahead(site: &Site, replica: usize, seconds: i64) -> Result<()> {
    let replica = &site.replicas[replica];
    if replica.process().is_err() {
        return Ok(());
    }
    site.operate(replica, Method::POST, "clock", &seconds.to_string()).await.map(drop)
}

/// What an operator does when a key has leaked: the tenant signs with another key, stops publishing the old ones, and all
/// APIs fetch the keys at once.
async fn remove_key(site: &mut Site) -> Result<()> {
    site.tenant.rotate(&site.keys).await?;
    let old = site.keys.withdraw_old();
    site.tenant.publish(&site.keys).await?;
    site.refresh_keys().await?;
    site.keys.are_removed(old);
    Ok(())
}

/// Asks the replica to end, waits until it has finished its requests, and starts it again.
async fn restart(site: &mut Site) -> Result<()> {
    site.replicas[0].take()?.end(LIMIT).await?;
    site.replicas[0].start(site.folder.path()).await
}

async fn reload_settings(site: &Site) -> Result<()> {
    for replica in site.replicas.iter().filter(|replica| replica.process().is_ok()) {
        site.operate(replica, Method::POST, "settings/reload", "").await?;
    }
    Ok(())
}

fn signal_all(site: &Site, signal: Signal) -> Result<()> {
    (0..NODES).try_for_each(|position| site.cluster.signal(position, signal))
}

/// The slow tenant's, for each connection.
const DELAY: Duration = Duration::from_secs(2);
/// Longer than any stream.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);
