//! The connection to Redis.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth0_api_core::dpop::{Insertion, ReplayStoreError};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, RedisError, RedisResult, Value};

/// One connection that all requests share. It is made when it is first needed.
///
/// The connection manager reconnects when a connection breaks. It does not notice two cases: a peer that has vanished
/// without closing the connection, and a server that rejected the first commands of the connection (a wrong password,
/// or a node that is still starting). So a connection that returned an error is discarded, and the next request makes a
/// new connection.
pub(crate) struct Connection {
    client: Client,
    /// How long a request waits at most, with all attempts.
    timeout: Duration,
    current: Mutex<Option<Arc<ConnectionManager>>>,
}

impl Connection {
    pub(crate) fn new(client: Client, timeout: Duration) -> Self {
        Self { client, timeout, current: Mutex::new(None) }
    }

    /// Executes a `SET … NX` and interprets the answer. Discards the connection after an error other than a full Redis.
    pub(crate) async fn insert(&self, command: &Cmd) -> Result<Insertion, ReplayStoreError> {
        let connection = self.connection().map_err(unavailable)?;
        match tokio::time::timeout(self.timeout, send(&connection, command)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if error.code() == Some(OUT_OF_MEMORY) => Err(ReplayStoreError::Full),
            Ok(Err(error)) => Err(self.discard(&connection, error)),
            Err(elapsed) => Err(self.discard(&connection, elapsed)),
        }
    }

    /// Returns the current connection, or makes a new one. This function does not wait: the first command establishes
    /// the connection.
    fn connection(&self) -> RedisResult<Arc<ConnectionManager>> {
        let mut current = self.current();
        if let Some(connection) = &*current {
            return Ok(Arc::clone(connection));
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(None)
            .set_number_of_retries(1)
            .set_min_delay(RECONNECT_DELAY);
        let connection = Arc::new(ConnectionManager::new_lazy_with_config(self.client.clone(), config)?);
        *current = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// Removes the connection, so that the next request makes a new one.
    fn discard(
        &self,
        connection: &Arc<ConnectionManager>,
        cause: impl Error + Send + Sync + 'static,
    ) -> ReplayStoreError {
        // Several requests may fail with the same connection. The first request removes the connection. The other
        // requests must not remove a newer connection, so the pointers are compared.
        self.current().take_if(|current| Arc::ptr_eq(current, connection));
        unavailable(cause)
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<ConnectionManager>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the command, and sends it once more if the connection is broken.
async fn send(connection: &ConnectionManager, command: &Cmd) -> RedisResult<Insertion> {
    let broken = match send_once(connection, command).await {
        Err(error) if error.is_io_error() => error,
        answer => return answer,
    };
    match send_once(connection, command).await? {
        // Redis may have recorded the proof in the first attempt, before the connection broke. The second attempt then
        // finds the proof that this request recorded itself, which is not a replay. This function cannot distinguish
        // that from a replay, so it returns the error of the connection. The exception is a refused connection: nothing
        // was sent in the first attempt, so the proof is a replay.
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

/// The error code of Redis when it is full and must not evict entries.
const OUT_OF_MEMORY: &str = "OOM";

/// The delay between the two attempts of one reconnection. All requests share the connection, so during an outage there
/// are some tens of attempts a second, regardless of the number of requests.
const RECONNECT_DELAY: Duration = Duration::from_millis(50);
