//! What kind of caller a token is for.

use super::VerifiedToken;

impl VerifiedToken {
    /// Whether it is for a machine that acts for itself, by the client credentials grant.
    ///
    /// `sub` must be the token's own client id, with or without `@clients` behind it, and `gty`, where there is one, must say
    /// `client-credentials`. The ending alone would not do: the ids of some users are theirs to choose.
    pub fn is_machine(&self) -> bool {
        self.is_its_own_subject() && self.names_grant(CLIENT_CREDENTIALS).unwrap_or(true)
    }

    /// Whether it is for a user, directly or through an actor: it has a subject, and nothing in it speaks of a machine.
    ///
    /// A token that contradicts itself is neither a user's nor a machine's.
    pub fn is_user(&self) -> bool {
        let subject = self.subject().is_some_and(|subject| !subject.is_empty() && !subject.ends_with(MACHINE_SUFFIX));
        subject && !self.is_its_own_subject() && !self.names_grant(CLIENT_CREDENTIALS).unwrap_or(false)
    }

    /// RFC 9068 §2.2: without a resource owner, `sub` stands for the client.
    fn is_its_own_subject(&self) -> bool {
        let subject = self.subject().map(|subject| subject.strip_suffix(MACHINE_SUFFIX).unwrap_or(subject));
        subject.is_some() && subject == self.client_id()
    }

    /// Whether `gty` names a grant; `None` if there is no such claim.
    fn names_grant(&self, grant: &str) -> Option<bool> {
        self.claims().get("gty").map(|gty| match gty {
            serde_json::Value::Array(grants) => grants.iter().any(|candidate| candidate == grant),
            one => one == grant,
        })
    }
}

/// What Auth0 puts behind the client id in `sub` of a machine's token.
const MACHINE_SUFFIX: &str = "@clients";
/// How Auth0 names the client credentials grant in `gty`.
const CLIENT_CREDENTIALS: &str = "client-credentials";
