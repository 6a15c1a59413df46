//! When an outcome is the expected one.

use serde_json::{Map, Number, Value};

use super::case::{Expectation, Object};
use super::exchange_expect;
use super::outcome::Outcome;

impl Expectation {
    /// Compares an outcome with what is expected, then with the alternatives. `known` are the members that the kind has.
    pub(super) fn check(&self, outcome: &Outcome, known: &[&str]) -> Result<(), String> {
        let problem = self.problem(outcome, known);
        problem.map_or(Ok(()), |problem| match outcome.through {
            Some(way) => Err(format!("through {way}: {problem}")),
            None => Err(problem),
        })
    }

    fn problem(&self, outcome: &Outcome, known: &[&str]) -> Option<String> {
        let options = || std::iter::once(&self.expect).chain(&self.also_acceptable);
        if let Some(unknown) = options().flat_map(Map::keys).find(|name| !known.contains(&name.as_str())) {
            return Some(format!("the runner does not know what to do with expect.{unknown}"));
        }
        if !outcome.violations.is_empty() {
            return Some(format!("{}\ncame: {}", outcome.violations.join("\n"), brief(&outcome.members)));
        }
        if options().any(|expected| differences(expected, outcome).is_empty()) {
            return None;
        }
        let mut lines = differences(&self.expect, outcome);
        lines.push(format!("expected: {}", brief(&self.expect)));
        lines.extend(self.also_acceptable.iter().map(|alternative| format!("      or: {}", brief(alternative))));
        lines.push(format!("    outcome_of_exchange: {}", brief(&outcome.members)));
        Some(lines.join("\n"))
    }
}

/// What differs, member by member. Only the members that are expected are compared.
fn differences(expected: &Object, outcome: &Outcome) -> Vec<String> {
    let differing = expected.iter().filter(|(name, value)| !holds(name, value, &outcome.members));
    let name_it = |(name, value): (&String, &Value)| match outcome.members.get(compared_with(name)) {
        Some(outcome_of_exchange) => format!("{name}: expected {value}, outcome_of_exchange {outcome_of_exchange}"),
        None => format!("{name}: expected {value}, outcome_of_exchange nothing"),
    };
    differing.map(name_it).collect()
}

/// The member of the outcome that an expected one speaks of.
fn compared_with(name: &str) -> &str {
    match name {
        "challenges_exclude" => "challenges",
        "forbidden_hosts" | "requested_hosts" => "hosts",
        other => exchange_expect::compared_with(other).unwrap_or(other),
    }
}

fn holds(name: &str, expected: &Value, outcome: &Object) -> bool {
    let Some(outcome_of_exchange) = outcome.get(compared_with(name)) else { return false };
    match name {
        "challenges_exclude" => {
            texts(outcome_of_exchange).all(|challenge| !texts(expected).any(|unwanted| challenge.contains(unwanted)))
        }
        "claims" => members(expected).all(|(claim, value)| {
            outcome_of_exchange.get(claim).is_some_and(|outcome_of_exchange| same(value, outcome_of_exchange))
        }),
        // What was not set may not be there.
        "document" => same(expected, outcome_of_exchange),
        "forbidden_hosts" => {
            texts(outcome_of_exchange).all(|host| !texts(expected).any(|forbidden| is_host(forbidden, host)))
        }
        "problems" => texts(expected).all(|problem| texts(outcome_of_exchange).any(|named| named == problem)),
        "requested_hosts" => {
            texts(outcome_of_exchange).all(|host| texts(expected).any(|allowed| is_host(allowed, host)))
        }
        // `[]` says that no headers are known: what is expected is there, whatever else is.
        "resolver_context" => {
            members(expected).all(|(name, value)| match (name.as_str(), outcome_of_exchange.get(name)) {
                ("headers", Some(Value::Array(outcome_of_exchange))) => {
                    value.as_array().into_iter().flatten().all(|header| outcome_of_exchange.contains(header))
                }
                (_, Some(outcome_of_exchange)) => same(value, outcome_of_exchange),
                (_, None) => false,
            })
        }
        "response_headers" => members(expected).all(|(header, value)| {
            members(outcome_of_exchange).any(|(name, outcome_of_exchange)| {
                name.eq_ignore_ascii_case(header) && matches(value, outcome_of_exchange)
            })
        }),
        _ => exchange_expect::holds(name, expected, outcome_of_exchange)
            .unwrap_or_else(|| matches(expected, outcome_of_exchange)),
    }
}

