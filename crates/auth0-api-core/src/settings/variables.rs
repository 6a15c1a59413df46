//! Reads environment variables.

use secrecy::zeroize::Zeroizing;

use super::Settings;
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
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the process's environment")]
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// Reads variables from this source instead of the environment: for tests, or for variables with another prefix.
    ///
    /// `variable` returns the value of the variable with this name. It is called once for each name.
    pub fn from_variables(mut variable: impl FnMut(&str) -> Option<String>) -> Self {
        let mut entries = Entries::of(WrittenIn { file: false, variables: true });
        for setting in KNOWN {
            for (name, is_file) in names(setting) {
                if let Some(value) = variable(&name) {
                    let (name, value) = (name.into(), Value::Text(Zeroizing::new(value)));
                    entries.write(setting, Written { name, value, is_file });
                }
            }
        }
        Self { entries }
    }
}

/// The names of the variables of a setting, and whether the variable names a file.
fn names(setting: &KnownSetting) -> Vec<(String, bool)> {
    let plain = [Some(setting.variable()), setting.short_form()].into_iter().flatten();
    let in_file = |name: String| [(name.clone(), false), (format!("{name}_FILE"), true)];
    plain.flat_map(|name| in_file(name).into_iter().filter(|(_, is_file)| setting.is_secret || !is_file)).collect()
}
