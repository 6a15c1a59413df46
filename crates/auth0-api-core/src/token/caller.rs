//! The kinds of callers.

use std::fmt;

/// The kind of caller that a token is issued for: who its subject is.
///
/// See [who calls](crate::guide::authorization#who-calls).
///
/// [`VerifiedToken::caller`](crate::VerifiedToken::caller) reads it from the token. The kind is about the subject, not
/// about an actor that acts for the subject: if an agent acts for a user, the caller is the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Caller {
    /// An AI agent that does not act for a user.
    Agent,
    /// A visitor who has not logged in: an anonymous session.
    Anonymous,
    /// An application that does not act for a user: the client credentials grant.
    Machine,
    /// The claims do not say who the subject is, or they contradict each other. No requirement on callers accepts such a
    /// token.
    Unknown,
    /// A user who has logged in, directly or through an actor.
    User,
}

impl Caller {
    /// Every kind of caller.
    pub const ALL: [Self; 5] = [Self::Agent, Self::Anonymous, Self::Machine, Self::Unknown, Self::User];

    /// The name of the kind in lower case, for logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Anonymous => "anonymous",
            Self::Machine => "machine",
            Self::Unknown => "unknown",
            Self::User => "user",
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
