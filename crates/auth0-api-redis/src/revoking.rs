//! The commands that write and read a revocation.

use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisError, RedisResult, Value};

use crate::command::Command;
use crate::replicas::Replicas;
use crate::trouble::Failure;

/// Revokes the tokens of a subject that were issued up to a time. A later time that is stored already stays.
pub(crate) struct Revoking {
    pub(crate) key: String,
    /// Seconds since the epoch.
    pub(crate) issued_up_to: u64,
    /// How long Redis remembers the revocation, in milliseconds.
    pub(crate) time_to_live: u64,
    /// How many replicas must have the revocation before it counts.
    pub(crate) replicas: Option<Replicas>,
}

/// Reads the time up to which the tokens of a subject are revoked, in seconds since the epoch.
pub(crate) struct Reading {
    pub(crate) key: String,
}

impl Command for Revoking {
    type Answer = ();

    fn key(&self) -> &str {
        &self.key
    }

    async fn send(&self, connection: &mut MultiplexedConnection, asking: bool) -> Result<(), Failure> {
        let mut commands = pipeline(asking);
        commands.cmd("EVAL").arg(KEEP_THE_LATER).arg(1).arg(&self.key).arg(self.issued_up_to).arg(self.time_to_live);
        if let Some(replicas) = self.replicas {
            replicas.wait(&mut commands);
        }
        let answers = connection.send_packed_commands(&commands, 0, commands.len()).await.map_err(Failure::new)?;
        let mut answers = answers.into_iter().skip(usize::from(asking));
        read_okay(answers.next()).map_err(Failure::new)?;
        self.replicas.map_or(Ok(()), |replicas| replicas.check(answers.next()))
    }

    /// To revoke twice is the same as to revoke once.
    fn may_come_from_itself((): &()) -> bool {
        false
    }
}

impl Command for Reading {
    type Answer = Option<u64>;

    fn key(&self) -> &str {
        &self.key
    }

    async fn send(&self, connection: &mut MultiplexedConnection, asking: bool) -> Result<Option<u64>, Failure> {
        let mut commands = pipeline(asking);
        commands.cmd("GET").arg(&self.key);
        let answers = connection.send_packed_commands(&commands, 0, commands.len()).await.map_err(Failure::new)?;
        read_seconds(answers.into_iter().nth(usize::from(asking))).map_err(Failure::new)
    }

    fn may_come_from_itself(_: &Option<u64>) -> bool {
        false
    }
}

fn pipeline(asking: bool) -> Pipeline {
    let mut commands = redis::pipe();
    if asking {
        commands.cmd("ASKING");
    }
    commands
}

fn read_okay(answer: Option<Value>) -> RedisResult<()> {
    match answer.ok_or_else(unexpected)?.extract_error()? {
        Value::Okay => Ok(()),
        _ => Err(unexpected()),
    }
}

fn read_seconds(answer: Option<Value>) -> RedisResult<Option<u64>> {
    Ok(redis::from_redis_value(answer.ok_or_else(unexpected)?.extract_error()?)?)
}

fn unexpected() -> RedisError {
    (redis::ErrorKind::UnexpectedReturnType, "no OK in answer to EVAL, or no text in answer to GET").into()
}

/// Keeps the later of two times, and the longer of two times to live, in one atomic step. Redis has no single command for
/// that. `GET` returns false if there is no such key, and `PTTL` a negative number.
///
/// Numbers in Lua are floating-point numbers, which are exact up to 2^53.
const KEEP_THE_LATER: &str = "\
local issued_up_to = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1])) \
local time_to_live = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2])) \
return redis.call('SET', KEYS[1], string.format('%.0f', issued_up_to), 'PX', string.format('%.0f', time_to_live))";
