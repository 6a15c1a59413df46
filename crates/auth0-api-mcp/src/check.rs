//! The decision about a request whose token is valid.

use auth0_api_core::Rejection;
use auth0_api_core::adapter::{Admission, Place};
use http::HeaderMap;

use crate::call::{Inner, McpCall};
use crate::headers::{self, NamedVersion};
use crate::message::{Contents, DeclaredVersion, Id, Kind, Message, MessageError, Operation, Rejected};
use crate::shared::Shared;
use crate::unnamed::Unnamed;
use crate::{Revision, Target};

/// Why a request is rejected.
#[derive(Debug)]
pub(crate) enum Denied<'m> {
    Message(Rejected<'m>),
    Token(Rejection),
}

/// Decides about a message. Returns what to tell the server behind about it.
pub(crate) fn check<'m>(
    shared: &Shared,
    headers: &HeaderMap,
    body: &'m [u8],
    stored: Option<&Admission>,
    place: Place<'_>,
) -> Result<Option<McpCall>, Denied<'m>> {
    let messages = Contents::read(body).map_err(Denied::Message)?;
    let call = match &messages {
        Contents::One(message) => judge(shared, headers, message).map(|revision| call_of(message, revision)),
        Contents::Batch(batch) => judge_batch(shared, headers, batch).map(|()| None),
    };
    let call = call.map_err(Denied::Message)?;
    let operations = match &messages {
        Contents::One(message) => std::slice::from_ref(message),
        Contents::Batch(batch) => batch,
    };
    let operations = operations.iter().map(|message| (&*message.method, &message.operation));
    let admission = Admission::of(stored, place).map_err(Denied::Token)?;
    match shared.rules.of_all(operations) {
        Ok(requirement) => admission.demand_that_meets(&requirement).map_err(Denied::Token)?,
        Err(unnamed) => {
            // A token without the base learns nothing about names, and leaves no events.
            admission.demand_that_meets(shared.rules.base()).map_err(Denied::Token)?;
            shared.denied.write(&unnamed);
            return Err(Denied::Message(not_found(&unnamed, headers, &messages)));
        }
    };
    Ok(call)
}

/// The answer to a message that names something unknown.
fn not_found<'m>(unnamed: &Unnamed<'_>, headers: &HeaderMap, messages: &Contents<'m>) -> Rejected<'m> {
    let id = match messages {
        Contents::Batch(_) => None,
        Contents::One(message) => message.id,
    };
    // Streamable HTTP of 2026-07-28: an unknown method is 404. In earlier revisions, clients take 404 for the end of their
    // session; servers answer a request with 200 there.
    let status = match id {
        _ if is_stateless(headers) => 404,
        Some(_) => 200,
        None => 400,
    };
    Rejected { error: unnamed.error(status), id }
}

fn is_stateless(headers: &HeaderMap) -> bool {
    matches!(NamedVersion::read(headers), NamedVersion::Known(revision) if revision.is_stateless())
}

/// Checks what the specification demands of a message, apart from its requirement.
fn judge<'m>(shared: &Shared, headers: &HeaderMap, message: &Message<'m>) -> Result<Revision, Rejected<'m>> {
    let id = message.id.filter(|_| message.kind == Kind::Request);
    let judged = revision(shared, headers, message);
    judged.map_err(|error| Rejected { error, id })
}

fn revision(shared: &Shared, headers: &HeaderMap, message: &Message<'_>) -> Result<Revision, MessageError> {
    let revision = NamedVersion::read(headers).revision_of(message, &shared.revisions)?;
    if !revision.is_stateless() {
        return Ok(revision);
    }
    headers::check_mirrors(headers, message)?;
    if message.kind == Kind::Response {
        return Err(MessageError::Response);
    }
    // Each request declares its version and the client's capabilities, except the handshake of earlier revisions.
    let declares = message.meta.version.is_some() && message.meta.capabilities.is_some();
    if message.is_call() && message.method != "initialize" && !declares {
        return Err(MessageError::Params);
    }
    Ok(revision)
}

