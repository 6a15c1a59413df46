//! The connection to Redis.

use std::time::Duration;

use auth0_api_core::dpop::{Insertion, ReplayStoreError};

use crate::cluster::Cluster;
use crate::cluster::redirect::Redirect;
use crate::node::Node;
use crate::recording::Recording;
use crate::trouble::{Failure, Trouble, unavailable};

/// Records proofs within a time limit, and sends a command a second time where that can help.
pub(crate) struct Connection {
    pub(crate) deployment: Deployment,
    /// How long a request waits at most, with all attempts.
    pub(crate) timeout: Duration,
}

/// The servers that record proofs.
pub(crate) enum Deployment {
    /// The nodes of a cluster.
    Cluster(Cluster),
    /// The master that sentinels name.
    Master(Node),
    /// One server.
    Single(Node),
}

impl Connection {
    pub(crate) async fn insert(&self, recording: &Recording) -> Result<Insertion, ReplayStoreError> {
        match tokio::time::timeout(self.timeout, self.send(recording)).await {
            Ok(answer) => answer,
            Err(elapsed) => {
                self.deployment.discard_connection(&recording.key);
                Err(unavailable(elapsed))
            }
        }
    }

    /// Sends the command. Follows the redirects of a cluster, and sends the command once more if the connection is
    /// broken or the server does not accept writes.
    async fn send(&self, recording: &Recording) -> Result<Insertion, ReplayStoreError> {
        let (mut retries, mut redirects) = (RETRIES, REDIRECTS);
        let mut redirect = None;
        let mut in_doubt: Option<Trouble> = None;
        loop {
            let failure = match (self.deployment.record(recording, redirect.take()).await, in_doubt.take()) {
                (Ok(Insertion::Fresh), _) => return Ok(Insertion::Fresh),
                (Ok(Insertion::Replayed), None) => return Ok(Insertion::Replayed),
                // Redis may have recorded the proof in an earlier attempt, before the connection broke. The last attempt
                // then finds the proof that this request recorded itself, which is not a replay. This function cannot
                // distinguish that from a replay, so it returns the error of the connection.
                (Ok(Insertion::Replayed), Some(trouble)) => return Err(unavailable(trouble)),
                (Err(failure), doubt) => {
                    in_doubt = doubt;
                    failure
                }
            };
            match failure {
                Failure::Full => return Err(ReplayStoreError::Full),
                Failure::Broken(trouble) if retries > 0 => {
                    retries -= 1;
                    in_doubt = Some(trouble);
                }
                Failure::Stale(_) if retries > 0 => retries -= 1,
                Failure::Redirected(next, _) if redirects > 0 => {
                    redirects -= 1;
                    redirect = Some(next);
                }
                Failure::Broken(trouble)
                | Failure::Lasting(trouble)
                | Failure::Redirected(_, trouble)
                | Failure::Stale(trouble) => return Err(unavailable(trouble)),
            }
        }
    }
}

impl Deployment {
    async fn record(&self, recording: &Recording, redirect: Option<Redirect>) -> Result<Insertion, Failure> {
        match self {
            Self::Cluster(cluster) => cluster.record(recording, redirect).await,
            Self::Master(master) => master.record(recording, false).await.map_err(not_in_a_cluster),
            Self::Single(server) => server.record(recording, false).await.map_err(not_in_a_cluster).map_err(alone),
        }
    }

    fn discard_connection(&self, key: &str) {
        match self {
            Self::Cluster(cluster) => cluster.discard_connection(key),
            Self::Master(node) | Self::Single(node) => node.discard_connection(),
        }
    }
}

/// Only a store with a cluster follows redirects.
fn not_in_a_cluster(failure: Failure) -> Failure {
    match failure {
        Failure::Redirected(_, Trouble::Redis(error)) => Failure::Lasting(Trouble::NodeOfCluster(error)),
        Failure::Stale(Trouble::Redis(error)) if error.code() == Some("CLUSTERDOWN") => {
            Failure::Lasting(Trouble::NodeOfCluster(error))
        }
        failure => failure,
    }
}

/// A server that does not accept writes stays the only one, so the command is not sent a second time.
fn alone(failure: Failure) -> Failure {
    match failure {
        Failure::Stale(Trouble::Redis(error)) if error.code() == Some("READONLY") => {
            Failure::Lasting(Trouble::Replica(error))
        }
        // `unknown command 'SET'`
        Failure::Lasting(Trouble::Redis(error))
            if error.detail().is_some_and(|text| text.contains("unknown command")) =>
        {
            Failure::Lasting(Trouble::Sentinel(error))
        }
        Failure::Stale(trouble) => Failure::Lasting(trouble),
        failure => failure,
    }
}

/// How often a command is sent again. Each attempt may connect, and that takes two attempts of its own.
const RETRIES: u32 = 1;

/// How many redirects a command follows. A slot that has moved needs one, and a slot that is on its way needs two.
const REDIRECTS: u32 = 4;
