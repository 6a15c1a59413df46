//! What a command for one key is, apart from the connection that it is sent over.

use std::error::Error;
use std::future::Future;

use redis::aio::MultiplexedConnection;

use crate::trouble::Failure;

/// A command that reads or writes one key.
pub(crate) trait Command: Sync {
    type Answer: Send;

    /// The key, which decides the node of a cluster.
    fn key(&self) -> &str;

    /// Sends the command, and interprets the answer. `asking` is for a node to which a slot is being moved.
    fn send(
        &self,
        connection: &mut MultiplexedConnection,
        asking: bool,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;

    /// Returns true if the command itself may have caused this answer in an earlier attempt, whose connection broke. The
    /// answer then says nothing.
    fn may_come_from_itself(answer: &Self::Answer) -> bool;
}

/// Why a command has no answer, after all attempts.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// Redis has no memory left.
    Full,
    /// Redis has the entry, and it is not known whether that counts. The command itself may have caused the answer in an
    /// earlier attempt, whose connection broke; or the command wrote the entry, and not enough replicas have it.
    InDoubt(Box<dyn Error + Send + Sync>),
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl NoAnswer {
    pub(crate) fn because(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Unavailable(Box::new(cause))
    }
}
