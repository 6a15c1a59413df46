//! Two MCP resources on one host, and the headers that browsers ask for.

use auth0_api_axum::metadata_routes_of_all;
use auth0_api_core::{ProtectedResource, Requirement};
use auth0_api_mcp::{ApiClient, CORS_EXPOSED_HEADERS, CORS_REQUEST_HEADERS, McpLayer, McpRequirements};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::any;
use http::{Request, Response};
use serde_json::Value;
use tower::ServiceExt as _;
use tower_http::cors::{Any, CorsLayer};

use crate::world::{Server, repeat, tool_call};

async fn send(app: &Router, request: http::request::Builder, body: impl Into<Body>) -> Response<Body> {
    app.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()
}

async fn json(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 1 << 16).await.unwrap()).unwrap()
}

#[tokio::test]
async fn two_resources_on_one_host_have_their_own_metadata_and_tokens() {
    let world = TestWorld::start().await;
    let client = |resource: &str| -> ApiClient {
        let metadata = ProtectedResource::new(resource).scopes(["use:tools"]).challenge_scopes(["use:tools"]);
        let builder = ApiClient::builder(world.tenant.domain(), resource).insecure_http_loopback();
        builder.clock(world.clock.clone()).resource_metadata(metadata).build().unwrap()
    };
    let (notes, mail) = (client("https://mcp.example.com/notes"), client("https://mcp.example.com/mail"));
    let protected = |api: &ApiClient| {
        let requirements = McpRequirements::new(Requirement::scope("use:tools")).tool("t", Requirement::scope("t"));
        McpLayer::builder(api.clone(), requirements).build().unwrap()
    };
    let app: Router = Router::new()
        .merge(Router::new().route("/notes", any(repeat)).layer(protected(&notes)))
        .merge(Router::new().route("/mail", any(repeat)).layer(protected(&mail)))
        .merge(metadata_routes_of_all(&notes, [&mail]));

    for (path, resource) in [
        ("/.well-known/oauth-protected-resource", "https://mcp.example.com/notes"),
        ("/.well-known/oauth-protected-resource/notes", "https://mcp.example.com/notes"),
        ("/.well-known/oauth-protected-resource/mail", "https://mcp.example.com/mail"),
    ] {
        let response = send(&app, Request::get(path), "").await;
        assert_eq!(json(response).await["resource"], resource, "{path}");
    }

    let token = |audience: &str| format!("Bearer {}", world.tenant.mint().audience(audience).scope("use:tools").sign());
    for (path, other) in [("/notes", "/mail"), ("/mail", "/notes")] {
        let resource = |path| format!("https://mcp.example.com{path}");
        let request = |audience: String| {
            let request = Request::post(resource(path)).header("content-type", "application/json");
            request.header("authorization", token(&audience))
        };
        let challenge = |response: &Response<Body>| response.headers()["www-authenticate"].to_str().unwrap().to_owned();
        let named = format!("resource_metadata=\"https://mcp.example.com/.well-known/oauth-protected-resource{path}\"");
        let response = send(&app, request(resource(other)), tool_call("t").to_string()).await;
        assert_eq!(response.status(), 401);
        assert!(challenge(&response).contains(&named), "{}", challenge(&response));
        let response = send(&app, request(resource(path)), tool_call("t").to_string()).await;
        assert_eq!(response.status(), 403);
        assert!(challenge(&response).contains(&named), "{}", challenge(&response));
    }
}

#[tokio::test]
async fn browsers_may_send_and_read_the_headers_of_every_revision() {
    let server = Server::start().await;
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(CORS_REQUEST_HEADERS)
        .expose_headers(CORS_EXPOSED_HEADERS);
    let app = server.app.clone().layer(cors);
    let preflight = Request::options(crate::world::URL)
        .header("origin", "https://app.example.com")
        .header("access-control-request-method", "POST");
    let response = send(&app, preflight, "").await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["access-control-allow-headers"],
        "authorization,content-type,dpop,last-event-id,mcp-method,mcp-name,mcp-protocol-version,mcp-session-id"
    );
    let response = send(&app, Request::post(crate::world::URL).header("origin", "https://app.example.com"), "").await;
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["access-control-expose-headers"], "dpop-nonce,mcp-session-id,www-authenticate");
}
