//! The bodies and the query parameters of requests. Everything that is wrong with a body is reported at once.

use std::ops::RangeInclusive;

use http::StatusCode;
use serde_json::{Map, Value};

use super::error::ManagementError;
use crate::endpoints::parameters::Parameters;
use crate::registry::subject_token_type_problem;
use crate::state::Tenant;

/// The members of a JSON body. What is left at the end is not allowed.
#[derive(Debug)]
pub(super) struct Body {
    members: Map<String, Value>,
    problems: Vec<String>,
}

impl Body {
    pub(super) fn read(body: &[u8]) -> Result<Self, ManagementError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self { members, problems: Vec::new() }),
            _ => Err(ManagementError::invalid_body(&["the body must be a JSON object".into()])),
        }
    }

    pub(super) fn name(&mut self) -> Option<String> {
        self.text("name", &NAME)
    }

    pub(super) fn action_id(&mut self) -> Option<String> {
        self.text("action_id", &ACTION_ID)
    }

    pub(super) fn subject_token_type(&mut self) -> Option<String> {
        let text = self.text("subject_token_type", &ANY_LENGTH)?;
        if let Some(problem) = subject_token_type_problem(&text) {
            self.problems.push(format!("subject_token_type {problem}"));
        }
        Some(text)
    }

    /// Checks the type of the profile. Auth0 has only one.
    pub(super) fn kind(&mut self) {
        if self.text("type", &ANY_LENGTH).is_some_and(|kind| kind != TYPE) {
            self.problems.push(format!("type must be {TYPE}"));
        }
    }

    /// Notes that the body must have these members.
    pub(super) fn require(&mut self, names: &[&str]) {
        for name in names {
            if !self.members.contains_key(*name) {
                self.problems.push(format!("{name} is missing"));
            }
        }
    }

    pub(super) fn problem(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// # Errors
    ///
    /// When something was invalid, or a member is not allowed.
    pub(super) fn finish(mut self) -> Result<(), ManagementError> {
        self.problems.extend(self.members.keys().map(|name| format!("{name} is not allowed")));
        if self.problems.is_empty() { Ok(()) } else { Err(ManagementError::invalid_body(&self.problems)) }
    }

    /// Takes a text with this number of characters; `None` if it is missing, or invalid.
    fn text(&mut self, name: &str, length: &RangeInclusive<usize>) -> Option<String> {
        match self.members.remove(name)? {
            Value::String(text) if length.contains(&text.chars().count()) => Some(text),
            Value::String(_) => {
                self.problems.push(format!("{name} must have {} to {} characters", length.start(), length.end()));
                None
            }
            _ => {
                self.problems.push(format!("{name} must be a text"));
                None
            }
        }
    }
}

/// Which part of the list a client asks for.
#[derive(Debug)]
pub(super) struct Page {
    /// The number of the first profile.
    pub(super) from: u64,
    pub(super) take: usize,
}

impl Page {
    pub(super) fn read(tenant: &Tenant, query: &str) -> Result<Self, ManagementError> {
        let invalid = |message: String| ManagementError::new(StatusCode::BAD_REQUEST, "invalid_query_string", message);
        let query = Parameters::form(query.as_bytes()).map_err(|error| invalid(error.description))?;
        let take = query.get("take").map_or(Ok(DEFAULT_TAKE), str::parse);
        let take = take.ok().filter(|take| TAKE.contains(take));
        let read = |checkpoint| tenant.checkpoints.read(checkpoint, tenant.clock.now());
        let from = query.get("from").map_or(Some(0), read);
        Ok(Self {
            from: from.ok_or_else(|| invalid("from is not a checkpoint of this list, or it has expired".into()))?,
            take: take
                .ok_or_else(|| invalid(format!("take must be a number from {} to {}", TAKE.start(), TAKE.end())))?,
        })
    }
}

/// The only type of profile that Auth0 has.
pub(super) const TYPE: &str = "custom_authentication";

/// Auth0's limits.
const NAME: RangeInclusive<usize> = 3..=50;
const ACTION_ID: RangeInclusive<usize> = 1..=36;
const ANY_LENGTH: RangeInclusive<usize> = 0..=usize::MAX;
const TAKE: RangeInclusive<usize> = 1..=100;
const DEFAULT_TAKE: usize = 50;
