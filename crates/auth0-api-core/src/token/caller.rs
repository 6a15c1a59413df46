//! The kind of caller that a token is issued for: a machine or a user.

use serde_json::Value;

use super::VerifiedToken;
use crate::jose::WrongType;

impl VerifiedToken {
    /// Returns whether the token is for a machine that acts for itself: the client credentials grant.
    ///
    /// `sub` must be the token's own client id, with or without the suffix `@clients`. `gty`, if present, must contain
    /// `client-credentials`. The suffix alone does not prove a machine, because some users can choose their ids.
    pub fn is_machine(&self) -> bool {
        self.subject_is_the_client() == Ok(true)
            && self.names_grant(CLIENT_CREDENTIALS).is_ok_and(|named| named != Some(false))
    }

    /// Returns whether the token is for a user, directly or through an actor: the token has a subject, and no claim
    /// marks the token as a machine's token.
    ///
    /// If the claims contradict each other, or one of them is malformed, the token is neither for a user nor for a
    /// machine.
    pub fn is_user(&self) -> bool {
        let subject = self.subject().is_some_and(|subject| !subject.is_empty() && !subject.ends_with(MACHINE_SUFFIX));
        let is_not_a_machine = self.subject_is_the_client() == Ok(false);
        subject && is_not_a_machine && self.names_grant(CLIENT_CREDENTIALS).is_ok_and(|named| named != Some(true))
    }

    /// RFC 9068 §2.2: if no resource owner is involved, `sub` is the client.
    fn subject_is_the_client(&self) -> Result<bool, WrongType> {
        let subject = self.subject().map(|subject| subject.strip_suffix(MACHINE_SUFFIX).unwrap_or(subject));
        Ok(subject.is_some() && subject == self.checked_client_id()?)
    }

    /// Returns whether `gty`, a text or a list of texts, contains a grant, or `None` if the token has no `gty`.
    fn names_grant(&self, grant: &str) -> Result<Option<bool>, WrongType> {
        match self.value("gty") {
            Some(Value::Array(grants)) if grants.iter().all(Value::is_string) => {
                Ok(Some(grants.iter().any(|candidate| candidate == grant)))
            }
            Some(Value::String(one)) => Ok(Some(one == grant)),
            None if !self.has_claim("gty") => Ok(None),
            _ => Err(WrongType),
        }
    }
}

/// Auth0 appends this suffix to the client id in the `sub` of a machine's token.
const MACHINE_SUFFIX: &str = "@clients";
/// Auth0's name of the client credentials grant in `gty`.
const CLIENT_CREDENTIALS: &str = "client-credentials";
