//! Why Redis could not execute a command.

use std::time::Duration;

use redis::RedisError;

use crate::cluster::redirect::Redirect;

/// Why Redis did not execute a command, or why it is unknown whether it did. This is a source of the errors of the stores,
/// so an operator reads it.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("the server that the URL names is not a node of a cluster: build the store with builder()")]
    NotACluster(#[source] RedisError),
    #[error("the server that the URL names is a node of a cluster: build the store with cluster()")]
    NodeOfCluster(#[source] RedisError),
    #[error("the server that the sentinels name is not a master: it is a {0}")]
    NotMaster(String),
    #[error("the server that the URL names is not a sentinel: build the store with builder()")]
    NotASentinel(#[source] RedisError),
    #[error("no connection within {0:?}")]
    NotConnected(Duration),
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("the server that the URL names is a replica: name its master, or build the store with sentinel()")]
    Replica(#[source] RedisError),
    #[error("the server that the URL names is a sentinel: build the store with sentinel()")]
    Sentinel(#[source] RedisError),
    #[error("no node of the cluster serves slot {0}")]
    SlotNotServed(u16),
    #[error("the runtime is shutting down")]
    Stopped,
    #[error("the entry has reached {acknowledged} replicas, and the setting `replicas` demands {required}")]
    TooFewReplicas { acknowledged: u32, required: u32 },
    #[error("the sentinels know no master with the name `{0}`")]
    UnknownMaster(String),
}

/// What an attempt has left behind, which decides whether another attempt can help.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection broke after the command was sent. Redis may have executed it.
    Broken(Trouble),
    /// Redis has no memory left, and wrote nothing.
    Full,
    /// Another attempt gives the same answer.
    Lasting(Trouble),
    /// The master has executed the command, and it is not known that enough replicas have. Another attempt finds what this one
    /// has written.
    NotReplicated(Trouble),
    /// Another node of the cluster is responsible. This node did nothing.
    Redirected(Redirect, Trouble),
    /// The server does not accept writes, or there is no connection. Nothing was written, and another server may have become
    /// responsible.
    Stale(Trouble),
}

impl Failure {
    pub(crate) fn new(error: RedisError) -> Self {
        if let Some(redirect) = Redirect::from_error(&error) {
            return Self::Redirected(redirect, error.into());
        }
        match error.code() {
            Some("OOM") => Self::Full,
            Some("CLUSTERDOWN" | "LOADING" | "MASTERDOWN" | "READONLY") => Self::Stale(error.into()),
            _ if error.is_io_error() => Self::Broken(error.into()),
            _ => Self::Lasting(error.into()),
        }
    }

    /// Returns true if the connection works, so that the next command can use it.
    pub(crate) fn keeps_connection(&self) -> bool {
        matches!(self, Self::Full | Self::Redirected(..) | Self::NotReplicated(Trouble::TooFewReplicas { .. }))
    }
}
