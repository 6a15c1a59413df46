//! What a subcommand is going to change: shown first, applied after a yes.

use std::time::Duration;

use auth0_api_management::TokenExchangeProfile;
use serde_json::json;

use super::access::Tenant;
use super::confirm::Confirmation;
use super::failure::Failure;
use super::line::Line;
use super::list;
use super::report::Report;
use super::step::Step;
use crate::printable::printable;
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
        if let Some(reason) = answer.objection() {
            report.member("applied", json!(false));
            report.not_confirmed(reason);
            return report;
        }
        if let Err(failure) = self.check(tenant).await {
            report.member("applied", json!(false));
            report.fail(failure);
            return report;
        }
        self.apply(tenant, report).await
    }

    /// Checks before the first change that the tenant still has what the plan shows: a person may have read it for long.
    async fn check(&self, tenant: &Tenant) -> Result<(), Failure> {
        let mut looks = 1;
        loop {
            let now = list::all(tenant).await?;
            let changed: Vec<_> = self.steps.iter().filter_map(|step| changed(step, &now)).collect();
            if changed.is_empty() {
                return Ok(());
            }
            // Another pipeline with the same file deletes a profile, and creates it again.
            let may_come_back = self.steps.iter().any(|step| step.is_gone(&now));
            if !may_come_back || looks == LOOKS {
                return Err(Failure::state(changed, CHANGED));
            }
            looks += 1;
            tokio::time::sleep(PAUSE).await;
        }
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
                    done.push(step.done(word, profile.as_ref()));
                }
                Err(error) => {
                    done.extend(step.left_by(&error));
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

/// Says how the tenant's profile differs from the one in the plan; `None` if the step can still be taken.
fn changed(step: &Step, all: &[TokenExchangeProfile]) -> Option<String> {
    let subject_token_type = step.subject_token_type();
    let now = all.iter().find(|profile| profile.subject_token_type() == subject_token_type);
    let is_now = match now {
        _ if step.is_of(now) => return None,
        Some(now) => format!(
            "is now {}, name {}, Action {}, type {}",
            now.id(),
            printable(now.name()),
            printable(now.action_id()),
            printable(now.profile_type().as_str())
        ),
        None => "is gone".to_owned(),
    };
    Some(format!("{}: the profile has changed since the plan was made, and {is_now}", printable(subject_token_type)))
}

/// With the pauses, longer than it takes to replace a profile.
const LOOKS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);
const CHANGED: &str = "run the command again to see the new plan; nothing was changed";
