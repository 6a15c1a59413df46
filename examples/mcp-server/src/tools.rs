//! The tools. Each takes the caller: the token that the layer has verified for this very call.

use auth0_api_fetcher::{FetchError, FetchResponse};
use auth0_api_mcp::McpCaller;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, ErrorData};
use rmcp::schemars::{self, JsonSchema};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use serde::Deserialize;
use serde_json::json;

use crate::apis::Apis;

#[derive(Clone, Debug)]
pub(crate) struct Tools {
    apis: Apis,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Event {
    /// The title of the event.
    title: String,
}

#[tool_router]
impl Tools {
    pub(crate) fn new(apis: Apis) -> Self {
        Self { apis }
    }

    #[tool(description = "Returns the user and the client of this call")]
    async fn whoami(&self, caller: McpCaller) -> String {
        let token = caller.token();
        let [subject, client] = [token.subject(), token.client_id()].map(|name| name.unwrap_or("unknown"));
        format!("{subject}, by {client}")
    }

    /// The fetcher exchanges the caller's token, whose audience is this server, for a token of the same user for the
    /// calendar API.
    #[tool(name = "calendar.create", description = "Creates an event in the caller's calendar")]
    async fn create(&self, caller: McpCaller, Parameters(event): Parameters<Event>) -> Answer {
        let calendar = self.apis.calendar.create.for_caller(caller.token());
        let response = calendar.post("/events").json(&json!({ "title": event.title })).send().await;
        self.answer(&caller, response).await
    }

    #[tool(name = "calendar.clear", description = "Deletes all events in the caller's calendar")]
    async fn clear(&self, caller: McpCaller) -> Answer {
        let response = self.apis.calendar.clear.for_caller(caller.token()).delete("/events").send().await;
        self.answer(&caller, response).await
    }

    /// The fetcher gets a token of the caller's account at another company from Token Vault.
    #[tool(name = "contacts.list", description = "Lists the contacts in the caller's account at another company")]
    async fn contacts(&self, caller: McpCaller) -> Answer {
        let contacts = self.apis.contacts.for_caller(caller.token());
        let response = contacts.get("").query(&[("personFields", "names")]).send().await;
        self.answer(&caller, response).await
    }

    /// Returns the response of another API. If the caller has to connect an account first, asks the client to open a page.
    async fn answer(&self, caller: &McpCaller, response: Result<FetchResponse, FetchError>) -> Answer {
        let text = match response.and_then(FetchResponse::error_for_status) {
            Ok(response) => response.text().await,
            Err(error) => Err(error),
        };
        match text {
            Ok(text) => Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into()),
            Err(FetchError::Exchange(error)) => match self.apis.accounts.for_error(caller.token(), &error) {
                Ok(Some(page)) => caller.elicit(&page),
                Ok(None) | Err(_) => Ok(failed("no token for the other API is available")),
            },
            Err(_) => Ok(failed("the other API does not answer")),
        }
    }
}

#[tool_handler]
impl ServerHandler for Tools {}

/// A result, a page for the person, or the error by which clients of 2025-11-25 learn of the page.
type Answer = Result<CallToolResponse, ErrorData>;

/// Returns a failure to the model, without the reason: the model reads everything that a tool returns.
fn failed(text: &str) -> CallToolResponse {
    CallToolResult::error(vec![ContentBlock::text(text)]).into()
}
