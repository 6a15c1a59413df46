//! What an operator does.

use std::time::Duration;

use reqwest::Method;

use super::site::Site;
use crate::Result;

/// Sets the clock of a replica ahead by so many seconds, or back. A replica that does not run has no clock. When it starts
/// again, its clock is right.
pub(crate) async fn set_ahead(site: &Site, replica: usize, seconds: i64) -> Result<()> {
    let replica = &site.replicas[replica];
    if replica.process().is_err() {
        return Ok(());
    }
    site.operate(replica, Method::POST, "clock", &seconds.to_string()).await.map(drop)
}

/// What an operator does when a key has leaked: the tenant signs with another key, stops publishing the old ones, and all
/// APIs fetch the keys at once.
pub(crate) async fn remove_key(site: &mut Site) -> Result<()> {
    site.tenant.rotate(&site.keys).await?;
    let old = site.keys.withdraw_old();
    site.tenant.publish(&site.keys).await?;
    site.refresh_keys().await?;
    site.keys.are_removed(old);
    Ok(())
}

/// Asks the replica to end, waits until it has finished its requests, and starts it again.
pub(crate) async fn restart(site: &mut Site) -> Result<()> {
    site.replicas[0].take()?.end(LIMIT).await?;
    site.replicas[0].start(site.folder.path()).await
}

/// Replaces the settings of all replicas that run.
pub(crate) async fn reload_settings(site: &Site) -> Result<()> {
    for replica in site.replicas.iter().filter(|replica| replica.process().is_ok()) {
        site.operate(replica, Method::POST, "settings/reload", "").await?;
    }
    Ok(())
}

/// Longer than any stream.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);
