//! The command that records a proof.

use std::time::Duration;

use auth0_api_core::dpop::Insertion;
use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisError, RedisResult, Value};

use crate::trouble::{Failure, Trouble};

/// Records one proof if it is not recorded yet.
pub(crate) struct Recording {
    pub(crate) key: String,
    /// How long Redis remembers the proof, in milliseconds.
    pub(crate) time_to_live: u64,
    pub(crate) replicas: Option<Replicas>,
}

/// How many replicas must have the proof before the request is accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replicas {
    pub(crate) number: u32,
    pub(crate) within: Duration,
}

impl Recording {
    /// Sends the command, and interprets the answer. `asking` is for a node to which a slot is being moved.
    pub(crate) async fn send(
        &self,
        connection: &mut MultiplexedConnection,
        asking: bool,
    ) -> Result<Insertion, Failure> {
        let commands = self.commands(asking);
        let answers = connection.send_packed_commands(&commands, 0, commands.len()).await.map_err(Failure::new)?;
        let mut answers = answers.into_iter().skip(usize::from(asking));
        let insertion = read_insertion(answers.next()).map_err(Failure::new)?;
        if let (Insertion::Fresh, Some(replicas)) = (insertion, self.replicas) {
            replicas.check(answers.next())?;
        }
        Ok(insertion)
    }

    /// `WAIT` counts the replicas that have the writes of its own connection. So the commands are sent together, and
    /// Redis executes them one after the other.
    fn commands(&self, asking: bool) -> Pipeline {
        let mut commands = redis::pipe();
        if asking {
            commands.cmd("ASKING");
        }
        commands.cmd("SET").arg(&self.key).arg(1).arg("NX").arg("PX").arg(self.time_to_live);
        if let Some(Replicas { number, within }) = self.replicas {
            commands.cmd("WAIT").arg(number).arg(u64::try_from(within.as_millis()).unwrap_or(u64::MAX));
        }
        commands
    }
}

impl Replicas {
    /// Returns true if a request can wait for the replicas: there is one, and the wait ends before the request does.
    pub(crate) fn are_possible(self, response_timeout: Duration) -> bool {
        self.number > 0 && self.within >= SHORTEST_WAIT && self.within < response_timeout
    }

    fn check(self, answer: Option<Value>) -> Result<(), Failure> {
        let acknowledged: u32 = answer.ok_or_else(unexpected).and_then(read_number).map_err(Failure::new)?;
        if acknowledged < self.number {
            let trouble = Trouble::TooFewReplicas { acknowledged, required: self.number };
            return Err(Failure::Lasting(trouble));
        }
        Ok(())
    }
}

fn read_number(answer: Value) -> RedisResult<u32> {
    Ok(redis::from_redis_value(answer.extract_error()?)?)
}

fn read_insertion(answer: Option<Value>) -> RedisResult<Insertion> {
    match answer.ok_or_else(unexpected)?.extract_error()? {
        Value::Okay => Ok(Insertion::Fresh),
        Value::Nil => Ok(Insertion::Replayed),
        _ => Err(unexpected()),
    }
}

fn unexpected() -> RedisError {
    (redis::ErrorKind::UnexpectedReturnType, "neither OK nor nil in answer to SET NX, or no number in answer to WAIT")
        .into()
}

/// Redis counts in milliseconds, and waits without a limit for 0.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);
