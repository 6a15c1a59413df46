//! What all clients share.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Client;

use super::keys::Keys;
use super::random::Random;
use super::record::Records;
use super::site::Site;
use crate::Result;

pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) replicas: [SocketAddr; 2],
    pub(crate) http: Client,
    pub(crate) keys: Arc<Keys>,
    pub(crate) records: Records,
    /// Accepted requests with a proof, which a thief has copied.
    used: Mutex<VecDeque<UsedProof>>,
    /// The average, in milliseconds.
    pause: u64,
}

/// A request that was accepted.
#[derive(Clone)]
pub(crate) struct UsedProof {
    pub(crate) token: String,
    pub(crate) proof: String,
    /// When the request began.
    pub(crate) first_used: Instant,
    /// The replica that did not get the request.
    pub(crate) other: SocketAddr,
}

impl World {
    pub(crate) fn new(site: &Site, pause: u64) -> Result<Self> {
        // A new connection for each request: nginx may close a kept one just when a request is sent.
        let http = Client::builder().no_proxy().timeout(TIMEOUT).pool_max_idle_per_host(0).build()?;
        let replicas = site.replicas.each_ref().map(|replica| replica.address);
        let (url, keys) = (site.url.clone(), Arc::clone(&site.keys));
        Ok(Self { url, replicas, http, keys, records: Records::default(), used: Mutex::default(), pause })
    }

    /// Waits between two requests of a client: between half of the average and one and a half.
    pub(crate) async fn pause(&self, random: &mut Random) {
        tokio::time::sleep(Duration::from_millis(self.pause / 2 + random.below(self.pause + 1))).await;
    }

    pub(crate) fn keep(&self, proof: UsedProof) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.push_back(proof);
        if used.len() > MOST_KEPT {
            used.pop_front();
        }
    }

    /// Copies a proof that is young enough for its nonce: half of the time the newest one.
    pub(crate) fn steal(&self, random: &mut Random) -> Option<UsedProof> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while used.front().is_some_and(|proof| proof.first_used.elapsed() > NONCE_LIFE) {
            used.pop_front();
        }
        let index = if random.once_in(2) { used.len().saturating_sub(1) } else { random.index(used.len()) };
        used.get(index).cloned()
    }
}

/// Longer than nginx waits for a replica.
const TIMEOUT: Duration = Duration::from_secs(45);
/// Nonces are accepted for a minute at least.
const NONCE_LIFE: Duration = Duration::from_secs(50);
const MOST_KEPT: usize = 2000;
