//! What the doctor has printed.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::PROGRAM;

/// The findings of one run.
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) text: String,
    findings: Vec<Value>,
}

impl Outcome {
    /// Runs the doctor with these variables and no others.
    pub(crate) async fn of(variables: &BTreeMap<String, String>, arguments: &[String]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("doctor").arg("--json").args(arguments).env_clear().envs(variables);
        // The tenant of the test serves on the same runtime.
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let (text, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(!text.is_empty(), "{errors}");
        let json: Value = serde_json::from_str(&text).unwrap();
        let findings = json["findings"].as_array().unwrap().clone();
        let status = output.status.code().unwrap();
        assert_eq!(json["status"], status);
        Self { status, text: format!("{text}{errors}"), findings }
    }

    /// The names of all findings except those that passed.
    pub(crate) fn faults(&self) -> Vec<&str> {
        self.findings
            .iter()
            .filter(|finding| finding["mark"] != "passed")
            .map(|finding| finding["name"].as_str().unwrap())
            .collect()
    }

    /// The names of what passed.
    pub(crate) fn passed(&self) -> Vec<&str> {
        self.findings
            .iter()
            .filter(|finding| finding["mark"] == "passed")
            .map(|finding| finding["name"].as_str().unwrap())
            .collect()
    }

    /// The names of the findings about one of several domains.
    pub(crate) fn of_domain(&self, domain: &str) -> Vec<&str> {
        let findings = self.findings.iter().filter(|finding| finding["domain"] == domain);
        findings.map(|finding| finding["name"].as_str().unwrap()).collect()
    }

    /// The settings that mend a fault, each after its side.
    pub(crate) fn mends(&self, name: &str) -> String {
        let finding = self.findings.iter().find(|finding| finding["name"] == name).unwrap();
        let mends = finding["mends"].as_array().unwrap().iter();
        mends
            .map(|mend| format!("{}: {}", mend["side"].as_str().unwrap(), mend["text"].as_str().unwrap()))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
