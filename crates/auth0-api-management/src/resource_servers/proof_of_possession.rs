//! How the tokens of an API are bound to a key of the client.

use crate::answer::{AnswerError, Members};

/// How the tokens of an API are bound to a key of the client (`proof_of_possession`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofOfPossession {
    mechanism: Mechanism,
    is_required: bool,
    required_for: Option<Box<str>>,
}

/// The kind of key that tokens are bound to. Auth0 may add kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// `dpop`: a key with which the client signs proofs ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    Dpop,
    /// `mtls`: the certificate of the client ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).
    Mtls,
    /// A mechanism that this crate does not know. Create it with `From`, so that a known one is never in here.
    Other(Box<str>),
}

impl ProofOfPossession {
    pub(super) fn read(mut members: Members) -> Result<Self, AnswerError> {
        Ok(Self {
            mechanism: Mechanism::from(&*members.take_text("mechanism")?),
            is_required: members.take_optional_flag("required")?.unwrap_or_default(),
            required_for: members.take_optional_text("required_for")?,
        })
    }

    /// The kind of key.
    pub fn mechanism(&self) -> &Mechanism {
        &self.mechanism
    }

    /// Whether the tenant rejects token requests without such a key.
    pub fn is_required(&self) -> bool {
        self.is_required
    }

    /// The clients that need such a key: `public_clients`, `confidential_clients` or `all_clients`. `None` if the tenant does
    /// not say, which stands for all clients.
    pub fn required_for(&self) -> Option<&str> {
        self.required_for.as_deref()
    }
}

impl Mechanism {
    /// The mechanism, as the tenant writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Dpop => DPOP,
            Self::Mtls => MTLS,
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for Mechanism {
    fn from(name: &str) -> Self {
        match name {
            DPOP => Self::Dpop,
            MTLS => Self::Mtls,
            other => Self::Other(other.into()),
        }
    }
}

const DPOP: &str = "dpop";
const MTLS: &str = "mtls";
