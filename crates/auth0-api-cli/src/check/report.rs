//! The result: which checks passed, which one failed, and why. `text.rs` and `json.rs` print it.

use std::time::SystemTime;

use auth0_api_core::Check;

use super::unverified::Unverified;
use crate::exit_status::ExitStatus;

/// The result of one run.
#[derive(Debug)]
pub(crate) struct Report {
    pub(super) outcome: Outcome,
    /// Every check, in its order.
    pub(super) rows: Vec<Row>,
    pub(super) failure: Option<Failure>,
    /// Whether the tenant has signed what the token says.
    pub(super) is_signed: bool,
    pub(super) now: SystemTime,
    pub(super) proof: Option<Unverified>,
    pub(super) token: Option<Unverified>,
}

/// How the request was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Accepted,
    /// The keys of the tenant are unavailable, or the token is bound to a certificate, which this program does not see.
    NotJudged,
    Rejected,
}

/// One check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) check: Check,
    pub(super) state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Failed,
    NotNeeded,
    NotReached,
    /// This program has neither the revocation list of the API, nor its nonces, nor its replay store.
    OnlyTheApiKnows,
    Passed,
}

/// The check that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) check: Check,
    /// The `WWW-Authenticate` headers of the response.
    pub(super) challenges: Vec<String>,
    /// The `error` of the response.
    pub(super) code: String,
    /// The `error_description` of the response.
    pub(super) description: String,
    pub(super) differences: Vec<Difference>,
    pub(super) fix: String,
    pub(super) label: &'static str,
    /// What is special about this program.
    pub(super) note: Option<String>,
    pub(super) reason: String,
    pub(super) status: u16,
}

/// A value that is not as it must be. Text of the token is not escaped here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) name: &'static str,
    pub(super) found: String,
    pub(super) expected: String,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::NotJudged => "not_judged",
            Self::Rejected => "rejected",
        }
    }

    pub(super) fn exit_status(self) -> ExitStatus {
        match self {
            Self::Accepted => ExitStatus::Yes,
            Self::Rejected => ExitStatus::No,
            Self::NotJudged => ExitStatus::Open,
        }
    }
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::NotNeeded => "not_needed",
            Self::NotReached => "not_reached",
            Self::OnlyTheApiKnows => "only_the_api_knows",
            Self::Passed => "passed",
        }
    }
}
