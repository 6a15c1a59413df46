//! Which cases wait, and what for. Everything else runs.

use super::case::Case;

/// Why a case is skipped; `None` if it runs.
///
/// # Errors
///
/// A capability that stands in neither list.
pub(super) fn reason(case: &Case) -> Result<Option<&'static str>, String> {
    if let Some((_, reason)) = KINDS.iter().find(|(kind, _)| *kind == case.kind) {
        return Ok(Some(reason));
    }
    for capability in &case.needs {
        if let Some((_, reason)) = MISSING.iter().find(|(missing, _)| missing == capability) {
            return Ok(Some(reason));
        }
        if !BUILT.contains(&capability.as_str()) {
            return Err(format!("the case needs {capability:?}, which the runner does not know"));
        }
    }
    Ok(None)
}

/// Kinds whose subject is not built.
const KINDS: [(&str, &str); 1] = [("exchange", "token exchange: not built yet")];

/// Capabilities that are not built.
const MISSING: [(&str, &str); 7] = [
    ("actor_token", "token exchange: not built yet"),
    ("domains", "several issuers: not built yet"),
    ("exchange", "token exchange: not built yet"),
    ("extra", "token exchange: not built yet"),
    ("key_policy", "settings of the key cache: not built yet"),
    ("resolver", "issuers by resolver: not built yet"),
    ("vault_refresh_token", "token exchange: not built yet"),
];

/// Capabilities that are built.
const BUILT: [&str; 5] = ["dpop", "nonce", "replay", "requirement", "strict_rfc9068"];
