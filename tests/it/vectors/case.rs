//! The schema of the JSON files with test cases. A JSON member that is not a field of these structs is an error.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The only schema that this runner supports.
pub(super) const SCHEMA: &str = "auth0-api-vectors/1";

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// A file with cases. Each case is parsed separately, so that an unreadable case does not hide the other cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) schema: String,
    #[serde(rename = "topic")]
    _topic: String,
    pub(super) cases: Vec<Value>,
    #[serde(default, rename = "dropped")]
    _dropped: Vec<Value>,
}

/// A case: the members that every case has, and the input for the kind of the case.
#[derive(Debug, Deserialize)]
pub(super) struct Case {
    id: String,
    class: String,
    description: String,
    source: Vec<String>,
    strength: String,
    reference: Option<String>,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) needs: Vec<String>,
    #[serde(flatten)]
    pub(super) expectation: Expectation,
    #[serde(flatten)]
    input: Object,
}

/// The expected result: `expect`, or one of the alternatives.
#[derive(Debug, Deserialize)]
pub(super) struct Expectation {
    pub(super) expect: Object,
    #[serde(default)]
    pub(super) also_acceptable: Vec<Object>,
}

/// A request, as the client sent it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(super) in_process_only: bool,
}

impl Case {
    /// Parses the input as the type of the case's kind. A member that the kind does not have is an error.
    pub(super) fn input<'c, T: Deserialize<'c>>(&'c self) -> Result<T, String> {
        T::deserialize(&self.input).map_err(|error| format!("the input cannot be read: {error}"))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}, {}] {}", self.id, self.strength, self.class, self.description)?;
        write!(f, "\n    source: {}", self.source.join("; "))?;
        self.reference.iter().try_for_each(|reference| write!(f, "\n    reference: {reference}"))
    }
}
