//! The report for programs. Members are added in later versions, and not renamed.

use auth0_api_core::Check;
use serde_json::{Map, Value, json};

use super::moment::in_rfc3339;
use super::report::{Failure, Report};
use super::unverified::{HEADER, SHOWN, Unverified};
use crate::json::document;

/// Writes the report as one JSON object.
pub(super) fn render(report: &Report, with_claims: bool) -> String {
    let checks = report
        .rows
        .iter()
        .map(|row| json!({ "stage": row.check.stage().name(), "check": row.check.name(), "result": row.state.name() }));
    let object = json!({
        "outcome": report.outcome.name(),
        "at": in_rfc3339(report.now),
        "failure": report.failure.as_ref().map(failure),
        "checks": checks.collect::<Vec<_>>(),
        "token_is_signed": report.is_signed,
        "token": report.token.as_ref().map(|token| jwt(token, with_claims)),
        "proof": report.proof.as_ref().map(|proof| jwt(proof, with_claims)),
    });
    document(&object)
}

fn failure(failure: &Failure) -> Value {
    let differences = failure.differences.iter().map(
        |difference| json!({ "name": difference.name, "found": difference.found, "expected": difference.expected }),
    );
    let check: Check = failure.check;
    json!({
        "stage": check.stage().name(),
        "check": check.name(),
        "label": failure.label,
        "status": failure.status,
        "error": failure.code,
        "error_description": failure.description,
        "www_authenticate": failure.challenges,
        "reason": failure.reason,
        "differences": differences.collect::<Vec<_>>(),
        "fix": failure.fix,
        "note": failure.note,
    })
}

fn jwt(jwt: &Unverified, with_claims: bool) -> Value {
    let is_shown = |name: &str| with_claims || SHOWN.contains(&name) || ["htm", "htu"].contains(&name);
    let shown = jwt.claims.iter().filter(|(name, _)| is_shown(name));
    let shown: Map<String, Value> = shown.map(|(name, value)| (name.clone(), value.clone())).collect();
    let hidden: Vec<&String> = jwt.claims.keys().filter(|name| !is_shown(name)).collect();
    let header = HEADER.into_iter().filter_map(|name| Some((name.to_owned(), jwt.header.get(name)?.clone())));
    let header: Map<String, Value> = header.collect();
    json!({ "header": header, "claims": shown, "hidden_claims": hidden, "is_encrypted": jwt.is_encrypted })
}
