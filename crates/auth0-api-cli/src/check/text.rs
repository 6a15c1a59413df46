//! The report for people, in one screen where possible.

use auth0_api_core::Check;
use serde_json::Value;

use super::moment::{from_now, in_utc, in_words};
use super::report::{Failure, Outcome, Report, Row, State};
use super::unverified::{HEADER, SHOWN, Unverified, text};
use crate::printable::cut;
use crate::terminal::{Mark, Terminal};

/// Writes the report.
pub(super) fn render(report: &Report, terminal: &Terminal, with_claims: bool) -> String {
    let mut lines = vec![verdict(report, terminal)];
    if let Some(failure) = &report.failure {
        lines.extend(explanation(failure, terminal));
    }
    lines.push(String::new());
    lines.extend(stages(&report.rows, terminal));
    let jwts = [("Token", &report.token, report.is_signed), ("Proof", &report.proof, true)];
    for (name, jwt, is_signed) in jwts {
        if let Some(jwt) = jwt {
            let heading = if is_signed { name.to_owned() } else { format!("{name}, as it says itself (not verified)") };
            lines.extend([String::new(), terminal.strong(&heading)]);
            lines.extend(jwt_lines(jwt, report, terminal, with_claims));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn verdict(report: &Report, terminal: &Terminal) -> String {
    let (mark, word) = match report.outcome {
        Outcome::Accepted => (Mark::Passed, "Accepted"),
        Outcome::NotJudged => (Mark::Failed, "Not judged"),
        Outcome::Rejected => (Mark::Failed, "Rejected"),
    };
    let rest = match (&report.failure, report.token.as_ref().and_then(|token| token.time("exp"))) {
        (Some(failure), _) => {
            let answer = format!("({} {}, {})", failure.status, failure.code, failure.label);
            // The values that differ follow, or the fix says it all.
            let is_repeated = !failure.differences.is_empty() || failure.check == Check::Certificate;
            let reason = if is_repeated { &failure.description } else { &failure.reason };
            format!(" {answer}: {}", terminal.shown(reason))
        }
        (None, Some(expiry)) => {
            format!(": valid for {} more", in_words(expiry.duration_since(report.now).unwrap_or_default()))
        }
        (None, None) => String::new(),
    };
    terminal.wrap(&format!("{} ", terminal.mark(mark)), &format!("{}{rest}", terminal.strong(word)))
}

fn explanation(failure: &Failure, terminal: &Terminal) -> Vec<String> {
    let mut lines = Vec::new();
    for difference in &failure.differences {
        let found = format!("{} = {}", difference.name, shown(&difference.found, terminal));
        lines.push(line("found", &found, terminal));
        lines.push(line("expected", &shown(&difference.expected, terminal), terminal));
    }
    lines.push(line("fix", &terminal.shown(&failure.fix), terminal));
    lines.extend(failure.note.as_deref().map(|note| line("note", &terminal.shown(note), terminal)));
    lines
}

/// Writes one line for each stage that made a check. For the others, it writes one line for each reason; after a
/// rejection, only which of them were not reached.
fn stages(rows: &[Row], terminal: &Terminal) -> Vec<String> {
    let (mut lines, mut not_needed, mut not_reached) = (Vec::new(), Vec::new(), Vec::new());
    for stage in rows.chunk_by(|one, next| one.check.stage() == next.check.stage()) {
        let Some(name) = stage.first().map(|row| row.check.stage().name()) else { continue };
        let has = |state| stage.iter().any(|row| row.state == state);
        if has(State::Failed) || has(State::Passed) {
            let mark = if has(State::Failed) { Mark::Failed } else { Mark::Passed };
            lines.push(terminal.wrap(&format!("{} {name:<12} ", terminal.mark(mark)), &checks(stage, terminal)));
        } else if has(State::NotReached) {
            not_reached.push(name);
        } else if has(State::NotNeeded) {
            not_needed.push(name);
        }
    }
    let known = rows.iter().filter(|row| row.state == State::OnlyTheApiKnows).map(|row| known(row.check)).collect();
    let is_rejected = rows.iter().any(|row| row.state == State::Failed);
    let skipped = if is_rejected {
        vec![("not reached", not_reached)]
    } else {
        vec![("not needed", not_needed), ("only your API knows", known)]
    };
    for (title, names) in skipped.into_iter().filter(|(_, names): &(_, Vec<_>)| !names.is_empty()) {
        let text = format!("{title}: {}", names.join(", "));
        lines.push(terminal.wrap(&format!("{} ", terminal.mark(Mark::Skipped)), &terminal.dim(&text)));
    }
    lines.iter().map(|line| line.trim_end().replace(UNBROKEN, " ")).collect()
}

/// Writes the checks of a stage; nothing if there is only one.
fn checks(stage: &[Row], terminal: &Terminal) -> String {
    if stage.len() == 1 {
        return String::new();
    }
    let made = stage.iter().filter_map(|row| {
        let mark = match row.state {
            State::Failed => Mark::Failed,
            State::Passed => Mark::Passed,
            State::NotReached => Mark::Skipped,
            State::NotNeeded | State::OnlyTheApiKnows => return None,
        };
        // A mark stays on the line of its check.
        Some(format!("{}{UNBROKEN}{}", terminal.mark(mark), row.check.name()))
    });
    made.collect::<Vec<_>>().join("  ")
}

fn known(check: Check) -> &'static str {
    match check {
        Check::ProofNonce => "whether the nonce is current",
        Check::Replay => "whether the proof was used before",
        _ => "whether the token was revoked",
    }
}

fn jwt_lines(jwt: &Unverified, report: &Report, terminal: &Terminal, with_claims: bool) -> Vec<String> {
    let header = HEADER.into_iter();
    let header = header.filter_map(|name| Some(format!("{name} {}", shown(jwt.header(name)?, terminal))));
    let mut lines = vec![line("header", &header.collect::<Vec<_>>().join(", "), terminal)];
    if jwt.is_encrypted && jwt.claims.is_empty() {
        lines.push(line("claims", "encrypted", terminal));
    }
    // A value that differs is above.
    let differs = |name| report.failure.iter().flat_map(|failure| &failure.differences).any(|shown| shown.name == name);
    for name in SHOWN.into_iter().chain(["htm", "htu"]).filter(|name| !differs(*name)) {
        let Some(value) = jwt.claims.get(name) else { continue };
        let text = match (name, jwt.time(name)) {
            ("cnf", _) => bindings(value),
            ("exp" | "iat" | "nbf", Some(time)) => format!("{}, {}", in_utc(time), from_now(time, report.now)),
            _ => text(value),
        };
        lines.push(line(name, &shown(&text, terminal), terminal));
    }
    let hidden: Vec<&str> = jwt.hidden().filter(|name| !["htm", "htu"].contains(name)).collect();
    if with_claims {
        let others = hidden.iter().filter_map(|name| Some((name, jwt.claims.get(*name)?)));
        lines
            .extend(others.map(|(name, value)| line(&shown(name, terminal), &shown(&text(value), terminal), terminal)));
    } else if !hidden.is_empty() {
        let names = shown(&hidden.join(", "), terminal);
        lines.push(line("hidden", &format!("{names} (--claims shows the values)"), terminal));
    }
    lines
}

/// Says what a token is bound to. A thumbprint is 43 characters that nobody compares by eye.
fn bindings(confirmation: &Value) -> String {
    let names = confirmation.as_object().into_iter().flat_map(|members| members.keys().map(String::as_str));
    let words = names.map(|name| match name {
        "jkt" => "bound to a DPoP key (jkt)".to_owned(),
        "x5t#S256" => "bound to a certificate (x5t#S256)".to_owned(),
        other => format!("unknown member {other}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn line(label: &str, text: &str, terminal: &Terminal) -> String {
    terminal.wrap(&format!("  {} ", terminal.dim(&format!("{label:<8}"))), text)
}

/// Escapes a text of the token, and cuts a long one.
fn shown(text: &str, terminal: &Terminal) -> String {
    terminal.shown(&cut(text, LONGEST))
}

/// A blank at which no line breaks.
const UNBROKEN: char = '\u{a0}';

/// Enough for a URL or a list of scopes. A longer value would push the verdict off the screen.
const LONGEST: usize = 200;
