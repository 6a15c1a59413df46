//! The log events of rejected requests. Anyone can send requests that are rejected, so the number of events is bounded.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::clock::since_epoch;
use crate::error::{Error, Reason};
use crate::issuer::IssuerError;
use crate::place::Place;
use crate::with_sources::WithSources;

/// Logs at most [`EVENTS_PER_SECOND`] rejections with the same label in one second. The others are counted, and their
/// number is logged with the first rejection of a later second.
///
/// The metrics count every rejection.
#[derive(Debug)]
pub(crate) struct RejectionLog(Mutex<Vec<Labelled>>);

/// The rejections with one label in one second. Labels are constants of this crate, so there are a few dozen at most.
#[derive(Debug)]
struct Labelled {
    label: &'static str,
    /// Seconds since the epoch.
    second: u64,
    logged: u32,
    left_out: u64,
}

impl RejectionLog {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Counts an event, and returns true if it is one of those to log.
    pub(crate) fn admits_at(&self, label: &'static str, now: SystemTime) -> bool {
        self.admits(label, since_epoch(now).as_secs())
    }

    /// Logs a rejection, unless too many with the same label were logged in this second.
    pub(crate) fn write(&self, error: &Error, place: Option<Place<'_>>, now: SystemTime) {
        let second = since_epoch(now).as_secs();
        for (label, count) in self.left_out_before(second) {
            tracing::info!(
                name: "rejections_left_out", target: "auth0_api", event = "rejections_left_out",
                error.type = label, count
            );
        }
        if self.admits(error.label(), second) {
            log(error, place);
        }
    }

    /// Logs that a request without credentials has a token in its query, unless too many such requests were logged in this
    /// second.
    pub(crate) fn write_token_in_query(&self, place: Place<'_>, now: SystemTime) {
        if self.admits_at("token_in_query", now) {
            let (method, path) = (place.known_method(), place.path());
            tracing::info!(
                name: "token_in_query", target: "auth0_api", event = "token_in_query",
                http.request.method = method, url.path = path, hint = TOKEN_IN_QUERY
            );
        }
    }

    /// Takes the numbers of rejections that were left out in earlier seconds.
    fn left_out_before(&self, second: u64) -> Vec<(&'static str, u64)> {
        let mut labels = self.lock();
        let ended = labels.iter_mut().filter(|labelled| labelled.left_out > 0 && labelled.has_ended(second));
        ended.map(|labelled| (labelled.label, std::mem::take(&mut labelled.left_out))).collect()
    }

    fn admits(&self, label: &'static str, second: u64) -> bool {
        let mut labels = self.lock();
        if let Some(labelled) = labels.iter_mut().find(|labelled| labelled.label == label) {
            return labelled.admits(second);
        }
        labels.push(Labelled { label, second, logged: 1, left_out: 0 });
        true
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Labelled>> {
        // A panic while the lock is held leaves the counts valid.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Labelled {
    fn admits(&mut self, second: u64) -> bool {
        if self.has_ended(second) {
            (self.second, self.logged) = (second, 0);
        }
        if self.logged < EVENTS_PER_SECOND {
            self.logged += 1;
            return true;
        }
        self.left_out += 1;
        false
    }

    /// Whether the counted second is over. A request that read the clock a little earlier than another one belongs to
    /// the same second; after that time, the clock was set back.
    fn has_ended(&self, second: u64) -> bool {
        second > self.second || second + LONGEST_REQUEST < self.second
    }
}

/// Logs a rejection. A status of 500 or more means that the cause is on this API's side. The event then includes all
/// source errors. A key that was not looked for is an exception: strangers can cause it at any rate.
fn log(error: &Error, place: Option<Place<'_>>) {
    let (method, path) = (place.map(|place| place.known_method()), place.map(|place| place.path()));
    let (label, status, hint) = (error.label(), error.status(), error.hint());
    let hint = hint.as_deref();
    let is_throttled = matches!(error.reason, Reason::Issuer(IssuerError::KeyNotLookedFor(_)));
    if status >= 500 && !is_throttled {
        tracing::warn!(
            name: "request_rejected", target: "auth0_api", event = "request_rejected",
            error.type = label, http.response.status_code = status, http.request.method = method, url.path = path,
            hint, reason = %WithSources(error)
        );
    } else {
        tracing::info!(
            name: "request_rejected", target: "auth0_api", event = "request_rejected",
            error.type = label, http.response.status_code = status, http.request.method = method, url.path = path,
            hint, reason = %error
        );
    }
}

/// RFC 9700 §4.3.2: tokens in URLs leak.
const TOKEN_IN_QUERY: &str = "the client sent a token in the query, where no middleware reads it: let the client send the \
                                   header Authorization, and treat the token as known to everyone who can read the logs of \
                                   servers and proxies, which contain URLs";
/// Enough to see each kind of rejection and several of its causes. An attack with one label then writes about 5 KB a
/// second, instead of 500 KB.
const EVENTS_PER_SECOND: u32 = 10;
/// A request waits for keys, revocation and the replay store for less than this, in seconds.
const LONGEST_REQUEST: u64 = 60;

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn admitted(log: &RejectionLog, label: &'static str, second: u64, times: usize) -> usize {
        (0..times).filter(|_| log.admits(label, second)).count()
    }

    #[test]
    fn a_label_is_logged_ten_times_in_a_second() {
        let log = RejectionLog::new();
        assert_eq!(admitted(&log, "a", 100, 1000), 10);
        assert_eq!(admitted(&log, "b", 100, 1000), 10);
        assert_eq!(admitted(&log, "a", 101, 1000), 10);
    }

    #[test]
    fn requests_that_overtake_each_other_log_no_more() {
        let log = RejectionLog::new();
        let overtaking = (0..1000).map(|request| 100 + request % 2).filter(|second| log.admits("a", *second)).count();
        assert!(overtaking <= 20, "{overtaking}");
        let set_back = admitted(&log, "a", 39, 1000);
        assert_eq!(set_back, 10);
    }

    #[test]
    fn what_was_left_out_is_reported_once() {
        let log = RejectionLog::new();
        admitted(&log, "a", 100, 15);
        admitted(&log, "b", 100, 10);
        assert_eq!(log.left_out_before(100), []);
        assert_eq!(log.left_out_before(101), [("a", 5)]);
        assert_eq!(log.left_out_before(102), []);
    }

    #[test]
    fn a_rejection_is_counted_with_the_second_of_the_clock() {
        let log = RejectionLog::new();
        for _ in 0..20 {
            log.write(&Error::missing_credentials(), None, UNIX_EPOCH + Duration::from_millis(100_999));
        }
        assert_eq!(log.left_out_before(101), [(Error::missing_credentials().label(), 10)]);
    }
}
