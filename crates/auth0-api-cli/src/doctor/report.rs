//! Prints the findings, and decides on the exit status.

use std::io::{self, Write as _};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::finding::{Finding, Mark};
use super::printable::count;

/// Prints the findings as text or as JSON. Returns 0 if all is well, 1 if there is a problem, and 3 if there is none but
/// something could not be looked at.
pub(super) fn print(findings: &[Finding], as_json: bool) -> ExitCode {
    let text = if as_json { format!("{:#}\n", json(findings)) } else { text(findings) };
    // Nobody reads what cannot be written: the exit status stays.
    drop(io::stdout().write_all(text.as_bytes()));
    ExitCode::from(status(findings))
}

fn status(findings: &[Finding]) -> u8 {
    let has = |mark| findings.iter().any(|finding| finding.mark == mark);
    if has(Mark::Problem) {
        1
    } else if has(Mark::NotLooked) {
        3
    } else {
        0
    }
}

/// One line for each finding, and one for each setting that mends it.
fn text(findings: &[Finding]) -> String {
    let mut lines = Vec::new();
    for Finding { mark, name, text, mends } in findings {
        lines.push(format!("{} {name}: {text}", mark.symbol()));
        let mends = mends.iter().map(|mend| format!("    {:<9}{}", format!("{}:", mend.side.name()), mend.text));
        lines.extend(mends);
    }
    let counted = |mark| findings.iter().filter(|finding| finding.mark == mark).count();
    let (problems, warnings) = (count(counted(Mark::Problem), "problem"), count(counted(Mark::Warning), "warning"));
    lines.push(format!("{problems}, {warnings}, {} not looked at\n", counted(Mark::NotLooked)));
    lines.join("\n")
}

fn json(findings: &[Finding]) -> Value {
    let shown = findings.iter().map(|Finding { mark, name, text, mends }| {
        let mends: Vec<_> = mends.iter().map(|mend| json!({ "side": mend.side.name(), "text": mend.text })).collect();
        json!({ "mark": mark.name(), "name": name, "text": text, "mends": mends })
    });
    json!({ "status": status(findings), "findings": shown.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_has_a_line_and_each_mend_another() {
        let findings = [
            Finding::passed("clock", "differs by 0 s"),
            Finding::problem("redis_evicts", "maxmemory-policy is allkeys-lru")
                .redis("CONFIG SET maxmemory-policy noeviction"),
        ];
        assert_eq!(
            text(&findings),
            "✓ clock: differs by 0 s\n✗ redis_evicts: maxmemory-policy is allkeys-lru\n    redis:   CONFIG SET \
             maxmemory-policy noeviction\n1 problem, 0 warnings, 0 not looked at\n"
        );
        assert_eq!(
            json(&findings),
            json!({ "status": 1, "findings": [
                { "mark": "passed", "name": "clock", "text": "differs by 0 s", "mends": [] },
                { "mark": "problem", "name": "redis_evicts", "text": "maxmemory-policy is allkeys-lru", "mends": [
                    { "side": "redis", "text": "CONFIG SET maxmemory-policy noeviction" },
                ] },
            ] })
        );
    }

    #[test]
    fn a_problem_outweighs_what_was_not_looked_at() {
        let (passed, warning) = (Finding::passed("a", ""), Finding::warning("b", ""));
        let (unseen, problem) = (Finding::not_looked("c", ""), Finding::problem("d", ""));
        for (findings, expected) in [
            (vec![], 0),
            (vec![passed.clone(), warning.clone()], 0),
            (vec![warning.clone(), unseen.clone()], 3),
            (vec![problem, unseen, warning], 1),
        ] {
            assert_eq!(status(&findings), expected, "{findings:?}");
        }
    }
}
