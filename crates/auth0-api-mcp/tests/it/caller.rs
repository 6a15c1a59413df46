//! The caller, from the extensions of a request.

use auth0_api_core::Requirement;
use auth0_api_mcp::connect::ElicitationAnswer;
use auth0_api_mcp::{McpCaller, McpLayer, McpRequirements, Revision};
use auth0_api_testing::TestWorld;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::routing::any;
use http::Extensions;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::people::{ADA, World};
use crate::world::{URL, declaring, metadata};

#[tokio::test]
async fn the_caller_is_read_from_the_extensions_of_a_verified_request() {
    let world = World::new().await;
    let mut extensions = Extensions::new();
    assert!(McpCaller::of(&extensions).is_none());
    extensions.insert(world.caller(ADA).await);
    let caller = McpCaller::of(&extensions).unwrap();
    assert_eq!((caller.token().subject(), caller.revision(), caller.shows_urls()), (Some(ADA), None, false));

    let elicitation = world.elicitation(caller.token()).await;
    assert!(matches!(caller.answer(&elicitation), ElicitationAnswer::Plain(_)), "nothing is declared");
    let caller = caller.of_session(Revision::V2025_11_25, true);
    assert!(matches!(caller.answer(&elicitation), ElicitationAnswer::Error(_)));
    let accepted = caller.clone().with_input_responses(&json!({ "open": { "action": "accept" } }));
    let text = "The user has to finish in the browser first. Send this request again after that.";
    assert_eq!(accepted.answer(&elicitation), ElicitationAnswer::Plain(text.to_owned()));
    let declined = caller.with_input_responses(&json!({ "open": { "action": "decline" } }));
    let text = "The user did not open the page, so this request cannot continue.";
    assert_eq!(declined.answer(&elicitation), ElicitationAnswer::Plain(text.to_owned()));
}

/// The layer reads the answer of the person from the message: servers do not hand it on to prompts and resources.
#[tokio::test]
async fn a_person_who_has_answered_is_not_asked_again_by_a_prompt_or_a_resource() {
    let world = World::new().await;
    let elicitation = world.elicitation(&world.caller(ADA).await).await;
    let server = TestWorld::start_with(|api| api.resource_metadata(metadata())).await;
    let requirements = McpRequirements::new(Requirement::scope("a"))
        .tool("x://a", Requirement::scope("a"))
        .prompt("x://a", Requirement::scope("a"))
        .resource("x://a", Requirement::scope("a"));
    let layer = McpLayer::builder(server.api.clone(), requirements).build().unwrap();
    let answer = async move |request: Request| match McpCaller::of(request.extensions()).unwrap().answer(&elicitation) {
        ElicitationAnswer::Plain(text) => text,
        ElicitationAnswer::Result(_) => "asked".to_owned(),
        other => panic!("{other:?}"),
    };
    let app = Router::new().route("/mcp", any(answer)).layer(layer);
    let token = server.tenant.mint().scope("a").sign();
    for (method, member, again, what) in [
        ("tools/call", "name", "Call", "tool"),
        ("prompts/get", "name", "Get", "prompt"),
        ("resources/read", "uri", "Read", "resource"),
    ] {
        let accepted = format!("The user has to finish in the browser first. {again} this {what} again after that.");
        let declined = format!("The user did not open the page, so this {what} cannot continue.");
        for (responses, text) in [
            (Value::Null, "asked"),
            (json!({}), "asked"),
            (json!({ "other": { "action": "accept" } }), "asked"),
            (json!({ "open": { "content": {} } }), "asked"),
            // Inputs of the server, which chooses their names.
            (json!({ "Open": { "action": "accept" }, "_open": { "roots": [] } }), "asked"),
            (json!({ "open": { "Action": "accept" } }), "asked"),
            (json!({ "open": { "action": "accept" } }), &accepted),
            (json!({ "open": { "action": "decline" } }), &declined),
            (json!({ "open": { "action": 1 } }), &declined),
        ] {
            let params = json!({ member: "x://a", "inputResponses": responses });
            let message = declaring(json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }));
            let request = Request::post(URL)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .header("mcp-protocol-version", "2026-07-28")
                .header("mcp-method", method)
                .header("mcp-name", "x://a");
            let response = app.clone().oneshot(request.body(Body::from(message.to_string())).unwrap()).await.unwrap();
            assert_eq!(response.status(), 200, "{message}");
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert_eq!(body, text, "{message}");
        }
    }
}
