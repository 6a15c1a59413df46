//! Measures the cost of a call of a tool behind the layer for MCP servers, as a ratio to the same request behind the
//! `AuthLayer` alone.

#![expect(clippy::unwrap_used, reason = "a panic shows where the set-up failed")]

use std::convert::Infallible;

use allocation_counter::measure;
use auth0_api_axum::AuthLayer;
use auth0_api_core::{ApiClient, ProtectedResource, Requirement, TokenCache};
use auth0_api_mcp::{McpLayer, McpRequirements};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use serde_json::json;
use tower::service_fn;
use tower_layer::Layer as _;
use tower_service::Service;

use crate::Candidate;
use crate::scenarios::World;

/// Candidates for a `tools/call` of about 1 KiB. The token is verified for each request, or remembered by the client.
///
/// # Panics
///
/// If the set-up fails.
pub fn candidates(is_remembered: bool) -> Vec<Candidate> {
    let World { runtime, tenant, .. } = World::new();
    let token = tenant.mint().scope("use:tools write:events read:events").sign();
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let builder = builder.resource_metadata(ProtectedResource::new(tenant.audience()));
    let builder = if is_remembered { builder.token_cache(TokenCache::entries(10)) } else { builder };
    let api = builder.build().unwrap();
    runtime.block_on(api.verify_access_token(&token)).unwrap();

    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .tool("calendar.create", Requirement::scope("write:events"))
        .tool("calendar.list", Requirement::scope("read:events"));
    let mcp = McpLayer::builder(api.clone(), requirements).build().unwrap();
    let mut floor = AuthLayer::new(api).layer(service_fn(answer));
    let mut layered = mcp.layer(service_fn(answer));
    let mut also_layered = layered.clone();
    let request = |version: &'static str| {
        let (authorization, body) = (format!("Bearer {token}"), Bytes::from(message(version)));
        move || {
            let request =
                Request::post("/mcp").header("host", "api.example.com").header("authorization", &authorization);
            let request = request.header("content-type", "application/json").header("mcp-protocol-version", version);
            let request = request.header("mcp-method", "tools/call").header("mcp-name", "calendar.create");
            request.body(Full::new(body.clone())).unwrap()
        }
    };
    let [plain, stateless, earlier] = ["2026-07-28", "2026-07-28", "2025-11-25"].map(request);
    // The runtime and the tenant live as long as the candidates: the client refreshes its keys.
    let world = (runtime, tenant);
    vec![
        Candidate::fed("floor: AuthLayer", plain, move |request| {
            let _: &(_, _) = &world;
            call(&mut floor, request);
        }),
        Candidate::fed("McpLayer, 2026-07-28", stateless, move |request| call(&mut layered, request)),
        Candidate::fed("McpLayer, 2025-11-25", earlier, move |request| call(&mut also_layered, request)),
    ]
}

/// Counts the allocations of one request of each candidate, with its name, and those that make the request.
///
/// # Panics
///
/// If the set-up fails.
pub fn allocations() -> Vec<(&'static str, u64)> {
    let mut candidates = candidates(true);
    for candidate in &mut candidates {
        candidate.run(TIMES);
    }
    let counted = candidates.into_iter().map(|mut candidate| {
        let counted = measure(|| {
            candidate.run(TIMES);
        });
        (candidate.name(), counted.count_total / TIMES as u64)
    });
    counted.collect()
}

/// A call of about 1 KiB.
fn message(version: &str) -> String {
    let note = "Bring the slides, and the numbers of the last quarter. ".repeat(12);
    let arguments = json!({ "title": "tea", "at": "2026-12-01T16:00:00Z", "with": ["ada", "grace"], "note": note });
    let declared = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1.0.0" },
        "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "url": {} } },
    });
    let params = json!({ "name": "calendar.create", "arguments": arguments, "_meta": declared });
    json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }).to_string()
}

async fn answer<B: Body>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    assert!(request.body().size_hint().lower() > 900);
    Ok(Response::new(Full::default()))
}

fn call<S>(service: &mut S, request: Request<Full<Bytes>>)
where
    S: Service<Request<Full<Bytes>>, Response = Response<Full<Bytes>>, Error = Infallible>,
{
    assert_eq!(service.call(request).now_or_never().unwrap().unwrap().status(), 200);
}

const TIMES: usize = 50;
