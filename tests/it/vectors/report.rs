//! The results of the cases of a file.

use std::collections::BTreeMap;
use std::fmt;

/// Counts, and a description of every failure.
#[derive(Debug)]
pub(super) struct Report {
    file: String,
    passed: usize,
    failures: Vec<String>,
    skips: BTreeMap<&'static str, usize>,
}

impl Report {
    pub(super) fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), passed: 0, failures: Vec::new(), skips: BTreeMap::new() }
    }

    pub(super) fn passed(&mut self) {
        self.passed += 1;
    }

    pub(super) fn skipped(&mut self, reason: &'static str) {
        *self.skips.entry(reason).or_default() += 1;
    }

    pub(super) fn failed(&mut self, case: impl fmt::Display, problem: &str) {
        let problem = problem.replace('\n', "\n    ");
        self.failures.push(format!("FAILED {case}\n    {problem}"));
    }

    pub(super) fn failed_as_a_whole(&mut self, problem: &str) {
        self.failures.push(format!("FAILED the file {problem}"));
    }

    pub(super) fn assert_passed(&self) {
        assert!(self.failures.is_empty(), "{} cases of {} failed, listed above", self.failures.len(), self.file);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "{}: {failure}", self.file)?;
        }
        for (reason, count) in &self.skips {
            writeln!(f, "{}: skipped {count}: {reason}", self.file)?;
        }
        let skipped: usize = self.skips.values().sum();
        write!(f, "{}: {} passed, {} failed, {skipped} skipped", self.file, self.passed, self.failures.len())
    }
}
