//! Compares an outcome with the expectation of its case.

use serde_json::{Map, Number, Value};

use super::case::{Expectation, Object};
use super::exchange_expect;
use super::outcome::Outcome;

impl Expectation {
    /// Compares an outcome with the expected one, then with the acceptable alternatives. `known` lists the members that
    /// an expectation of this kind may have.
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
            return Some(format!("{}\nactual: {}", outcome.violations.join("\n"), brief(&outcome.members)));
        }
        if options().any(|expected| differences(expected, outcome).is_empty()) {
            return None;
        }
        let mut lines = differences(&self.expect, outcome);
        lines.push(format!("expected: {}", brief(&self.expect)));
        lines.extend(self.also_acceptable.iter().map(|alternative| format!("      or: {}", brief(alternative))));
        lines.push(format!("  actual: {}", brief(&outcome.members)));
        Some(lines.join("\n"))
    }
}

/// Returns the differences, one per member. Only members of the expectation are compared.
fn differences(expected: &Object, outcome: &Outcome) -> Vec<String> {
    let differing = expected.iter().filter(|(name, value)| !holds(name, value, &outcome.members));
    let name_it = |(name, value): (&String, &Value)| match outcome.members.get(compared_with(name)) {
        Some(actual) => format!("{name}: expected {value}, actual {actual}"),
        None => format!("{name}: expected {value}, actual nothing"),
    };
    differing.map(name_it).collect()
}

/// Returns the member of the outcome that is compared with the expected member `name`.
fn compared_with(name: &str) -> &str {
    match name {
        "challenges_exclude" => "challenges",
        "forbidden_hosts" | "requested_hosts" => "hosts",
        other => exchange_expect::compared_with(other).unwrap_or(other),
    }
}

fn holds(name: &str, expected: &Value, outcome: &Object) -> bool {
    let Some(actual) = outcome.get(compared_with(name)) else { return false };
    match name {
        "challenges_exclude" => {
            texts(actual).all(|challenge| !texts(expected).any(|unwanted| challenge.contains(unwanted)))
        }
        "claims" => members(expected).all(|(claim, value)| actual.get(claim).is_some_and(|actual| same(value, actual))),
        // Members that the case does not set must be absent.
        "document" => same(expected, actual),
        "forbidden_hosts" => texts(actual).all(|host| !texts(expected).any(|forbidden| is_host(forbidden, host))),
        "problems" => texts(expected).all(|problem| texts(actual).any(|named| named == problem)),
        "requested_hosts" => texts(actual).all(|host| texts(expected).any(|allowed| is_host(allowed, host))),
        // The expected headers must be present. Other headers may also be present.
        "resolver_context" => members(expected).all(|(name, value)| match (name.as_str(), actual.get(name)) {
            ("headers", Some(Value::Array(actual))) => {
                value.as_array().into_iter().flatten().all(|header| actual.contains(header))
            }
            (_, Some(actual)) => same(value, actual),
            (_, None) => false,
        }),
        "response_headers" => members(expected).all(|(header, value)| {
            members(actual).any(|(name, actual)| name.eq_ignore_ascii_case(header) && matches(value, actual))
        }),
        _ => exchange_expect::holds(name, expected, actual).unwrap_or_else(|| matches(expected, actual)),
    }
}

/// Compares objects as subsets, texts with wildcards, and other values exactly.
pub(super) fn matches(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(expected, actual)| matches(expected, actual))
        }
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().all(|(name, value)| actual.get(name).is_some_and(|actual| matches(value, actual)))
        }
        (Value::String(pattern), Value::String(text)) => wildcard(pattern, text),
        _ => same(expected, actual),
    }
}

/// Compares as JSON: 1 and 1.0 are the same number.
fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => same_number(expected, actual),
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(expected, actual)| same(expected, actual))
        }
        (Value::Object(expected), Value::Object(actual)) => {
            let equal = |(name, value): (&String, &Value)| actual.get(name).is_some_and(|actual| same(value, actual));
            expected.len() == actual.len() && expected.iter().all(equal)
        }
        _ => expected == actual,
    }
}

fn same_number(expected: &Number, actual: &Number) -> bool {
    expected == actual
        || expected.as_f64().zip(actual.as_f64()).is_some_and(|(expected, actual)| expected.total_cmp(&actual).is_eq())
}

/// Returns whether a text matches a pattern. In the pattern, `*` matches any text, including the empty text.
///
/// The pattern's text before the first `*` must be a prefix, and its text after the last `*` must be a suffix. Each
/// piece between two `*` is searched from the left, after the previous piece. The first occurrence of a piece leaves
/// the most text for the later pieces.
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

/// Returns whether an expected host matches the actual host. An expected host without a port matches every port.
fn is_host(expected: &str, actual: &str) -> bool {
    actual == expected || actual.strip_prefix(expected).is_some_and(|rest| rest.starts_with(':'))
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// Returns an object as one line, shortened if it is long.
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
    fn a_star_matches_any_text() {
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
    fn objects_match_as_subsets_and_claims_exactly() {
        assert!(matches(&json!({"a": {"b": 1}}), &json!({"a": {"b": 1.0, "c": 2}, "d": 3})));
        assert!(!matches(&json!({"a": 1}), &json!({"b": 1})));
        assert!(!matches(&json!([1]), &json!([1, 2])));
        assert!(!same(&json!({"a": {"b": 1}}), &json!({"a": {"b": 1, "c": 2}})));
        assert!(same(&json!(null), &json!(null)) && !same(&json!("*"), &json!("x")));
    }

    #[test]
    fn some_members_have_special_comparison_rules() {
        let outcome = json!({
            "hosts": ["a.test", "b.test:8443"], "challenges": ["Bearer x"], "problems": ["domain", "audience"],
            "response_headers": {"retry-after": "5"},
        });
        let actual = outcome.as_object().cloned().unwrap_or_default();
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
            assert_eq!(holds(name, &expected, &actual), fits, "{name} {expected}");
        }
    }
}
