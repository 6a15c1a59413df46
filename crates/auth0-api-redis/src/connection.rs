//! The connection to Redis.

use std::sync::Arc;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::cluster::redirect::Redirect;
use crate::command::{Command, NoAnswer};
use crate::node::Node;
use crate::trouble::{Failure, Trouble};

/// Sends commands within a time limit, and a second time where that can help.
pub(crate) struct Connection {
    pub(crate) deployment: Deployment,
    /// How long a request waits at most, with all attempts.
    pub(crate) timeout: Duration,
    /// Another connection to the same servers, for commands that only read.
    pub(crate) sibling: Option<Arc<Connection>>,
}

/// The servers of a store.
pub(crate) enum Deployment {
    /// The nodes of a cluster.
    Cluster(Cluster),
    /// The master that sentinels name.
    Master(Node),
    /// One server.
    Single(Node),
}

impl Connection {
    /// Lets the sibling connect again when this connection does. A server that has become a replica accepts no writes, and
    /// that tells this connection. But it answers reads, and what it answers may be old.
    pub(crate) fn with_sibling(self, sibling: Arc<Self>) -> Self {
        Self { sibling: Some(sibling), ..self }
    }

    /// Makes the next request connect again, and ask again which server is the master.
    fn renew(&self) {
        match &self.deployment {
            // The nodes of a cluster redirect commands to the master.
            Deployment::Cluster(_) => {}
            Deployment::Master(node) | Deployment::Single(node) => node.discard_connection(),
        }
    }

    pub(crate) async fn run<C: Command>(&self, command: &C) -> Result<C::Answer, NoAnswer> {
        match tokio::time::timeout(self.timeout, self.send(command)).await {
            Ok(answer) => answer,
            Err(elapsed) => Err(NoAnswer::because(elapsed)),
        }
    }

    /// Sends the command. Follows the redirects of a cluster, and sends the command once more if the connection is
    /// broken or the server does not accept writes.
    async fn send<C: Command>(&self, command: &C) -> Result<C::Answer, NoAnswer> {
        let (mut retries, mut redirects) = (RETRIES, REDIRECTS);
        let mut redirect = None;
        let mut in_doubt: Option<Trouble> = None;
        loop {
            let failure = match (self.deployment.send(command, redirect.take()).await, in_doubt.take()) {
                // Redis may have executed the command in an earlier attempt, before the connection broke. If that may have
                // caused this answer, the answer says nothing, and this function returns the error of the connection.
                (Ok(answer), Some(trouble)) if C::may_come_from_itself(&answer) => {
                    return Err(NoAnswer::InDoubt(trouble.into()));
                }
                (Ok(answer), _) => return Ok(answer),
                (Err(failure), doubt) => {
                    in_doubt = doubt;
                    failure
                }
            };
            if let Some(sibling) = self.sibling.as_ref().filter(|_| !failure.keeps_connection()) {
                sibling.renew();
            }
            match failure {
                Failure::Full => return Err(NoAnswer::Full),
                Failure::NotReplicated(trouble) => return Err(NoAnswer::InDoubt(trouble.into())),
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
                | Failure::Stale(trouble) => return Err(NoAnswer::because(trouble)),
            }
        }
    }
}

impl Deployment {
    async fn send<C: Command>(&self, command: &C, redirect: Option<Redirect>) -> Result<C::Answer, Failure> {
        match self {
            Self::Cluster(cluster) => cluster.send(command, redirect).await,
            Self::Master(master) => master.send(command, false).await.map_err(not_in_a_cluster),
            Self::Single(server) => server.send(command, false).await.map_err(not_in_a_cluster).map_err(alone),
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
        // This request may have joined the attempt shortly before it ended.
        Failure::Stale(trouble @ (Trouble::NotConnected(_) | Trouble::Stopped)) => Failure::Stale(trouble),
        Failure::Stale(trouble) => Failure::Lasting(trouble),
        failure => failure,
    }
}

/// How often a command is sent again. Each attempt may connect, and that takes two attempts of its own.
const RETRIES: u32 = 1;

/// How many redirects a command follows. A slot that has moved needs one, and a slot that is on its way needs two.
const REDIRECTS: u32 = 4;
