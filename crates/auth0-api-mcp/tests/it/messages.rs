//! Bodies that are no messages, and messages that two parsers could read differently.

use serde_json::{Value, json};

use crate::world::{Server, declaring, tool_call};

const ALL: &str = "use:tools read:events write:events drink read:reports";

/// Sends a body in the revision 2025-11-25, and returns the status, the code and the id of the error.
async fn error(server: &Server, body: impl Into<axum::body::Body>) -> (u16, i64, Option<Value>) {
    let request = server.post(ALL).header("mcp-protocol-version", "2025-11-25");
    server.send(request, body).await.error()
}

#[tokio::test]
async fn a_body_that_is_not_strict_json_is_a_parse_error() {
    let server = Server::start().await;
    for body in [
        "",
        " ",
        "nothing",
        "{",
        r#"{"jsonrpc":"2.0","id":7,"method":"ping"} {}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"ping",}"#,
        "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}",
        r"{'jsonrpc':'2.0'}",
        "\"ping\"",
        "7",
        "null",
        // Two methods: plain, escaped, and in a nested object.
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","method":"tools/call","params":{"name":"calendar.create"}}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/list","\u006dethod":"tools/call","params":{"name":"calendar.create"}}"#,
        r#"{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","name":"calendar.create"}}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","n\u0061me":"calendar.create"}}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami"},"params":{"name":"calendar.create"}}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","arguments":{"a":1,"a":2}}}"#,
        // Names that serde_json reserves.
        r#"{"$serde_json::private::RawValue":"{\"method\":\"tools/call\"}"}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"$serde_json::private::RawValue":"{\"name\":\"calendar.create\"}","name":"whoami"}}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","arguments":{"$serde_json::private::Number":"1"}}}"#,
        r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","arguments":{"\u0024serde_json::private::Number":"1"}}}"#,
        r#"{"jsonrpc":"2.0","id":{"$serde_json::private::Number":"7"},"method":"ping"}"#,
    ] {
        assert_eq!(error(&server, body).await, (400, -32700, Some(Value::Null)), "{body}");
    }
    let not_utf8 = b"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"\xff\"}}";
    assert_eq!(error(&server, not_utf8.to_vec()).await, (400, -32700, Some(Value::Null)));
}

