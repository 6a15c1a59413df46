//! The kinds of callers that a token can be for.

use serde_json::Value;

use crate::{ActorClaim, TokenBuilder};

/// Kinds of callers. By default a token is for a user.
///
/// ```
/// use auth0_api_testing::{ActorClaim, OfflineTenant};
///
/// let tenant = OfflineTenant::new();
/// let visitor = tenant.mint().anonymous().sign();
/// let job = tenant.mint().machine("nightly").sign();
/// let agent = tenant
///     .mint()
///     .agent("agt_7", "assistant")
///     .profiles("ai_agent", "service ai_agent")
///     .sign();
/// let agent_for_ada =
///     tenant.mint().subject("auth0|ada").actor(ActorClaim::agent("agt_7")).rfc9068().sign();
/// # drop((visitor, job, agent, agent_for_ada));
/// ```
impl TokenBuilder {
    /// Makes the token of a visitor who has not logged in: an anonymous session.
    pub fn anonymous(self) -> Self {
        self.subject(DEFAULT_VISITOR)
    }

    /// Makes the token of a machine that acts for itself: `sub` is the client's id with `@clients`, and `gty` is
    /// `client-credentials`.
    pub fn machine(self, client_id: &str) -> Self {
        self.subject(&format!("{client_id}@clients")).claim("azp", client_id).claim("gty", CLIENT_CREDENTIALS)
    }

    /// Makes the token of an AI agent that acts for itself, with the agent's id and the id of its client. As in Auth0,
    /// only an API that opts in gets [`profiles`](Self::profiles) as well.
    pub fn agent(self, id: &str, client_id: &str) -> Self {
        self.subject(id).claim("azp", client_id).claim("gty", CLIENT_CREDENTIALS)
    }

    /// Sets `sub_profile` and `client_profile`, which Auth0 writes for an API that opts in
    /// ([`Api::agent_subject_claims`](crate::Api::agent_subject_claims)); absent by default.
    pub fn profiles(self, subject: &str, client: &str) -> Self {
        self.claim("sub_profile", subject).claim("client_profile", client)
    }

    /// Sets `act`: the actor that acts for the subject; absent by default.
    pub fn actor(self, actor: impl Into<ActorClaim>) -> Self {
        self.claim("act", actor.into())
    }

    /// Sets `authorization_details` ([RFC 9396 §9.1](https://www.rfc-editor.org/rfc/rfc9396#section-9.1)); absent by
    /// default.
    pub fn authorization_details(self, details: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        self.claim("authorization_details", details.into_iter().map(Into::into).collect::<Vec<Value>>())
    }
}

/// Auth0's form of the id of an anonymous session: a prefix and a UUID.
const DEFAULT_VISITOR: &str = "anon@0b8f1c62-5d0e-4f7a-9a3c-2f6f0a4d9e11";

/// Auth0's name of the client credentials grant in `gty`.
pub(crate) const CLIENT_CREDENTIALS: &str = "client-credentials";
