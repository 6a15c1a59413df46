//! Applies settings to a builder, or to a client that serves.

mod called_url;
mod client_auth;
mod dpop;
mod keys;
mod over_settings;
mod reloadable;
mod responses;
mod tokens;

use super::Settings;
use super::reader::{Reader, unusable};
use crate::builder::ApiClientBuilder;
use crate::issuer::{Domain, Loopback};
use crate::known_settings::SettingProblem;
use crate::reloadable::Reloadable;

impl ApiClientBuilder {
    /// Applies settings that an operator has written. A setting that is not written keeps its value. Setters that are called
    /// later win. [`build`](Self::build) reports the problems of all settings that were applied, in all calls.
    ///
    /// ```
    /// use auth0_api_core::{ApiClient, Settings};
    ///
    /// let file: Settings = serde_json::from_str(r#"{ "leeway": "5s" }"#)?;
    /// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
    ///     .settings(&file)
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settings(mut self, settings: &Settings) -> Self {
        let entries = settings.entries.after(self.reloadable.applied.as_ref());
        let mut reader = Reader::new(&entries);
        let is_loopback = is_loopback(&mut Reader::new(&entries));
        if is_loopback {
            self = self.insecure_http_loopback();
        }
        // The setters that `apply` calls are not code that wins over settings.
        let mut by_code = self.reloadable.over_settings.take().unwrap_or_default();
        self.reloadable = reloadable::apply(&mut reader, self.reloadable);
        by_code.retain(|option| !entries.have(option));
        self.reloadable.over_settings = Some(by_code);
        self = tokens::apply(&mut reader, self);
        self.dpop = dpop::apply(&mut reader, self.dpop);
        self = called_url::apply(&mut reader, self);
        self.key_policy = keys::apply(&mut reader, self.key_policy);
        self = responses::apply(&mut reader, self);
        self.reloadable = self.reloadable.with_report(reader.report(is_loopback));
        self
    }

    /// Adds a problem of a setting, for a crate or an application that uses a setting itself. [`build`](Self::build) reports
    /// it together with the others, under the name that the operator wrote.
    ///
    /// `key` is the key of a setting, such as `redis_url`, or the name of a setting of the application. If a problem of this
    /// setting is known already, that one stays. Do not put a secret into `problem`.
    ///
    /// ```
    /// use auth0_api_core::Settings;
    ///
    /// let builder = Settings::from_variables(|_| None).builder();
    /// let error = builder.setting_problem("PORT", "\"http\" is no port").build().unwrap_err();
    /// assert!(error.to_string().contains("PORT: \"http\" is no port"));
    /// ```
    pub fn setting_problem(mut self, key: &str, problem: impl Into<Box<str>>) -> Self {
        let applied = self.reloadable.applied.get_or_insert_default();
        let written = applied.names.get_key_value(key).map(|(key, name)| (*key, name.clone()));
        let (key, name) = written.unwrap_or_else(|| ("", key.into()));
        if !applied.problems.iter().any(|known| known.name == name) {
            applied.problems.push(SettingProblem { key, name, error: unusable(problem.into()) });
        }
        self
    }
}

impl Reloadable {
    /// Applies settings that an operator has written, as far as they can be replaced. A setting that is not written keeps its
    /// value.
    ///
    /// [`reload`](crate::ApiClient::reload) reports the problems of these settings, as `build` does, and changes nothing if there
    /// is one. Settings that cannot be replaced are not looked at.
    ///
    /// Code wins: a value that a setter has set after settings were applied, at build or at an earlier reload, stays.
    ///
    /// ```no_run
    /// # async fn run(api: auth0_api_core::ApiClient) -> Result<(), auth0_api_core::ReloadError> {
    /// use auth0_api_core::Settings;
    ///
    /// // After the file that AUTH0_CLIENT_SECRET_FILE names has changed:
    /// api.reload(|current| current.settings(&Settings::from_env())).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn settings(mut self, settings: &Settings) -> Self {
        let mut reader = Reader::new(&settings.entries);
        let by_code = self.over_settings.take().unwrap_or_default();
        let mut changed = reloadable::apply(&mut reader, self.clone());
        over_settings::keep(&by_code, &self, &mut changed);
        changed.over_settings = Some(by_code);
        changed.with_report(reader.report(false))
    }
}

/// Whether a domain names a tenant on this machine that is used by plain HTTP.
fn is_loopback(reader: &mut Reader<'_>) -> bool {
    let domains = reader.domains();
    let is_plain = |domain: &String| domain.starts_with("http://");
    domains.iter().any(|domain| is_plain(domain) && Domain::parse(domain, Loopback::HttpAllowed).is_ok())
}
