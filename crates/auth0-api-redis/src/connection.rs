//! The connection to Redis.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth0_api_core::{Insertion, ReplayStoreError};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, RedisError, RedisResult, Value};

/// One connection that all requests share, made when it is first needed.
///
/// The connection manager reconnects when a connection breaks. Two things it does not notice: a peer that has vanished
/// without a word, and a server that rejected the connection's first commands (a wrong password, a node still starting).
/// So a connection that gave an error is given up, and the next request begins another.
pub(crate) struct Connection {
    client: Client,
    limit: Duration,
    current: Mutex<Option<Arc<ConnectionManager>>>,
}

impl Connection {
    pub(crate) fn new(client: Client, limit: Duration) -> Self {
        Self { client, limit, current: Mutex::new(None) }
    }

    /// Executes a `SET … NX`.
    pub(crate) async fn insert(&self, command: &Cmd) -> Result<Insertion, ReplayStoreError> {
        let connection = self.connection().map_err(unavailable)?;
        match tokio::time::timeout(self.limit, send(&connection, command)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if error.code() == Some(OUT_OF_MEMORY) => Err(ReplayStoreError::Full),
            Ok(Err(error)) => Err(self.give_up(&connection, error)),
            Err(too_late) => Err(self.give_up(&connection, too_late)),
        }
    }

    fn connection(&self) -> RedisResult<Arc<ConnectionManager>> {
        let mut current = self.current();
        if let Some(connection) = &*current {
            return Ok(Arc::clone(connection));
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.limit))
            .set_response_timeout(None)
            .set_number_of_retries(1)
            .set_min_delay(RECONNECT_DELAY);
        let connection = Arc::new(ConnectionManager::new_lazy_with_config(self.client.clone(), config)?);
        *current = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// Unless another request has given it up before.
    fn give_up(
        &self,
        connection: &Arc<ConnectionManager>,
        cause: impl Error + Send + Sync + 'static,
    ) -> ReplayStoreError {
        self.current().take_if(|current| Arc::ptr_eq(current, connection));
        unavailable(cause)
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<ConnectionManager>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the command, and once more if the connection turns out to be broken.
async fn send(connection: &ConnectionManager, command: &Cmd) -> RedisResult<Insertion> {
    let broken = match send_once(connection, command).await {
        Err(error) if error.is_io_error() => error,
        answer => return answer,
    };
    match send_once(connection, command).await? {
        // The first try may have recorded the proof before the connection broke. Nobody knows, so nobody is accused of
        // a replay.
        Insertion::Replayed if !broken.is_connection_refusal() => Err(broken),
        answer => Ok(answer),
    }
}

async fn send_once(connection: &ConnectionManager, command: &Cmd) -> RedisResult<Insertion> {
    match command.query_async(&mut connection.clone()).await? {
        Value::Okay => Ok(Insertion::Fresh),
        Value::Nil => Ok(Insertion::Replayed),
        _ => Err(RedisError::from((redis::ErrorKind::UnexpectedReturnType, "neither OK nor nil in answer to SET NX"))),
    }
}

fn unavailable(cause: impl Error + Send + Sync + 'static) -> ReplayStoreError {
    ReplayStoreError::Unavailable(Box::new(cause))
}

/// The code of the error that Redis gives when it is full and may not evict.
const OUT_OF_MEMORY: &str = "OOM";

/// Between the two attempts that make up one reconnection. Requests share them, so an outage costs some tens of
/// attempts a second, however many requests there are.
const RECONNECT_DELAY: Duration = Duration::from_millis(50);
