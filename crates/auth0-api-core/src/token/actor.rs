//! The actors that act for the subject: the `act` claim
//! ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).

use serde_json::Value;

/// Why the `act` claim of a token is not a chain of actors.
///
/// For a malformed claim, the methods that read the actor return this error and not `None`. With `None`, an API would
/// decide as if the token had no actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActorError {
    /// A level of the claim is not an object, or its `sub` is missing, blank, or not a string.
    #[error("the act claim is malformed")]
    Malformed,
    /// The claim has more than 16 levels. Auth0 nests at most five.
    #[error("the act claim nests more than {MAX_ACTORS} levels")]
    TooDeep,
}

/// Returns the actors. The current actor is the first.
pub(crate) fn chain(act: Option<&Value>) -> Result<Vec<&str>, ActorError> {
    let (mut actors, mut level) = (Vec::new(), act);
    while let Some(act) = level {
        if actors.len() == MAX_ACTORS {
            return Err(ActorError::TooDeep);
        }
        actors.push(subject(act)?);
        level = act.get("act");
    }
    Ok(actors)
}

/// Returns the outermost actor, which is the current actor. Decisions use only this actor. The inner actors acted
/// earlier (RFC 8693 §4.1).
pub(crate) fn current(act: Option<&Value>) -> Result<Option<&str>, ActorError> {
    act.map(subject).transpose()
}

fn subject(act: &Value) -> Result<&str, ActorError> {
    let subject = act.as_object().and_then(|act| act.get("sub")?.as_str()).ok_or(ActorError::Malformed)?;
    if subject.trim().is_empty() { Err(ActorError::Malformed) } else { Ok(subject) }
}

/// Auth0 nests at most five levels. The limit is about three times this number: enough for other issuers, and small
/// enough to limit the work.
const MAX_ACTORS: usize = 16;
