//! The headers that describe a message: a header alone admits nothing, and one that differs is rejected.

use http::request::Builder;
use serde_json::{Value, json};

use crate::world::{Server, declaring, tool_call};

const ALL: &str = "use:tools read:events write:events drink";

/// Sends a message with these headers, and returns the status, the code and the id of the error.
async fn error(server: &Server, headers: &[(&str, &str)], message: &Value) -> (u16, i64, Option<Value>) {
    server.send(with(server.post(ALL), headers), message.to_string()).await.error()
}

fn with(request: Builder, headers: &[(&str, &str)]) -> Builder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

const VERSION: (&str, &str) = ("mcp-protocol-version", "2026-07-28");
const CALL: (&str, &str) = ("mcp-method", "tools/call");

#[tokio::test]
async fn headers_must_match_the_message() {
    let server = Server::start().await;
    let message = declaring(tool_call("whoami"));
    for headers in [
        // Missing.
        &[CALL, ("mcp-name", "whoami")][..],
        &[VERSION, ("mcp-name", "whoami")],
        &[VERSION, CALL],
        // Different.
        &[("mcp-protocol-version", "2025-11-25"), CALL, ("mcp-name", "whoami")],
        &[VERSION, ("mcp-method", "tools/list"), ("mcp-name", "whoami")],
        &[VERSION, ("mcp-method", "Tools/Call"), ("mcp-name", "whoami")],
        &[VERSION, ("mcp-method", ""), ("mcp-name", "whoami")],
        &[VERSION, CALL, ("mcp-name", "calendar.create")],
        &[VERSION, CALL, ("mcp-name", "Whoami")],
        &[VERSION, CALL, ("mcp-name", "")],
        // Twice.
        &[VERSION, VERSION, CALL, ("mcp-name", "whoami")],
        &[VERSION, ("mcp-protocol-version", "2025-11-25"), CALL, ("mcp-name", "whoami")],
        &[VERSION, CALL, CALL, ("mcp-name", "whoami")],
        &[VERSION, CALL, ("mcp-method", "tools/list"), ("mcp-name", "whoami")],
        &[VERSION, CALL, ("mcp-name", "whoami"), ("mcp-name", "whoami")],
        &[VERSION, CALL, ("mcp-name", "whoami"), ("mcp-name", "calendar.create")],
        // Not readable.
        &[("mcp-protocol-version", "2026\u{2010}07\u{2010}28"), CALL, ("mcp-name", "whoami")],
        &[VERSION, ("mcp-method", "tools/c\u{e4}ll"), ("mcp-name", "whoami")],
        &[VERSION, CALL, ("mcp-name", "who\u{e4}mi")],
        &[VERSION, CALL, ("mcp-name", "=?base64?d2hvYW1p*?=")],
        &[VERSION, CALL, ("mcp-name", "=?base64?/w==?=")],
        // Encoded in another way than the specification's.
        &[VERSION, CALL, ("mcp-name", "=?BASE64?d2hvYW1p?=")],
        &[VERSION, CALL, ("mcp-name", "d2hvYW1p")],
    ] {
        assert_eq!(error(&server, headers, &message).await, (400, -32020, Some(json!(7))), "{headers:?}");
    }
    // A message without a target has nothing from which the name could differ.
    let list = declaring(json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {} }));
    let list_headers = |names: &[&'static str]| {
        let names = names.iter().map(|name| ("mcp-name", *name));
        [VERSION, ("mcp-method", "tools/list")].into_iter().chain(names).collect::<Vec<_>>()
    };
    for names in [&["whoami", "whoami"][..], &["who\u{e4}mi"], &["=?base64?/w==?="]] {
        assert_eq!(error(&server, &list_headers(names), &list).await, (400, -32020, Some(json!(7))), "{names:?}");
    }
    let answer = server.send(with(server.post(ALL), &list_headers(&["whoami"])), list.to_string()).await;
    assert_eq!(answer.status, 200);
    for name in ["whoami", "=?base64?d2hvYW1p?="] {
        let answer = server.send_2026("use:tools", "tools/call", Some(name), &message).await;
        assert_eq!(answer.received("x-target"), Some("tool whoami"), "{name}");
    }
}

