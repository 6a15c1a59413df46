//! Tests that the server rejects requests as the MCP authorization specification requires.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::process::{PATIENCE, Server, VERSION, header};

#[tokio::test]
async fn a_plain_http_domain_is_accepted_on_this_machine_only() {
    for (domain, is_accepted) in [("http://127.0.0.1:1", true), ("http://tenant.example.com", false)] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_mcp-server"));
        program.envs([("AUTH0_DOMAIN", domain), ("AUTH0_AUDIENCE", "https://mcp.example.com/mcp")]);
        program.envs([("AUTH0_CLIENT_ID", "c"), ("AUTH0_CLIENT_SECRET", "s")]);
        program.args(["--port", "0", "--calendar-url", "http://127.0.0.1:1"]);
        program.args(["--web-client-id", "w", "--web-client-secret", "s"]);
        program.args(["--secret", "y5mgl7SuYrJk4HPSwXrKnlcMVbCPFXgsbfWbWxLfcZk="]);
        let mut program = program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut printed = BufReader::new(program.stdout.take().unwrap()).lines();
        let first = timeout(PATIENCE, printed.next_line()).await.unwrap().unwrap();
        assert_eq!(first.is_some(), is_accepted, "{domain}: {first:?}");
    }
}

#[tokio::test]
async fn the_challenge_names_the_metadata_and_the_scope() {
    let server = Server::start().await;
    let origin = server.url.strip_suffix("/mcp").unwrap();
    let metadata = format!("{origin}/.well-known/oauth-protected-resource/mcp");

    let rejected = server.initialize().send().await.unwrap();
    assert_eq!(rejected.status(), 401);
    let bearer = format!(r#"Bearer realm="api", scope="use:tools", resource_metadata="{metadata}""#);
    assert_eq!(header(&rejected, "www-authenticate")[0], bearer);

    for url in [metadata, format!("{origin}/.well-known/oauth-protected-resource")] {
        let document = server.get(&url).send().await.unwrap().text().await.unwrap();
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(document["resource"], server.url.as_str());
        assert_eq!(document["authorization_servers"], json!([format!("{}/", server.tenant)]));
        assert_eq!(
            document["scopes_supported"],
            json!(["use:tools", "write:events", "delete:events", "read:contacts"])
        );
    }
}

#[tokio::test]
async fn a_token_for_another_api_is_rejected() {
    let server = Server::start().await;
    let token = server.token("https://calendar.example.com", "use:tools").await;
    let rejected = server.initialize().bearer_auth(token).send().await.unwrap();
    assert_eq!(rejected.status(), 401);
    assert!(header(&rejected, "www-authenticate")[0].contains(r#"error="invalid_token""#));
}

#[tokio::test]
async fn the_challenge_to_a_token_without_the_scope_names_the_scope() {
    let server = Server::start().await;
    let token = server.token(&server.url, "read:events").await;
    let rejected = server.initialize().bearer_auth(token).send().await.unwrap();
    assert_eq!(rejected.status(), 403);
    let challenge = &header(&rejected, "www-authenticate")[0];
    for part in [r#"error="insufficient_scope""#, r#"scope="use:tools""#, "resource_metadata="] {
        assert!(challenge.contains(part), "{challenge}");
    }
}

#[tokio::test]
async fn the_challenge_of_a_tool_names_all_scopes_of_this_call() {
    let server = Server::start().await;
    let token = server.token(&server.url, "use:tools read:contacts").await;
    for (tool, scope) in [
        ("calendar.create", r#"scope="use:tools write:events""#),
        ("calendar.clear", r#"scope="use:tools delete:events""#),
    ] {
        let call = server.post("tools/call", &json!({ "name": tool, "arguments": { "title": "tea" } }));
        let rejected = call.header("mcp-protocol-version", VERSION).bearer_auth(&token).send().await.unwrap();
        assert_eq!(rejected.status(), 403);
        let challenge = &header(&rejected, "www-authenticate")[0];
        for part in [r#"error="insufficient_scope""#, scope, "resource_metadata="] {
            assert!(challenge.contains(part), "{challenge}");
        }
    }
}

#[tokio::test]
async fn a_tool_that_is_not_named_is_denied() {
    let server = Server::start().await;
    let token = server.token(&server.url, "use:tools write:events delete:events read:contacts").await;
    let call = server.post("tools/call", &json!({ "name": "calendar.Create", "arguments": {} }));
    let rejected = call.header("mcp-protocol-version", VERSION).bearer_auth(token).send().await.unwrap();
    assert_eq!(rejected.status(), 403);
}

#[tokio::test]
async fn a_browser_may_send_and_read_the_headers_of_both_versions() {
    let server = Server::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let preflight = client.request(reqwest::Method::OPTIONS, &server.url).header("origin", "https://app.example.com");
    let preflight = preflight.header("access-control-request-method", "POST").send().await.unwrap();
    let allowed = header(&preflight, "access-control-allow-headers").join(",");
    let sent =
        ["authorization", "mcp-protocol-version", "mcp-session-id", "last-event-id", "mcp-method", "mcp-name", "dpop"];
    for name in sent {
        assert!(allowed.contains(name), "{name}: {allowed}");
    }
    let rejected = server.initialize().header("origin", "https://app.example.com").send().await.unwrap();
    let exposed = header(&rejected, "access-control-expose-headers").join(",");
    for name in ["www-authenticate", "mcp-session-id", "dpop-nonce"] {
        assert!(exposed.contains(name), "{name}: {exposed}");
    }
}

#[tokio::test]
async fn a_token_in_the_url_is_ignored() {
    let server = Server::start().await;
    let token = server.token(&server.url, "use:tools").await;
    let url = format!("{}?access_token={token}", server.url);
    assert_eq!(server.get(&url).send().await.unwrap().status(), 401);
}
