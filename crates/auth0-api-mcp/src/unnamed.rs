//! What the requirements of a layer do not name.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use auth0_api_core::{Clock, SystemClock};

use crate::message::MessageError;

/// What a message names, and the requirements do not: it is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unnamed<'m> {
    Method(&'m str),
    Prompt(&'m str),
    Resource(&'m str),
    /// All tasks, if there is no id.
    Task(Option<&'m str>),
    Tool(&'m str),
}

impl Unnamed<'_> {
    /// The error for the client. `not_found` is the status for a method.
    pub(crate) fn error(self, not_found: u16) -> MessageError {
        match self {
            Self::Method(_) => MessageError::MethodNotFound { status: not_found },
            _ => MessageError::TargetUnknown { kind: self.kind() },
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Method(_) => "method",
            Self::Prompt(_) => "prompt",
            Self::Resource(_) => "resource",
            Self::Task(_) => "task",
            Self::Tool(_) => "tool",
        }
    }

    /// The beginning of the name: the client has chosen it.
    fn beginning(&self) -> Option<&str> {
        let name = match *self {
            Self::Method(name) | Self::Prompt(name) | Self::Resource(name) | Self::Tool(name) => name,
            Self::Task(id) => id?,
        };
        let end = (0..=LONGEST_LOGGED.min(name.len())).rev().find(|end| name.is_char_boundary(*end));
        name.get(..end?)
    }
}

/// The events about what is denied. A caller with a valid token can cause any number of them, so that they are bounded: at
/// most [`EVENTS_PER_SECOND`].
#[derive(Debug, Default)]
pub(crate) struct DeniedLog(Mutex<Second>);

#[derive(Debug, Default)]
struct Second {
    began: Option<SystemTime>,
    events: u32,
}

impl DeniedLog {
    /// Tells the operator what was denied: perhaps its name is misspelt in the requirements.
    pub(crate) fn write(&self, unnamed: &Unnamed<'_>) {
        if self.admits(SystemClock.now()) {
            // Formatted with `Debug`, which escapes line breaks and other control characters.
            let (kind, name) = (unnamed.kind(), unnamed.beginning());
            tracing::warn!(
                name: "mcp_target_denied", target: "auth0_api", event = "mcp_target_denied",
                kind, requested = ?name, hint = HINT
            );
        }
    }

    fn admits(&self, now: SystemTime) -> bool {
        // A panic while the lock is held leaves the count valid.
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back begins a new second too.
        let is_over = |began| now.duration_since(began).map_or(true, |age| age >= Duration::from_secs(1));
        if second.began.is_none_or(is_over) {
            *second = Second { began: Some(now), events: 0 };
        }
        second.events += 1;
        second.events <= EVENTS_PER_SECOND
    }
}

const HINT: &str = "if the server has it, name it in McpRequirements exactly as clients do";
/// As for rejected requests in auth0-api-core.
const EVENTS_PER_SECOND: u32 = 10;
/// Octets. The names of tools have at most 128 characters.
const LONGEST_LOGGED: usize = 200;

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{DeniedLog, Unnamed};

    #[test]
    fn at_most_ten_events_are_logged_in_one_second() {
        let (log, start) = (DeniedLog::default(), UNIX_EPOCH + Duration::from_secs(1000));
        for second in 0..3 {
            let now = start + Duration::from_secs(second);
            assert_eq!((0..1000).filter(|_| log.admits(now)).count(), 10);
        }
        assert_eq!((0..1000).filter(|_| log.admits(start)).count(), 10);
    }

    #[test]
    fn only_the_beginning_of_a_name_is_logged() {
        let name = format!("{}\u{e4}{}", "a".repeat(199), "b".repeat(1000));
        assert_eq!(Unnamed::Tool(&name).beginning().map(str::len), Some(199));
        assert_eq!(Unnamed::Tool("\u{e4}").beginning(), Some("\u{e4}"));
        assert_eq!(Unnamed::Task(None).beginning(), None);
    }
}
