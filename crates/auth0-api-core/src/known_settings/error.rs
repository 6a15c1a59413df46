//! What can be wrong with the value of a setting.

use crate::printable::shown;

/// What is wrong with the value of a setting. The text never contains the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// Two settings contradict each other.
    #[error("cannot be used together with {other}")]
    Conflict {
        /// The other setting, as the operator wrote it.
        other: Box<str>,
    },
    /// The text is not a time with its unit.
    #[error("{value:?} is not a time with its unit, such as 500ms, 30s, 10m, 24h or 7d")]
    Duration {
        /// The value.
        value: Box<str>,
    },
    /// The value is blank.
    #[error("the value is empty: remove the setting, or give it a value")]
    Empty,
    /// The file with the value cannot be read, is not UTF-8, or is longer than 64 KiB.
    #[error("the file cannot be read")]
    File,
    /// The setting takes one value.
    #[error("one value is expected, and not a list")]
    List,
    /// Another setting needs this one.
    #[error("not set, and {other} needs it")]
    Needed {
        /// The other setting, as the operator wrote it.
        other: Box<str>,
    },
    /// The value is not one of the expected ones.
    #[error("{value:?} is not one of {expected}")]
    NotOneOf {
        /// The value.
        value: Box<str>,
        /// The expected values.
        expected: Box<str>,
    },
    /// The text is not a whole number, or the number is too great.
    #[error("{value:?} is not a whole number")]
    Number {
        /// The value.
        value: Box<str>,
    },
    /// The text begins or ends with a quotation mark.
    #[error("remove the quotation marks around the value")]
    Quoted,
    /// The setting is written twice.
    #[error("the same setting as {other}: remove one of them")]
    Twice {
        /// The other name, as the operator wrote it.
        other: Box<str>,
    },
    /// The value is not a text, a number, `true`, `false`, or a list of these.
    #[error("a text, a whole number, true, false, or a list of these is expected")]
    Type,
    /// There is no setting with this key.
    #[error("there is no such setting")]
    Unknown,
    /// The text has control characters, or is not UTF-8.
    #[error("the value has characters that no such value can have")]
    Unprintable,
    /// The value cannot be used.
    #[error("{0}")]
    Unusable(Box<str>),
}

impl SettingError {
    pub(crate) fn not_one_of(value: &str, expected: impl Into<Box<str>>) -> Self {
        Self::NotOneOf { value: shown(value), expected: expected.into() }
    }
}
