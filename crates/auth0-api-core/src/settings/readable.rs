//! What a program that explains a configuration reads from it.

use std::time::Duration;

use super::Settings;
use super::reader::Reader;
use crate::known_settings::{KnownSetting, SettingWarning};

impl Settings {
    /// The text of a setting, for an application that needs it itself: `domain`. The text is not checked, so `build` may reject
    /// it. Several values in one text, such as `a,b`, are returned as this text.
    ///
    /// Returns `None` if the setting is not written, is a secret, or is a list of several entries in a file; and if its text is
    /// empty, is in quotation marks, or has control characters.
    pub fn get(&self, key: &str) -> Option<String> {
        Some(self.reader().text(shown(key)?)?.to_string())
    }

    /// The entries of a setting that is a list: `audience`. A text is split at commas and blanks, as `build` splits it. The
    /// entries are not checked.
    ///
    /// Returns no entries in the cases in which [`get`](Self::get) returns `None`, except for a list in a file.
    ///
    /// ```
    /// use auth0_api_core::Settings;
    ///
    /// let settings = Settings::from_variables(|name| {
    ///     (name == "AUTH0_AUDIENCE").then(|| "https://api.example.com,urn:api".into())
    /// });
    /// assert_eq!(settings.list("audience"), ["https://api.example.com", "urn:api"]);
    /// assert!(settings.list("own_hosts").is_empty());
    /// ```
    pub fn list(&self, key: &str) -> Vec<String> {
        let entries = shown(key).and_then(|key| self.reader().list(key)).unwrap_or_default();
        entries.iter().map(|entry| entry.to_string()).collect()
    }

    /// The time of a setting: `leeway`.
    ///
    /// Returns `None` if the setting is not written, or is not a time with its unit. `build` may reject the time.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use auth0_api_core::Settings;
    ///
    /// let settings: Settings = serde_json::from_str(r#"{ "leeway": "2m" }"#)?;
    /// assert_eq!(settings.duration("leeway"), Some(Duration::from_secs(120)));
    /// assert_eq!(settings.duration("dpop_leeway"), None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn duration(&self, key: &str) -> Option<Duration> {
        self.reader().duration(shown(key)?)
    }

    /// Whether the setting with this key is written, for an application that asks for more only if it is: `domain`.
    pub fn has(&self, key: &str) -> bool {
        self.name(key).is_some()
    }

    /// The name of a setting as the operator wrote it, for messages: for the key `dpop` the name `AUTH0_DPOP` or `DPOP` of a
    /// variable, or `dpop` in a file. For a secret, it may be the name of the variable that names its file.
    ///
    /// Returns `None` if the setting is not written.
    ///
    /// ```
    /// use auth0_api_core::Settings;
    ///
    /// let settings = Settings::from_variables(|name| match name {
    ///     "DPOP" => Some("require".into()),
    ///     "AUTH0_CLIENT_SECRET_FILE" => Some("/run/secrets/auth0".into()),
    ///     _ => None,
    /// });
    /// assert_eq!(settings.name("dpop"), Some("DPOP"));
    /// assert_eq!(settings.name("client_secret"), Some("AUTH0_CLIENT_SECRET_FILE"));
    /// assert_eq!(settings.name("leeway"), None);
    /// ```
    pub fn name(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(|written| &*written.name)
    }

    /// The variables that have no effect, which [`build`](crate::ApiClientBuilder::build) also logs.
    ///
    /// ```
    /// use auth0_api_core::Settings;
    ///
    /// let settings = Settings::from_variables(|name| match name {
    ///     "AUTH0_DPOP" => Some("require".into()),
    ///     "DPOP" => Some("accept".into()),
    ///     _ => None,
    /// });
    /// let [warning] = &settings.warnings()[..] else { panic!() };
    /// assert_eq!((warning.label(), warning.variable()), ("short_form_ignored", "DPOP"));
    /// assert_eq!(warning.hint(), "AUTH0_DPOP has another value, and counts: remove DPOP");
    /// ```
    pub fn warnings(&self) -> Vec<SettingWarning> {
        self.entries.all_warnings()
    }

    fn reader(&self) -> Reader<'_> {
        Reader::new(&self.entries)
    }
}

/// The key, if its value may be shown.
fn shown(key: &str) -> Option<&'static str> {
    let setting = KnownSetting::of(key).filter(|setting| !setting.is_secret)?;
    Some(setting.key)
}
