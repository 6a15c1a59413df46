//! Prints the findings, and decides on the exit status.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::finding::{Finding, Mark};
use crate::exit_status::ExitStatus;
use crate::json::document;
use crate::printable::count;
use crate::terminal::{self, Terminal};

/// Prints the findings as text or as JSON.
pub(super) fn print(findings: &[Finding], as_json: bool) -> ExitCode {
    let text = if as_json { document(&json(findings)) } else { text(findings, &Terminal::of_stdout()) };
    // Nobody reads what cannot be written: the exit status stays.
    drop(terminal::print(&text));
    status(findings).into()
}

fn status(findings: &[Finding]) -> ExitStatus {
    let has = |mark| findings.iter().any(|finding| finding.mark == mark);
    if has(Mark::Problem) {
        ExitStatus::No
    } else if has(Mark::NotLooked) {
        ExitStatus::Open
    } else {
        ExitStatus::Yes
    }
}

/// One paragraph for each finding, and one for each setting that mends it.
fn text(findings: &[Finding], terminal: &Terminal) -> String {
    let mut lines = Vec::new();
    for Finding { mark, name, text, mends, domain } in findings {
        let name = domain.as_ref().map_or_else(|| format!("{name}:"), |domain| format!("{name} ({domain}):"));
        let text = format!("{} {}", terminal.strong(&name), terminal.shown(text));
        lines.push(terminal.wrap(&format!("{} ", terminal.mark(mark.shown())), &text));
        lines.extend(mends.iter().map(|mend| {
            let side = terminal.dim(&format!("{:<8}", format!("{}:", mend.side.name())));
            terminal.wrap(&format!("    {side} "), &terminal.shown(&mend.text))
        }));
    }
    let counted = |mark| findings.iter().filter(|finding| finding.mark == mark).count();
    let (problems, warnings) = (count(counted(Mark::Problem), "problem"), count(counted(Mark::Warning), "warning"));
    let unseen = counted(Mark::NotLooked);
    let unseen = if unseen == 0 { String::new() } else { format!(", {unseen} not looked at") };
    lines.push(format!("\n{}\n", terminal.strong(&format!("{problems}, {warnings}{unseen}"))));
    lines.join("\n")
}

fn json(findings: &[Finding]) -> Value {
    let shown = findings.iter().map(|Finding { mark, name, text, mends, domain }| {
        let mends: Vec<_> = mends.iter().map(|mend| json!({ "side": mend.side.name(), "text": mend.text })).collect();
        json!({ "mark": mark.name(), "name": name, "text": text, "mends": mends, "domain": domain })
    });
    json!({ "status": status(findings).number(), "findings": shown.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Characters;

    fn shown(findings: &[Finding], columns: usize) -> String {
        let text = text(findings, &Terminal::new(columns, Characters::Unicode));
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn each_finding_has_a_line_and_each_mend_another() {
        let findings = [
            Finding::passed("clock", "differs by 0 s"),
            Finding::problem("redis_evicts", "maxmemory-policy is allkeys-lru")
                .redis("CONFIG SET maxmemory-policy noeviction"),
        ];
        assert_eq!(
            shown(&findings, 80),
            "✓ clock: differs by 0 s\n✗ redis_evicts: maxmemory-policy is allkeys-lru\n    redis:   CONFIG SET \
             maxmemory-policy noeviction\n\n1 problem, 0 warnings\n"
        );
        assert!(shown(&findings, 40).contains("redis:   CONFIG SET maxmemory-policy\n             noeviction\n"));
        assert_eq!(
            json(&findings),
            json!({ "status": 1, "findings": [
                { "mark": "passed", "name": "clock", "text": "differs by 0 s", "mends": [], "domain": null },
                { "mark": "problem", "name": "redis_evicts", "text": "maxmemory-policy is allkeys-lru", "mends": [
                    { "side": "redis", "text": "CONFIG SET maxmemory-policy noeviction" },
                ], "domain": null },
            ] })
        );
    }

    #[test]
    fn a_finding_about_one_of_several_domains_names_it() {
        let finding = Finding { domain: Some("a.example".into()), ..Finding::passed("keys", "1 published key") };
        assert!(shown(&[finding], 80).starts_with("✓ keys (a.example): 1 published key\n"));
    }

    #[test]
    fn a_problem_outweighs_what_was_not_looked_at() {
        let (passed, warning) = (Finding::passed("a", ""), Finding::warning("b", ""));
        let (unseen, problem) = (Finding::not_looked("c", ""), Finding::problem("d", ""));
        for (findings, expected) in [
            (vec![], ExitStatus::Yes),
            (vec![passed.clone(), warning.clone()], ExitStatus::Yes),
            (vec![warning.clone(), unseen.clone()], ExitStatus::Open),
            (vec![problem, unseen, warning], ExitStatus::No),
        ] {
            assert_eq!(status(&findings), expected, "{findings:?}");
        }
    }
}
