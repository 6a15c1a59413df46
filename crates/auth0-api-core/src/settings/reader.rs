//! Reads the value of a setting as a type, and records what is wrong with it.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use super::cors_origins::CorsOrigins;
use super::texts::{Form, Text};
use super::time_text;
use super::written::Entries;
use crate::called_url::TrustedProxies;
use crate::jose::Algorithm;
use crate::known_settings::{AppliedSettings, SettingError, SettingProblem};
use crate::printable::shown;

/// Reads settings, one after the other.
pub(super) struct Reader<'s> {
    entries: &'s Entries,
    problems: Vec<SettingProblem>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(entries: &'s Entries) -> Self {
        Self { entries, problems: entries.all_problems() }
    }

    /// Returns what the builder needs to know for its errors.
    pub(super) fn report(self, is_loopback: bool) -> AppliedSettings {
        let names = self.entries.all().into_iter().map(|(key, written)| (key, written.name.clone())).collect();
        let (warnings, written_in) = (self.entries.all_warnings(), self.entries.written_in);
        AppliedSettings { is_loopback, names, problems: self.problems, warnings, written_in }
    }

    pub(super) fn is_written(&self, key: &str) -> bool {
        self.entries.get(key).is_some()
    }

    /// Returns the name of a setting, as the operator wrote it or could write it.
    pub(super) fn name(&self, key: &'static str) -> Box<str> {
        let written = self.entries.get(key).map(|written| written.name.clone());
        written.unwrap_or_else(|| self.entries.written_in.name_of(key).into())
    }

    pub(super) fn reject(&mut self, key: &'static str, error: SettingError) {
        let name = self.name(key);
        self.problems.push(SettingProblem { key, name, error });
    }

    /// Returns one text, without white space around it.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        let texts = self.texts(key, Form::One)?;
        let [text] = <[Text; 1]>::try_from(texts).map_err(|_| self.reject(key, SettingError::List)).ok()?;
        Some(text)
    }

    /// Returns the entries of a list. A text is split at commas and blanks.
    pub(super) fn list(&mut self, key: &'static str) -> Option<Vec<Text>> {
        self.texts(key, Form::List)
    }

    /// Returns the value that `parse` makes of one text.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, SettingError>,
    ) -> Option<T> {
        let text = self.text(key)?;
        parse(&text).map_err(|error| self.reject(key, error)).ok()
    }

    pub(super) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        self.parsed(key, |text| time_text::duration(text).ok_or_else(|| SettingError::Duration { value: shown(text) }))
    }

    pub(super) fn number<N: FromStr>(&mut self, key: &'static str) -> Option<N> {
        self.parsed(key, number)
    }

    /// Returns the size that a number stands for, or what `off` stands for.
    pub(super) fn size<T>(&mut self, key: &'static str, of: impl FnOnce(usize) -> T, off: T) -> Option<T> {
        self.parsed(key, |text| if text == "off" { Ok(off) } else { number(text).map(of) })
    }

    pub(super) fn switch(&mut self, key: &'static str) -> Option<bool> {
        self.one_of(key, &[("on", true), ("off", false)])
    }

    pub(super) fn one_of<T: Copy>(&mut self, key: &'static str, values: &[(&str, T)]) -> Option<T> {
        self.parsed(key, |text| {
            let found = values.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
            found.ok_or_else(|| {
                let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
                SettingError::not_one_of(text, names.join(", "))
            })
        })
    }

    pub(super) fn algorithms(&mut self, key: &'static str) -> Option<Vec<Algorithm>> {
        let names = self.list(key)?;
        let algorithms: Result<_, _> = names.iter().map(|name| algorithm(name)).collect();
        algorithms.map_err(|error| self.reject(key, error)).ok()
    }

    pub(super) fn domains(&mut self) -> Vec<String> {
        let domains = self.list("domain").unwrap_or_default();
        domains.iter().map(|domain| domain.to_string()).collect()
    }

    /// Returns keys. The text of a key has blanks, so a text is not split, and is one key.
    pub(super) fn keys<T, E: Display>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let texts = self.texts(key, Form::One)?;
        let keys: Result<_, _> = texts.iter().map(|text| parse(text)).collect();
        keys.map_err(|error| self.reject(key, unusable(format_args!("no usable key: {error}")))).ok()
    }

    pub(super) fn trusted_proxies(&mut self) -> Option<TrustedProxies> {
        self.joined("trusted_proxies")
    }

    pub(super) fn cors_origins(&mut self) -> Option<CorsOrigins> {
        self.joined("cors_origins")
    }

    /// Parses a list that has a text form of its own.
    fn joined<T: FromStr<Err: Display>>(&mut self, key: &'static str) -> Option<T> {
        let list: Vec<_> = self.list(key)?.iter().map(|text| text.to_string()).collect();
        list.join(",").parse().map_err(|error| self.reject(key, unusable(error))).ok()
    }

    fn texts(&mut self, key: &'static str, form: Form) -> Option<Vec<Text>> {
        let texts = self.entries.get(key)?.texts(key, form);
        texts.map_err(|error| self.reject(key, error)).ok()
    }
}

pub(super) fn unusable(error: impl Display) -> SettingError {
    SettingError::Unusable(error.to_string().into())
}

pub(super) fn algorithm(name: &str) -> Result<Algorithm, SettingError> {
    name.parse().map_err(|_| SettingError::not_one_of(name, Algorithm::ALL.map(Algorithm::name).join(", ")))
}

fn number<N: FromStr>(text: &str) -> Result<N, SettingError> {
    text.parse().map_err(|_| SettingError::Number { value: shown(text) })
}