/// Checks every message of a batch.
fn judge_batch<'m>(shared: &Shared, headers: &HeaderMap, batch: &[Message<'m>]) -> Result<(), Rejected<'m>> {
    for message in batch {
        let revision = judge(shared, headers, message)?;
        if !revision.has_batches() {
            return Err(Rejected::without_id(MessageError::Batch));
        }
        // The handshake is not part of a batch: the revision is not known before it.
        if message.method == "initialize" {
            return Err(Rejected { error: MessageError::NotAMessage, id: message.id });
        }
    }
    Ok(())
}

fn call_of(message: &Message<'_>, revision: Revision) -> Option<McpCall> {
    if message.kind != Kind::Request {
        return None;
    }
    let revision = match message.meta.proposed {
        Some(DeclaredVersion::Known(proposed)) => proposed,
        _ => revision,
    };
    let target = match &message.operation {
        Operation::Target(target) => Some(target.clone()),
        _ => None::<Target>,
    };
    Some(McpCall::new(Inner {
        revision,
        method: message.method.clone(),
        target,
        capabilities: message.meta.capabilities.map(Into::into),
        declares_url_elicitation: message.meta.declares_url_elicitation,
        response: message.meta.response,
    }))
}

impl Denied<'_> {
    pub(crate) fn message(error: MessageError) -> Self {
        Self::Message(Rejected::without_id(error))
    }
}

/// Writes the error of JSON-RPC for a rejected message.
pub(crate) fn error_text(rejected: &Rejected<'_>, headers: &HeaderMap, supported: &[Revision]) -> String {
    let Rejected { error, id } = rejected;
    let data = if *error == MessageError::Revision { data(headers, supported) } else { String::new() };
    // Before 2026-07-28, an error has an `id` in any case.
    let id = match id.map(Id::as_json) {
        Some(id) => format!(r#""id":{id},"#),
        None if is_stateless(headers) => String::new(),
        None => r#""id":null,"#.to_owned(),
    };
    format!(r#"{{"jsonrpc":"2.0",{id}"error":{{"code":{},"message":"{error}"{data}}}}}"#, error.code())
}

/// What a client needs to choose a revision
/// ([negotiation](https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#protocol-version-negotiation)).
fn data(headers: &HeaderMap, supported: &[Revision]) -> String {
    let requested = match NamedVersion::read(headers) {
        NamedVersion::Unknown(requested) if requested.len() <= LONGEST_VERSION => requested,
        NamedVersion::Known(revision) => revision.as_str().into(),
        _ => Box::default(),
    };
    let supported: Vec<_> = supported.iter().rev().map(|revision| revision.as_str()).collect();
    format!(r#","data":{}"#, serde_json::json!({ "supported": supported, "requested": requested }))
}

/// Sent back to the client only up to this length. A date has ten characters.
const LONGEST_VERSION: usize = 32;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

    use std::time::Duration;

    use auth0_api_core::adapter::Place;
    use auth0_api_core::{ApiClient, Requirement};
    use http::HeaderMap;

    use super::{Denied, check};
    use crate::receiving::BodyLimits;
    use crate::shared::Shared;
    use crate::unnamed::DeniedLog;
    use crate::{McpRequirements, Revision};

    #[test]
    fn a_message_without_a_verified_token_is_a_mistake_of_the_server() {
        let shared = Shared {
            api: ApiClient::builder("tenant.example.com", "https://mcp.example.com").build().unwrap(),
            rules: McpRequirements::new(Requirement::scope("use:tools")).otherwise_base().prepare().unwrap(),
            denied: DeniedLog::default(),
            limits: BodyLimits { octets: 1000, time: Duration::from_secs(1) },
            revisions: Revision::ALL.to_vec(),
        };
        let body = br#"{"jsonrpc":"2.0","id":7,"method":"ping"}"#;
        let denied = check(&shared, &HeaderMap::new(), body, None, Place::new("POST", "/mcp"));
        assert!(matches!(denied, Err(Denied::Token(rejection)) if rejection.status() == 500));
    }
}
