//! Which cases are skipped, and why. All other cases run.

use super::case::Case;

/// Returns the reason to skip a case; `None` if the case runs.
///
/// # Errors
///
/// The case needs a capability that is in neither list.
pub(super) fn reason(case: &Case) -> Result<Option<&'static str>, String> {
    for capability in case.needs.iter().map(String::as_str) {
        if let Some((_, reason)) = MISSING.iter().find(|(missing, _)| *missing == capability) {
            return Ok(Some(reason));
        }
        if !BUILT.contains(&capability) {
            return Err(format!("the case needs {capability:?}, which the runner does not know"));
        }
    }
    Ok(None)
}

/// Capabilities that are not built, each with the reason to skip its cases.
const MISSING: [(&str, &str); 0] = [];

/// Capabilities that the library and the runner have.
const BUILT: [&str; 12] = [
    "actor_token",
    "domains",
    "dpop",
    "exchange",
    "extra",
    "key_policy",
    "nonce",
    "replay",
    "requirement",
    "resolver",
    "strict_rfc9068",
    "vault_refresh_token",
];
