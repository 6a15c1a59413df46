//! Breaks parts of the site, and mends them.

use std::time::Duration;

use rustix::process::Signal;

use super::fault::Fault;
use super::operator::{reload_settings, remove_key, restart, set_ahead};
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
            Fault::RedisPaused => site.cluster.signal_all(Signal::STOP),
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
                site.cluster.signal_all(Signal::CONT)?;
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

/// The slow tenant's, for each connection.
const DELAY: Duration = Duration::from_secs(2);
