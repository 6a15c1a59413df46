//! The layer on servers: hyper without axum, and rmcp.

use std::convert::Infallible;
use std::time::Duration;

use auth0_api_core::Requirement;
use auth0_api_mcp::connect::UrlElicitation;
use auth0_api_mcp::{McpBody, McpCall, McpCaller, McpLayer, McpRequirements, VerifiedToken};
use auth0_api_testing::TestWorld;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use rmcp::handler::server::tool::Extension;
use rmcp::model::{ErrorData, ReadResourceRequestParams, ReadResourceResponse};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler, tool, tool_handler, tool_router};
use serde_json::json;
use tokio::net::TcpListener;
use tower::{Layer as _, service_fn};

use crate::people::{ADA, World};
use crate::world::{declaring, metadata, tool_call};

/// Serves connections until the test ends, and returns the URL.
async fn serve<S, B>(service: S) -> String
where
    S: hyper::service::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: hyper::body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    serve_with(service, false).await
}

async fn serve_with<S, B>(service: S, is_http2: bool) -> String
where
    S: hyper::service::Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: hyper::body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (stream, service) = (TokioIo::new(stream), service.clone());
            if is_http2 {
                let http2 = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                tokio::spawn(http2.serve_connection(stream, service));
            } else {
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(stream, service));
            }
        }
    });
    url
}

fn requirements() -> McpRequirements {
    McpRequirements::new(Requirement::scope("use:tools")).tool("whoami", Requirement::scope("who"))
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap()
}

async fn repeat(request: Request<McpBody<Incoming>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let tool = request.extensions().get::<McpCall>().and_then(McpCall::tool).unwrap_or_default().to_owned();
    let subject = request.extensions().get::<VerifiedToken>().unwrap().subject().unwrap_or_default().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    Ok(Response::new(Full::from(format!("{tool} {subject} {}", body.len()))))
}

