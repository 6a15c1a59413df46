//! A value as the operator wrote it.

use std::fmt;

use secrecy::zeroize::Zeroizing;

/// A setting that is written.
#[derive(Clone)]
pub(super) struct Written {
    /// The name, as the operator wrote it.
    pub(super) name: Box<str>,
    pub(super) value: Value,
    /// Whether the value names files that have the secrets.
    pub(super) is_file: bool,
}

/// The text of a value. It is wiped from memory, because it may be a secret.
#[derive(Clone)]
pub(super) enum Value {
    List(Vec<Zeroizing<String>>),
    /// Something that is neither a text nor a number.
    Other,
    Text(Zeroizing<String>),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(texts) => f.debug_list().entries(texts.iter().map(|text| text.as_str())).finish(),
            Self::Other => f.write_str("?"),
            Self::Text(text) => fmt::Debug::fmt(text.as_str(), f),
        }
    }
}
