//! One table of the configuration file. Reading a setting removes it from the table, so that what remains at the end is
//! unknown. A setting of the wrong type is a problem, and reading goes on.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problems::Problems;

pub(super) struct Section<'a> {
    /// How the file writes the head of the table, such as `[[apis]]`; empty for the settings before the first table.
    name: String,
    entries: BTreeMap<String, Spanned<DeValue<'a>>>,
    known: Vec<&'static str>,
    span: Range<usize>,
    problems: &'a Problems<'a>,
}

impl<'a> Section<'a> {
    /// Parses a file. Errors of the syntax are problems too; the rest of the file is still read.
    pub(super) fn parse(text: &'a str, problems: &'a Problems<'a>) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            problems.at(&error.span().unwrap_or_default(), error.message());
        }
        Self::new(String::new(), table.span(), table.into_inner(), problems)
    }

    /// Returns a text that is not empty.
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.read(key, "a text", |value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// Returns a text that the table must have.
    pub(super) fn required(&mut self, key: &'static str) -> Option<String> {
        if !self.entries.contains_key(key) {
            self.problem(format!("{key} is missing"));
        }
        self.text(key)
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        self.read(key, "a list of texts", |value| {
            let values = value.as_array()?.iter();
            values.map(|value| value.get_ref().as_str().map(str::to_owned)).collect()
        })
    }

    /// Returns true only if the setting is there and true.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        self.optional_flag(key).unwrap_or_default()
    }

    pub(super) fn optional_flag(&mut self, key: &'static str) -> Option<bool> {
        self.read(key, "true or false", DeValue::as_bool)
    }

    pub(super) fn number<T: TryFrom<i64> + PartialOrd>(
        &mut self,
        key: &'static str,
        what: &str,
        range: &RangeInclusive<T>,
    ) -> Option<T> {
        self.read(key, what, |value| integer(value)?.try_into().ok().filter(|number| range.contains(number)))
    }

    /// Returns the value with this name.
    pub(super) fn one_of<T: Copy>(&mut self, key: &'static str, values: &[(&'static str, T)]) -> Option<T> {
        let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
        self.read(key, &format!("one of {}", names.join(", ")), |value| find(values, value.as_str()?))
    }

    pub(super) fn required_one_of<T: Copy>(&mut self, key: &'static str, values: &[(&'static str, T)]) -> Option<T> {
        if !self.entries.contains_key(key) {
            self.problem(format!("{key} is missing"));
        }
        self.one_of(key, values)
    }

    /// Returns the values with these names.
    pub(super) fn some_of<T: Copy>(&mut self, key: &'static str, values: &[(&'static str, T)]) -> Option<Vec<T>> {
        let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
        self.read(key, &format!("a list of {}", names.join(", ")), |value| {
            value.as_array()?.iter().map(|value| find(values, value.get_ref().as_str()?)).collect()
        })
    }

    /// Returns a table of JSON values, such as claims.
    pub(super) fn json(&mut self, key: &'static str) -> Option<Map<String, Value>> {
        self.read(key, "a table", |value| match json(value) {
            Value::Object(members) => Some(members),
            _ => None,
        })
    }

    /// Returns a table whose values are texts.
    pub(super) fn pairs(&mut self, key: &'static str) -> Option<Vec<(String, String)>> {
        self.read(key, "a table of texts", |value| {
            let entries = value.as_table()?.iter();
            entries
                .map(|(key, value)| Some((key.get_ref().to_string(), value.get_ref().as_str()?.to_owned())))
                .collect()
        })
    }

    pub(super) fn table(&mut self, key: &'static str) -> Option<Self> {
        let value = self.take(key)?;
        let (span, name) = (value.span(), self.name_of(key));
        match value.into_inner() {
            DeValue::Table(table) => Some(Self::new(format!("[{name}]"), span, table, self.problems)),
            other => {
                self.problems.at(&span, format!("{key} must be a table, not {}", kind(&other)));
                None
            }
        }
    }

    /// Returns each table of `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let (span, name) = (value.span(), format!("[[{}]]", self.name_of(key)));
        let mut tables = Vec::new();
        let DeValue::Array(values) = value.into_inner() else {
            self.problems.at(&span, format!("{key} must be a list of tables: {name}"));
            return tables;
        };
        for value in values {
            let span = value.span();
            match value.into_inner() {
                DeValue::Table(table) => tables.push(Self::new(name.clone(), span, table, self.problems)),
                other => self.problems.at(&span, format!("{key} must be a list of tables, not {}", kind(&other))),
            }
        }
        tables
    }

    /// Adds a problem of the whole table, or of the file.
    pub(super) fn problem(&self, problem: impl AsRef<str>) {
        match self.name.as_str() {
            "" => self.problems.add(problem.as_ref()),
            name => self.problems.at(&self.span, format!("{name}: {}", problem.as_ref())),
        }
    }

    /// Reports each setting that nobody has read.
    pub(super) fn finish(self) {
        let place = if self.name.is_empty() { "the file" } else { &self.name };
        for (key, value) in &self.entries {
            let known = self.known.join(", ");
            self.problems.at(&value.span(), format!("{key} is unknown; {place} can have: {known}"));
        }
    }

    fn name_of(&self, key: &str) -> String {
        match self.name.trim_matches(['[', ']']) {
            "" => key.to_owned(),
            parent => format!("{parent}.{key}"),
        }
    }

    fn new(name: String, span: Range<usize>, table: DeTable<'a>, problems: &'a Problems<'a>) -> Self {
        let entries = table.into_iter().map(|(key, value)| (key.into_inner().into_owned(), value)).collect();
        Self { name, entries, known: Vec::new(), span, problems }
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.entries.remove(key)
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let result = read(value.get_ref());
        if result.is_none() {
            self.problems.at(&value.span(), format!("{key} must be {expected}, not {}", kind(value.get_ref())));
        }
        result
    }
}

fn find<T: Copy>(values: &[(&'static str, T)], wanted: &str) -> Option<T> {
    values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value)
}

/// Describes a value. The text itself is shown only if it is short: it may be a secret.
fn kind(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.is_empty() => "an empty text".into(),
        DeValue::String(_) => "this text".into(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(_) => "a fraction".into(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(_) => "a date".into(),
        DeValue::Array(_) => "this list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(_) => integer(value).map_or(Value::Null, Value::from),
        DeValue::Float(number) => {
            number.as_str().parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
        DeValue::Boolean(value) => (*value).into(),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(values) => values.iter().map(|value| json(value.get_ref())).collect(),
        DeValue::Table(table) => {
            let members = table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref())));
            Value::Object(members.collect())
        }
    }
}
