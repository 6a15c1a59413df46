//! What was found, and what mends it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::terminal;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) mark: Mark,
    /// A stable name, for scripts: what was looked at, or the fault.
    pub(super) name: &'static str,
    /// What was looked at, with the values that were found.
    pub(super) text: String,
    pub(super) mends: Vec<Mend>,
    /// The domain of the tenant, if the API trusts several, and the finding is about one of them.
    pub(super) domain: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// As it should be.
    Passed,
    /// Works, and is worth a look.
    Warning,
    /// Requests fail, or are not protected.
    Problem,
    /// It was not possible to look.
    NotLooked,
}

/// The setting that mends a fault. Often one of several settings does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mend {
    pub(super) side: Side,
    pub(super) text: String,
}

/// Who changes the setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The code or the environment of the API.
    Api,
    /// The machine on which the API runs.
    Machine,
    /// The configuration of Redis.
    Redis,
    /// The dashboard, or the Management API, of the tenant.
    Tenant,
}

/// All findings so far. They are kept outside of the examination, because the time limit may end it.
#[derive(Debug, Default)]
pub(super) struct Diagnosis(Mutex<Found>);

#[derive(Debug, Default)]
struct Found {
    findings: Vec<Finding>,
    /// The domain that is looked at.
    domain: Option<String>,
}

impl Finding {
    pub(super) fn passed(name: &'static str, text: impl Into<String>) -> Self {
        Self::new(Mark::Passed, name, text)
    }

    pub(super) fn warning(name: &'static str, text: impl Into<String>) -> Self {
        Self::new(Mark::Warning, name, text)
    }

    pub(super) fn problem(name: &'static str, text: impl Into<String>) -> Self {
        Self::new(Mark::Problem, name, text)
    }

    pub(super) fn not_looked(name: &'static str, text: impl Into<String>) -> Self {
        Self::new(Mark::NotLooked, name, text)
    }

    /// Adds the setting of the API that mends the fault.
    pub(super) fn api(self, text: impl Into<String>) -> Self {
        self.mend(Side::Api, text)
    }

    /// Adds the setting of the machine that mends the fault.
    pub(super) fn machine(self, text: impl Into<String>) -> Self {
        self.mend(Side::Machine, text)
    }

    /// Adds the setting of Redis that mends the fault.
    pub(super) fn redis(self, text: impl Into<String>) -> Self {
        self.mend(Side::Redis, text)
    }

    /// Adds the setting of the tenant that mends the fault.
    pub(super) fn tenant(self, text: impl Into<String>) -> Self {
        self.mend(Side::Tenant, text)
    }

    fn new(mark: Mark, name: &'static str, text: impl Into<String>) -> Self {
        Self { mark, name, text: text.into(), mends: Vec::new(), domain: None }
    }

    fn mend(mut self, side: Side, text: impl Into<String>) -> Self {
        self.mends.push(Mend { side, text: text.into() });
        self
    }
}

impl Diagnosis {
    /// The findings from now on are about this issuer.
    pub(super) fn begin_domain(&self, issuer: &str) {
        let host = issuer.split_once("://").map_or(issuer, |(_, host)| host);
        self.found().domain = Some(host.trim_end_matches('/').to_owned());
    }

    /// The findings from now on are about no domain in particular.
    pub(super) fn end_domains(&self) {
        self.found().domain = None;
    }

    pub(super) fn add(&self, finding: Finding) {
        self.extend([finding]);
    }

    pub(super) fn extend(&self, findings: impl IntoIterator<Item = Finding>) {
        let mut found = self.found();
        let domain = found.domain.clone();
        found.findings.extend(findings.into_iter().map(|finding| Finding { domain: domain.clone(), ..finding }));
    }

    /// The number of problems, and of what could not be looked at.
    pub(super) fn faults(&self) -> usize {
        self.found().findings.iter().filter(|finding| matches!(finding.mark, Mark::NotLooked | Mark::Problem)).count()
    }

    pub(super) fn take(&self) -> Vec<Finding> {
        std::mem::take(&mut self.found().findings)
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mark {
    /// How a person sees it.
    pub(super) fn shown(self) -> terminal::Mark {
        match self {
            Self::Passed => terminal::Mark::Passed,
            Self::Warning => terminal::Mark::Warning,
            Self::Problem => terminal::Mark::Failed,
            Self::NotLooked => terminal::Mark::Skipped,
        }
    }

    /// The name in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::NotLooked => "not_looked",
        }
    }
}

impl Side {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Machine => "machine",
            Self::Redis => "redis",
            Self::Tenant => "tenant",
        }
    }
}
