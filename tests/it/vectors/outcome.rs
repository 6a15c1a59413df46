//! The outcome of a case, with the names that the vectors use.

use serde_json::{Value, json};

use super::case::Object;

/// The actual values of the members that `expect` can contain, and the violations: problems that no case may have.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// How the request was presented, if there are several ways.
    pub(super) through: Option<&'static str>,
    pub(super) members: Object,
    pub(super) violations: Vec<String>,
}

impl Outcome {
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn and_violations(mut self, violations: impl IntoIterator<Item = String>) -> Self {
        self.violations.extend(violations);
        self
    }

    /// The input was accepted.
    pub(super) fn accepted() -> Self {
        Self::default().with("ok", true)
    }

    /// The input was rejected, with the error name of the vectors.
    pub(super) fn rejected(error: &str) -> Self {
        Self::default().with("ok", false).with("error", error)
    }

    /// The client could not be built: these options are wrong.
    pub(super) fn misconfigured(problems: &[String]) -> Self {
        Self::rejected("config").with("problems", json!(problems))
    }
}
