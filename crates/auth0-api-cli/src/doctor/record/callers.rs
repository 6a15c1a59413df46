//! Who gets tokens, and what the tokens say about the caller.

use auth0_api_management::ResourceServer;

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::printable::printable;

pub(super) fn compare(subject: &Subject<'_>, record: &ResourceServer) -> Vec<Finding> {
    [anonymous(subject, record), agents(subject, record), refresh_tokens(subject, record)]
        .into_iter()
        .flatten()
        .collect()
}

fn anonymous(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    let policy = record.anonymous_policy().unwrap_or("deny_all");
    match (policy, subject.options.anonymous) {
        ("deny_all", true) => Some(
            Finding::problem(
                "anonymous_denied",
                "the API serves anonymous sessions, and the tenant gives them no token (policy deny_all)",
            )
            .api("leave out --anonymous, if the API has users only")
            .tenant("subject_type_authorization.anonymous_user.policy require_client_grant, and a client grant"),
        ),
        ("deny_all", false) | (_, true) => None,
        (policy, false) => {
            let text = format!("anonymous sessions get tokens for the API (policy {})", printable(policy));
            Some(
                Finding::warning("anonymous_allowed", text)
                    .api("Requirement::user() on each route that needs a login; --anonymous, if all is public")
                    .tenant("subject_type_authorization.anonymous_user.policy deny_all"),
            )
        }
    }
}

fn agents(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    let is_missing = subject.options.agents && record.agent_subject_claims() != Some(CLAIMS);
    is_missing.then(|| {
        let text = "the API tells agents from users, and agent_subject_claims is not auth0-v1: tokens do not say who calls";
        Finding::problem("agent_claims_missing", text)
            .api("leave out --agents, if no agent has an id of its owner's choice: the API knows ids that begin with agt_")
            .tenant("PATCH the record of the API: {\"agent_subject_claims\": \"auth0-v1\"}")
    })
}

fn refresh_tokens(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    let is_denied = subject.options.refresh_tokens && record.allows_offline_access() == Some(false);
    is_denied.then(|| {
        let text = "clients of the API get refresh tokens, and allow_offline_access is false";
        Finding::problem("offline_access_denied", text)
            .api("leave out --refresh-tokens, if clients request no offline_access")
            .tenant("switch on Allow Offline Access in the settings of the API (allow_offline_access true)")
    })
}

const CLAIMS: &str = "auth0-v1";
