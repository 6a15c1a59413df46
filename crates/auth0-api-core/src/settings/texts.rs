//! The texts of a setting that is written: white space around them removed, files read, and what no value may be rejected.

use secrecy::zeroize::Zeroizing;

use super::secret_file;
use super::written::{Value, Written};
use crate::known_settings::SettingError;

pub(super) type Text = Zeroizing<String>;

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It is split at commas and blanks, and a file at its lines.
    List,
    /// It is one value.
    One,
}

impl Written {
    /// Returns the texts, if all of them can be used.
    pub(super) fn texts(&self, key: &str, form: Form) -> Result<Vec<Text>, SettingError> {
        let is_key = key.ends_with("_key") && !self.is_file;
        let texts = self.split(form)?;
        let problem = if texts.is_empty() { Some(SettingError::Empty) } else { None };
        let problem = problem.or_else(|| texts.iter().find_map(|text| problem_of(text, is_key)));
        match problem {
            Some(problem) => Err(problem),
            None if self.is_file => in_files(&texts, form),
            None => Ok(texts),
        }
    }

    fn split(&self, form: Form) -> Result<Vec<Text>, SettingError> {
        match &self.value {
            Value::List(texts) => Ok(texts.iter().map(|text| trimmed(text)).collect()),
            Value::Other => Err(SettingError::Type),
            // The name of a file may have blanks.
            Value::Text(text) if self.is_file => Ok(text.split(',').map(trimmed).collect()),
            Value::Text(text) if form == Form::List && !text.trim().is_empty() => Ok(split(text)),
            Value::Text(text) => Ok(vec![trimmed(text)]),
        }
    }
}

fn in_files(paths: &[Text], form: Form) -> Result<Vec<Text>, SettingError> {
    let secrets: Result<Vec<_>, _> = paths.iter().map(|path| secret_in(path)).collect();
    secrets.map(|secrets| if form == Form::List { lines(&secrets) } else { secrets })
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
