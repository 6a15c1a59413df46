//! What came of a case, in the words of the vectors.

use serde_json::{Value, json};

use super::case::Object;

/// The members that an `expect` can name, as they came out, and what is wrong whatever was expected.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The way the request took, if there are several.
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

    /// Something was accepted.
    pub(super) fn accepted() -> Self {
        Self::default().with("ok", true)
    }

    /// Something was rejected, in a word of the vectors.
    pub(super) fn rejected(error: &str) -> Self {
        Self::default().with("ok", false).with("error", error)
    }

    /// The client could not be built because of these options.
    pub(super) fn misconfigured(problems: &[String]) -> Self {
        Self::rejected("config").with("problems", json!(problems))
    }
}
