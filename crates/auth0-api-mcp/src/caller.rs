//! Who calls a tool.

use auth0_api_core::VerifiedToken;
use http::Extensions;
use serde_json::Value;

use crate::connect::{ElicitationAnswer, ElicitationResponse, UrlElicitation};
use crate::{McpCall, Revision, Target};

/// The caller of a tool, a prompt or a resource: the verified token of *this* request, and what the request asks.
///
/// With the feature `rmcp`, a tool takes it as an argument. Without it, [`of`](Self::of) reads it from the extensions of the
/// HTTP request. Do not keep it in the state of a session: each message has its own token.
///
/// ```
/// use auth0_api_core::Error;
/// use auth0_api_fetcher::Fetcher;
/// use auth0_api_mcp::McpCaller;
///
/// async fn events(caller: McpCaller, calendar: &Fetcher) -> Result<String, Error> {
///     println!("for {:?}", caller.token().subject());
///     Ok(calendar.for_caller(caller.token()).get("/events").send().await?.text().await?)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct McpCaller {
    token: VerifiedToken,
    call: Option<McpCall>,
    revision: Option<Revision>,
    shows_urls: bool,
    response: Option<ElicitationResponse>,
}

impl McpCaller {
    /// Reads the caller from the extensions of a request. `None` if no layer has verified the request.
    pub fn of(extensions: &Extensions) -> Option<Self> {
        let token = extensions.get::<VerifiedToken>()?.clone();
        let call = extensions.get::<McpCall>().cloned();
        let revision = call.as_ref().map(McpCall::revision);
        let shows_urls = call.as_ref().is_some_and(McpCall::declares_url_elicitation);
        let response = call.as_ref().and_then(McpCall::elicitation_response);
        Some(Self { token, call, revision, shows_urls, response })
    }

    /// Says what the client has declared when it opened its session. Default: what this request declares, as every request
    /// does since 2026-07-28.
    #[must_use]
    pub fn of_session(mut self, revision: Revision, shows_urls: bool) -> Self {
        (self.revision, self.shows_urls) = (Some(revision), shows_urls);
        self
    }

    /// Takes what the person has answered: the `params.inputResponses` of a call that the client repeats after
    /// `input_required`. [`answer`](Self::answer) then does not ask again. Not necessary behind the layer, which reads them
    /// from the message.
    #[must_use]
    pub fn with_input_responses(mut self, responses: &Value) -> Self {
        self.response = UrlElicitation::response(responses).or(self.response);
        self
    }

    /// The verified token.
    pub fn token(&self) -> &VerifiedToken {
        &self.token
    }

    /// The request, as the layer has read it. `None` without the layer.
    pub fn call(&self) -> Option<&McpCall> {
        self.call.as_ref()
    }

    /// The revision of the client, if it is known.
    pub fn revision(&self) -> Option<Revision> {
        self.revision
    }

    /// Whether the client has declared that it can show a URL to its user.
    pub fn shows_urls(&self) -> bool {
        self.shows_urls
    }

    /// Returns the answer for this client, if the person has to open a URL. It is an error in plain text if the revision is
    /// unknown, or if the person has answered already: a client repeats the call at once after the person has accepted, and
    /// would ask again and again until the person has finished in the browser. The URL stays valid.
    pub fn answer(&self, elicitation: &UrlElicitation) -> ElicitationAnswer {
        if let Some(response) = self.response {
            return ElicitationAnswer::Plain(self.after(response));
        }
        let shows_urls = self.shows_urls && self.revision.is_some();
        elicitation.answer(self.revision.unwrap_or(Revision::V2025_03_26), shows_urls)
    }

    /// What the model reads after the person has answered.
    fn after(&self, response: ElicitationResponse) -> String {
        let (again, what) = match self.call.as_ref().and_then(McpCall::target) {
            Some(Target::Prompt(_)) => ("Get", "prompt"),
            Some(Target::Resource(_)) => ("Read", "resource"),
            Some(Target::Tool(_)) => ("Call", "tool"),
            Some(Target::Task(_)) | None => ("Send", "request"),
        };
        match response {
            ElicitationResponse::Accepted => {
                format!("The user has to finish in the browser first. {again} this {what} again after that.")
            }
            ElicitationResponse::Declined => {
                format!("The user did not open the page, so this {what} cannot continue.")
            }
        }
    }
}
