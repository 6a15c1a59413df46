//! A fetch that somebody may wait for, and what caused it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::snapshot::Snapshot;
use super::{FetchLimit, KeysUnavailable};
use crate::flight::Flight;

/// The snapshot, and when its fetch began.
pub(super) type FetchResult = Result<(Arc<Snapshot>, SystemTime), KeysUnavailable>;

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
