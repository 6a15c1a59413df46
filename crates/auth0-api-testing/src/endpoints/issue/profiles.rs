//! The claims of an API that opts in: who the subject is, and what the client is.

use serde_json::{Map, Value};

use crate::registry::Application;

/// Returns `sub_profile` and `client_profile`.
pub(super) fn profiles(client: &Application, subject: &str) -> Map<String, Value> {
    let of_client = ("client_profile".to_owned(), client.client_profile().into());
    let of_subject = subject_profile(subject, client).map(|profile| ("sub_profile".to_owned(), profile.into()));
    of_subject.into_iter().chain([of_client]).collect()
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