#[tokio::test]
async fn bodies_of_http2_are_read() {
    let world = TestWorld::start_with(|api| api.resource_metadata(metadata())).await;
    let layer = McpLayer::builder(world.api.clone(), requirements()).build().unwrap();
    let url = serve_with(TowerToHyperService::new(layer.layer(service_fn(repeat))), true).await;
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).http2_prior_knowledge();
    let client = client.build().unwrap();
    let token = |scope: &str| world.tenant.mint().subject("auth0|ada").scope(scope).sign();
    let post = |scope: &str, body: String| {
        let request = client.post(&url).bearer_auth(token(scope)).header("content-type", "application/json");
        request.body(body)
    };
    // More than one frame.
    let mut message = tool_call("whoami");
    message["params"]["arguments"] = json!({ "text": "x".repeat(1 << 20) });
    let message = message.to_string();
    let response = post("use:tools who", message.clone()).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, http::Version::HTTP_2));
    assert_eq!(response.text().await.unwrap(), format!("whoami auth0|ada {}", message.len()));
    assert_eq!(post("use:tools", message).send().await.unwrap().status(), 403);
    let get = || client.get(&url).bearer_auth(token("use:tools"));
    assert_eq!(get().send().await.unwrap().text().await.unwrap(), " auth0|ada 0");
    assert_eq!(get().body("{}").send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn hyper_alone_is_enough() {
    let world = TestWorld::start_with(|api| api.resource_metadata(metadata())).await;
    let layer = McpLayer::builder(world.api.clone(), requirements()).build().unwrap();
    let url = serve(TowerToHyperService::new(layer.layer(service_fn(repeat)))).await;
    let message = tool_call("whoami").to_string();
    for (scope, status) in [("use:tools", 403), ("use:tools who", 200)] {
        let token = world.tenant.mint().subject("auth0|ada").scope(scope).sign();
        let request = client().post(&url).bearer_auth(token).header("content-type", "application/json");
        let response = request.body(message.clone()).send().await.unwrap();
        assert_eq!(response.status(), status);
        if status == 200 {
            assert_eq!(response.text().await.unwrap(), format!("whoami auth0|ada {}", message.len()));
        }
    }
    let response = client().post(&url).body(message).send().await.unwrap();
    assert_eq!(response.status(), 401);
}

#[derive(Clone)]
struct Tools;

#[tool_router]
impl Tools {
    #[tool(description = "Returns who calls")]
    async fn whoami(&self, Extension(parts): Extension<http::request::Parts>) -> String {
        let token: &VerifiedToken = parts.extensions.get().unwrap();
        let call: &McpCall = parts.extensions.get().unwrap();
        format!("{} calls {} in {}", token.subject().unwrap(), call.tool().unwrap(), call.revision())
    }
}

#[tool_handler]
impl ServerHandler for Tools {}

#[tokio::test]
async fn rmcp_answers_behind_the_layer_in_both_kinds_of_revisions() {
    let world = TestWorld::start_with(|api| api.resource_metadata(metadata())).await;
    let layer = McpLayer::builder(world.api.clone(), requirements()).text_body(|text| Full::from(text).boxed());
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
    let rmcp = StreamableHttpService::new(|| Ok(Tools), LocalSessionManager::default().into(), config);
    let url = serve(TowerToHyperService::new(layer.build().unwrap().layer(rmcp))).await;
    let call = |scope: &str| {
        let token = world.tenant.mint().subject("auth0|ada").scope(scope).sign();
        let request = client().post(&url).bearer_auth(token).header("content-type", "application/json");
        request.header("accept", "application/json, text/event-stream")
    };
    let mut message = tool_call("whoami");
    message["params"]["arguments"] = json!({});
    let modern = |request: reqwest::RequestBuilder| {
        let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "tools/call");
        request.header("mcp-name", "whoami").body(declaring(message.clone()).to_string())
    };
    let legacy = |request: reqwest::RequestBuilder| {
        request.header("mcp-protocol-version", "2025-11-25").body(message.to_string())
    };
    for (revision, send) in [("2026-07-28", &modern as &dyn Fn(_) -> reqwest::RequestBuilder), ("2025-11-25", &legacy)]
    {
        let response = send(call("use:tools")).send().await.unwrap();
        assert_eq!(response.status(), 403, "{revision}");
        assert!(response.headers()["www-authenticate"].to_str().unwrap().contains(r#"scope="use:tools who""#));
        assert_eq!(response.headers()["content-type"], "application/json");
        let response = send(call("use:tools who")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{revision}");
        let text = response.text().await.unwrap();
        assert!(text.contains(&format!("auth0|ada calls whoami in {revision}")), "{text}");
    }
    let response = client().post(&url).body("").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.text().await.unwrap().contains("missing_credentials")),
        (401, true)
    );
}

/// A server whose resources need an account.
#[derive(Clone)]
struct Pages(UrlElicitation);

impl ServerHandler for Pages {
    async fn read_resource(
        &self,
        _: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        McpCaller::of_context(&context)?.elicit_input(&self.0).map(Into::into)
    }
}

#[tokio::test]
async fn a_resource_of_rmcp_does_not_ask_again_after_an_answer() {
    let people = World::new().await;
    let pages = Pages(people.elicitation(&people.caller(ADA).await).await);
    let world = TestWorld::start_with(|api| api.resource_metadata(metadata())).await;
    let requirements = requirements().resource("x://a", Requirement::scope("use:tools"));
    let layer = McpLayer::builder(world.api.clone(), requirements).text_body(|text| Full::from(text).boxed());
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
    let rmcp = StreamableHttpService::new(move || Ok(pages.clone()), LocalSessionManager::default().into(), config);
    let url = serve(TowerToHyperService::new(layer.build().unwrap().layer(rmcp))).await;
    let token = world.tenant.mint().scope("use:tools").sign();
    for (params, answer) in [
        (json!({ "uri": "x://a" }), "input_required"),
        (
            json!({ "uri": "x://a", "inputResponses": { "open": { "action": "accept" } } }),
            "has to finish in the browser",
        ),
        (json!({ "uri": "x://a", "inputResponses": { "open": { "action": "cancel" } } }), "did not open the page"),
    ] {
        let message = declaring(json!({ "jsonrpc": "2.0", "id": 7, "method": "resources/read", "params": params }));
        let request = client().post(&url).bearer_auth(&token).header("content-type", "application/json");
        let request = request.header("accept", "application/json, text/event-stream");
        let request = request.header("mcp-protocol-version", "2026-07-28").header("mcp-method", "resources/read");
        let response = request.header("mcp-name", "x://a").body(message.to_string()).send().await.unwrap();
        let text = response.text().await.unwrap();
        assert!(text.contains(answer), "{message}: {text}");
        assert_eq!(text.contains("ticket="), answer == "input_required", "{text}");
    }
}

#[tokio::test]
async fn rmcp_with_sessions_answers_behind_the_layer() {
    let world = TestWorld::start_with(|api| api.resource_metadata(metadata())).await;
    let layer = McpLayer::builder(world.api.clone(), requirements()).text_body(|text| Full::from(text).boxed());
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(true);
    let rmcp = StreamableHttpService::new(|| Ok(Tools), LocalSessionManager::default().into(), config);
    let url = serve(TowerToHyperService::new(layer.build().unwrap().layer(rmcp))).await;
    let request = |method: http::Method, scope: &str, session: &str| {
        let token = world.tenant.mint().subject("auth0|ada").scope(scope).sign();
        let request = client().request(method, &url).bearer_auth(token).header("content-type", "application/json");
        let request = request.header("accept", "application/json, text/event-stream");
        let headers = [("mcp-session-id", session), ("mcp-protocol-version", "2025-11-25")];
        headers.into_iter().filter(|_| !session.is_empty()).fold(request, |one, (name, value)| one.header(name, value))
    };
    let post = |scope: &str, session: &str, message: &serde_json::Value| {
        request(http::Method::POST, scope, session).body(message.to_string()).send()
    };
    let client_info = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client_info });
    let handshake = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
    assert_eq!(post("other", "", &handshake).await.unwrap().status(), 403);
    let response = post("use:tools", "", &handshake).await.unwrap();
    let session = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    assert!(response.text().await.unwrap().contains("serverInfo"));
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(post("use:tools", &session, &initialized).await.unwrap().status(), 202);
    // An unknown method does not end the session.
    let unknown = post("use:tools", &session, &json!({ "jsonrpc": "2.0", "id": 1, "method": "own" })).await.unwrap();
    assert_eq!(unknown.status(), 200);
    assert!(unknown.text().await.unwrap().contains("-32601"));
    let mut message = tool_call("whoami");
    message["params"]["arguments"] = json!({});
    assert_eq!(post("use:tools", &session, &message).await.unwrap().status(), 403);
    let response = post("use:tools who", &session, &message).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert!(response.text().await.unwrap().contains("auth0|ada calls whoami in 2025-11-25"));
    for (method, status) in [(http::Method::GET, 200), (http::Method::DELETE, 202)] {
        assert_eq!(request(method.clone(), "other", &session).send().await.unwrap().status(), 403);
        assert_eq!(request(method, "use:tools", &session).send().await.unwrap().status(), status);
    }
    assert_eq!(post("use:tools who", &session, &message).await.unwrap().status(), 404);
}
