//! Requests for the approval of a user on another device (CIBA).

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::must::random_text;

/// What a client has asked a user to approve.
#[derive(Clone, Debug)]
pub(crate) struct ApprovalRequest {
    pub(crate) client_id: String,
    pub(crate) user_id: String,
    pub(crate) binding_message: String,
    pub(crate) audience: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// The details ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)), of types that the API knows.
    pub(crate) authorization_details: Vec<Value>,
}

/// A request for approval on a page that a person looks at.
#[derive(Clone)]
pub(crate) struct PendingApproval {
    /// The `auth_req_id`.
    pub(crate) id: String,
    pub(crate) user_id: String,
    /// The secret of the browser that was shown the page.
    pub(crate) browser: String,
}

/// The requests by `auth_req_id`. The `Debug` output shows no id.
#[derive(Default)]
pub(crate) struct Approvals(HashMap<String, Entry>);

struct Entry {
    request: ApprovalRequest,
    answer: Option<Answer>,
    expires_at: SystemTime,
    /// The client must not ask before this time.
    next_poll: SystemTime,
    interval: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Approved,
    Denied,
}

/// What a client gets when it asks for the result.
pub(crate) enum Polled {
    Approved(ApprovalRequest),
    Denied,
    Expired,
    Pending,
    SlowDown,
    Unknown,
}

impl Approvals {
    pub(crate) fn start(&mut self, request: ApprovalRequest, now: SystemTime, lifetime: Duration) -> String {
        // An expired request is kept for a while, so that its client learns that it has expired.
        self.0.retain(|_, entry| now < entry.expires_at + KEPT_FOR);
        let id = random_text();
        let (expires_at, next_poll, interval) = (now + lifetime, now + APPROVAL_INTERVAL, APPROVAL_INTERVAL);
        self.0.insert(id.clone(), Entry { request, answer: None, expires_at, next_poll, interval });
        id
    }

    /// A client can get the tokens once.
    pub(crate) fn poll(&mut self, id: &str, client_id: &str, now: SystemTime) -> Polled {
        let Some(entry) = self.0.get_mut(id).filter(|entry| entry.request.client_id == client_id) else {
            return Polled::Unknown;
        };
        if now >= entry.expires_at {
            return Polled::Expired;
        }
        if now < entry.next_poll {
            // CIBA Core §11: the interval grows by 5 s.
            entry.interval += SLOW_DOWN;
            entry.next_poll = now + entry.interval;
            return Polled::SlowDown;
        }
        entry.next_poll = now + entry.interval;
        match entry.answer {
            None => Polled::Pending,
            Some(Answer::Denied) => Polled::Denied,
            Some(Answer::Approved) => {
                self.0.remove(id).map_or(Polled::Unknown, |entry| Polled::Approved(entry.request))
            }
        }
    }

    /// Returns the requests without an answer, with their ids. The request that expires first comes first.
    pub(crate) fn open(&self, now: SystemTime) -> Vec<(String, ApprovalRequest)> {
        let mut open: Vec<_> = self.0.iter().filter(|(_, entry)| entry.is_open(now)).collect();
        open.sort_by_key(|(_, entry)| entry.expires_at);
        open.into_iter().map(|(id, entry)| (id.clone(), entry.request.clone())).collect()
    }

    /// Answers every open request to this user, and returns how many.
    pub(crate) fn answer(&mut self, user_id: &str, is_approved: bool, now: SystemTime) -> usize {
        let own = self.0.values_mut().filter(|entry| entry.is_open(now) && entry.request.user_id == user_id);
        own.map(|entry| entry.answer = Some(Answer::of(is_approved))).count()
    }

    /// Answers one request to this user. Returns false if it is not open.
    pub(crate) fn answer_one(&mut self, id: &str, user_id: &str, is_approved: bool, now: SystemTime) -> bool {
        let entry = self.0.get_mut(id).filter(|entry| entry.is_open(now) && entry.request.user_id == user_id);
        entry.map(|entry| entry.answer = Some(Answer::of(is_approved))).is_some()
    }

    /// Lets no client ask for this time, as if it had asked just now.
    pub(crate) fn delay(&mut self, now: SystemTime, pause: Duration) {
        for entry in self.0.values_mut() {
            entry.next_poll = now + pause;
        }
    }
}

impl Entry {
    fn is_open(&self, now: SystemTime) -> bool {
        self.answer.is_none() && now < self.expires_at
    }
}

impl Answer {
    fn of(is_approved: bool) -> Self {
        if is_approved { Self::Approved } else { Self::Denied }
    }
}

impl fmt::Debug for Approvals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approvals").field("count", &self.0.len()).finish()
    }
}

/// Auth0's interval.
pub(crate) const APPROVAL_INTERVAL: Duration = Duration::from_secs(5);
const SLOW_DOWN: Duration = Duration::from_secs(5);
const KEPT_FOR: Duration = Duration::from_secs(3600);
