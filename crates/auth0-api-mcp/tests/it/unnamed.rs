//! What the requirements do not name: denied, without a challenge that no scope could meet.

use auth0_api_core::Requirement;
use auth0_api_mcp::MessageError;
use serde_json::{Value, json};

use crate::log::Log;
use crate::world::{Server, declaring, requirements, tool_call};

const ALL: &str = "use:tools read:events write:events drink read:reports";

/// A request of the revision 2025-11-25.
#[expect(clippy::needless_pass_by_value, reason = "each call passes a literal")]
fn request(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })
}

fn read(uri: &str) -> Value {
    request("resources/read", json!({ "uri": uri }))
}

/// Messages whose targets no requirement of the tests names, and that look like none that is named.
fn others() -> Vec<(Value, &'static str)> {
    vec![
        (tool_call("calendar.delete"), "tool"),
        (tool_call(""), "tool"),
        (request("prompts/get", json!({ "name": "calendar.create" })), "prompt"),
        (request("completion/complete", json!({ "ref": { "type": "ref/prompt", "name": "other" } })), "prompt"),
        (request("tasks/get", json!({ "taskId": "1" })), "task"),
        (request("tasks/result", json!({ "taskId": "1" })), "task"),
        (request("tasks/update", json!({ "taskId": "1" })), "task"),
        (request("tasks/cancel", json!({ "taskId": "1" })), "task"),
        (request("tasks/list", json!({})), "task"),
        (request("subscriptions/listen", json!({ "notifications": { "taskIds": ["1"] } })), "task"),
    ]
}

/// Messages that a lenient server could take for others, which have a requirement.
fn look_alikes() -> Vec<(Value, &'static str)> {
    vec![
        (tool_call("Calendar.create"), "tool"),
        (tool_call("calendar.create "), "tool"),
        (tool_call("\tcalendar.create"), "tool"),
        (tool_call("calendar.create\0"), "tool"),
        (tool_call("\u{feff}calendar.create"), "tool"),
        (tool_call("CAF\u{c9} \u{2615}"), "tool"),
        (request("prompts/get", json!({ "name": "Plan" })), "prompt"),
        (read("calendar://tomorrow"), "resource"),
        (read("calendar://events/7/attendees"), "resource"),
        (
            request("completion/complete", json!({ "ref": { "type": "ref/resource", "uri": "calendar://{owner}" } })),
            "resource",
        ),
        (
            request(
                "subscriptions/listen",
                json!({ "notifications": { "resourceSubscriptions": ["calendar://tomorrow"] } }),
            ),
            "resource",
        ),
    ]
}

#[tokio::test]
async fn what_is_not_named_is_denied_by_default() {
    let server = Server::start().await;
    for (message, kind) in others().into_iter().chain(look_alikes()) {
        let answer = server.send_2025(ALL, &message).await;
        // No scope helps, so that there is no challenge.
        assert_eq!(answer.unknown(), format!("unknown {kind}"), "{message}");
        assert_eq!(answer.json()["id"], 7);
        assert_eq!(server.send_2025("other", &message).await.scopes(), "use:tools", "{message}");
    }
    let answer = server.send_2026(ALL, "tools/call", Some("other"), &declaring(tool_call("other"))).await;
    assert_eq!((answer.unknown(), &answer.json()["id"]), ("unknown tool".to_owned(), &json!(7)));
}

#[tokio::test]
async fn what_is_not_named_can_require_the_base() {
    let named = requirements().method("example/own", Requirement::scope("own")).otherwise_base();
    let server = Server::start_with(named, |layer| layer).await;
    for message in others().into_iter().map(|(message, _)| message).chain([request("example/other", json!({}))]) {
        assert_eq!(server.send_2025("use:tools", &message).await.status, 200, "{message}");
        assert_eq!(server.send_2025("other", &message).await.scopes(), "use:tools", "{message}");
    }
    for (message, kind) in look_alikes() {
        assert_eq!(server.send_2025(ALL, &message).await.unknown(), format!("unknown {kind}"), "{message}");
    }
    for method in ["Tools/call", "tools/call ", "tools/ca\u{ad}ll", "tool\u{17f}/call", "Example/own", "example/own\n"]
    {
        let message = request(method, json!({ "name": "calendar.create" }));
        assert_eq!(server.send_2025(ALL, &message).await.error().1, -32601, "{method:?}");
    }
}