#[tokio::test]
async fn names_outside_of_ascii_are_encoded() {
    let server = Server::start().await;
    let message = declaring(tool_call("caf\u{e9} \u{2615}"));
    let encoded = "=?base64?Y2Fmw6kg4piV?=";
    let answer = server.send_2026("use:tools", "tools/call", Some(encoded), &message).await;
    assert_eq!(answer.scopes(), "use:tools drink");
    let answer = server.send_2026("use:tools drink", "tools/call", Some(encoded), &message).await;
    assert_eq!(answer.received("x-target"), Some(r"tool caf\u{e9} \u{2615}"));
    // The same name with combining characters is another name.
    let other = declaring(tool_call("cafe\u{301} \u{2615}"));
    let answer = server.send_2026(ALL, "tools/call", Some(encoded), &other).await;
    assert_eq!(answer.error().1, -32020);
}

#[tokio::test]
async fn a_name_that_looks_encoded_is_encoded_itself() {
    let requirements =
        crate::world::requirements().tool("=?base64?d2hvYW1p?=", auth0_api_core::Requirement::scope("odd"));
    let server = Server::start_with(requirements, |layer| layer).await;
    let message = declaring(tool_call("=?base64?d2hvYW1p?="));
    let answer = server.send_2026(ALL, "tools/call", Some("=?base64?d2hvYW1p?="), &message).await;
    assert_eq!(answer.error().1, -32020);
    let answer = server.send_2026("use:tools", "tools/call", Some("=?base64?PT9iYXNlNjQ/ZDJodllXMXA/PQ==?="), &message);
    assert_eq!(answer.await.scopes(), "use:tools odd");
}

#[tokio::test]
async fn other_targets_are_mirrored_too() {
    let server = Server::start().await;
    let message = |method: &str, params: Value| {
        declaring(json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params }))
    };
    let today = json!({ "uri": "calendar://today" });
    for (method, params, name, is_required) in [
        ("resources/read", today.clone(), "calendar://today", true),
        ("prompts/get", json!({ "name": "plan" }), "plan", true),
        // The specification demands the header for the methods above only. If it is there, it has to match.
        ("resources/subscribe", today.clone(), "calendar://today", false),
        ("resources/unsubscribe", today, "calendar://today", false),
    ] {
        let message = message(method, params);
        assert_eq!(server.send_2026(ALL, method, Some(name), &message).await.status, 200, "{method}");
        assert_eq!(server.send_2026(ALL, method, Some("other"), &message).await.error().1, -32020, "{method}");
        let unnamed = server.send_2026(ALL, method, None, &message).await;
        assert_eq!(unnamed.status == 200, !is_required, "{method}");
    }
    let tasks = crate::world::requirements().tasks(auth0_api_core::Requirement::scope("use:tools"));
    let server = Server::start_with(tasks, |layer| layer).await;
    let message = message("tasks/get", json!({ "taskId": "1" }));
    assert_eq!(server.send_2026(ALL, "tasks/get", Some("2"), &message).await.error().1, -32020);
    assert_eq!(server.send_2026(ALL, "tasks/get", Some("1"), &message).await.status, 200);
}

#[tokio::test]
async fn a_header_alone_admits_nothing() {
    let server = Server::start().await;
    let message = tool_call("calendar.create");
    for version in [Some("2025-03-26"), Some("2025-06-18"), Some("2025-11-25"), None] {
        let request = version
            .into_iter()
            .fold(server.post("use:tools"), |request, version| request.header("mcp-protocol-version", version));
        // The headers name a harmless call, and the message another one. These revisions have no such headers.
        let request = with(request, &[CALL, ("mcp-name", "whoami")]);
        assert_eq!(server.send(request, message.to_string()).await.scopes(), "use:tools write:events", "{version:?}");
        let request = with(server.post("use:tools write:events"), &[CALL, ("mcp-name", "whoami")]);
        assert_eq!(server.send(request, message.to_string()).await.received("x-target"), Some("tool calendar.create"));
    }
    // With a header and no declaration in the message, the message is not of this revision.
    let headers = [VERSION, CALL, ("mcp-name", "calendar.create")];
    assert_eq!(error(&server, &headers, &message).await, (400, -32602, Some(json!(7))));
    // A declaration without the header is not trusted either.
    assert_eq!(error(&server, &[], &declaring(message)).await, (400, -32020, Some(json!(7))));
}

