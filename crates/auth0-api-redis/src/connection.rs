//! The connection to Redis.

use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth0_api_core::dpop::{Insertion, ReplayStoreError};
use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisError, RedisResult, Value};
use tokio::sync::OnceCell;

use crate::server::Server;

/// One connection that all requests share. It is made when it is first needed.
///
/// A connection that returned an error is discarded, and the next request makes a new connection. So the store recovers
/// from a connection that broke, from a peer that vanished without closing it, and from a server that rejected a
/// command: a node that is still starting, or that is no longer the primary.
pub(crate) struct Connection {
    server: Server,
    /// How long a request waits at most, with all attempts.
    timeout: Duration,
    current: Mutex<Arc<Shared>>,
}

/// A connection, or the error of making it, for all requests that wait for it.
type Shared = OnceCell<Result<MultiplexedConnection, Arc<RedisError>>>;

impl Connection {
    pub(crate) fn new(server: Server, timeout: Duration) -> Self {
        Self { server, timeout, current: Mutex::default() }
    }

    /// Executes a `SET … NX` and interprets the answer.
    pub(crate) async fn insert(&self, command: &Cmd) -> Result<Insertion, ReplayStoreError> {
        match tokio::time::timeout(self.timeout, self.send(command)).await {
            Ok(answer) => answer,
            Err(elapsed) => {
                self.discard(&self.current());
                Err(unavailable(elapsed))
            }
        }
    }

    /// Sends the command, and sends it once more if the connection is broken.
    async fn send(&self, command: &Cmd) -> Result<Insertion, ReplayStoreError> {
        let broken = match self.send_once(command).await? {
            Err(error) if error.is_io_error() => error,
            answer => return answer.map_err(classify),
        };
        match self.send_once(command).await?.map_err(classify)? {
            // Redis may have recorded the proof in the first attempt, before the connection broke. The second attempt
            // then finds the proof that this request recorded itself, which is not a replay. This function cannot
            // distinguish that from a replay, so it returns the error of the connection.
            Insertion::Replayed => Err(unavailable(broken)),
            Insertion::Fresh => Ok(Insertion::Fresh),
        }
    }

    /// Returns the answer to the command, or the error of the connection that sent it. The outer error means that there
    /// is no connection, and nothing was sent.
    async fn send_once(&self, command: &Cmd) -> Result<RedisResult<Insertion>, ReplayStoreError> {
        let shared = self.current();
        let mut connection = match shared.get_or_init(|| self.connect()).await {
            Ok(connection) => connection.clone(),
            Err(error) => {
                self.discard(&shared);
                return Err(unavailable(Arc::clone(error)));
            }
        };
        let answer = command.query_async(&mut connection).await.and_then(|answer| read(&answer));
        if answer.as_ref().is_err_and(|error| error.code() != Some(OUT_OF_MEMORY)) {
            self.discard(&shared);
        }
        Ok(answer)
    }

    /// Connects, in two attempts. While one request connects, all other requests wait for its result.
    async fn connect(&self) -> Result<MultiplexedConnection, Arc<RedisError>> {
        if let Ok(connection) = self.server.connect().await {
            return Ok(connection);
        }
        tokio::time::sleep(RECONNECT_DELAY).await;
        self.server.connect().await.map_err(Arc::new)
    }

    /// Replaces the connection, so that the next request makes a new one.
    fn discard(&self, used: &Arc<Shared>) {
        // Several requests may fail with the same connection. The first request replaces the connection. The other
        // requests must not replace a newer connection, so the pointers are compared.
        let mut current = self.lock();
        if Arc::ptr_eq(&current, used) {
            *current = Arc::default();
        }
    }

    fn current(&self) -> Arc<Shared> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Shared>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(answer: &Value) -> RedisResult<Insertion> {
    match answer {
        Value::Okay => Ok(Insertion::Fresh),
        Value::Nil => Ok(Insertion::Replayed),
        _ => Err(RedisError::from((redis::ErrorKind::UnexpectedReturnType, "neither OK nor nil in answer to SET NX"))),
    }
}

fn classify(error: RedisError) -> ReplayStoreError {
    if error.code() == Some(OUT_OF_MEMORY) { ReplayStoreError::Full } else { unavailable(error) }
}

fn unavailable(cause: impl Error + Send + Sync + 'static) -> ReplayStoreError {
    ReplayStoreError::Unavailable(Box::new(cause))
}

/// The error code of Redis when it is full and must not evict entries.
const OUT_OF_MEMORY: &str = "OOM";

/// The delay between the two attempts to connect. All requests share the attempts, so during an outage there are some
/// tens of attempts a second, regardless of the number of requests.
const RECONNECT_DELAY: Duration = Duration::from_millis(50);
