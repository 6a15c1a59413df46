//! The settings of the API, as the API itself reads them from the environment. Flags win.

use std::time::Duration;

use auth0_api_core::{Algorithm, ApiClientBuilder, SettingWarning, Settings};
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::environment;

/// The variables of the API, and the flags that replace some of them.
#[derive(Clone, Debug)]
pub(crate) struct ApiSettings(Settings);

/// What the API does with DPoP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Dpop {
    Accept,
    Ignore,
    Require,
}

impl ApiSettings {
    /// Reads all variables of the API.
    ///
    /// `flags` has texts under the keys that a file with settings has. Flags without a value are left out.
    pub(crate) fn new(flags: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self(Settings::from_env()).with(flags)
    }

    /// Reads the variables that decide on tokens. The credentials of the API, for example, do not.
    pub(crate) fn of_verifier(flags: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let has_secrets = NONCE_SECRETS.iter().any(|name| environment::raw(name).is_some());
        let variable = |name: &str| environment::raw(name).filter(|_| decides(name, has_secrets));
        Self(Settings::from_variables(variable)).with(flags)
    }

    fn with(self, flags: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let flags: Map<_, _> = flags.into_iter().filter(|(_, value)| !value.is_empty()).map(entry).collect();
        if flags.is_empty() {
            return self;
        }
        // Settings deserialize from any object with texts.
        let flags = serde_json::from_value(Value::Object(flags)).unwrap_or_default();
        Self(self.0.overridden_by(flags))
    }

    pub(crate) fn builder(&self) -> ApiClientBuilder {
        self.0.builder()
    }

    pub(crate) fn redis_url(&self) -> Option<SecretString> {
        self.0.redis_url()
    }

    /// Whether the operator has written a setting.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.has(key)
    }

    /// The text of a setting.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.0.get(key)
    }

    /// The entries of a list.
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        self.0.list(key)
    }

    /// A time, or the default.
    pub(crate) fn duration(&self, key: &str, default: Duration) -> Duration {
        self.0.duration(key).unwrap_or(default)
    }

    /// The name of the variable as the operator has written it; if it is not written, its long name.
    pub(crate) fn variable(&self, key: &str) -> String {
        self.0.name(key).map_or_else(|| format!("{PREFIX}{}", key.to_ascii_uppercase()), str::to_owned)
    }

    /// The variables that have no effect.
    pub(crate) fn warnings(&self) -> Vec<SettingWarning> {
        self.0.warnings()
    }

    /// The default is that of core.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        let named: Vec<_> = self.list("algorithms").iter().filter_map(|name| name.parse().ok()).collect();
        if named.is_empty() { vec![Algorithm::RS256] } else { named }
    }

    /// The mode. `build` reports a value that is none.
    pub(crate) fn dpop(&self) -> Dpop {
        match self.0.get("dpop").as_deref() {
            Some("ignore") => Dpop::Ignore,
            Some("require") => Dpop::Require,
            _ => Dpop::Accept,
        }
    }

    /// Whether the API requires the profile of RFC 9068.
    pub(crate) fn is_strict(&self) -> bool {
        self.0.get("strict_rfc9068").is_some_and(|switch| switch == "on")
    }
}

impl Dpop {
    /// The value of the setting.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Ignore => "ignore",
            Self::Require => "require",
        }
    }
}

/// Whether a token is accepted or rejected because of this variable.
fn decides(variable: &str, has_nonce_secrets: bool) -> bool {
    let is_random = !has_nonce_secrets && NONCES.iter().any(|setting| is(variable, setting));
    !is_random && !WITHOUT_VERDICT.iter().any(|setting| is(variable, setting))
}

/// Whether a variable, in any of its forms, is that of a setting.
fn is(variable: &str, setting: &str) -> bool {
    let name = variable.strip_suffix("_FILE").unwrap_or(variable);
    name.strip_prefix(PREFIX).unwrap_or(name) == setting
}

fn entry((key, value): (&str, String)) -> (String, Value) {
    (key.to_owned(), value.into())
}

const NONCE_SECRETS: [&str; 2] = ["AUTH0_DPOP_NONCE_SECRETS", "AUTH0_DPOP_NONCE_SECRETS_FILE"];
/// Without shared secrets, only the process that made a nonce accepts it.
const NONCES: [&str; 2] = ["DPOP_NONCE", "DPOP_NONCE_STEP"];
const PREFIX: &str = "AUTH0_";
/// The settings for requests to the tenant and to Redis: a token is accepted or rejected without them.
const WITHOUT_VERDICT: [&str; 10] = [
    "CLIENT_AUTH",
    "CLIENT_ID",
    "CLIENT_KEY",
    "CLIENT_KEY_ALGORITHM",
    "CLIENT_SECRET",
    "CORS_ORIGINS",
    "EXCHANGE_CACHE",
    "EXCHANGE_DOMAIN",
    "FORWARD_END_USER_ADDRESS",
    "REDIS_URL",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_belongs_to_its_setting_in_each_form() {
        for (variable, setting, expected) in [
            ("AUTH0_CLIENT_ID", "CLIENT_ID", true),
            ("AUTH0_CLIENT_SECRET_FILE", "CLIENT_SECRET", true),
            ("REDIS_URL_FILE", "REDIS_URL", true),
            ("AUTH0_CLIENT_CERTIFICATES", "CLIENT_AUTH", false),
            ("AUTH0_CLIENT_KEY_ALGORITHM", "CLIENT_KEY", false),
        ] {
            assert_eq!(is(variable, setting), expected, "{variable}");
        }
    }

    #[test]
    fn only_nonces_with_shared_secrets_decide() {
        for (variable, has_secrets, expected) in [
            ("AUTH0_DPOP_NONCE", false, false),
            ("DPOP_NONCE", false, false),
            ("AUTH0_DPOP_NONCE_STEP", false, false),
            ("DPOP_NONCE", true, true),
            ("AUTH0_DPOP", false, true),
            ("AUTH0_CLIENT_SECRET_FILE", true, false),
        ] {
            assert_eq!(decides(variable, has_secrets), expected, "{variable} {has_secrets}");
        }
    }

    #[test]
    fn flags_win_and_an_empty_flag_is_none() {
        let none: [(&str, String); 0] = [];
        let api = ApiSettings(Settings::from_variables(|name| (name == "DPOP").then(|| "require".to_owned())));
        assert_eq!(api.clone().with(none).dpop(), Dpop::Require);
        let api =
            api.with([("dpop", "ignore".to_owned()), ("audience", "a b,c".to_owned()), ("algorithms", String::new())]);
        assert_eq!((api.dpop(), api.algorithms()), (Dpop::Ignore, vec![Algorithm::RS256]));
        assert_eq!(api.list("audience"), ["a", "b", "c"]);
        assert_eq!((api.variable("leeway"), api.variable("dpop")), ("AUTH0_LEEWAY".to_owned(), "dpop".to_owned()));
    }
}