/// Objects as subsets, texts with wildcards, everything else as it is.
pub(super) fn matches(expected: &Value, outcome_of_exchange: &Value) -> bool {
    match (expected, outcome_of_exchange) {
        (Value::Array(expected), Value::Array(outcome_of_exchange)) => {
            expected.len() == outcome_of_exchange.len()
                && expected
                    .iter()
                    .zip(outcome_of_exchange)
                    .all(|(expected, outcome_of_exchange)| matches(expected, outcome_of_exchange))
        }
        (Value::Object(expected), Value::Object(outcome_of_exchange)) => expected.iter().all(|(name, value)| {
            outcome_of_exchange.get(name).is_some_and(|outcome_of_exchange| matches(value, outcome_of_exchange))
        }),
        (Value::String(pattern), Value::String(text)) => wildcard(pattern, text),
        _ => same(expected, outcome_of_exchange),
    }
}

/// Equal as JSON: 1 and 1.0 are the same number.
fn same(expected: &Value, outcome_of_exchange: &Value) -> bool {
    match (expected, outcome_of_exchange) {
        (Value::Number(expected), Value::Number(outcome_of_exchange)) => same_number(expected, outcome_of_exchange),
        (Value::Array(expected), Value::Array(outcome_of_exchange)) => {
            expected.len() == outcome_of_exchange.len()
                && expected
                    .iter()
                    .zip(outcome_of_exchange)
                    .all(|(expected, outcome_of_exchange)| same(expected, outcome_of_exchange))
        }
        (Value::Object(expected), Value::Object(outcome_of_exchange)) => {
            let equal = |(name, value): (&String, &Value)| {
                outcome_of_exchange.get(name).is_some_and(|outcome_of_exchange| same(value, outcome_of_exchange))
            };
            expected.len() == outcome_of_exchange.len() && expected.iter().all(equal)
        }
        _ => expected == outcome_of_exchange,
    }
}

fn same_number(expected: &Number, outcome_of_exchange: &Number) -> bool {
    expected == outcome_of_exchange
        || expected
            .as_f64()
            .zip(outcome_of_exchange.as_f64())
            .is_some_and(|(expected, outcome_of_exchange)| expected.total_cmp(&outcome_of_exchange).is_eq())
}

/// Whether a text fits a pattern in which `*` stands for any text, also none.
fn wildcard(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        let Some((_, after)) = text.split_once(piece) else { return false };
        text = after;
    }
    text.ends_with(end)
}

/// A host with a port is also named by the host alone.
fn is_host(expected: &str, outcome_of_exchange: &str) -> bool {
    outcome_of_exchange == expected
        || outcome_of_exchange.strip_prefix(expected).is_some_and(|rest| rest.starts_with(':'))
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// An object as one line that can be read.
fn brief(object: &Object) -> String {
    let text = Value::Object(object.clone()).to_string();
    match text.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
        None => text,
    }
}

const LINE: usize = 700;

mod tests {
    use serde_json::json;

    use super::{holds, matches, same, wildcard};

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*", "a", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxcyyb", false),
            ("*b*", "abc", true),
            ("**", "abc", true),
            ("error_description=\"*\", algs", "error_description=\"x\", algs", true),
        ] {
            assert_eq!(wildcard(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn objects_are_compared_as_subsets_and_claims_as_they_are() {
        assert!(matches(&json!({"a": {"b": 1}}), &json!({"a": {"b": 1.0, "c": 2}, "d": 3})));
        assert!(!matches(&json!({"a": 1}), &json!({"b": 1})));
        assert!(!matches(&json!([1]), &json!([1, 2])));
        assert!(!same(&json!({"a": {"b": 1}}), &json!({"a": {"b": 1, "c": 2}})));
        assert!(same(&json!(null), &json!(null)) && !same(&json!("*"), &json!("x")));
    }

    #[test]
    fn some_members_have_rules_of_their_own() {
        let outcome = json!({
            "hosts": ["a.test", "b.test:8443"], "challenges": ["Bearer x"], "problems": ["domain", "audience"],
            "response_headers": {"retry-after": "5"},
        });
        let outcome_of_exchange = outcome.as_object().cloned().unwrap_or_default();
        for (name, expected, fits) in [
            ("forbidden_hosts", json!(["c.test"]), true),
            ("forbidden_hosts", json!(["b.test"]), false),
            ("requested_hosts", json!(["a.test", "b.test", "c.test"]), true),
            ("requested_hosts", json!(["a.test"]), false),
            ("challenges_exclude", json!(["y"]), true),
            ("challenges_exclude", json!(["y", "x"]), false),
            ("problems", json!(["audience"]), true),
            ("problems", json!(["audience", "leeway"]), false),
            ("response_headers", json!({"Retry-After": "*"}), true),
            ("response_headers", json!({"dpop-nonce": "*"}), false),
            ("status", json!(401), false),
        ] {
            assert_eq!(holds(name, &expected, &outcome_of_exchange), fits, "{name} {expected}");
        }
    }
}
