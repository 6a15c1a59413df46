//! Which requirement applies to which message.

use auth0_api_core::{Requirement, ScopeHierarchy};
use auth0_api_mcp::McpRequirements;
use serde_json::{Value, json};

use crate::world::{Server, declaring, requirements, tool_call};

/// A request of the revision 2025-11-25.
#[expect(clippy::needless_pass_by_value, reason = "each call passes a literal")]
fn request(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })
}

#[tokio::test]
async fn a_tool_requires_the_scopes_of_the_base_and_its_own_in_one_challenge() {
    let server = Server::start().await;
    for (scope, tool, challenge) in [
        ("", "calendar.create", "use:tools write:events"),
        ("use:tools", "calendar.create", "use:tools write:events"),
        ("write:events", "calendar.create", "use:tools write:events"),
        ("use:tools read:events", "calendar.create", "use:tools write:events"),
        ("use:tools write:events", "calendar.list", "use:tools read:events"),
        ("read:events", "whoami", "use:tools"),
    ] {
        assert_eq!(server.send_2025(scope, &tool_call(tool)).await.scopes(), challenge, "{scope} {tool}");
        let message = declaring(tool_call(tool));
        let answer = server.send_2026(scope, "tools/call", Some(tool), &message).await;
        assert_eq!(answer.scopes(), challenge, "{scope} {tool}");
    }
    for (scope, tool) in [("use:tools write:events", "calendar.create"), ("use:tools", "whoami")] {
        let answer = server.send_2025(scope, &tool_call(tool)).await;
        assert_eq!(answer.received("x-target"), Some(&*format!("tool {tool}")));
    }
}

