//! The names in the files for Prometheus and Grafana are those of the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The names of labels of each metric.
type Metrics = BTreeMap<String, BTreeSet<String>>;

/// Reads the metrics from the functions that report them: `count(NAME, LABEL, …)`, `of_issuer(NAME, …, RESULT)` and
/// `set(NAME, ISSUER, …)`, each of which has its names as literals.
fn metrics_of_the_code() -> Metrics {
    let core = include_str!("../../crates/auth0-api-core/src/meter.rs").split("#[cfg(all(test").next().unwrap();
    let fetcher = include_str!("../../crates/auth0-api-fetcher/src/report.rs");
    let calls = ["count(\"", "of_issuer(\"", "set(\""]
        .into_iter()
        .flat_map(|call| core.split(call).skip(1).chain(fetcher.split(call).skip(1)));
    let mut metrics = Metrics::new();
    for call in calls {
        let (name, rest) = call.split_once('"').unwrap();
        let arguments = rest.split(';').next().unwrap();
        let labels = metrics.entry(name.to_owned()).or_default();
        if let Some(label) = arguments.strip_prefix(", \"") {
            labels.insert(label.split('"').next().unwrap().to_owned());
        }
        let is_of_issuer = ["issuer,", "Some(issuer)"].iter().any(|argument| arguments.contains(argument));
        let has_result = ["Some(result)", "Some(\"failed\")"].iter().any(|argument| arguments.contains(argument));
        labels.extend(is_of_issuer.then(|| "issuer".to_owned()));
        labels.extend(has_result.then(|| "result".to_owned()));
    }
    assert!(metrics.len() >= 16 && metrics.keys().all(|name| name.starts_with("auth0_api_")), "{metrics:?}");
    assert_eq!(metrics["auth0_api_key_fetches_total"], ["issuer", "result"].map(ToOwned::to_owned).into());
    assert!(metrics["auth0_api_issuers"].is_empty());
    metrics
}

/// All code of the crates, in which each value of a label is a literal.
fn code(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| match path.extension() {
            _ if path.is_dir() => code(&path),
            Some(extension) if extension == "rs" && !path.ends_with("tests.rs") => fs::read_to_string(&path).unwrap(),
            _ => String::new(),
        })
        .collect()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The PromQL expressions of the dashboard, and its queries for the values of variables.
fn dashboard() -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if matches!(&**name, "expr" | "query" | "definition") => {
                            found.push(text.clone());
                        }
                        value => collect(value, found),
                    }
                }
            }
            _ => {}
        }
    }
    let text = fs::read_to_string(repository().join("operations/grafana/dashboard.json")).unwrap();
    let mut found = Vec::new();
    collect(&serde_json::from_str(&text).unwrap(), &mut found);
    found
}

/// The PromQL expressions of the rules: what follows `expr:`, up to the next member of the rule.
fn alerts() -> Vec<String> {
    let text = fs::read_to_string(repository().join("operations/prometheus/alerts.yml")).unwrap();
    let lines = |rest: &str| -> Vec<String> {
        let inside =
            rest.lines().enumerate().take_while(|(number, line)| *number == 0 || line.starts_with("          "));
        inside.map(|(_, line)| line.to_owned()).collect()
    };
    text.split("        expr: ").skip(1).map(|rest| lines(rest).join("\n")).collect()
}

/// What is wrong with the names of an expression.
fn problems(expression: &str, metrics: &Metrics, code: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut labels_of_the_expression: BTreeSet<&str> = ["instance", "job"].into();
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    for (start, _) in expression.match_indices("auth0_api_") {
        let (_, rest) = expression.split_at(start);
        let (name, rest) = rest.split_at(rest.find(|char| !is_word(char)).unwrap_or(rest.len()));
        let Some(labels) = metrics.get(name) else {
            problems.push(format!("no metric {name}"));
            continue;
        };
        labels_of_the_expression.extend(labels.iter().map(|label| &**label));
        let selector = rest.strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or_default();
        for matcher in selector.split(", ").filter(|matcher| !matcher.is_empty()) {
            let (label, value) = matcher.split_once(['=', '!']).unwrap();
            if !labels.contains(label) && !["instance", "job"].contains(&label) {
                problems.push(format!("no label {label} of {name}"));
            }
            let values = value.trim_start_matches(['=', '~']).trim_matches('"').split('|');
            let unknown = values.filter(|value| !value.starts_with('$') && !code.contains(&format!("\"{value}\"")));
            problems.extend(unknown.map(|value| format!("no value {value} of {label}")));
        }
    }
    for (start, word) in ["by (", "on ("].iter().flat_map(|word| expression.match_indices(word)) {
        let list = expression.split_at(start + word.len()).1.split(')').next().unwrap();
        let unknown = list.split(", ").filter(|label| !labels_of_the_expression.contains(label));
        problems.extend(unknown.map(|label| format!("no label {label} in {word}{list})")));
    }
    problems
}

#[test]
fn each_name_in_the_alerts_and_in_the_dashboard_is_one_of_the_code() {
    let (metrics, code) = (metrics_of_the_code(), code(&repository().join("crates")));
    let (alerts, dashboard) = (alerts(), dashboard());
    assert!(alerts.len() >= 10 && dashboard.len() >= 20, "{} {}", alerts.len(), dashboard.len());
    for expression in alerts.iter().chain(&dashboard) {
        assert_eq!(problems(expression, &metrics, &code), [""; 0], "{expression}");
    }
    let expressions = dashboard.concat();
    let absent: Vec<_> = metrics.keys().filter(|name| !expressions.contains(&***name)).collect();
    assert_eq!(absent, [""; 0], "these metrics are not in the dashboard");
}

#[test]
fn each_alert_is_in_the_guide_and_has_a_test() {
    let folder = repository().join("operations/prometheus");
    let rules = fs::read_to_string(folder.join("alerts.yml")).unwrap();
    let tests = fs::read_to_string(folder.join("alerts_test.yml")).unwrap();
    let guide = include_str!("../../crates/auth0-api-core/src/guide/operating.md");
    let names: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert_eq!(names.len(), alerts().len());
    for name in names {
        assert!(guide.contains(&format!("\n| `{name}`")), "{name}");
        // The cases in which it fires, and those in which it does not.
        let cases: Vec<_> =
            tests.split("- alertname: ").skip(1).filter(|case| case.lines().next() == Some(name)).collect();
        let firing = cases.iter().filter(|case| case.contains("exp_alerts")).count();
        assert!(firing > 0 && firing < cases.len(), "{name}: {firing} of {}", cases.len());
    }
}

#[test]
fn a_name_that_is_none_of_the_code_is_found() {
    let (metrics, code) = (metrics_of_the_code(), "\"accepted\"");
    for (expression, expected) in [
        ("rate(auth0_api_verification_total[5m])", "no metric auth0_api_verification_total"),
        ("auth0_api_issuers{issuer=\"x\"}", "no label issuer of auth0_api_issuers"),
        ("auth0_api_verifications_total{outcome=~\"accepted|key_absent\"}", "no value key_absent of outcome"),
        ("sum by (result) (auth0_api_verifications_total)", "no label result in by (result)"),
    ] {
        assert!(problems(expression, &metrics, code).contains(&expected.to_owned()), "{expression}");
    }
    assert_eq!(
        problems("sum by (outcome) (auth0_api_verifications_total{outcome=\"accepted\"})", &metrics, code),
        [""; 0]
    );
}
