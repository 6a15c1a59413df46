//! Reads the value of a setting as a type, and records what is wrong with it.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use secrecy::zeroize::Zeroizing;

use super::cors_origins::CorsOrigins;
use super::secret_file;
use super::written::{Entries, Value};
use crate::called_url::TrustedProxies;
use crate::jose::Algorithm;
use crate::known_settings::{AppliedSettings, SettingError, SettingProblem};
use crate::printable::shown;

/// Reads settings, one after the other.
pub(super) struct Reader<'s> {
    entries: &'s Entries,
    problems: Vec<SettingProblem>,
}

type Text = Zeroizing<String>;

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

    pub(super) fn refuse(&mut self, key: &'static str, error: SettingError) {
        let name = self.name(key);
        self.problems.push(SettingProblem { key, name, error });
    }

    /// Returns one text, without white space around it.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        let texts = self.texts(key, false)?;
        let [text] = <[Text; 1]>::try_from(texts).map_err(|_| self.refuse(key, SettingError::List)).ok()?;
        Some(text)
    }

    /// Returns the entries of a list. A text is split at commas and blanks.
    pub(super) fn list(&mut self, key: &'static str) -> Option<Vec<Text>> {
        self.texts(key, true)
    }

    /// Returns the value that `parse` makes of one text.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, SettingError>,
    ) -> Option<T> {
        let text = self.text(key)?;
        parse(&text).map_err(|error| self.refuse(key, error)).ok()
    }

    pub(super) fn duration(&mut self, key: &'static str) -> Option<Duration> {
        self.parsed(key, |text| duration(text).ok_or_else(|| SettingError::Duration { value: shown(text) }))
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
        algorithms.map_err(|error| self.refuse(key, error)).ok()
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
        let texts = self.texts(key, false)?;
        let keys: Result<_, _> = texts.iter().map(|text| parse(text)).collect();
        keys.map_err(|error| self.refuse(key, unusable(format_args!("no usable key: {error}")))).ok()
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
        list.join(",").parse().map_err(|error| self.refuse(key, unusable(error))).ok()
    }

    /// Returns the texts of a setting, if all of them can be used.
    fn texts(&mut self, key: &'static str, is_list: bool) -> Option<Vec<Text>> {
        let written = self.entries.get(key)?;
        let is_key = key.ends_with("_key") && !written.is_file;
        let texts = match &written.value {
            Value::List(texts) => Ok(texts.iter().map(|text| trimmed(text)).collect()),
            Value::Other => Err(SettingError::Type),
            // The name of a file may have blanks.
            Value::Text(text) if written.is_file => Ok(text.split(',').map(trimmed).collect()),
            Value::Text(text) if is_list && !text.trim().is_empty() => Ok(split(text)),
            Value::Text(text) => Ok(vec![trimmed(text)]),
        };
        let texts = texts.and_then(|texts: Vec<Text>| {
            let problem = if texts.is_empty() { Some(SettingError::Empty) } else { None };
            let problem = problem.or_else(|| texts.iter().find_map(|text| problem_of(text, is_key)));
            problem.map_or(Ok(texts), Err)
        });
        let texts = match texts {
            Ok(paths) if written.is_file => {
                let secrets: Result<Vec<_>, _> = paths.iter().map(|path| secret_in(path)).collect();
                secrets.map(|secrets| if is_list { lines(&secrets) } else { secrets })
            }
            texts => texts,
        };
        texts.map_err(|error| self.refuse(key, error)).ok()
    }
}

fn secret_in(path: &str) -> Result<Text, SettingError> {
    let text = secret_file::read(path)?;
    let text = trimmed(&text);
    if text.is_empty() { Err(SettingError::Unusable("the file is empty".into())) } else { Ok(text) }
}

/// Each line of a file is one entry of a list.
fn lines(files: &[Text]) -> Vec<Text> {
    files.iter().flat_map(|file| file.lines()).map(trimmed).filter(|line| !line.is_empty()).collect()
}

fn trimmed(text: &str) -> Text {
    Zeroizing::new(text.trim().to_owned())
}

fn split(text: &str) -> Vec<Text> {
    let entries = text.split(|char: char| char == ',' || char.is_whitespace());
    entries.filter(|entry| !entry.is_empty()).map(trimmed).collect()
}

/// What no value may be. The text of a key has line feeds.
fn problem_of(text: &str, is_key: bool) -> Option<SettingError> {
    let is_line = |char: char| is_key && ['\n', '\r', '\t'].contains(&char);
    if text.is_empty() {
        Some(SettingError::Empty)
    } else if text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']) {
        Some(SettingError::Quoted)
    } else if text.contains(|char: char| char.is_control() && !is_line(char) || char == char::REPLACEMENT_CHARACTER) {
        Some(SettingError::Unprintable)
    } else {
        None
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

/// Reads a whole number and its unit. Own code, because the form is this small, and the crate for more forms also takes
/// months and years.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.find(|char: char| !char.is_ascii_digit())?)?;
    let number: u64 = number.parse().ok()?;
    let seconds = match unit.trim_start() {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_whole_number_and_a_unit() {
        for (text, millis) in [
            ("500ms", Some(500)),
            ("0s", Some(0)),
            ("30s", Some(30_000)),
            ("30 s", Some(30_000)),
            ("10m", Some(600_000)),
            ("24h", Some(86_400_000)),
            ("7d", Some(604_800_000)),
            ("", None),
            ("30", None),
            ("s", None),
            ("-1s", None),
            ("1.5s", None),
            ("1h30m", None),
            ("1w", None),
            ("99999999999999999999s", None),
            ("18446744073709551615d", None),
        ] {
            assert_eq!(duration(text).map(|time| time.as_millis()), millis, "{text}");
        }
    }
}
