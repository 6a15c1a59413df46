//! What went wrong, in words, with what to do.

use auth0_api_management::ManagementError;
use serde_json::{Value, json};

use super::line::Line;
use crate::exit_status::ExitStatus;
use crate::printable::{printable, with_sources};
use crate::terminal::Mark;

/// Why a subcommand failed.
#[derive(Debug)]
pub(super) struct Failure {
    problems: Vec<String>,
    label: &'static str,
    missing_scope: Option<&'static str>,
    hint: Option<String>,
    exit_status: ExitStatus,
}

impl Failure {
    /// The arguments, the environment or the file have problems; nothing was sent.
    pub(super) fn settings(problems: Vec<String>) -> Self {
        Self {
            problems,
            label: "profiles_settings",
            missing_scope: None,
            hint: None,
            exit_status: ExitStatus::Unusable,
        }
    }

    /// The tenant is not as the subcommand needs it; nothing was changed.
    pub(super) fn state(problems: Vec<String>, hint: &str) -> Self {
        let hint = Some(hint.to_owned());
        Self { problems, label: "profiles_state", missing_scope: None, hint, exit_status: ExitStatus::No }
    }

    pub(super) fn runtime(problem: String) -> Self {
        Self {
            problems: vec![problem],
            label: "profiles_start",
            missing_scope: None,
            hint: None,
            exit_status: ExitStatus::No,
        }
    }

    /// A change of the plan failed.
    pub(super) fn of_step(subject_token_type: &str, error: &ManagementError) -> Self {
        let mut failure = Self::from(error);
        if let Some(first) = failure.problems.first_mut() {
            *first = format!("{}: {first}", printable(subject_token_type));
        }
        failure
    }

    pub(super) fn exit_status(&self) -> ExitStatus {
        self.exit_status
    }

    pub(super) fn lines(&self) -> Vec<Line> {
        let problems = self.problems.iter().map(|problem| Line::marked(Mark::Failed, problem));
        problems.chain(self.hint.iter().map(|hint| Line::new("  fix  ", hint))).collect()
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "label": self.label,
            "problems": self.problems,
            "missing_scope": self.missing_scope,
            "hint": self.hint,
        })
    }
}

impl From<&ManagementError> for Failure {
    fn from(error: &ManagementError) -> Self {
        let mut problem = with_sources(error);
        // The answer's own text is for a person, who is here.
        if let Some(message) = error.tenant_error().and_then(|answer| answer.message()) {
            problem = format!("{problem} ({message})");
        }
        let missing_scope = missing_scope(error);
        let hint = hint(error, missing_scope);
        let is_input = matches!(error, ManagementError::Input(_));
        let exit_status = if is_input { ExitStatus::Unusable } else { ExitStatus::No };
        Self { problems: vec![problem], label: error.label(), missing_scope, hint, exit_status }
    }
}

impl From<ManagementError> for Failure {
    fn from(error: ManagementError) -> Self {
        Self::from(&error)
    }
}

fn missing_scope(error: &ManagementError) -> Option<&'static str> {
    match error {
        ManagementError::Forbidden { missing_scope, .. } => *missing_scope,
        ManagementError::ReplacementFailed { cause, .. } => missing_scope(cause),
        ManagementError::ScopeMissing { scope } => Some(*scope),
        _ => None,
    }
}

/// The hints of the library name its calls. Where it has such a hint, the program has its own.
fn hint(error: &ManagementError, missing_scope: Option<&str>) -> Option<String> {
    Some(match error {
        ManagementError::ReplacementFailed { cause, restored: Some(_), .. } => return hint(cause, missing_scope),
        ManagementError::ReplacementFailed { cause, restored: None, .. } => {
            let first = hint(cause, missing_scope).map(|hint| format!("{hint}; then ")).unwrap_or_default();
            format!("{first}run the command again: until then, exchanges of this type fail")
        }
        error if error.may_have_taken_effect() => {
            "the change may have been made: look with `auth0-api profiles list` before you repeat it".to_owned()
        }
        ManagementError::ActionDiffers { .. } => "pass --replace to delete the profile and create it again".to_owned(),
        ManagementError::ChangedMeanwhile { .. } => "run the command again to see the new plan".to_owned(),
        ManagementError::Conflict(_) => {
            "another profile has this subject token type: `auth0-api profiles list`".to_owned()
        }
        ManagementError::BadRequest(_) => {
            "look at the Action: often it is not deployed, or has another trigger than custom-token-exchange".to_owned()
        }
        ManagementError::Forbidden { .. } | ManagementError::ScopeMissing { .. } => match missing_scope {
            Some(scope) => format!(
                "give the application the scope {scope}: Applications, APIs, Auth0 Management API, Machine to Machine Applications"
            ),
            None => "the plan of the tenant may lack token exchange profiles".to_owned(),
        },
        ManagementError::Token(_) if error.retry_after().is_none() => {
            "compare the client id and its secret or key with the application in the dashboard, and authorise it for \
             the Auth0 Management API"
                .to_owned()
        }
        ManagementError::RateLimited { .. } => "the tenant's rate limit is used up: try again later".to_owned(),
        _ => return error.hint().map(str::to_owned),
    })
}
