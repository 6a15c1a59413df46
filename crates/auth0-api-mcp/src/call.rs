//! What a request asks the server to do.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::Revision;
use crate::connect::ElicitationResponse;

/// A request of an MCP client, as the layer has read it from the body.
///
/// The layer stores it in the extensions of the HTTP request, beside the
/// [`VerifiedToken`](auth0_api_axum::VerifiedToken). It is there for a message that is a request. It is not there for
/// notifications, responses and batches, and not for `GET` and `DELETE`. Clones are cheap.
#[derive(Clone)]
pub struct McpCall(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) revision: Revision,
    pub(crate) method: Cow<'static, str>,
    pub(crate) target: Option<Target>,
    pub(crate) capabilities: Option<Box<str>>,
    pub(crate) declares_url_elicitation: bool,
    pub(crate) response: Option<ElicitationResponse>,
}

/// What the method of a request is applied to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The prompt with this name.
    Prompt(Box<str>),
    /// The resource with this URI, or the resource template. Also the target of `skills/get` and `resources/directory/read`
    /// of the extension for skills.
    Resource(Box<str>),
    /// The task with this id.
    Task(Box<str>),
    /// The tool with this name.
    Tool(Box<str>),
}

impl McpCall {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The revision of the specification that the request follows.
    ///
    /// For `initialize`, this is the revision that the client proposes. The server may choose another one.
    pub fn revision(&self) -> Revision {
        self.0.revision
    }

    /// The method, such as `tools/call`.
    pub fn method(&self) -> &str {
        &self.0.method
    }

    /// What the method is applied to. `None` for a method without a target, such as `tools/list`, and for
    /// `subscriptions/listen`, which names any number of resources.
    pub fn target(&self) -> Option<&Target> {
        self.0.target.as_ref()
    }

    /// The name of the called tool; `None` for every method except `tools/call`.
    pub fn tool(&self) -> Option<&str> {
        match self.target()? {
            Target::Tool(name) => Some(name),
            _ => None,
        }
    }

    /// The capabilities of the client, if this message declares them.
    ///
    /// Since 2026-07-28 each request declares them, in `params._meta`. Before, only `initialize` does, in
    /// `params.capabilities`: `None` for every later request.
    pub fn client_capabilities(&self) -> Option<Value> {
        serde_json::from_str(self.0.capabilities.as_deref()?).ok()
    }

    /// Whether this message declares that the client can show a URL to its user: the capability `elicitation.url`.
    ///
    /// False if the message declares no capabilities: see [`client_capabilities`](Self::client_capabilities).
    pub fn declares_url_elicitation(&self) -> bool {
        self.0.declares_url_elicitation
    }

    /// What the person has said to the URL that an earlier answer to this call asked to open: `params.inputResponses`, which
    /// a client sends when it repeats the call after `input_required`. `None` if the person has not been asked.
    pub fn elicitation_response(&self) -> Option<ElicitationResponse> {
        self.0.response
    }
}

impl Target {
    /// The name, the URI or the id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Prompt(text) | Self::Resource(text) | Self::Task(text) | Self::Tool(text) => text,
        }
    }
}

impl fmt::Debug for McpCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("McpCall")
            .field("revision", &self.revision())
            .field("method", &self.method())
            .field("target", &self.target())
            .finish_non_exhaustive()
    }
}
