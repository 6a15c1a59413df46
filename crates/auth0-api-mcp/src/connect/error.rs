//! Why there is no URL for a caller.

/// Why a caller cannot be sent to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElicitationError {
    /// The token is not that of a person who can log in: it names no subject, or a machine, an agent or an anonymous
    /// visitor.
    #[error("the caller is no person who can log in")]
    NotAPerson,
    /// The token is of another issuer than the tenant at which this server logs people in.
    #[error("the caller is of another issuer than the login")]
    OtherIssuer,
    /// The system provides no random numbers.
    #[error("the system provides no random numbers")]
    Random,
    /// The connection, its scopes or the demands on the login are too long for the cookie of the flow, which has 4 KiB.
    #[error("what the link asks for does not fit into the cookie of its flow")]
    TooLong,
}

impl ElicitationError {
    /// The stable label of the error, for logs.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotAPerson => "elicitation_not_a_person",
            Self::OtherIssuer => "elicitation_other_issuer",
            Self::Random => "elicitation_random",
            Self::TooLong => "elicitation_too_long",
        }
    }

    /// Returns what the operator should check.
    pub fn hint(self) -> &'static str {
        match self {
            Self::NotAPerson => "only people can connect accounts: let machines call tools that need none",
            Self::OtherIssuer => {
                "build the client for logins with the domain that issues the access tokens: a custom domain and the \
                 canonical domain are two issuers"
            }
            Self::Random => "check the machine",
            Self::TooLong => "ask for fewer or shorter scopes: they have about 2 KiB together",
        }
    }
}
