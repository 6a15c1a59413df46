//! The settings as the operator wrote them.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::zeroize::Zeroizing;

use crate::known_settings::{KnownSetting, SettingError, SettingProblem, WrittenIn};

/// All settings that are written, from one or more sources.
#[derive(Clone, Default)]
pub(super) struct Entries {
    /// What is written, by the key of the setting.
    pub(super) written: BTreeMap<&'static str, Written>,
    /// What cannot be used, without a look at the values.
    pub(super) problems: Vec<SettingProblem>,
    pub(super) written_in: WrittenIn,
}

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

impl Entries {
    pub(super) fn of(written_in: WrittenIn) -> Self {
        Self { written_in, ..Self::default() }
    }

    /// Adds a setting. It is a problem if the setting is written already.
    pub(super) fn write(&mut self, setting: &'static KnownSetting, written: Written) {
        let key = setting.key;
        match self.written.get(key) {
            Some(first) => {
                let error = SettingError::Twice { other: first.name.clone() };
                self.problems.push(SettingProblem { key, name: written.name, error });
            }
            None => _ = self.written.insert(key, written),
        }
    }
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