#[tokio::test]
async fn the_rejection_is_the_one_of_the_other_adapters() {
    let server = Server::start().await;
    let answer = server.send_2025("use:tools", &tool_call("calendar.create")).await;
    let metadata = r#"resource_metadata="https://api.example.com/.well-known/oauth-protected-resource""#;
    let description = "the access token lacks a scope that is needed here";
    let bearer = format!(
        r#"Bearer realm="api", error="insufficient_scope", error_description="{description}", scope="use:tools write:events", {metadata}"#
    );
    assert_eq!(answer.challenges, [bearer, format!(r#"DPoP algs="ES256", {metadata}"#)]);
    let scope = "use:tools write:events";
    let body = format!(r#"{{"error":"insufficient_scope","error_description":"{description}","scope":"{scope}"}}"#);
    assert_eq!(answer.body, body);
    let rejection = answer.head.extensions.get::<auth0_api_core::Rejection>().unwrap();
    assert_eq!(rejection.label(), "requirement_scope");
}

#[tokio::test]
async fn a_request_without_a_token_is_rejected_before_its_body_is_judged() {
    let server = Server::start().await;
    let request = http::Request::post(crate::world::URL);
    let answer = server.send(request, "not JSON").await;
    assert_eq!(answer.status, 401);
    assert!(answer.challenges[0].contains(r#"scope="use:tools""#), "{:?}", answer.challenges);
}

#[tokio::test]
async fn every_method_that_names_a_target_requires_what_the_target_requires() {
    let server = Server::start().await;
    let events = "use:tools read:events";
    let listen =
        |uris: Value| request("subscriptions/listen", json!({ "notifications": { "resourceSubscriptions": uris } }));
    let complete = |reference: Value| request("completion/complete", json!({ "ref": reference, "argument": {} }));
    for (message, needed) in [
        (request("resources/read", json!({ "uri": "calendar://today" })), events),
        (request("resources/subscribe", json!({ "uri": "calendar://today" })), events),
        (request("resources/unsubscribe", json!({ "uri": "calendar://today" })), events),
        (request("resources/directory/read", json!({ "uri": "calendar://today" })), events),
        (request("skills/get", json!({ "uri": "calendar://today" })), events),
        (request("resources/read", json!({ "uri": "calendar://events/7" })), events),
        (request("resources/read", json!({ "uri": "file:///reports/2026/q1.pdf" })), "use:tools read:reports"),
        (request("prompts/get", json!({ "name": "plan" })), events),
        (complete(json!({ "type": "ref/prompt", "name": "plan" })), events),
        (complete(json!({ "type": "ref/resource", "uri": "calendar://events/{id}" })), events),
        (complete(json!({ "type": "ref/resource", "uri": "calendar://today" })), events),
        (listen(json!(["calendar://today"])), events),
        (listen(json!(["calendar://today", "file:///reports/q1"])), "use:tools read:events read:reports"),
    ] {
        assert_eq!(server.send_2025("use:tools", &message).await.scopes(), needed, "{message}");
        assert_eq!(server.send_2025(needed, &message).await.status, 200, "{message}");
        // Without an id it is a notification. A server might execute it nevertheless.
        let mut notification = message.clone();
        notification.as_object_mut().unwrap().remove("id");
        assert_eq!(server.send_2025("use:tools", &notification).await.scopes(), needed, "{notification}");
    }
}

/// A directory and the completions of a template say what is below.
#[tokio::test]
async fn what_names_others_requires_what_they_require() {
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///public/{+path}", Requirement::scope("docs"))
        .resource_template("file:///public/hr/{+path}", Requirement::scope("hr"))
        .resource_template("file:///other/{+path}", Requirement::scope("other"))
        .resource("file:///PUBLIC/pay.pdf", Requirement::scope("pay"));
    let server = Server::start_with(requirements, |layer| layer).await;
    let root = json!({ "uri": "file:///public/hr" });
    let listen = json!({ "notifications": { "resourceSubscriptions": ["file:///public/hr"] } });
    let complete = |uri: &str| {
        request("completion/complete", json!({ "ref": { "type": "ref/resource", "uri": uri }, "argument": {} }))
    };
    for (message, needed) in [
        (request("resources/directory/read", root.clone()), "use:tools docs hr"),
        (request("resources/subscribe", root.clone()), "use:tools docs hr"),
        (request("resources/read", root), "use:tools docs hr"),
        (request("subscriptions/listen", listen), "use:tools docs hr"),
        (request("resources/directory/read", json!({ "uri": "file:///public/x" })), "use:tools docs"),
        (complete("file:///public/{+path}"), "use:tools docs hr pay"),
        (complete("file:///public/hr/{+path}"), "use:tools hr docs"),
        (complete("file:///other/{+path}"), "use:tools other"),
    ] {
        assert_eq!(server.send_2025("use:tools", &message).await.scopes(), needed, "{message}");
        assert_eq!(server.send_2025(needed, &message).await.status, 200, "{message}");
    }
    let requirements = McpRequirements::new(Requirement::scope("use:tools"))
        .resource_template("file:///{+path}", Requirement::scope("docs"))
        .resource_template("file:///{dept}/{name}", Requirement::scope("names"))
        .resource_template("file:///hr/{name}", Requirement::scope("hr"))
        .resource("file:///sales/pay.pdf", Requirement::scope("pay"))
        .resource("file:///own", Requirement::scope("own"))
        .resource("file:///own/secret.pdf", Requirement::scope("secret"));
    let closed = Server::start_with(requirements, |layer| layer).await;
    let directory = |uri: &str| request("resources/directory/read", json!({ "uri": uri }));
    for (message, needed) in [
        (directory("file:///hr"), "use:tools docs hr names"),
        (directory("file:///sales"), "use:tools docs names pay"),
        (directory("file:///it"), "use:tools docs names"),
        // A directory that is named itself has this requirement only, as the resource has.
        (directory("file:///own"), "use:tools own"),
        (request("resources/read", json!({ "uri": "file:///hr" })), "use:tools docs"),
        (complete("file:///{dept}/{name}"), "use:tools names hr docs secret pay"),
        (complete("file:///hr/{name}"), "use:tools hr docs names"),
        (complete("file:///{+path}"), "use:tools docs hr names own secret pay"),
    ] {
        assert_eq!(closed.send_2025("use:tools", &message).await.scopes(), needed, "{message}");
        assert_eq!(closed.send_2025(needed, &message).await.status, 200, "{message}");
    }
    // The template alone does not name its root.
    let message = request("resources/directory/read", json!({ "uri": "file:///other" }));
    assert_eq!(server.send_2025("use:tools other", &message).await.unknown(), "unknown resource");
}

#[tokio::test]
async fn requests_that_name_nothing_require_the_base() {
    let server = Server::start().await;
    for method in [
        "initialize",
        "ping",
        "server/discover",
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
        "logging/setLevel",
        "skills/list",
    ] {
        let message = request(method, json!({}));
        assert_eq!(server.send_2025("use:tools", &message).await.received("x-method"), Some(method));
        assert_eq!(server.send_2025("other", &message).await.scopes(), "use:tools", "{method}");
    }
    for message in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 } }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": { "roots": [] } }),
        json!({ "jsonrpc": "2.0", "id": "a", "error": { "code": 1, "message": "no" } }),
        request("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } })),
        request("subscriptions/listen", json!({ "notifications": { "resourceSubscriptions": [] } })),
        request("subscriptions/listen", json!({ "notifications": { "resourceSubscriptions": null, "taskIds": [] } })),
    ] {
        assert_eq!(server.send_2025("use:tools", &message).await.status, 200, "{message}");
        assert_eq!(server.send_2025("other", &message).await.scopes(), "use:tools", "{message}");
    }
}

#[tokio::test]
async fn methods_and_tasks_have_requirements_of_their_own() {
    let requirements = requirements()
        .method("example/own", Requirement::scope("own"))
        .method("logging/setLevel", Requirement::scope("debug"))
        .method("prompts/get", Requirement::scope("prompts"))
        .tasks(Requirement::scope("tasks"));
    let server = Server::start_with(requirements, |layer| layer).await;
    for (message, needed) in [
        (request("example/own", json!({})), "use:tools own"),
        (request("logging/setLevel", json!({ "level": "info" })), "use:tools debug"),
        (request("prompts/get", json!({ "name": "plan" })), "use:tools read:events prompts"),
        (request("tasks/get", json!({ "taskId": "1" })), "use:tools tasks"),
        (request("tasks/list", json!({})), "use:tools tasks"),
        (request("subscriptions/listen", json!({ "notifications": { "taskIds": ["1", "2"] } })), "use:tools tasks"),
        (
            request(
                "subscriptions/listen",
                json!({ "notifications": { "taskIds": ["1"], "resourceSubscriptions": ["calendar://today"] } }),
            ),
            "use:tools read:events tasks",
        ),
    ] {
        assert_eq!(server.send_2025("use:tools", &message).await.scopes(), needed, "{message}");
        assert_eq!(server.send_2025(needed, &message).await.status, 200, "{message}");
    }
}

#[tokio::test]
async fn a_broader_scope_is_accepted_and_never_named() {
    let hierarchy = ScopeHierarchy::new().implies("admin:events", ["write:events"]).implies("admin", ["use:tools"]);
    // A further hierarchy adds to the first one.
    let further = ScopeHierarchy::new().implies("write:events", ["read:events"]);
    let requirements = requirements().hierarchy(hierarchy).hierarchy(further);
    let server = Server::start_with(requirements, |layer| layer).await;
    for scope in ["use:tools read:events", "use:tools write:events", "use:tools admin:events", "admin admin:events"] {
        assert_eq!(server.send_2025(scope, &tool_call("calendar.list")).await.status, 200, "{scope}");
    }
    for (scope, tool) in
        [("admin", "calendar.list"), ("admin:events", "calendar.list"), ("read:events", "calendar.list")]
    {
        let answer = server.send_2025(scope, &tool_call(tool)).await;
        assert_eq!(answer.scopes(), "use:tools read:events", "{scope} {tool}");
    }
    // The narrower scope does not include the broader one.
    let answer = server.send_2025("use:tools read:events", &tool_call("calendar.create")).await;
    assert_eq!(answer.scopes(), "use:tools write:events");
}

#[tokio::test]
async fn a_name_that_is_given_twice_requires_both() {
    let requirements = McpRequirements::new(Requirement::scope("a"))
        .tool("t", Requirement::scope("b"))
        .tool("t", Requirement::scope("c"))
        .tasks(Requirement::scope("d"))
        .tasks(Requirement::scope("e"))
        .resource_template("x://{a}", Requirement::scope("f"))
        .resource_template("x://{+a}", Requirement::scope("g"));
    let server = Server::start_with(requirements, |layer| layer).await;
    for (message, needed) in [
        (tool_call("t"), "a b c"),
        (request("tasks/get", json!({ "taskId": "1" })), "a d e"),
        (request("resources/read", json!({ "uri": "x://1" })), "a g f"),
        (request("resources/read", json!({ "uri": "x://1/2" })), "a g"),
    ] {
        assert_eq!(server.send_2025("a", &message).await.scopes(), needed, "{message}");
    }
}

#[tokio::test]
async fn a_step_up_names_its_login_and_the_scopes() {
    let pay = Requirement::scope("pay").and(Requirement::acr("urn:example:mfa"));
    let requirements = McpRequirements::new(Requirement::scope("use:tools")).tool("pay", pay);
    let server = Server::start_with(requirements, |layer| layer).await;
    let answer = server.send_2025("use:tools", &tool_call("pay")).await;
    assert_eq!(answer.status, 401);
    let challenge = &answer.challenges[0];
    assert!(challenge.contains(r#"error="insufficient_user_authentication""#), "{challenge}");
    assert!(challenge.contains(r#"acr_values="urn:example:mfa", scope="use:tools pay""#), "{challenge}");
}

#[tokio::test]
async fn requests_without_a_message_require_the_base() {
    let server = Server::start().await;
    for method in ["GET", "DELETE", "HEAD", "OPTIONS"] {
        let answer = server.send(server.request(method, "use:tools"), "").await;
        assert_eq!(answer.received("x-called"), Some(method));
        assert_eq!(answer.received("x-method"), None);
        assert_eq!(server.send(server.request(method, "other"), "").await.scopes(), "use:tools", "{method}");
    }
}
