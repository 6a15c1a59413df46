//! The connection to one server.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisResult, Value};

use crate::command::Command;
use crate::sentinels::Sentinels;
use crate::server::Server;
use crate::shared::Shared;
use crate::times::Times;
use crate::trouble::{Failure, Trouble};

/// One connection that all requests share.
///
/// A connection that returned an error, or no answer for long, is discarded, and the next request makes a new connection.
/// So the store recovers from a connection that broke, from a peer that vanished without closing it, and from a server
/// that rejected a command: a node that is still starting, or that is no longer the master.
pub(crate) struct Node {
    origin: Arc<Origin>,
    connection: Shared<MultiplexedConnection>,
    /// How long the server may be silent.
    silence: Duration,
}

/// The server to connect to.
pub(crate) enum Origin {
    /// The master, which the sentinels name each time.
    Master(Sentinels),
    Server(Server),
}

impl Node {
    pub(crate) fn new(origin: Origin, times: Times) -> Self {
        Self { origin: Arc::new(origin), connection: Shared::new(times.connecting), silence: times.silence }
    }

    /// Sends a command. If there is no connection, nothing was sent, and the failure is [`Failure::Stale`].
    pub(crate) async fn send<C: Command>(&self, command: &C, asking: bool) -> Result<C::Answer, Failure> {
        let (mut connection, used) = self.connection.get(|| self.connect()).await.map_err(Failure::Stale)?;
        let unanswered = self.connection.unless_answered(&used, self.silence);
        let answer = command.send(&mut connection, asking).await;
        unanswered.answered();
        if answer.as_ref().is_err_and(|failure| !failure.keeps_connection()) {
            self.connection.discard(&used);
        }
        answer
    }

    /// Sends a command that changes nothing.
    pub(crate) async fn query(&self, command: &Cmd) -> Result<Value, Trouble> {
        let (mut connection, used) = self.connection.get(|| self.connect()).await?;
        let unanswered = self.connection.unless_answered(&used, self.silence);
        let answer: RedisResult<Value> = command.query_async(&mut connection).await;
        unanswered.answered();
        if answer.is_err() {
            self.connection.discard(&used);
        }
        Ok(answer?)
    }

    /// Makes the next request connect again.
    pub(crate) fn discard_connection(&self) {
        self.connection.discard_made();
    }

    /// Connects. If that fails at once, as while a server restarts, it is tried once more.
    fn connect(&self) -> impl Future<Output = Result<MultiplexedConnection, Trouble>> + Send + 'static {
        let origin = Arc::clone(&self.origin);
        async move {
            if let Ok(connection) = origin.connect().await {
                return Ok(connection);
            }
            tokio::time::sleep(RECONNECT_DELAY).await;
            origin.connect().await
        }
    }
}

impl Origin {
    async fn connect(&self) -> Result<MultiplexedConnection, Trouble> {
        match self {
            Self::Master(sentinels) => sentinels.connect_to_master().await,
            Self::Server(server) => Ok(server.connect().await?),
        }
    }
}

/// The delay between the two attempts to connect. All requests share the attempts, so during an outage there are some
/// tens of attempts a second, regardless of the number of requests.
const RECONNECT_DELAY: Duration = Duration::from_millis(50);
