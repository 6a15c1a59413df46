//! Reads a file in any format that serde knows and that describes itself.

use std::fmt;

use secrecy::zeroize::Zeroizing;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Settings;
use super::written::{Entries, Value, Written};
use crate::known_settings::{KnownSetting, SettingError, SettingProblem, WrittenIn};

impl<'de> Deserialize<'de> for Settings {
    /// Reads a table. Only its syntax can be an error: what the table says is checked by `build`, all at once.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = Settings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Settings, A::Error> {
        let mut entries = Entries::of(WrittenIn { file: true, variables: false });
        while let Some(name) = table.next_key::<String>()? {
            let Given(value) = table.next_value()?;
            match setting(&name) {
                Some((setting, is_file)) => {
                    entries.write(setting, Written { name: name.into(), value, is_file });
                }
                None => {
                    entries.problems.push(SettingProblem { key: "", name: name.into(), error: SettingError::Unknown });
                }
            }
        }
        Ok(Settings { entries })
    }
}

/// Returns the setting with this name in a file, and whether the value names a file.
fn setting(name: &str) -> Option<(&'static KnownSetting, bool)> {
    let of_file = || name.strip_suffix("_file").and_then(KnownSetting::of).filter(|setting| setting.is_secret);
    KnownSetting::of(name).map(|setting| (setting, false)).or_else(|| of_file().map(|setting| (setting, true)))
}

/// A value of any type.
struct Given(Value);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Given, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E>(self, text: String) -> Result<Given, E> {
        Ok(Given(Value::Text(Zeroizing::new(text))))
    }

    fn visit_bool<E: Error>(self, on: bool) -> Result<Given, E> {
        self.visit_str(if on { "on" } else { "off" })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Given, E> {
        self.visit_string(number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Given, E> {
        self.visit_string(number.to_string())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Given, E> {
        Ok(Given(Value::Other))
    }

    fn visit_none<E: Error>(self) -> Result<Given, E> {
        self.visit_unit()
    }

    /// A null is an empty value, as `key:` without a value in YAML: an empty value of a broken deployment must not switch
    /// off a check.
    fn visit_unit<E: Error>(self) -> Result<Given, E> {
        self.visit_str("")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Given, A::Error> {
        let mut texts = Some(Vec::new());
        while let Some(Given(value)) = list.next_element()? {
            texts = match (texts, value) {
                (Some(mut texts), Value::Text(text)) => {
                    texts.push(text);
                    Some(texts)
                }
                _ => None,
            };
        }
        Ok(Given(texts.map_or(Value::Other, Value::List)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Given, A::Error> {
        while table.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Given(Value::Other))
    }
}
