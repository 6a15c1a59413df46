//! The sentinels that know the current master.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult, Value};

use crate::first::{Attempt, first_answer};
use crate::server::{Address, Server};
use crate::trouble::Trouble;

/// The sentinels, and the name of the master that they watch.
pub(crate) struct Sentinels {
    pub(crate) all: Vec<Server>,
    /// How to connect to the master, apart from its address.
    pub(crate) servers: Server,
    pub(crate) name: Arc<str>,
    /// How long one sentinel may take before the next one is asked, too.
    pub(crate) patience: Duration,
    /// The sentinel that is asked first. It is another one each time, so a sentinel with an old answer does no harm.
    pub(crate) first: AtomicUsize,
}

impl Sentinels {
    /// Asks the sentinels for the master, connects to it, and checks that it is one
    /// ([guidelines for clients](https://redis.io/docs/latest/develop/reference/sentinel-clients/)).
    pub(crate) async fn connect_to_master(&self) -> Result<MultiplexedConnection, Trouble> {
        let first = self.first.fetch_add(1, Ordering::Relaxed) % self.all.len().max(1);
        let (last, from_first) = self.all.split_at_checked(first).unwrap_or_default();
        let attempts = from_first.iter().chain(last).map(|sentinel| -> Attempt<_> {
            Box::pin(connect_to_master(sentinel.clone(), self.servers.clone(), Arc::clone(&self.name)))
        });
        first_answer(attempts.collect(), self.patience).await
    }
}

async fn connect_to_master(
    sentinel: Server,
    servers: Server,
    name: Arc<str>,
) -> Result<MultiplexedConnection, Trouble> {
    let address = ask_for_master(&sentinel, &name).await?;
    let mut connection = servers.at(&address).connect().await?;
    // After a failover, a sentinel may not know the new master yet.
    let answer: Vec<Value> = redis::cmd("ROLE").query_async(&mut connection).await?;
    // A master and a replica have more to say after their role.
    let role = answer.into_iter().next().map(redis::from_redis_value::<String>);
    let role = role.transpose().map_err(RedisError::from)?.unwrap_or_default();
    if role == "master" { Ok(connection) } else { Err(Trouble::NotMaster(role)) }
}

async fn ask_for_master(sentinel: &Server, name: &str) -> Result<Address, Trouble> {
    let mut connection = sentinel.connect().await?;
    let answer: RedisResult<Option<(String, u16)>> =
        redis::cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(name).query_async(&mut connection).await;
    match answer {
        Ok(Some((host, port))) => Ok(Address { host, port }),
        Ok(None) => Err(Trouble::UnknownMaster(name.to_owned())),
        // `unknown command 'SENTINEL'`
        Err(error) if error.detail().is_some_and(|text| text.contains("unknown command")) => {
            Err(Trouble::NotASentinel(error))
        }
        Err(error) => Err(error.into()),
    }
}
