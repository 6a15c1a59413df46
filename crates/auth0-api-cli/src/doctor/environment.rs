//! The variables that the doctor reads beside those of `ApiClient::from_env`.

use super::proxy_variables::ProxyVariables;
use super::secret_file::Secret;

/// The environment of the process. Its secrets are redacted in `Debug`.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` as they are, with white space.
    pub(super) raw: Vec<(&'static str, String)>,
    pub(super) audience: String,
    pub(super) decrypts: bool,
    /// `DPOP`: `accept`, `ignore` or `require`.
    pub(super) dpop: Option<String>,
    pub(super) redis_url: Secret,
    pub(super) proxies: ProxyVariables,
    pub(super) ca_file: Option<String>,
    pub(super) ca_folder: Option<String>,
    pub(super) management: ManagementVariables,
}

/// How to reach the Management API.
#[derive(Clone, Debug)]
pub(super) struct ManagementVariables {
    pub(super) domain: Option<String>,
    pub(super) token: Secret,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Secret,
}

impl Environment {
    pub(super) fn read() -> Self {
        let raw = |name| Some((name, raw(name)?));
        Self {
            raw: [raw("AUTH0_DOMAIN"), raw("AUTH0_AUDIENCE")].into_iter().flatten().collect(),
            audience: variable("AUTH0_AUDIENCE").unwrap_or_default(),
            decrypts: variable("AUTH0_DECRYPTION_KEY_FILE").is_some(),
            dpop: variable("DPOP"),
            redis_url: Secret::read(variable("REDIS_URL"), None, ""),
            proxies: ProxyVariables::read(first),
            ca_file: variable("SSL_CERT_FILE"),
            ca_folder: variable("SSL_CERT_DIR"),
            management: ManagementVariables {
                domain: variable("AUTH0_MANAGEMENT_DOMAIN").or_else(|| variable("AUTH0_DOMAIN")),
                token: Secret::read(variable("AUTH0_MANAGEMENT_TOKEN"), variable(TOKEN_FILE), TOKEN_FILE),
                client_id: variable("AUTH0_MANAGEMENT_CLIENT_ID"),
                client_secret: Secret::read(
                    variable("AUTH0_MANAGEMENT_CLIENT_SECRET"),
                    variable(CLIENT_SECRET_FILE),
                    CLIENT_SECRET_FILE,
                ),
            },
        }
    }
}

/// Returns the first of these variables that is set, with its name.
fn first(names: &[&'static str]) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| Some((*name, variable(name)?)))
}

/// Returns a variable without white space around it. A blank one counts as missing.
fn variable(name: &str) -> Option<String> {
    raw(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "the only place of the doctor that reads the environment")]
fn raw(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

const TOKEN_FILE: &str = "AUTH0_MANAGEMENT_TOKEN_FILE";
const CLIENT_SECRET_FILE: &str = "AUTH0_MANAGEMENT_CLIENT_SECRET_FILE";
