//! What the requirements do not name: denied, without a challenge that no scope could meet.

use auth0_api_core::Requirement;
use auth0_api_mcp::{McpRequirements, MessageError};
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
    let named = requirements().method("notifications/reset", Requirement::scope("reset"));
    for requirements in [named.clone(), named.otherwise_base()] {
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
        for (scope, method) in [("use:tools reset", "notifications/reset"), ("use:tools", "notifications/other")] {
            assert_eq!(server.send_2025(scope, &notification(method)).await.status, 200, "{method}");
        }
    }
}

/// Spellings of URIs, most of which some server takes for a stricter resource or template.
const OTHER_SPELLINGS: [&str; 48] = [
    "file:///docs/HR/pay.pdf",
    "file:///docs/Hr/x/pay.pdf",
    "file:///docs/hr;x/pay.pdf",
    "file:///docs/hr./pay.pdf",
    "file:///docs/hr%20/pay.pdf",
    "file:///docs/hr.%20./pay.pdf",
    "file:///docs/%20/hr/pay.pdf",
    "file:///docs/HR",
    "file:///docs/hr;x",
    "file:///docs/PAY(2026).pdf",
    "file:///docs/pay(2026).pdf;x",
    "file:///docs/pay(2026).pdf.",
    "file:///docs/pay(2026).pdf%20",
    "file:///docs/raw%5B1%5D;x",
    "file:///docs//hr/pay.pdf",
    "file:///docs/hr//pay.pdf",
    "file:////docs/hr/pay.pdf",
    "file:///docs/hr/pay.pdf?",
    "file:///docs/hr/pay.pdf?x",
    "file:///docs/hr/pay.pdf#x",
    "file:///docs/hr/pay.pdf#",
    "file:///docs/hr/pay.pdf/",
    "file:///docs/hr/",
    "file:///docs/./hr/pay.pdf",
    "file:///docs/x/../hr/pay.pdf",
    "file:///docs/%2e/hr/pay.pdf",
    "file:///docs/%68r/pay.pdf",
    "file:///docs/hr%2Fpay.pdf",
    "file:///docs\\hr\\pay.pdf",
    "FILE:///docs/hr/pay.pdf",
    "file:/docs/hr/pay.pdf",
    "file:docs/hr/pay.pdf",
    "file://localhost/docs/hr/pay.pdf",
    "file:///docs/pay%282026%29.pdf",
    "file:///docs/a%3ab",
    "file:///docs/a%3Ab",
    "file:///docs/a%40b",
    "file:///docs/a%2bb",
    "file:///docs/geh%c3%a4lter",
    "file:///docs/geh\u{e4}lter",
    "file:///docs/list[1]",
    "file:///docs/list%5b1%5d",
    "file:///docs/RAW%5B1%5D",
    "file:///docs/raw%5B1%5D",
    "https://API.example.com/secret",
    "https://api.example.com:443/secret",
    "https://ada@api.example.com/secret",
    "https:/api.example.com/secret",
];

#[tokio::test]
async fn another_spelling_of_a_uri_does_not_escape_a_stricter_requirement() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///docs/{+path}", Requirement::scope("docs"))
        .resource_template("file:///docs/hr/{+path}", Requirement::scope("hr"))
        .resource("file:///docs/pay(2026).pdf", Requirement::scope("pay"))
        .resource("file:///docs/a:b", Requirement::scope("pay"))
        .resource("file:///docs/a@b", Requirement::scope("pay"))
        .resource("file:///docs/a+b", Requirement::scope("pay"))
        .resource("file:///docs/geh%C3%A4lter", Requirement::scope("pay"))
        .resource("file:///docs/list%5B1%5D", Requirement::scope("pay"))
        // Not the canonical spelling, which is denied for that reason.
        .resource("file:///docs/raw[1]", Requirement::scope("pay"))
        .resource("https://api.example.com/secret", Requirement::scope("pay"));
    for requirements in [requirements.clone(), requirements.otherwise_base()] {
        let server = Server::start_with(requirements, |layer| layer).await;
        for uri in OTHER_SPELLINGS {
            assert_eq!(
                server.send_2025("use:tools docs hr pay", &read(uri)).await.unknown(),
                "unknown resource",
                "{uri}"
            );
        }
        for (uri, needed) in [
            ("file:///docs/plan.pdf", "use:tools docs"),
            ("file:///docs/b%C3%BCcher/a%20b", "use:tools docs"),
            ("file:///docs/hr", "use:tools docs hr"),
            ("file:///docs/hr/pay.pdf", "use:tools hr docs"),
            ("file:///docs/pay(2026).pdf", "use:tools pay"),
            ("file:///docs/a:b", "use:tools pay"),
            ("file:///docs/a@b", "use:tools pay"),
            ("file:///docs/a+b", "use:tools pay"),
            ("file:///docs/geh%C3%A4lter", "use:tools pay"),
            ("file:///docs/list%5B1%5D", "use:tools pay"),
            ("file:///docs/raw[1]", "use:tools pay"),
            ("https://api.example.com/secret", "use:tools pay"),
        ] {
            assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), needed, "{uri}");
            assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{uri}");
        }
    }
}

/// A server takes several texts for the same host.
#[tokio::test]
async fn another_spelling_of_a_host_does_not_escape_a_stricter_requirement() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("https://{host}/{+path}", Requirement::scope("web"))
        .resource_template("https://api.example.com/hr/{+path}", Requirement::scope("hr"))
        .resource_template("https://127.0.0.1/hr/{+path}", Requirement::scope("hr"));
    let server = Server::start_with(requirements, |layer| layer).await;
    for uri in [
        "https://api.example.com./hr/pay",
        "https://%EF%BD%81pi.example.com/hr/pay",
        "https://a%C2%ADpi.example.com/hr/pay",
        "https://b%C3%BCcher.example/x",
        "https://2130706433/hr/x",
        "https://127.1/hr/x",
        "https://localhost/hr/x",
        // Not all of the templates could be compared.
        "https://127.0.0.1/hr/x",
    ] {
        assert_eq!(server.send_2025("use:tools web hr", &read(uri)).await.unknown(), "unknown resource", "{uri}");
    }
    for (uri, needed) in
        [("https://api.example.com/x", "use:tools web"), ("https://api.example.com/hr/pay", "use:tools hr web")]
    {
        assert_eq!(server.send_2025("use:tools", &read(uri)).await.scopes(), needed, "{uri}");
        assert_eq!(server.send_2025(needed, &read(uri)).await.status, 200, "{uri}");
    }
}

#[tokio::test]
async fn one_named_resource_closes_the_others() {
    let base = || McpRequirements::new(Requirement::scope("use:tools")).otherwise_base();
    let uris = [
        "file:///public",
        "file:///secret?",
        "file:///secret#f",
        "file:/secret",
        "file://localhost/secret",
        "file:////secret",
        "nothing",
    ];
    let named = base().resource("file:///secret", Requirement::scope("secret"));
    let template = base().resource_template("file:///secret/{+path}", Requirement::scope("secret"));
    for (requirements, is_open) in [(base(), true), (named, false), (template, false)] {
        let server = Server::start_with(requirements, |layer| layer).await;
        for uri in uris {
            let answer = server.send_2025("use:tools secret", &read(uri)).await;
            assert_eq!(answer.status, if is_open { 200 } else { 403 }, "{uri}");
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
