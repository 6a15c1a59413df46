//! What a subcommand prints: text for people, or one JSON document.

use std::io;

use auth0_api_management::TokenExchangeProfile;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::line::Line;
use crate::exit_status::ExitStatus;
use crate::json::document;
use crate::terminal::{self, Mark, Terminal};

/// The result of a subcommand.
#[derive(Debug, Default)]
pub(super) struct Report {
    lines: Vec<Line>,
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
    pub(super) fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Adds text for people.
    pub(super) fn lines(&mut self, lines: impl IntoIterator<Item = Line>) {
        self.lines.extend(lines);
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

    pub(super) fn exit_status(&self) -> ExitStatus {
        match (&self.failure, self.not_confirmed) {
            (Some(failure), _) => failure.exit_status(),
            (None, Some(_)) => ExitStatus::Open,
            (None, None) => ExitStatus::Yes,
        }
    }

    /// Writes the result to the standard output, and what went wrong to the standard error.
    pub(super) fn print(&self, json: bool) -> io::Result<()> {
        if json {
            return terminal::print(&document(&Value::from(self.members.clone())));
        }
        terminal::print(&Line::render(&self.lines, &Terminal::of_stdout()))?;
        let objection = self.not_confirmed.map(|reason| Line::marked(Mark::Skipped, reason));
        let failure = self.failure.iter().flat_map(Failure::lines);
        let wrong: Vec<_> = objection.into_iter().chain(failure).collect();
        terminal::print_error(&Line::render(&wrong, &Terminal::of_stderr()))
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
