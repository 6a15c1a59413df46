//! The settings as the operator wrote them.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::zeroize::Zeroizing;

use crate::known_settings::{AppliedSettings, KnownSetting, SettingError, SettingProblem, SettingWarning, WrittenIn};

/// All settings that are written, from one or more sources.
#[derive(Clone, Default)]
pub(super) struct Entries {
    /// What is written, by the key of the setting.
    pub(super) written: BTreeMap<&'static str, Written>,
    /// The variables that are written in their short form. This is the weakest source, because another program may have a
    /// variable with this name.
    short: BTreeMap<&'static str, Written>,
    /// What cannot be used, without a look at the values.
    pub(super) problems: Vec<SettingProblem>,
    /// The same, of short forms. It counts only where they do.
    problems_of_short: Vec<SettingProblem>,
    pub(super) warnings: Vec<SettingWarning>,
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
        add(&mut self.written, &mut self.problems, setting, written);
    }

    /// Adds a setting in its short form. It is a problem if the setting is written already in its short form.
    pub(super) fn write_short(&mut self, setting: &'static KnownSetting, written: Written) {
        add(&mut self.short, &mut self.problems_of_short, setting, written);
    }

    /// Returns what counts for a setting.
    pub(super) fn get(&self, key: &str) -> Option<&Written> {
        self.written.get(key).or_else(|| self.short.get(key))
    }

    /// Whether a part of this option of the builder is written.
    pub(super) fn have(&self, option: &str) -> bool {
        self.all().keys().any(|key| KnownSetting::of(key).is_some_and(|setting| setting.option == option))
    }

    /// Returns what counts for each setting that is written.
    pub(super) fn all(&self) -> BTreeMap<&'static str, &Written> {
        self.short.iter().chain(&self.written).map(|(key, written)| (*key, written)).collect()
    }

    /// Returns these entries, except where `other` has one for the same setting.
    pub(super) fn overridden_by(mut self, other: Self) -> Self {
        self.written.extend(other.written);
        self.short.extend(other.short);
        self.problems.extend(other.problems);
        self.problems_of_short.extend(other.problems_of_short);
        self.warnings.extend(other.warnings);
        self.written_in = self.written_in.and(other.written_in);
        self
    }

    /// Returns these entries without the short forms of settings that were applied before in their full form.
    pub(super) fn after(&self, applied: Option<&AppliedSettings>) -> Self {
        let mut entries = self.clone();
        let Some(applied) = applied else { return entries };
        for (key, full) in &applied.names {
            if entries.short.get(key).is_none_or(|short| short.name == *full) {
                continue;
            }
            if let Some(short) = entries.short.remove(key).filter(|_| !entries.written.contains_key(key)) {
                entries.warnings.push(SettingWarning::ShortForm { variable: short.name, setting: full.clone() });
            }
            entries.problems_of_short.retain(|problem| problem.key != *key);
        }
        entries
    }

    /// Returns what cannot be used, without a look at the values.
    pub(super) fn all_problems(&self) -> Vec<SettingProblem> {
        let counts = |problem: &&SettingProblem| !self.written.contains_key(problem.key);
        self.problems.iter().chain(self.problems_of_short.iter().filter(counts)).cloned().collect()
    }

    /// Returns what has no effect.
    pub(super) fn all_warnings(&self) -> Vec<SettingWarning> {
        let ignored = self.short.iter().filter_map(|(key, short)| {
            let full = self.written.get(key).filter(|full| !full.says_what(short))?;
            Some(SettingWarning::ShortForm { variable: short.name.clone(), setting: full.name.clone() })
        });
        self.warnings.iter().cloned().chain(ignored).collect()
    }
}

fn add(
    entries: &mut BTreeMap<&'static str, Written>,
    problems: &mut Vec<SettingProblem>,
    setting: &'static KnownSetting,
    written: Written,
) {
    let key = setting.key;
    match entries.get(key) {
        Some(first) => {
            let error = SettingError::Twice { other: first.name.clone() };
            problems.push(SettingProblem { key, name: written.name, error });
        }
        None => _ = entries.insert(key, written),
    }
}

impl Written {
    fn says_what(&self, other: &Self) -> bool {
        self.is_file == other.is_file
            && match (&self.value, &other.value) {
                (Value::List(list), Value::List(other)) => list == other,
                (Value::Text(text), Value::Text(other)) => text.trim() == other.trim(),
                _ => false,
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
