//! What the doctor reads from the environment: the settings of the API, and the way to the tenant.

use super::options::DoctorOptions;
use super::proxy_variables::ProxyVariables;
use crate::api_settings::ApiSettings;
use crate::environment::{raw, variable};

/// The environment of the process. Its secrets are redacted in `Debug`.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    /// The settings of the API. What its code has set is in the flags.
    pub(super) api: ApiSettings,
    /// `AUTH0_DOMAIN` and `AUTH0_AUDIENCE` as they are, with white space.
    pub(super) raw: Vec<(&'static str, String)>,
    pub(super) proxies: ProxyVariables,
    pub(super) ca_file: Option<String>,
    pub(super) ca_folder: Option<String>,
}

impl Environment {
    pub(super) fn read(options: &DoctorOptions) -> Self {
        let raw = |name| Some((name, raw(name)?));
        Self {
            api: ApiSettings::new(options.settings()),
            raw: [raw("AUTH0_DOMAIN"), raw("AUTH0_AUDIENCE")].into_iter().flatten().collect(),
            proxies: ProxyVariables::read(first),
            ca_file: variable("SSL_CERT_FILE"),
            ca_folder: variable("SSL_CERT_DIR"),
        }
    }
}

/// Returns the first of these variables that is set, with its name.
fn first(names: &[&'static str]) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| Some((*name, variable(name)?)))
}
