//! Which cases wait, and what for. Everything else runs.

use super::case::Case;

/// Why a case is skipped; `None` if it runs.
///
/// # Errors
///
/// A capability that stands in neither list.
pub(super) fn reason(case: &Case) -> Result<Option<&'static str>, String> {
    for capability in case.needs.iter().map(String::as_str).chain(case.configured("domains")) {
        if let Some((_, reason)) = MISSING.iter().find(|(missing, _)| *missing == capability) {
            return Ok(Some(reason));
        }
        if !BUILT.contains(&capability) {
            return Err(format!("the case needs {capability:?}, which the runner does not know"));
        }
    }
    Ok(None)
}

/// Capabilities that are not built.
const MISSING: [(&str, &str); 3] = [
    ("domains", "several issuers: not built yet"),
    ("key_policy", "settings of the key cache: not built yet"),
    ("resolver", "issuers by resolver: not built yet"),
];

/// Capabilities that are built.
const BUILT: [&str; 9] = [
    "actor_token",
    "dpop",
    "exchange",
    "extra",
    "nonce",
    "replay",
    "requirement",
    "strict_rfc9068",
    "vault_refresh_token",
];
