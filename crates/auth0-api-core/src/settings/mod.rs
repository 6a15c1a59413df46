//! The configuration that an operator writes: environment variables, a file, or both.

mod apply;
mod cors_origins;
mod file;
mod readable;
mod reader;
mod secret_file;
mod texts;
mod time_text;
mod unknown_variables;
mod variables;
mod written;

#[cfg(test)]
mod effect_tests;
#[cfg(all(test, feature = "reqwest"))]
mod message_tests;
#[cfg(all(test, feature = "reqwest"))]
mod property_tests;
#[cfg(all(test, feature = "reqwest"))]
mod reload_tests;
#[cfg(all(test, feature = "reqwest"))]
mod warning_tests;

use std::fmt;

use secrecy::SecretString;

use crate::builder::ApiClientBuilder;
use crate::known_settings::KnownSetting;

pub use cors_origins::{CorsOrigins, CorsOriginsError};
use reader::Reader;
use written::Entries;

/// What an operator has configured: by environment variables, in a file, or both.
///
/// [The guide](crate::guide::settings) lists every setting.
///
/// ```
/// use auth0_api_core::Settings;
///
/// // `Settings::from_env()` reads the variables of the process.
/// let settings = Settings::from_variables(|name| match name {
///     "AUTH0_DOMAIN" => Some("tenant.eu.auth0.com".into()),
///     "AUTH0_AUDIENCE" => Some("https://api.example.com".into()),
///     "AUTH0_LEEWAY" => Some("5s".into()),
///     _ => None,
/// });
/// let api = settings.builder().build()?;
/// assert_eq!(api.issuers(), ["https://tenant.eu.auth0.com/"]);
///
/// let file = r#"{ "domian": "tenant.eu.auth0.com", "dpop": "requrie" }"#;
/// let settings: Settings = serde_json::from_str(file)?;
/// let error = settings.builder().build().unwrap_err().to_string();
/// let problems: Vec<_> = error.split("; ").collect();
/// assert_eq!(
///     problems,
///     [
///         "the configuration is unusable: domian: there is no such setting",
///         "dpop: \"requrie\" is not one of accept, ignore, require",
///         "domain: not set",
///         "audience: not set",
///     ]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// 1. Reading never fails. [`build`](ApiClientBuilder::build) reports all problems at once: those of values, and those that
///    only the builder finds. Each is named as the operator wrote it.
/// 2. [`builder`](Self::builder) returns a builder, so code can go on with it. Code wins over settings: a setter that is
///    called later replaces what the settings say. A value that cannot be used is a problem also then.
/// 3. A secret is never in an error or in `Debug`, and a `Settings` cannot be serialized. A secret may come from a file.
/// 4. [`redis_url`](Self::redis_url) and [`cors_origins`](Self::cors_origins) are for the application: the client itself uses
///    neither Redis nor CORS.
/// 5. [`get`](Self::get), [`list`](Self::list), [`duration`](Self::duration), [`name`](Self::name) and
///    [`warnings`](Self::warnings) are for programs that explain a configuration.
///
/// `Settings` implements `Deserialize` for every format that describes itself, such as TOML, JSON and YAML.
#[doc(alias = "configuration", alias = "environment", alias = "toml", alias = "yaml", alias = "config")]
#[derive(Clone, Default)]
#[must_use]
pub struct Settings {
    entries: Entries,
}

impl Settings {
    /// Returns these settings, except where `other` has a value for the same setting. So a file can have the usual values,
    /// and variables what differs:
    ///
    /// ```
    /// use auth0_api_core::Settings;
    ///
    /// let file = r#"{ "domain": "tenant.eu.auth0.com", "dpop": "require" }"#;
    /// let file: Settings = serde_json::from_str(file)?;
    /// let variables = |name: &str| (name == "AUTH0_DPOP").then(|| "accept".to_owned());
    /// let settings = file.overridden_by(Settings::from_variables(variables));
    /// assert!(format!("{settings:?}").contains(r#""AUTH0_DPOP": "accept""#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// The short form of a variable, such as `DPOP`, has no effect if these settings have a value: another program may have a
    /// variable with this name. If the two values differ, [`build`](ApiClientBuilder::build) logs the warning
    /// `short_form_ignored`.
    pub fn overridden_by(mut self, other: Self) -> Self {
        self.entries = self.entries.overridden_by(other.entries);
        self
    }

    /// Returns a builder with these settings. A setting that is not written has the default of the builder.
    ///
    /// Secrets that are in files are read now.
    pub fn builder(&self) -> ApiClientBuilder {
        ApiClientBuilder::new(String::new().into(), Box::default()).settings(self)
    }

    /// The URL of the Redis server that all replicas of the API share. It may contain a password.
    ///
    /// The crate `auth0-api-redis` has a function that applies it to a builder. Returns `None` if the setting is not
    /// written, or if it cannot be used, which `build` reports.
    pub fn redis_url(&self) -> Option<SecretString> {
        let url = Reader::new(&self.entries).text(REDIS_URL)?;
        Some(SecretString::from(url.as_str()))
    }

    /// The origins of the pages that may call this API. Default: [`CorsOrigins::local`] if the tenant is on this machine,
    /// and otherwise [`CorsOrigins::none`].
    ///
    /// Also returns the default if the setting cannot be used, which `build` reports.
    pub fn cors_origins(&self) -> CorsOrigins {
        let mut reader = Reader::new(&self.entries);
        let default = if reader.domains().iter().any(|domain| cors_origins::is_local_tenant(domain)) {
            CorsOrigins::local()
        } else {
            CorsOrigins::none()
        };
        reader.cors_origins().unwrap_or(default)
    }
}

impl fmt::Debug for Settings {
    /// Writes the names as the operator wrote them. The values of secrets are redacted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (key, written) in self.entries.all() {
            map.key(&written.name);
            if KnownSetting::of(key).is_none_or(|setting| setting.is_secret) {
                map.value(&format_args!("[redacted]"));
            } else {
                map.value(&written.value);
            }
        }
        map.finish()
    }
}

const CORS_ORIGINS: &str = "cors_origins";
const REDIS_URL: &str = "redis_url";
