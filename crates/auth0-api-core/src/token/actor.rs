//! The actors that act for the subject: the `act` claim
//! ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).

use serde_json::{Map, Value};

use super::caller::Caller;
use super::evidence::Subject;

/// A party that acts for the subject of a token: one level of the `act` claim
/// ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
///
/// See [delegation](crate::guide::authorization#delegation).
///
/// ```
/// use auth0_api_core::token::ActorError;
/// use auth0_api_core::{Caller, VerifiedToken};
///
/// fn is_used_by_an_agent(token: &VerifiedToken) -> Result<bool, ActorError> {
///     Ok(token.current_actor()?.is_some_and(|actor| actor.kind() == Caller::Agent))
/// }
/// # _ = is_used_by_an_agent;
/// ```
#[doc(alias = "act", alias = "delegation")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'t> {
    subject: &'t str,
    issuer: Option<&'t str>,
    profile: Option<&'t str>,
    client_id: Option<&'t str>,
    client_profile: Option<&'t str>,
}

/// Why the `act` claim of a token is not a chain of actors.
///
/// For a malformed claim, the methods that read the actor return this error and not `None`. With `None`, an API would
/// decide as if the token had no actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActorError {
    /// A level of the claim is not an object, its `sub` is missing, blank, or not a string, or another member that
    /// [`Actor`] reads is not a string.
    #[error("the act claim is malformed")]
    Malformed,
    /// The claim has more than 16 levels. Auth0 nests at most five.
    #[error("the act claim nests more than {MAX_ACTORS} levels")]
    TooDeep,
}

impl<'t> Actor<'t> {
    /// `sub`: the id of the actor. It is not blank.
    ///
    /// In a token of an on-behalf-of exchange, it is the client id of the API that exchanged the token. For an agent it
    /// is `agt_…`, or an id that the customer has chosen.
    pub fn subject(&self) -> &'t str {
        self.subject
    }

    /// `iss`: the issuer that the actor's id comes from, if it is not the issuer of the token.
    pub fn issuer(&self) -> Option<&'t str> {
        self.issuer
    }

    /// `sub_profile`: who the actor is, such as `ai_agent` or `user`. Auth0 may add further values at any time.
    pub fn profile(&self) -> Option<&'t str> {
        self.profile
    }

    /// `client_id`: the application that the actor used.
    pub fn client_id(&self) -> Option<&'t str> {
        self.client_id
    }

    /// `client_profile`: what this application is, as words that are separated by spaces, such as `service ai_agent`.
    pub fn client_profile(&self) -> Option<&'t str> {
        self.client_profile
    }

    /// Returns whether `client_profile` contains a word.
    pub fn has_client_profile(&self, word: &str) -> bool {
        self.client_profile.unwrap_or_default().split(' ').any(|candidate| candidate == word && !word.is_empty())
    }

    /// Returns who the actor is, by the same evidence as [`VerifiedToken::caller`](crate::VerifiedToken::caller): the
    /// form of its id, and its profile.
    ///
    /// The forms of ids are those of Auth0. If the tenant writes actors whose ids come from other issuers, also compare
    /// the [`issuer`](Self::issuer).
    ///
    /// The actor of an on-behalf-of exchange is usually [`Caller::Unknown`], because its id alone does not say what it
    /// is.
    pub fn kind(&self) -> Caller {
        let Self { subject: id, client_id, profile, .. } = *self;
        Subject { id, client_id, profile, client_credentials: None }.kind()
    }

    /// Reads one level of the claim, without the levels inside.
    fn read(level: &'t Value) -> Result<Self, ActorError> {
        let level = level.as_object().ok_or(ActorError::Malformed)?;
        let subject = text(level, "sub")?.filter(|subject| !subject.trim().is_empty()).ok_or(ActorError::Malformed)?;
        Ok(Self {
            subject,
            issuer: text(level, "iss")?,
            profile: text(level, "sub_profile")?,
            client_id: text(level, "client_id")?,
            client_profile: text(level, "client_profile")?,
        })
    }
}

/// Returns the actors. The current actor is the first.
pub(crate) fn chain(act: Option<&Value>) -> Result<Vec<Actor<'_>>, ActorError> {
    let (mut actors, mut level) = (Vec::new(), act);
    while let Some(act) = level {
        if actors.len() == MAX_ACTORS {
            return Err(ActorError::TooDeep);
        }
        actors.push(Actor::read(act)?);
        level = act.get("act");
    }
    Ok(actors)
}

