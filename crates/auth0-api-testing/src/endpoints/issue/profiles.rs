//! The claims of an API that opts in: who the subject is, and what the client is.

use serde_json::{Map, Value};

use super::Issue;
use crate::registry::Application;

/// Returns `sub_profile` and `client_profile`.
pub(super) fn profiles(issue: &Issue<'_>, subject: &str) -> Map<String, Value> {
    let client = ("client_profile".to_owned(), issue.call.client.client_profile().into());
    let subject =
        subject_profile(subject, &issue.call.client).map(|profile| ("sub_profile".to_owned(), profile.into()));
    subject.into_iter().chain([client]).collect()
}

/// Returns the profile of a subject. It is not known what Auth0 writes for an anonymous session; this tenant leaves the
/// claim out.
fn subject_profile(subject: &str, client: &Application) -> Option<&'static str> {
    if subject.starts_with("anon@") {
        None
    } else if subject.starts_with("agt_") || client.agent_id() == Some(subject) {
        Some("ai_agent")
    } else if subject.ends_with("@clients") {
        Some("service")
    } else {
        Some("user")
    }
}
