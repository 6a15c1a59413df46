//! Reads environment variables.

use secrecy::zeroize::Zeroizing;

use super::Settings;
use super::unknown_variables;
use super::written::{Entries, Value, Written};
use crate::builder::ApiClientBuilder;
use crate::client::ApiClient;
use crate::known_settings::{KNOWN, KnownSetting, WrittenIn};

impl ApiClient {
    /// Configures a client from environment variables. `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` are mandatory.
    /// [`build`](ApiClientBuilder::build) reports what is missing or unusable, with the name of the variable.
    ///
    /// This is the short form of [`Settings::from_env`] and [`Settings::builder`].
    /// [The guide](crate::guide::settings) lists every variable.
    ///
    /// If `AUTH0_DOMAIN` begins with `http://` and names a loopback address, such as that of a local tenant, the client
    /// uses plain HTTP, and `build` logs the warning `insecure_loopback`.
    pub fn from_env() -> ApiClientBuilder {
        Settings::from_env().builder()
    }
}

impl Settings {
    /// Reads the environment variables of this process. [The guide](crate::guide::settings) lists them.
    ///
    /// White space around a value is removed. A list is separated by commas or blanks. A variable that is set and empty is
    /// a problem: an empty value of a broken deployment must not switch off a check.
    ///
    /// For a variable that begins with `AUTH0_` and that no setting has, [`build`](ApiClientBuilder::build) logs the warning
    /// `unknown_variable`, for ten of them at most. [The guide](crate::guide::settings#unknown-variables) lists the variables
    /// of other programs, which are not reported.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the process's environment")]
    pub fn from_env() -> Self {
        let mut settings =
            Self::from_variables(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()));
        settings.entries.warnings = unknown_variables::among(std::env::vars_os().map(|(name, _)| name));
        settings
    }

    /// Reads variables from this source instead of the environment: for tests, or for variables with another prefix.
    ///
    /// `variable` returns the value of the variable with this name. It is called once for each name.
    pub fn from_variables(mut variable: impl FnMut(&str) -> Option<String>) -> Self {
        let mut entries = Entries::of(WrittenIn { file: false, variables: true });
        let mut read = |(name, is_file): (String, bool)| {
            let value = Value::Text(Zeroizing::new(variable(&name)?));
            Some(Written { name: name.into(), value, is_file })
        };
        for setting in KNOWN {
            for written in forms(setting, setting.variable()).into_iter().filter_map(&mut read) {
                entries.write(setting, written);
            }
            let short_form = setting.short_form().into_iter().flat_map(|name| forms(setting, name));
            for written in short_form.filter_map(&mut read) {
                entries.write_short(setting, written);
            }
        }
        Self { entries }
    }
}

/// A name, and for a secret the name of the variable that names a file; and whether the variable names a file.
fn forms(setting: &KnownSetting, name: String) -> Vec<(String, bool)> {
    let of_file = setting.is_secret.then(|| (format!("{name}_FILE"), true));
    [(name, false)].into_iter().chain(of_file).collect()
}
