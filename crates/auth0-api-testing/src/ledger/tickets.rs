//! Tickets: the tenant's notes about something that a browser will come back for, each for one time and for a while.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use crate::must::random_text;

/// Notes by ticket. The `Debug` output shows no ticket.
pub(crate) struct Tickets<T>(HashMap<String, (T, SystemTime)>);

impl<T: Clone> Tickets<T> {
    /// Keeps a note for this time, and returns its ticket. Removes the notes whose time is over.
    pub(crate) fn issue(&mut self, note: T, now: SystemTime, lifetime: Duration) -> String {
        self.0.retain(|_, (_, expires_at)| now < *expires_at);
        let ticket = random_text();
        self.0.insert(ticket.clone(), (note, now + lifetime));
        ticket
    }

    /// Returns the note, and keeps it.
    pub(crate) fn look_up(&self, ticket: &str, now: SystemTime) -> Option<T> {
        self.0.get(ticket).filter(|(_, expires_at)| now < *expires_at).map(|(note, _)| note.clone())
    }

    /// Returns the note, and removes it.
    pub(crate) fn redeem(&mut self, ticket: &str, now: SystemTime) -> Option<T> {
        self.0.remove(ticket).filter(|(_, expires_at)| now < *expires_at).map(|(note, _)| note)
    }
}

impl<T> Default for Tickets<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> fmt::Debug for Tickets<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tickets").field("count", &self.0.len()).finish()
    }
}
