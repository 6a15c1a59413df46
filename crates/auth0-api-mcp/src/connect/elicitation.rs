//! The URL for the person, and how MCP says it.

use std::fmt;

use serde_json::{Value, json};

use super::response::{ElicitationResponse, INPUT};
use crate::{McpCall, Revision};

/// A URL that the person behind a call has to open, and why.
///
/// The answer of a tool depends on the revision of the client. [`answer`](Self::answer) returns it as JSON; with the feature
/// `rmcp`, [`McpCaller::elicit`](crate::McpCaller) returns it as the types of `rmcp`.
#[derive(Clone)]
pub struct UrlElicitation {
    id: Box<str>,
    url: Box<str>,
    message: Box<str>,
}

/// The answer to a call that cannot continue before the person has opened a URL.
/// `Debug` shows no URL.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ElicitationAnswer {
    /// 2025-11-25: the member `error` of the JSON-RPC response, with the code −32042.
    Error(Value),
    /// The client cannot show a URL: the text of an error for the model. It does not contain the URL.
    Plain(String),
    /// Since 2026-07-28: the member `result` of the JSON-RPC response, with `resultType` `input_required`.
    Result(Value),
}

impl UrlElicitation {
    pub(super) fn new(id: String, url: String, message: String) -> Self {
        Self { id: id.into(), url: url.into(), message: message.into() }
    }

    /// Replaces the message that the client shows with the URL, for example to name the account in the person's words. It
    /// must not contain a secret.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<Box<str>>) -> Self {
        self.message = message.into();
        self
    }

    /// A random id. Clients of 2025-11-25 tell elicitations apart by it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The URL. It is not a credential: who opens it must log in as the caller.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Why the person should open the URL.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the answer for a client of this revision. `shows_urls` is whether the client has declared the capability
    /// `elicitation.url`.
    pub fn answer(&self, revision: Revision, shows_urls: bool) -> ElicitationAnswer {
        if !shows_urls || revision < Revision::V2025_11_25 {
            return ElicitationAnswer::Plain(self.plain());
        }
        let (message, url) = (&*self.message, &*self.url);
        if revision.is_stateless() {
            let params = json!({ "mode": "url", "message": message, "url": url });
            let request = json!({ "method": "elicitation/create", "params": params });
            return ElicitationAnswer::Result(json!({
                "resultType": "input_required",
                "inputRequests": { INPUT: request },
            }));
        }
        let elicitation = json!({ "mode": "url", "message": message, "url": url, "elicitationId": &*self.id });
        ElicitationAnswer::Error(json!({
            "code": URL_ELICITATION_REQUIRED,
            "message": message,
            "data": { "elicitations": [elicitation] },
        }))
    }

    /// Returns the answer to a call that declares the capabilities of its client, as every call does since 2026-07-28. For
    /// earlier revisions, whose clients declare them only in `initialize`, use [`answer`](Self::answer).
    pub fn answer_to(&self, call: &McpCall) -> ElicitationAnswer {
        self.answer(call.revision(), call.declares_url_elicitation())
    }

    /// Returns what the person has said: the `params.inputResponses` of a call that a client repeats after
    /// `input_required`. `None` if the client has not asked its user. Do not send a URL again after an answer.
    ///
    /// Accepting is no proof that the person has opened the URL, or has finished there.
    pub fn response(input_responses: &Value) -> Option<ElicitationResponse> {
        let action = input_responses.get(INPUT)?.get("action")?.as_str();
        Some(ElicitationResponse::of_action(action))
    }

    pub(crate) fn plain(&self) -> String {
        format!("{} This client cannot open the page for it: use a client with URL elicitation.", self.message)
    }
}

impl fmt::Debug for ElicitationAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error(_) => "Error([redacted])",
            Self::Plain(text) => return f.debug_tuple("Plain").field(text).finish(),
            Self::Result(_) => "Result([redacted])",
        })
    }
}

impl fmt::Debug for UrlElicitation {
    /// Shows the URL without its ticket.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UrlElicitation")
            .field("id", &self.id)
            .field("url", &self.url.split('?').next())
            .field("message", &self.message)
            .finish()
    }
}

/// The JSON-RPC code of 2025-11-25.
pub(crate) const URL_ELICITATION_REQUIRED: i32 = -32042;

#[cfg(test)]
#[expect(clippy::panic, reason = "a failing test may panic")]
mod tests {
    use super::*;

    fn elicitation() -> UrlElicitation {
        UrlElicitation::new("id-1".into(), "https://mcp.example.com/connect/start?ticket=t".into(), "Connect.".into())
    }

    #[test]
    fn each_revision_has_its_own_answer() {
        let request = json!({
            "method": "elicitation/create",
            "params": { "mode": "url", "message": "Connect.", "url": elicitation().url() },
        });
        let stateless = json!({ "resultType": "input_required", "inputRequests": { "open": request } });
        assert_eq!(elicitation().answer(Revision::V2026_07_28, true), ElicitationAnswer::Result(stateless));
        let one = json!({ "mode": "url", "message": "Connect.", "url": elicitation().url(), "elicitationId": "id-1" });
        let error = json!({ "code": -32042, "message": "Connect.", "data": { "elicitations": [one] } });
        assert_eq!(elicitation().answer(Revision::V2025_11_25, true), ElicitationAnswer::Error(error));
    }

    #[test]
    fn a_client_that_cannot_show_urls_gets_a_plain_error() {
        let unable = Revision::ALL.map(|revision| (revision, false));
        for (revision, shows_urls) in unable.into_iter().chain([(Revision::V2025_06_18, true)]) {
            let ElicitationAnswer::Plain(text) = elicitation().answer(revision, shows_urls) else {
                panic!("{revision} {shows_urls}");
            };
            assert!(text.starts_with("Connect. ") && !text.contains("ticket"), "{text}");
        }
        for revision in Revision::ALL {
            let shown = format!("{:?} {:?}", elicitation(), elicitation().answer(revision, true));
            assert!(!shown.contains("ticket"), "{shown}");
        }
    }

    #[test]
    fn a_person_accepts_or_declines() {
        use ElicitationResponse::{Accepted, Declined};
        for (responses, response) in [
            (json!({ "open": { "action": "accept" } }), Some(Accepted)),
            (json!({ "open": { "action": "decline" } }), Some(Declined)),
            (json!({ "open": { "action": "cancel" } }), Some(Declined)),
            (json!({ "open": { "action": 1 } }), Some(Declined)),
            (json!({ "other": { "action": "accept" } }), None),
            (json!(null), None),
        ] {
            assert_eq!(UrlElicitation::response(&responses), response, "{responses}");
        }
    }
}