/// Returns the outermost actor, which is the current actor. Decisions use only this actor. The inner actors acted
/// earlier (RFC 8693 §4.1).
pub(crate) fn current(act: Option<&Value>) -> Result<Option<Actor<'_>>, ActorError> {
    act.map(Actor::read).transpose()
}

fn text<'t>(level: &'t Map<String, Value>, member: &str) -> Result<Option<&'t str>, ActorError> {
    level.get(member).map(|value| value.as_str().ok_or(ActorError::Malformed)).transpose()
}

/// Returns the number of nested `act` objects, at most [`MAX_ACTORS`], whether or not they name their actors.
pub(crate) fn depth(act: Option<&Value>) -> usize {
    let levels = std::iter::successors(act, |level| level.get("act"));
    levels.take(MAX_ACTORS).take_while(|level| level.is_object()).count()
}

/// Auth0 nests at most five levels. The limit is about three times this number: enough for other issuers, and small
/// enough to limit the work.
const MAX_ACTORS: usize = 16;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use serde_json::json;

    use super::*;

    #[test]
    fn an_actor_has_the_members_of_its_own_level() {
        let act = json!({
            "sub": "agt_7", "iss": "https://agents.example/", "sub_profile": "ai_agent", "client_id": "bot",
            "client_profile": "service ai_agent", "cnf": { "jkt": "x" }, "act": { "sub": "auth0|1" },
        });
        let actors = chain(Some(&act)).unwrap();
        let [agent, user] = actors.as_slice() else { unreachable!("two levels") };
        assert_eq!(current(Some(&act)), Ok(Some(*agent)));
        assert_eq!((agent.subject(), agent.issuer()), ("agt_7", Some("https://agents.example/")));
        assert_eq!((agent.profile(), agent.client_id()), (Some("ai_agent"), Some("bot")));
        assert_eq!(agent.client_profile(), Some("service ai_agent"));
        assert_eq!(
            ["service", "ai_agent", "agent", "", "service ai_agent"].map(|word| agent.has_client_profile(word)),
            [true, true, false, false, false]
        );
        let nothing = [user.issuer(), user.profile(), user.client_id(), user.client_profile()];
        assert_eq!((user.subject(), nothing), ("auth0|1", [None; 4]));
        assert_eq!((agent.kind(), user.kind()), (Caller::Agent, Caller::User));
    }

    #[test]
    fn the_kind_of_an_actor_is_decided_like_that_of_a_caller() {
        for (act, kind) in [
            (json!({ "sub": "agt_7" }), Caller::Agent),
            (json!({ "sub": "bot-of-acme", "sub_profile": "ai_agent", "client_id": "bot" }), Caller::Agent),
            (json!({ "sub": "agt_7", "sub_profile": "user" }), Caller::Unknown),
            (json!({ "sub": "auth0|admin", "sub_profile": "user" }), Caller::User),
            (json!({ "sub": "anon@6b0a5f3e-8f0e-4c57-9d35-0f6f3c1b2a7d" }), Caller::Anonymous),
            (json!({ "sub": "m2m@clients", "client_id": "m2m" }), Caller::Machine),
            // The client's profile says nothing about the actor.
            (json!({ "sub": "auth0|1", "client_profile": "service ai_agent" }), Caller::User),
            (json!({ "sub": "orders-api", "client_profile": "ai_agent" }), Caller::Unknown),
        ] {
            assert_eq!(current(Some(&act)).unwrap().unwrap().kind(), kind, "{act}");
        }
    }

    #[test]
    fn a_member_of_another_type_makes_the_claim_malformed() {
        for member in ["sub", "iss", "sub_profile", "client_id", "client_profile"] {
            for value in [json!(null), json!(5), json!(["bot"]), json!({})] {
                let mut act = json!({ "sub": "agt_7" });
                act.as_object_mut().unwrap().insert(member.to_owned(), value);
                assert_eq!(current(Some(&act)), Err(ActorError::Malformed), "{act}");
                assert_eq!(chain(Some(&json!({ "sub": "a", "act": act }))), Err(ActorError::Malformed), "{act}");
            }
        }
    }

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
