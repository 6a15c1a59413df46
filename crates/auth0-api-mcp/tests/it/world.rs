//! A protected server that repeats what it receives, and clients of both kinds of revisions.

use auth0_api_core::{ProtectedResource, Requirement};
use auth0_api_mcp::{McpCall, McpLayer, McpLayerBuilder, McpRequirements, MessageError, Target};
use auth0_api_testing::{OfflineTenant, TestWorld};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::routing::any;
use http::Response;
use http::request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::log;

/// The world, and the server in it.
pub(crate) struct Server {
    pub(crate) world: TestWorld,
    pub(crate) app: Router,
}

/// What the server, or the layer in front of it, has answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenges: Vec<String>,
    pub(crate) head: http::response::Parts,
    pub(crate) body: String,
}

/// The requirements of most tests.
pub(crate) fn requirements() -> McpRequirements {
    McpRequirements::new(Requirement::scope("use:tools"))
        .tool("calendar.create", Requirement::scope("write:events"))
        .tool("calendar.list", Requirement::scope("read:events"))
        .tool("caf\u{e9} \u{2615}", Requirement::scope("drink"))
        .tool("whoami", Requirement::scope("use:tools"))
        .prompt("plan", Requirement::scope("read:events"))
        .resource("calendar://today", Requirement::scope("read:events"))
        .resource_template("calendar://events/{id}", Requirement::scope("read:events"))
        .resource_template("file:///reports/{+path}", Requirement::scope("read:reports"))
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(requirements(), |layer| layer).await
    }

    pub(crate) async fn start_with(
        requirements: McpRequirements,
        configure: impl FnOnce(McpLayerBuilder) -> McpLayerBuilder,
    ) -> Self {
        log::listen();
        let world = TestWorld::start_with(|api| api.resource_metadata(metadata())).await;
        let layer = configure(McpLayer::builder(world.api.clone(), requirements)).build().unwrap();
        Self { app: Router::new().route("/mcp", any(repeat)).layer(layer), world }
    }

    /// A `POST` of JSON with a valid token that has this scope.
    pub(crate) fn post(&self, scope: &str) -> request::Builder {
        self.request("POST", scope).header("content-type", "application/json")
    }

    pub(crate) fn request(&self, method: &str, scope: &str) -> request::Builder {
        let token = self.world.tenant.mint().scope(scope).sign();
        Request::builder().method(method).uri(URL).header("authorization", format!("Bearer {token}"))
    }

    pub(crate) async fn send(&self, request: request::Builder, body: impl Into<Body>) -> Answer {
        Answer::of(self.app.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()).await
    }

    /// Sends a message of the revision 2025-11-25.
    pub(crate) async fn send_2025(&self, scope: &str, message: &Value) -> Answer {
        self.send(self.post(scope).header("mcp-protocol-version", "2025-11-25"), message.to_string()).await
    }

    /// Sends a message of the revision 2026-07-28, with the headers of this method and name.
    pub(crate) async fn send_2026(&self, scope: &str, method: &str, name: Option<&str>, message: &Value) -> Answer {
        let request = self.post(scope).header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
        let request = name.into_iter().fold(request, |request, name| request.header("mcp-name", name));
        self.send(request, message.to_string()).await
    }
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        let challenges =
            head.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap().to_owned());
        Self { status: head.status.as_u16(), challenges: challenges.collect(), head, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The code of the error of JSON-RPC, and the id that the answer names.
    pub(crate) fn error(&self) -> (u16, i64, Option<Value>) {
        let body = self.json();
        (self.status, body["error"]["code"].as_i64().unwrap(), body.get("id").cloned())
    }

    /// The text of the error about a target that the requirements do not name. There is no challenge.
    pub(crate) fn unknown(&self) -> String {
        assert_eq!((self.status, self.challenges.len()), (403, 0), "{self:?}");
        assert_eq!(self.head.headers["content-type"], "application/json");
        assert!(matches!(self.head.extensions.get(), Some(MessageError::TargetUnknown { .. })));
        let body = self.json();
        assert_eq!((&body["jsonrpc"], &body["error"]["code"]), (&json!("2.0"), &json!(-32602)), "{body}");
        body["error"]["message"].as_str().unwrap().to_owned()
    }

    /// The scopes of the challenge for Bearer. The challenge for DPoP only offers its scheme.
    pub(crate) fn scopes(&self) -> &str {
        assert_eq!((self.status, self.challenges.len()), (403, 2), "{self:?}");
        let challenge = &*self.challenges[0];
        assert!(challenge.contains(r#"error="insufficient_scope""#), "{challenge}");
        assert!(challenge.contains(r#"resource_metadata="https://"#), "{challenge}");
        challenge.split_once(" scope=\"").map_or("none", |(_, rest)| rest.split('"').next().unwrap())
    }

    /// What the server has received.
    pub(crate) fn received(&self, name: &str) -> Option<&str> {
        assert_eq!(self.status, 200, "{self:?}");
        self.head.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Answers with the body of the request, and with headers that describe the call.
pub(crate) async fn repeat(request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let mut response = Response::builder().header("x-called", head.method.as_str());
    if let Some(call) = head.extensions.get::<McpCall>() {
        response = response
            .header("x-revision", call.revision().as_str())
            .header("x-method", call.method().escape_default().to_string())
            .header("x-url-elicitation", call.declares_url_elicitation().to_string());
        if let Some(target) = call.target() {
            let kind = match target {
                Target::Prompt(_) => "prompt",
                Target::Resource(_) => "resource",
                Target::Task(_) => "task",
                Target::Tool(_) => "tool",
                _ => "other",
            };
            response = response.header("x-target", format!("{kind} {}", target.as_str().escape_default()));
        }
        if let Some(capabilities) = call.client_capabilities() {
            response = response.header("x-capabilities", capabilities.to_string());
        }
    }
    response.body(body).unwrap()
}

pub(crate) fn metadata() -> ProtectedResource {
    ProtectedResource::new(OfflineTenant::AUDIENCE).scopes(["use:tools"]).challenge_scopes(["use:tools"])
}

/// A `tools/call` of a revision before 2026-07-28.
pub(crate) fn tool_call(name: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": { "name": name, "arguments": { "a": 1 } } })
}

/// Adds what each request of 2026-07-28 declares.
pub(crate) fn declaring(mut message: Value) -> Value {
    message["params"]["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "url": {} } },
    });
    message
}

pub(crate) const URL: &str = "https://api.example.com/mcp";
