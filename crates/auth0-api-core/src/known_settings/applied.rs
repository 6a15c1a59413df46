//! What a builder remembers of the settings that were applied to it, so that it can name them in its errors.

use std::collections::BTreeMap;

use super::error::SettingError;
use super::table::KnownSetting;
use super::warning::SettingWarning;

/// The names of the applied settings, and their problems.
#[derive(Clone, Debug, Default)]
pub(crate) struct AppliedSettings {
    /// Whether a tenant on this machine is used by plain HTTP, because a setting says so.
    pub(crate) is_loopback: bool,
    /// For the key of each setting that is written: its name, as the operator wrote it.
    pub(crate) names: BTreeMap<&'static str, Box<str>>,
    pub(crate) problems: Vec<SettingProblem>,
    pub(crate) warnings: Vec<SettingWarning>,
    pub(crate) written_in: WrittenIn,
}

/// A setting whose value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingProblem {
    /// The key; empty for a key that no setting has.
    pub(crate) key: &'static str,
    /// The name, as the operator wrote it.
    pub(crate) name: Box<str>,
    pub(crate) error: SettingError,
}

/// Where settings were looked for. A setting that is missing is named as it could have been written there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WrittenIn {
    pub(crate) file: bool,
    pub(crate) variables: bool,
}

impl AppliedSettings {
    /// Adds what settings say that were applied later. The problems of both stay: a value that cannot be used is a problem
    /// also if a later one replaces it.
    pub(crate) fn and(mut self, later: Self) -> Self {
        let new: Vec<_> = later.problems.into_iter().filter(|problem| !self.problems.contains(problem)).collect();
        self.problems.extend(new);
        let new: Vec<_> = later.warnings.into_iter().filter(|warning| !self.warnings.contains(warning)).collect();
        self.warnings.extend(new);
        self.names.extend(later.names);
        self.is_loopback |= later.is_loopback;
        self.written_in = self.written_in.and(later.written_in);
        self
    }

    /// Returns the names of those of the settings that are written; `None` if none of them is.
    pub(crate) fn written(&self, keys: &[&'static str]) -> Option<String> {
        let names: Vec<_> = keys.iter().filter_map(|key| self.names.get(key)).map(|name| &**name).collect();
        (!names.is_empty()).then(|| names.join(" and "))
    }

    /// Whether a value of one of these settings cannot be used.
    pub(crate) fn blame(&self, keys: &[&'static str]) -> bool {
        self.problems.iter().any(|problem| keys.contains(&problem.key))
    }
}

impl WrittenIn {
    /// Returns the name that an operator would write.
    pub(crate) fn name_of(self, key: &'static str) -> String {
        match KnownSetting::of(key) {
            Some(setting) if self.variables && self.file => format!("{key} or {}", setting.variable()),
            Some(setting) if self.variables => setting.variable(),
            _ => key.to_owned(),
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self { file: self.file || other.file, variables: self.variables || other.variables }
    }
}
