//! What the requirements of a layer do not name.

use crate::event_limit::EventLimit;
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

/// The events about what is denied. A caller with a valid token can cause any number of them, so that they are limited.
#[derive(Debug, Default)]
pub(crate) struct DeniedLog(EventLimit);

impl DeniedLog {
    /// Tells the operator what was denied: perhaps its name is misspelt in the requirements.
    pub(crate) fn write(&self, unnamed: &Unnamed<'_>) {
        if self.0.admits("mcp_target_denied") {
            // Formatted with `Debug`, which escapes line breaks and other control characters.
            let (kind, name) = (unnamed.kind(), unnamed.beginning());
            tracing::warn!(
                name: "mcp_target_denied", target: "auth0_api", event = "mcp_target_denied",
                kind, requested = ?name, hint = HINT
            );
        }
    }
}

const HINT: &str = "if the server has it, name it in McpRequirements exactly as clients do";
/// Octets. The names of tools have at most 128 characters.
const LONGEST_LOGGED: usize = 200;

#[cfg(test)]
mod tests {
    use super::Unnamed;

    #[test]
    fn only_the_beginning_of_a_name_is_logged() {
        let name = format!("{}\u{e4}{}", "a".repeat(199), "b".repeat(1000));
        assert_eq!(Unnamed::Tool(&name).beginning().map(str::len), Some(199));
        assert_eq!(Unnamed::Tool("\u{e4}").beginning(), Some("\u{e4}"));
        assert_eq!(Unnamed::Task(None).beginning(), None);
    }
}
