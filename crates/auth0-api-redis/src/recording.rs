//! The command that records a proof.

use auth0_api_core::dpop::Insertion;
use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisError, RedisResult, Value};

use crate::command::Command;
use crate::replicas::Replicas;
use crate::trouble::Failure;

/// Records one proof if it is not recorded yet.
pub(crate) struct Recording {
    pub(crate) key: String,
    /// How long Redis remembers the proof, in milliseconds.
    pub(crate) time_to_live: u64,
    /// How many replicas must have the proof before the request is accepted.
    pub(crate) replicas: Option<Replicas>,
}

impl Command for Recording {
    type Answer = Insertion;

    fn key(&self) -> &str {
        &self.key
    }

    async fn send(&self, connection: &mut MultiplexedConnection, asking: bool) -> Result<Insertion, Failure> {
        let commands = self.commands(asking);
        let answers = connection.send_packed_commands(&commands, 0, commands.len()).await.map_err(Failure::new)?;
        let mut answers = answers.into_iter().skip(usize::from(asking));
        let insertion = read_insertion(answers.next()).map_err(Failure::new)?;
        if let (Insertion::Fresh, Some(replicas)) = (insertion, self.replicas) {
            replicas.check(answers.next())?;
        }
        Ok(insertion)
    }

    /// Redis may have recorded the proof before the connection broke. The next attempt then finds the proof that this
    /// request recorded itself, which is not a replay, and cannot be distinguished from one.
    fn may_come_from_itself(answer: &Insertion) -> bool {
        *answer == Insertion::Replayed
    }
}

impl Recording {
    fn commands(&self, asking: bool) -> Pipeline {
        let mut commands = redis::pipe();
        if asking {
            commands.cmd("ASKING");
        }
        commands.cmd("SET").arg(&self.key).arg(1).arg("NX").arg("PX").arg(self.time_to_live);
        if let Some(replicas) = self.replicas {
            replicas.wait(&mut commands);
        }
        commands
    }
}

fn read_insertion(answer: Option<Value>) -> RedisResult<Insertion> {
    match answer.ok_or_else(unexpected)?.extract_error()? {
        Value::Okay => Ok(Insertion::Fresh),
        Value::Nil => Ok(Insertion::Replayed),
        _ => Err(unexpected()),
    }
}

fn unexpected() -> RedisError {
    (redis::ErrorKind::UnexpectedReturnType, "neither OK nor nil in answer to SET NX").into()
}
