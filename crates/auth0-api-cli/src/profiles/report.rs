//! What a subcommand prints: text for people, or one JSON document.

use std::io::{self, Write};
use std::process::ExitCode;

use auth0_api_management::TokenExchangeProfile;
use serde_json::{Map, Value, json};

use super::failure::Failure;

/// The result of a subcommand.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Vec<String>,
    members: Map<String, Value>,
    not_confirmed: Option<&'static str>,
    failure: Option<Failure>,
}

impl Report {
    pub(super) fn failed(failure: Failure) -> Self {
        let mut report = Self::default();
        report.fail(failure);
        report
    }

    /// Adds text for people.
    pub(super) fn line(&mut self, text: String) {
        self.lines.push(text);
    }

    /// Adds a member of the JSON document.
    pub(super) fn member(&mut self, name: &str, value: Value) {
        self.members.insert(name.to_owned(), value);
    }

    pub(super) fn not_confirmed(&mut self, reason: &'static str) {
        self.not_confirmed = Some(reason);
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        self.member("error", failure.json());
        self.failure = Some(failure);
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        match (&self.failure, self.not_confirmed) {
            (Some(failure), _) => ExitCode::from(failure.exit_code()),
            (None, Some(_)) => ExitCode::from(NOT_CONFIRMED),
            (None, None) => ExitCode::SUCCESS,
        }
    }

    /// Writes the result to the standard output, and what went wrong to the standard error.
    pub(super) fn print(&self, json: bool, output: &mut dyn Write, errors: &mut dyn Write) -> io::Result<()> {
        if json {
            return writeln!(output, "{:#}", Value::from(self.members.clone()));
        }
        self.lines.iter().try_for_each(|line| writeln!(output, "{line}"))?;
        output.flush()?;
        if let Some(reason) = self.not_confirmed {
            writeln!(errors, "\n{reason}")?;
        }
        self.failure.as_ref().map_or(Ok(()), |failure| writeln!(errors, "{}", failure.text()))
    }
}

/// A profile as the Management API writes it, without its times.
pub(super) fn profile_json(profile: &TokenExchangeProfile) -> Value {
    json!({
        "id": profile.id(),
        "name": profile.name(),
        "subject_token_type": profile.subject_token_type(),
        "action_id": profile.action_id(),
        "type": profile.profile_type().as_str(),
    })
}

/// There are changes to make, and nobody has confirmed them.
const NOT_CONFIRMED: u8 = 3;
