//! The variables of the environment that this program reads itself. `ApiClient` reads those of the API: `api_settings.rs`.

/// Returns a variable without white space around it. A blank one counts as missing.
pub(crate) fn variable(name: &str) -> Option<String> {
    raw(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// Returns a variable as it is. What is not Unicode is replaced.
#[expect(clippy::disallowed_methods, reason = "the only place of this crate that reads the environment")]
pub(crate) fn raw(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}
