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

/// Returns the number of nested `act` objects, at most [`MAX_ACTORS`], whether or not they name their actors.
pub(crate) fn depth(act: Option<&Value>) -> usize {
    let levels = std::iter::successors(act, |level| level.get("act"));
    levels.take(MAX_ACTORS).take_while(|level| level.is_object()).count()
}

fn subject(act: &Value) -> Result<&str, ActorError> {
    let subject = act.as_object().and_then(|act| act.get("sub")?.as_str()).ok_or(ActorError::Malformed)?;
    if subject.trim().is_empty() { Err(ActorError::Malformed) } else { Ok(subject) }
}

/// Auth0 nests at most five levels. The limit is about three times this number: enough for other issuers, and small
/// enough to limit the work.
const MAX_ACTORS: usize = 16;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MAX_ACTORS, depth};

    #[test]
    fn each_nested_object_counts_up_to_the_first_other_value() {
        for (act, levels) in [
            (json!({ "sub": "a" }), 1),
            (json!({ "sub": "a", "act": { "sub": "b" } }), 2),
            (json!({ "act": { "act": {} } }), 3),
            (json!({ "sub": "a", "act": null }), 1),
            (json!({ "sub": "a", "act": [{ "act": {} }] }), 1),
            (json!("a"), 0),
        ] {
            assert_eq!(depth(Some(&act)), levels, "{act}");
        }
        assert_eq!(depth(None), 0);
        let deep = (0..99).fold(json!({}), |act, _| json!({ "act": act }));
        assert_eq!(depth(Some(&deep)), MAX_ACTORS);
    }
}
