//! Who the subject of a verified token is.

use serde_json::Value;

use super::VerifiedToken;
use super::caller::Caller;
use super::evidence::Subject;
use crate::jose::WrongType;

impl VerifiedToken {
    /// Returns the kind of caller that the token is issued for.
    ///
    /// All evidence about the subject must agree: its `sub_profile`, the form of `sub`, and `gty`. If one of these claims
    /// is malformed, if they contradict each other, or if there is no evidence, the caller is [`Caller::Unknown`].
    /// [The guide](crate::guide::authorization) has the table.
    ///
    /// | caller | `sub` | `sub_profile` |
    /// |---|---|---|
    /// | [`User`](Caller::User) | `connection\|id` | `user`, `human` |
    /// | [`Anonymous`](Caller::Anonymous) | `anon@` and a UUID | |
    /// | [`Machine`](Caller::Machine) | the token's own client id, with or without `@clients` | `service` |
    /// | [`Agent`](Caller::Agent) | `agt_…` | `ai_agent` |
    ///
    /// A user's token stays a user's token if an actor uses it: see [`current_actor`](Self::current_actor). An agent
    /// whose id the customer has chosen is [`Unknown`](Caller::Unknown), unless the API opts in to `sub_profile`. Such an
    /// id must not contain `|`: in a token without `sub_profile` and `gty`, it looks like the id of a user.
    ///
    /// ```
    /// use auth0_api_core::{Caller, VerifiedToken};
    ///
    /// fn greeting(token: &VerifiedToken) -> &'static str {
    ///     match token.caller() {
    ///         Caller::User => "welcome back",
    ///         Caller::Anonymous => "welcome, visitor",
    ///         _ => "this page is for people",
    ///     }
    /// }
    /// # _ = greeting;
    /// ```
    pub fn caller(&self) -> Caller {
        self.evidence().map_or(Caller::Unknown, |subject| subject.kind())
    }

    /// Returns whether the token is for a machine that acts for itself: [`caller`](Self::caller) is
    /// [`Caller::Machine`].
    pub fn is_machine(&self) -> bool {
        self.caller() == Caller::Machine
    }

    /// Returns whether the token is for a user, directly or through an actor: [`caller`](Self::caller) is
    /// [`Caller::User`].
    pub fn is_user(&self) -> bool {
        self.caller() == Caller::User
    }

    /// Returns the evidence about the subject, or an error if a claim with evidence is missing or malformed: it may say
    /// anything.
    fn evidence(&self) -> Result<Subject<'_>, WrongType> {
        Ok(Subject {
            id: self.subject().filter(|subject| !subject.trim().is_empty()).ok_or(WrongType)?,
            client_id: self.checked_client_id()?,
            profile: self.present("sub_profile").map(|name| self.text(name).ok_or(WrongType)).transpose()?,
            client_credentials: self.present("gty").map(|name| self.names_client_credentials(name)).transpose()?,
        })
    }

    /// Returns the name of a claim if the token has the claim. This look-up reads no claims.
    fn present<'n>(&self, name: &'n str) -> Option<&'n str> {
        Some(name).filter(|name| self.has_claim(name))
    }

    /// Returns whether a claim, a text or a list of texts, contains the client credentials grant.
    fn names_client_credentials(&self, name: &str) -> Result<bool, WrongType> {
        if let Some(one) = self.text(name) {
            return Ok(one == CLIENT_CREDENTIALS);
        }
        match self.value(name) {
            Some(Value::Array(grants)) if grants.iter().all(Value::is_string) => {
                Ok(grants.iter().any(|grant| grant == CLIENT_CREDENTIALS))
            }
            _ => Err(WrongType),
        }
    }
}

/// Auth0's name of the client credentials grant in `gty`.
const CLIENT_CREDENTIALS: &str = "client-credentials";
