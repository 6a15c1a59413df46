//! The tools. The layer stores the verified token in the HTTP request; each tool reads it from the parts of that
//! request.

use std::time::Duration;

use auth0_api_core::{ApiClient, OnBehalfOf, VerifiedToken};
use http::request::Parts;
use reqwest::redirect::Policy;
use rmcp::handler::server::tool::Extension;
use rmcp::model::{CallToolResult, ContentBlock, ErrorData};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};

use crate::calendar::Calendar;

#[derive(Clone, Debug)]
pub(crate) struct Tools {
    api: ApiClient,
    calendar: Calendar,
    http: reqwest::Client,
}

#[tool_router]
impl Tools {
    pub(crate) fn new(api: ApiClient, calendar: Calendar) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(PATIENCE);
        // A proxy on another machine cannot reach an API on this machine.
        let http = if calendar.url.starts_with("http://127.0.0.1") { http.no_proxy() } else { http }.build()?;
        Ok(Self { api, calendar, http })
    }

    #[tool(description = "Returns the user and the client of this call")]
    async fn whoami(&self, Extension(parts): Extension<Parts>) -> Result<String, ErrorData> {
        let token = caller(&parts)?;
        let [subject, client] = [token.subject(), token.client_id()].map(|name| name.unwrap_or("unknown"));
        Ok(format!("{subject}, by {client}"))
    }

    /// Exchanges the caller's token, whose audience is this server, for a token of the same user for the calendar API.
    #[tool(description = "Lists the next events in the caller's calendar")]
    async fn upcoming_events(&self, Extension(parts): Extension<Parts>) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        let asked = OnBehalfOf::audience(self.calendar.audience.as_str()).scope("read:events");
        let Ok(tokens) = self.api.get_token_on_behalf_of(token, asked).await else {
            return Ok(failed("the calendar cannot be opened on your behalf"));
        };
        let request = self.http.get(format!("{}/events", self.calendar.url));
        let response = request.bearer_auth(tokens.access_token().expose()).send().await;
        let events = match response.and_then(reqwest::Response::error_for_status) {
            Ok(response) => response.text().await,
            Err(error) => Err(error),
        };
        Ok(events.map_or_else(
            |_| failed("the calendar does not answer"),
            |events| CallToolResult::success(vec![ContentBlock::text(events)]),
        ))
    }
}

#[tool_handler]
impl ServerHandler for Tools {}

/// Returns the verified token of the caller. If the token is missing, the server was built without the layer.
fn caller(parts: &Parts) -> Result<&VerifiedToken, ErrorData> {
    parts.extensions.get().ok_or_else(|| ErrorData::internal_error("no AuthLayer has verified this call", None))
}

/// Returns a failure to the model, without the reason: the model reads everything that a tool returns.
fn failed(text: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(text)])
}

/// How long a tool call waits for the calendar API.
const PATIENCE: Duration = Duration::from_secs(10);