#[tokio::test]
async fn an_unknown_method_is_not_found() {
    let server = Server::start().await;
    for method in ["example/own", "Tools/call", "notifications/other", "notifications/tools/call"] {
        let message = request(method, json!({}));
        // Before 2026-07-28, a client would take 404 for the end of its session.
        let answer = server.send_2025(ALL, &message).await;
        assert_eq!(answer.error(), (200, -32601, Some(json!(7))), "{method}");
        assert_eq!(answer.head.extensions.get(), Some(&MessageError::MethodNotFound { status: 200 }));
        assert_eq!(answer.head.headers.get("x-called"), None);
        let answer = server.send_2026(ALL, method, None, &declaring(message.clone())).await;
        assert_eq!(answer.error(), (404, -32601, Some(json!(7))), "{method}");
        assert!(answer.challenges.is_empty());
        assert_eq!(server.send_2025("other", &message).await.scopes(), "use:tools", "{method}");
    }
    // A notification has no answer of JSON-RPC.
    let notification = json!({ "jsonrpc": "2.0", "method": "example/own" });
    assert_eq!(server.send_2025(ALL, &notification).await.error(), (400, -32601, Some(Value::Null)));
    // A notification of the specification, which has no id.
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/other" });
    assert_eq!(server.send_2025(ALL, &notification).await.status, 200);
}

/// Notifications that are not named require the base, but a lenient server may take one for another that is named.
#[tokio::test]
async fn a_notification_that_looks_like_a_named_method_is_denied() {
    let named = requirements()
        .method("notifications/reset", Requirement::scope("reset"))
        .method("notifications/initialized", Requirement::scope("begin"));
    for requirements in [named.clone().otherwise_denied(), named.otherwise_base()] {
        let server = Server::start_with(requirements, |layer| layer).await;
        let notification = |method: &str| json!({ "jsonrpc": "2.0", "method": method });
        for method in
            ["notifications/Reset", "notifications/reset ", "notifications/re\u{ad}set", "notifications/Initialized"]
        {
            let answer = server.send_2025("use:tools reset", &notification(method)).await;
            assert_eq!(answer.error(), (400, -32601, Some(Value::Null)), "{method:?}");
        }
        let named = notification("notifications/reset");
        assert_eq!(server.send_2025("use:tools", &named).await.scopes(), "use:tools reset");
        let initialized = notification("notifications/initialized");
        assert_eq!(server.send_2025("use:tools", &initialized).await.scopes(), "use:tools begin");
        for (scope, method) in [("use:tools reset", "notifications/reset"), ("use:tools", "notifications/other")] {
            assert_eq!(server.send_2025(scope, &notification(method)).await.status, 200, "{method}");
        }
    }
}

#[tokio::test]
async fn the_operator_reads_what_is_denied() {
    let server = Server::start().await;
    let log = Log::new();
    let subscribed = log.subscribe();
    server.send_2025("other", &tool_call("calendar.creat")).await;
    server.send_2025(ALL, &tool_call(&format!("calendar.creat\ne{}", "x".repeat(1000)))).await;
    server.send_2025(ALL, &request("tasks/list", json!({}))).await;
    drop(subscribed);
    let events = log.named("mcp_target_denied");
    let hint = r#"hint="if the server has it, name it in McpRequirements exactly as clients do""#;
    let beginning = format!(r"calendar.creat\ne{}", "x".repeat(184));
    assert_eq!(
        events,
        [
            format!(r#"WARN event="mcp_target_denied" kind="tool" requested=Some("{beginning}") {hint}"#),
            format!(r#"WARN event="mcp_target_denied" kind="task" requested=None {hint}"#),
        ]
    );
    let guide = include_str!("../../../auth0-api-core/src/guide/operating.md");
    for event in ["mcp_message_rejected", "mcp_target_denied"] {
        assert!(guide.contains(&format!("\n| `{event}` |")), "{event}");
    }
}