#[tokio::test]
async fn json_that_is_no_message_is_an_invalid_request() {
    let server = Server::start().await;
    for (body, id) in [
        (r"{}", json!(null)),
        (r#"{"id":7,"method":"ping"}"#, json!(null)),
        (r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, json!(7)),
        (r#"{"jsonrpc":2.0,"id":7,"method":"ping"}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":"a\u0062","method":7}"#, json!("ab")),
        (r#"{"jsonrpc":"2.0","id":7,"method":null}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":7,"method":"\ud800"}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":-7}"#, json!(-7)),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","params":"a"}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami"},"result":{}}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":7,"result":{},"error":{}}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","Method":"tools/call"}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping","param\u017f":{}}"#, json!(7)),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, json!(null)),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, json!(null)),
        (r#"{"jsonrpc":"2.0","id":1e2,"method":"ping"}"#, json!(null)),
        (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, json!(null)),
        (r#"{"jsonrpc":"2.0","id":[7],"method":"ping"}"#, json!(null)),
        (r#"{"jsonrpc":"2.0","id":"\udc00","method":"ping"}"#, json!(null)),
    ] {
        let (status, code, found) = error(&server, body).await;
        let id = if body.contains(r#"{"id":7"#) { json!(7) } else { id };
        assert_eq!((status, code, found), (400, -32600, Some(id)), "{body}");
    }
    let long = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "a".repeat(300));
    assert_eq!(error(&server, long).await, (400, -32600, Some(Value::Null)));
}

#[tokio::test]
async fn a_target_that_cannot_be_read_is_an_invalid_parameter() {
    let server = Server::start().await;
    for (method, params) in [
        ("tools/call", "{}"),
        ("tools/call", "null"),
        ("tools/call", r#"{"name":null}"#),
        ("tools/call", r#"{"name":7}"#),
        ("tools/call", r#"{"name":["whoami"]}"#),
        ("tools/call", r#"{"name":"\ud800"}"#),
        ("tools/call", r#"{"Name":"whoami"}"#),
        ("tools/call", r#"{"name":"whoami","NAME":"calendar.create"}"#),
        ("completion/complete", r#"{"ref":{"type":"ref/prompt","name":"plan","Name":"other"}}"#),
        ("subscriptions/listen", r#"{"notifications":{"ResourceSubscriptions":["calendar://today"]}}"#),
        ("subscriptions/listen", r#"{"notifications":{"resource_subscriptions":["calendar://today"]}}"#),
        ("subscriptions/listen", r#"{"notifications":{"task_ids":["1"]}}"#),
        ("subscriptions/listen", r#"{"notifications":{"taskIds":"1"}}"#),
        ("subscriptions/listen", r#"{"notifications":{"taskIds":[7]}}"#),
        ("subscriptions/listen", r#"{"notifications":{"everything":true}}"#),
        ("tasks/get", r#"{"taskId":"1","task_id":"2"}"#),
        ("ping", r#"{"meta":{}}"#),
        ("tools/call", r#"{"name":"whoami","inputResponses":{},"input_responses":{}}"#),
        ("tools/call", r#"{"name":"whoami","InputResponses":{"open":{"action":"accept"}}}"#),
        (
            "tools/call",
            r#"{"name":"whoami","inputResponses":{"open":{"action":"accept"},"Open":{"action":"decline"}}}"#,
        ),
        ("tools/call", r#"{"name":"whoami","inputResponses":{"open":{"action":"accept","Action":"decline"}}}"#),
        ("ping", r#"{"_meta":{"io.modelcontextprotocol/protocolversion":"2026-07-28"}}"#),
        ("ping", r#"{"_meta":{"io.modelcontextprotocol/client_capabilities":{}}}"#),
        ("ping", r#"{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"Elicitation":{}}}}"#),
        ("ping", r#"{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"elicitation":{"URL":{}}}}}"#),
        ("initialize", r#"{"protocol_version":"2025-11-25"}"#),
        ("initialize", r#"{"Capabilities":{}}"#),
        ("prompts/get", r#"{"uri":"plan"}"#),
        ("resources/read", r#"{"name":"calendar://today"}"#),
        ("resources/subscribe", r#"{"uri":{}}"#),
        ("tasks/get", r#"{"task_id":"1"}"#),
        ("completion/complete", "{}"),
        ("completion/complete", r#"{"ref":"plan"}"#),
        ("completion/complete", r#"{"ref":{"name":"plan"}}"#),
        ("completion/complete", r#"{"ref":{"type":"ref/tool","name":"whoami"}}"#),
        ("completion/complete", r#"{"ref":{"type":"ref/prompt","uri":"calendar://today"}}"#),
        ("completion/complete", r#"{"ref":{"type":"ref/resource","name":"calendar://today"}}"#),
        ("subscriptions/listen", "{}"),
        ("subscriptions/listen", r#"{"notifications":[]}"#),
        ("subscriptions/listen", r#"{"notifications":{"resourceSubscriptions":"calendar://today"}}"#),
        ("subscriptions/listen", r#"{"notifications":{"resourceSubscriptions":[7]}}"#),
        ("subscriptions/listen", r#"{"notifications":{"resourceSubscriptions":["\ud800"]}}"#),
        ("ping", r#"{"_meta":7}"#),
        ("ping", r#"{"_meta":{"io.modelcontextprotocol/protocolVersion":7}}"#),
        ("ping", r#"{"_meta":{"io.modelcontextprotocol/clientCapabilities":7}}"#),
        ("ping", r#"{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"elicitation":7}}}"#),
        ("initialize", r#"{"protocolVersion":7}"#),
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{params}}}"#);
        assert_eq!(error(&server, body.clone()).await, (400, -32602, Some(json!(7))), "{body}");
    }
    for member in ["resourceSubscriptions", "taskIds"] {
        for names in [vec!["calendar://today".to_owned(); 257], vec!["x".repeat(4097)]] {
            let listen = json!({ "notifications": { member: names } });
            let body = json!({ "jsonrpc": "2.0", "id": 7, "method": "subscriptions/listen", "params": listen });
            assert_eq!(error(&server, body.to_string()).await, (400, -32602, Some(json!(7))));
        }
    }
}

#[tokio::test]
async fn what_the_layer_keeps_of_a_message_is_bounded() {
    use auth0_api_core::Requirement;
    let named = |length: usize| "n".repeat(length);
    let requirements = crate::world::requirements()
        .tool(named(4096), Requirement::scope("use:tools"))
        .tool(named(4097), Requirement::scope("use:tools"))
        .method(named(4096), Requirement::scope("use:tools"))
        .method(named(4097), Requirement::scope("use:tools"));
    let server = Server::start_with(requirements, |layer| layer).await;
    let method = |length| json!({ "jsonrpc": "2.0", "id": 7, "method": named(length) });
    let capabilities = |length: usize| {
        let capabilities = json!({ "x": named(length - r#"{"x":""}"#.len()) });
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities });
        json!({ "jsonrpc": "2.0", "id": 7, "method": "initialize", "params": params })
    };
    for (accepted, rejected) in [
        (tool_call(&named(4096)), tool_call(&named(4097))),
        (method(4096), method(4097)),
        (capabilities(64 << 10), capabilities((64 << 10) + 1)),
    ] {
        assert_eq!(server.send_2025(ALL, &accepted).await.status, 200);
        assert_eq!(server.send_2025(ALL, &rejected).await.error(), (400, -32602, Some(json!(7))));
    }
}

#[tokio::test]
async fn names_are_compared_after_their_escapes_are_decoded() {
    let server = Server::start().await;
    let body = r#"{"jsonrpc":"2.0","id":7,"m\u0065thod":"tools\/call","params":{"\u006eame":"calendar\u002ecreate"}}"#;
    let request = |scope| server.post(scope).header("mcp-protocol-version", "2025-11-25");
    assert_eq!(server.send(request("use:tools"), body).await.scopes(), "use:tools write:events");
    let answer = server.send(request("use:tools write:events"), body).await;
    assert_eq!(answer.received("x-target"), Some("tool calendar.create"));
    assert_eq!(answer.body, body);
}

#[tokio::test]
async fn nesting_is_bounded() {
    let server = Server::start().await;
    let nested = |depth: usize| {
        let arguments = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        format!(
            r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{"name":"whoami","arguments":{arguments}}}}}"#
        )
    };
    let request = || server.post(ALL).header("mcp-protocol-version", "2025-11-25");
    assert_eq!(server.send(request(), nested(125)).await.status, 200);
    assert_eq!(error(&server, nested(126)).await, (400, -32700, Some(Value::Null)));
    assert_eq!(error(&server, nested(1_000_000)).await, (400, -32700, Some(Value::Null)));
}

#[tokio::test]
async fn a_call_describes_the_request_to_the_server_behind() {
    let server = Server::start().await;
    let answer = server.send_2026("use:tools", "tools/call", Some("whoami"), &declaring(tool_call("whoami"))).await;
    assert_eq!(answer.received("x-revision"), Some("2026-07-28"));
    assert_eq!(answer.received("x-method"), Some("tools/call"));
    assert_eq!(answer.received("x-target"), Some("tool whoami"));
    assert_eq!(answer.received("x-url-elicitation"), Some("true"));
    assert_eq!(answer.received("x-capabilities"), Some(r#"{"elicitation":{"url":{}}}"#));

    // Before 2026-07-28, only the handshake declares capabilities.
    let answer = server.send_2025("use:tools", &tool_call("whoami")).await;
    assert_eq!(answer.received("x-revision"), Some("2025-11-25"));
    assert_eq!(answer.received("x-url-elicitation"), Some("false"));
    assert_eq!(answer.received("x-capabilities"), None);
    for (capabilities, url) in [
        (json!({ "elicitation": { "url": {}, "form": {} } }), "true"),
        (json!({ "elicitation": {} }), "false"),
        (json!({ "elicitation": { "url": true } }), "false"),
        (json!({ "elicitation": null }), "false"),
        (json!({ "url": {} }), "false"),
    ] {
        let params = json!({ "protocolVersion": "2025-06-18", "capabilities": capabilities });
        let handshake = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params });
        let answer = server.send(server.post("use:tools"), handshake.to_string()).await;
        assert_eq!(answer.received("x-url-elicitation"), Some(url), "{capabilities}");
        assert_eq!(answer.received("x-revision"), Some("2025-06-18"));
    }

    // A notification and a response are no requests.
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(server.send_2025("use:tools", &notification).await.received("x-method"), None);
}
