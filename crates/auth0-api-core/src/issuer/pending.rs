//! A fetch that somebody may wait for, and what caused it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::snapshot::Snapshot;
use super::{FetchLimit, KeysUnavailable};
use crate::flight::Flight;

pub(super) type FetchResult = Result<Ended, KeysUnavailable>;

/// A fetch that ended with keys.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) snapshot: Arc<Snapshot>,
    /// When the fetch began.
    pub(super) began: SystemTime,
    /// Whether no cache on the way to the tenant could answer.
    pub(super) past_caches: bool,
}

/// A fetch that has begun, or that begins when it gets its permit.
pub(super) struct Pending {
    pub(super) flight: Flight<FetchResult>,
    /// Zero if the fetch has begun.
    pub(super) begins_in: Duration,
}

/// Who or what causes a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The operator asks for keys. No limit applies.
    Operator,
    /// A token arrives, and there are no keys or they are old.
    Token,
    /// A token names a key that is not in the snapshot.
    UnknownKey,
}

impl Cause {
    /// The limit that makes a fetch with this cause wait.
    pub(super) fn limit(self) -> FetchLimit {
        match self {
            Self::Operator | Self::Token => FetchLimit::Newcomers,
            Self::UnknownKey => FetchLimit::UnknownKeys,
        }
    }
}
