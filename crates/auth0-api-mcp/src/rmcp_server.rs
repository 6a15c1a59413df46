//! The caller, and elicitations, in the words of [`rmcp`].

use http::request::Parts;
use rmcp::RoleServer;
use rmcp::handler::server::common::FromContextPart;
use rmcp::handler::server::prompt::PromptContext;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, ErrorCode, ErrorData, InputRequiredResult};
use rmcp::service::RequestContext;
use serde_json::Value;

use crate::connect::{ElicitationAnswer, URL_ELICITATION_REQUIRED, UrlElicitation};
use crate::{McpCaller, Revision};

/// # With `rmcp`
///
/// These need the feature `rmcp`.
impl McpCaller {
    /// Reads the caller from the context of a request.
    ///
    /// # Errors
    ///
    /// An internal error if no layer has verified the request.
    pub fn of_context(context: &RequestContext<RoleServer>) -> Result<Self, ErrorData> {
        let parts = context.extensions.get::<Parts>();
        let caller = parts.and_then(|parts| Self::of(&parts.extensions)).ok_or_else(|| {
            tracing::error!(
                name: "layer_missing", target: "auth0_api", event = "layer_missing",
                hint = "put McpLayer around the service"
            );
            ErrorData::internal_error("no layer has verified this request", None)
        })?;
        let version = context.protocol_version();
        let Some(revision) = version.and_then(|version| Revision::of(version.as_str())) else { return Ok(caller) };
        let declared = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
        Ok(caller.of_session(revision, declared.is_some_and(|elicitation| elicitation.url.is_some())))
    }

    /// Returns the answer of a tool, if the person has to open a URL: `input_required` since 2026-07-28, the error −32042
    /// for 2025-11-25, and a plain error of the tool for a client that cannot show a URL, or whose user has answered already.
    ///
    /// `rmcp` 3.11 writes an empty `elicitationId` also for 2026-07-28, which has no such member.
    ///
    /// # Errors
    ///
    /// The error −32042, which the client reads. Return it as it is.
    pub fn elicit(&self, elicitation: &UrlElicitation) -> Result<CallToolResponse, ErrorData> {
        match self.answer(elicitation) {
            ElicitationAnswer::Plain(text) => Ok(CallToolResult::error(vec![ContentBlock::text(text)]).into()),
            other => into_input(other).map(Into::into),
        }
    }

    /// Returns the answer of a prompt or a resource, like [`elicit`](Self::elicit). For a client that cannot show a URL it is
    /// an error.
    ///
    /// # Errors
    ///
    /// The error that the client reads. Return it as it is.
    pub fn elicit_input(&self, elicitation: &UrlElicitation) -> Result<InputRequiredResult, ErrorData> {
        into_input(self.answer(elicitation))
    }
}

fn into_input(answer: ElicitationAnswer) -> Result<InputRequiredResult, ErrorData> {
    let unexpected = |error: serde_json::Error| ErrorData::internal_error(error.to_string(), None);
    match answer {
        ElicitationAnswer::Result(result) => serde_json::from_value(result).map_err(unexpected),
        ElicitationAnswer::Plain(text) => Err(ErrorData::invalid_request(text, None)),
        ElicitationAnswer::Error(error) => {
            let message = error.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
            Err(ErrorData::new(ErrorCode(URL_ELICITATION_REQUIRED), message, error.get("data").cloned()))
        }
    }
}

impl<S> FromContextPart<ToolCallContext<'_, S>> for McpCaller {
    fn from_context_part(context: &mut ToolCallContext<'_, S>) -> Result<Self, ErrorData> {
        let caller = Self::of_context(&context.request_context)?;
        let responses = context.input_responses.as_ref().and_then(|responses| serde_json::to_value(responses).ok());
        Ok(responses.iter().fold(caller, Self::with_input_responses))
    }
}

impl<S> FromContextPart<PromptContext<'_, S>> for McpCaller {
    fn from_context_part(context: &mut PromptContext<'_, S>) -> Result<Self, ErrorData> {
        Self::of_context(&context.context)
    }
}
