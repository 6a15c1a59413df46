//! The actor of a token: the claim `act`.

use serde_json::{Map, Value};

/// An actor that acts for the subject of a token: one level of the claim `act`
/// ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
///
/// ```
/// use auth0_api_testing::ActorClaim;
///
/// let agent = ActorClaim::agent("agt_7").client_id("assistant");
/// let engineer = ActorClaim::new("auth0|eve").profile("user");
/// let nested = ActorClaim::new("orders-api").earlier(agent);
/// # drop((engineer, nested));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an actor has no effect until a token has it"]
pub struct ActorClaim(Map<String, Value>);

impl ActorClaim {
    /// Makes an actor with this `sub` and no other members.
    pub fn new(subject: impl Into<String>) -> Self {
        Self(Map::from_iter([("sub".to_owned(), subject.into().into())]))
    }

    /// Makes an AI agent, as Auth0 writes it: with the `sub_profile` `ai_agent`, and the `client_profile`
    /// `service ai_agent`.
    pub fn agent(subject: impl Into<String>) -> Self {
        Self::new(subject).profile("ai_agent").client_profile("service ai_agent")
    }

    /// Sets `iss`, the issuer that the actor's id comes from.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.member("iss", issuer.into())
    }

    /// Sets `sub_profile`.
    pub fn profile(self, profile: impl Into<String>) -> Self {
        self.member("sub_profile", profile.into())
    }

    /// Sets `client_id`, the application that the actor used.
    pub fn client_id(self, client_id: impl Into<String>) -> Self {
        self.member("client_id", client_id.into())
    }

    /// Sets `client_profile`, words that are separated by spaces.
    pub fn client_profile(self, profile: impl Into<String>) -> Self {
        self.member("client_profile", profile.into())
    }

    /// Nests the actor that acted before this one: the inner `act`.
    pub fn earlier(self, actor: impl Into<Self>) -> Self {
        self.member("act", actor.into().0)
    }

    /// Sets any member, to make a claim that a tenant would not write.
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }
}

impl From<&str> for ActorClaim {
    fn from(subject: &str) -> Self {
        Self::new(subject)
    }
}

impl From<String> for ActorClaim {
    fn from(subject: String) -> Self {
        Self::new(subject)
    }
}

impl From<ActorClaim> for Value {
    fn from(actor: ActorClaim) -> Self {
        Self::Object(actor.0)
    }
}
