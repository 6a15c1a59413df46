//! How many replicas must have a write before it counts.

use std::time::Duration;

use redis::{Pipeline, RedisError, RedisResult, Value};

use crate::trouble::{Failure, Trouble};

/// How many replicas must have a write before it counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replicas {
    pub(crate) number: u32,
    pub(crate) within: Duration,
}

impl Replicas {
    /// Returns true if a request can wait for the replicas: there is one, and the wait ends before the request does.
    pub(crate) fn are_possible(self, response_timeout: Duration) -> bool {
        self.number > 0 && self.within >= SHORTEST_WAIT && self.within < response_timeout
    }

    /// `WAIT` counts the replicas that have the writes of its own connection. So it is sent together with the write, and
    /// Redis executes one after the other.
    pub(crate) fn wait(self, commands: &mut Pipeline) {
        let within = u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX);
        commands.cmd("WAIT").arg(self.number).arg(within);
    }

    /// Reads the answer to `WAIT`, after a write that the master has executed. So no error of `WAIT` says that nothing was
    /// written.
    pub(crate) fn check(self, answer: Option<Value>) -> Result<(), Failure> {
        let number = answer.ok_or_else(unexpected).and_then(read_number);
        let acknowledged = number.map_err(|error| Failure::NotReplicated(error.into()))?;
        if acknowledged < self.number {
            let trouble = Trouble::TooFewReplicas { acknowledged, required: self.number };
            return Err(Failure::NotReplicated(trouble));
        }
        Ok(())
    }
}

fn read_number(answer: Value) -> RedisResult<u32> {
    Ok(redis::from_redis_value(answer.extract_error()?)?)
}

fn unexpected() -> RedisError {
    (redis::ErrorKind::UnexpectedReturnType, "no number in answer to WAIT").into()
}

/// Redis counts in milliseconds, and waits without a limit for 0.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);