#[tokio::test]
async fn each_request_declares_its_version_and_the_capabilities() {
    let server = Server::start().await;
    let headers = [VERSION, ("mcp-method", "tools/list")];
    for member in ["protocolVersion", "clientCapabilities"] {
        let mut message = declaring(json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {} }));
        assert_eq!(server.send_2026("use:tools", "tools/list", None, &message).await.status, 200);
        let meta = message["params"]["_meta"].as_object_mut().unwrap();
        meta.remove(&format!("io.modelcontextprotocol/{member}"));
        assert_eq!(error(&server, &headers, &message).await, (400, -32602, Some(json!(7))), "{member}");
    }
}

#[tokio::test]
async fn clients_of_2026_send_no_responses() {
    let server = Server::start().await;
    let response = json!({ "jsonrpc": "2.0", "id": 7, "result": {} });
    // The id is one of the server, so the error does not name it.
    assert_eq!(error(&server, &[VERSION], &response).await, (400, -32600, None));
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled" });
    assert_eq!(server.send(with(server.post(ALL), &[VERSION]), notification.to_string()).await.status, 200);
    // A call without an id is a call.
    let mut unnumbered = declaring(tool_call("whoami"));
    unnumbered.as_object_mut().unwrap().remove("id");
    assert_eq!(error(&server, &[VERSION], &unnumbered).await, (400, -32020, None));
    let headers = [VERSION, ("mcp-method", "notifications/initialized")];
    assert_eq!(error(&server, &headers, &notification).await, (400, -32020, None));
}

#[tokio::test]
async fn a_revision_that_nobody_knows_is_answered_with_those_that_the_server_supports() {
    let server = Server::start().await;
    for named in ["2030-01-01", "1900-01-01", "draft", "a\"b", "2025-11-25, 2026-07-28", ""] {
        let answer =
            server.send(with(server.post(ALL), &[("mcp-protocol-version", named)]), tool_call("whoami").to_string());
        let answer = answer.await;
        assert_eq!(answer.error(), (400, -32022, Some(json!(7))), "{named}");
        let supported = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
        assert_eq!(answer.json()["error"]["data"], json!({ "supported": supported, "requested": named }));
    }
    let long = "9".repeat(10_000);
    let answer =
        server.send(with(server.post(ALL), &[("mcp-protocol-version", &long)]), tool_call("whoami").to_string());
    assert_eq!(answer.await.json()["error"]["data"]["requested"], "");
    // The message declares it too.
    let mut message = declaring(tool_call("whoami"));
    message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2030-01-01".into();
    assert_eq!(error(&server, &[("mcp-protocol-version", "2030-01-01")], &message).await.1, -32022);
    assert_eq!(error(&server, &[("mcp-protocol-version", "2031-01-01")], &message).await.1, -32020);
    assert_eq!(error(&server, &[VERSION], &message).await.1, -32020);
}

#[tokio::test]
async fn the_server_chooses_its_revisions() {
    use auth0_api_mcp::Revision::{V2024_11_05, V2025_11_25, V2026_07_28};
    // The first revision has no header.
    let server = Server::start_with(crate::world::requirements(), |layer| layer.revisions([V2024_11_05])).await;
    let answer = server.send(server.post(ALL), tool_call("whoami").to_string()).await;
    assert_eq!(answer.received("x-revision"), Some("2024-11-05"));
    assert_eq!(error(&server, &[], &json!([tool_call("whoami")])).await.1, -32600);
    let server = Server::start_with(crate::world::requirements(), |layer| layer.revisions([V2026_07_28])).await;
    let answer = server.send_2025(ALL, &tool_call("whoami")).await;
    assert_eq!(answer.error(), (400, -32022, Some(json!(7))));
    assert_eq!(answer.json()["error"]["data"], json!({ "supported": ["2026-07-28"], "requested": "2025-11-25" }));
    // Without the header, the revision is one that the server does not support: the header is required.
    assert_eq!(error(&server, &[], &tool_call("whoami")).await.1, -32020);
    let answer = server.send_2026(ALL, "tools/call", Some("whoami"), &declaring(tool_call("whoami"))).await;
    assert_eq!(answer.status, 200);
    // The server negotiates the revision of a handshake itself.
    let server = Server::start_with(crate::world::requirements(), |layer| layer.revisions([V2025_11_25])).await;
    let handshake = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {} });
    assert_eq!(server.send(server.post(ALL), handshake.to_string()).await.status, 200);
}
