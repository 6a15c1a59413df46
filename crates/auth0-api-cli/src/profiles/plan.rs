//! What a subcommand is going to change: shown first, applied after a yes.

use serde_json::json;

use super::access::Tenant;
use super::confirm::Confirmation;
use super::failure::Failure;
use super::line::Line;
use super::report::{self, Report};
use super::step::Step;
use crate::terminal::Mark;

#[derive(Debug)]
pub(super) struct Plan {
    steps: Vec<Step>,
}

impl Plan {
    pub(super) fn new(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// Shows the plan, and applies it if it is confirmed.
    pub(super) async fn carry_out(self, tenant: &Tenant, confirmation: &Confirmation) -> Report {
        let mut report = Report::default();
        report.member("tenant", json!(tenant.domain));
        report.member("plan", self.steps.iter().map(Step::json).collect());
        let plan = self.lines(tenant);
        if !self.steps.iter().any(Step::changes_something) {
            report.member("applied", json!(false));
            report.lines(plan);
            report.lines([Line::new("", ""), Line::marked(Mark::Passed, "There is nothing to change.")]);
            return report;
        }
        let answer = confirmation.ask(&plan);
        if !answer.is_printed() {
            report.lines(plan);
            report.line(Line::new("", ""));
        }
        if let Some(reason) = answer.refusal() {
            report.member("applied", json!(false));
            report.not_confirmed(reason);
            return report;
        }
        self.apply(tenant, report).await
    }

    /// Makes the changes one by one, and ends with the first that fails.
    async fn apply(self, tenant: &Tenant, mut report: Report) -> Report {
        let (mut done, mut failure) = (Vec::new(), None);
        for step in self.steps.iter().filter(|step| step.changes_something()) {
            match step.apply(tenant).await {
                Ok((word, profile)) => {
                    let id = profile.as_ref().map(|profile| format!(" as {}", profile.id())).unwrap_or_default();
                    let text = format!("{word} {}{id}", step.subject_token_type());
                    report.line(Line::marked(Mark::Passed, text));
                    done.push(json!({
                        "done": word,
                        "subject_token_type": step.subject_token_type(),
                        "profile": profile.as_ref().map(report::profile_json),
                    }));
                }
                Err(error) => {
                    failure = Some(Failure::of_step(step.subject_token_type(), &error));
                    break;
                }
            }
        }
        report.member("applied", json!(failure.is_none()));
        report.member("done", done.into());
        if let Some(failure) = failure {
            report.fail(failure);
        }
        report
    }

    fn lines(&self, tenant: &Tenant) -> Vec<Line> {
        let mut lines = vec![Line::new("", format!("The plan for {}:", tenant.domain)), Line::new("", "")];
        lines.extend(self.steps.iter().flat_map(Step::lines));
        lines
    }
}
