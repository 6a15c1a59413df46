//! How many events strangers can cause.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use auth0_api_core::{Clock as _, SystemClock};

/// Limits the events of each label: at most [`EVENTS_PER_SECOND`]. There are only as many labels as the code has.
#[derive(Debug, Default)]
pub(crate) struct EventLimit(Mutex<BTreeMap<&'static str, Second>>);

#[derive(Debug)]
struct Second {
    began: SystemTime,
    events: u32,
}

impl EventLimit {
    /// Whether an event with this label may be written now.
    pub(crate) fn admits(&self, label: &'static str) -> bool {
        self.admits_at(label, SystemClock.now())
    }

    fn admits_at(&self, label: &'static str, now: SystemTime) -> bool {
        // A panic while the lock is held leaves the counts valid.
        let mut labels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = labels.entry(label).or_insert(Second { began: now, events: 0 });
        // A clock that was set back begins a new second too.
        if now.duration_since(second.began).map_or(true, |age| age >= Duration::from_secs(1)) {
            *second = Second { began: now, events: 0 };
        }
        second.events += 1;
        second.events <= EVENTS_PER_SECOND
    }
}

/// As for rejected requests in auth0-api-core.
const EVENTS_PER_SECOND: u32 = 10;

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn at_most_ten_events_of_a_label_are_written_in_one_second() {
        let (limit, start) = (EventLimit::default(), UNIX_EPOCH + Duration::from_secs(1000));
        let written = |label, now| (0..1000).filter(|_| limit.admits_at(label, now)).count();
        for second in 0..3 {
            let now = start + Duration::from_secs(second);
            assert_eq!((written("one", now), written("another", now)), (10, 10));
        }
        assert_eq!(written("one", start), 10, "the clock was set back");
    }
}
