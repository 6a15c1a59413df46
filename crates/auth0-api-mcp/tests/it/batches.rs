//! Several messages in one body: in the revision 2025-03-26 only, and each of them is judged.

use serde_json::{Value, json};

use crate::world::{Answer, Server, tool_call};

const ALL: &str = "use:tools read:events write:events drink";

async fn send(server: &Server, scope: &str, version: Option<&str>, batch: &Value) -> Answer {
    let request = server.post(scope);
    let request = version.into_iter().fold(request, |request, version| request.header("mcp-protocol-version", version));
    server.send(request, batch.to_string()).await
}

#[tokio::test]
async fn one_challenge_names_the_scopes_of_all_messages() {
    let server = Server::start().await;
    let ping = json!({ "jsonrpc": "2.0", "id": "p", "method": "ping" });
    let notification = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    for version in [None, Some("2025-03-26")] {
        for (batch, needed) in [
            (json!([ping, notification]), "use:tools"),
            (json!([tool_call("whoami"), tool_call("calendar.create")]), "use:tools write:events"),
            (json!([tool_call("calendar.create"), tool_call("whoami")]), "use:tools write:events"),
            (
                json!([tool_call("calendar.create"), ping, tool_call("calendar.list")]),
                "use:tools write:events read:events",
            ),
        ] {
            assert_eq!(send(&server, "other", version, &batch).await.scopes(), needed, "{batch}");
            let answer = send(&server, needed, version, &batch).await;
            assert_eq!((answer.status, &*answer.body), (200, &*batch.to_string()));
            assert_eq!(answer.received("x-method"), None);
        }
        let denied = json!([ping, tool_call("calendar.delete"), tool_call("whoami")]);
        let answer = send(&server, ALL, version, &denied).await;
        assert_eq!((answer.unknown(), &answer.json()["id"]), ("unknown tool".to_owned(), &Value::Null));
        // What the base lacks is told first.
        assert_eq!(send(&server, "other", version, &denied).await.scopes(), "use:tools");
        let unknown = json!([ping, { "jsonrpc": "2.0", "id": 1, "method": "example/own" }]);
        assert_eq!(send(&server, ALL, version, &unknown).await.error(), (400, -32601, Some(Value::Null)));
    }
}

#[tokio::test]
async fn other_revisions_have_no_batches() {
    let server = Server::start().await;
    let batch = json!([tool_call("whoami")]);
    for version in ["2024-11-05", "2025-06-18", "2025-11-25"] {
        let answer = send(&server, ALL, Some(version), &batch).await;
        assert_eq!(answer.error(), (400, -32600, Some(Value::Null)), "{version}");
    }
    // In 2026-07-28, the message of the batch also lacks its declarations and headers.
    assert_eq!(send(&server, ALL, Some("2026-07-28"), &batch).await.error(), (400, -32020, Some(json!(7))));
    let message = crate::world::declaring(tool_call("whoami"));
    let answer = server.send_2026(ALL, "tools/call", Some("whoami"), &json!([message])).await;
    assert_eq!(answer.error(), (400, -32600, None));
    // A message of another revision does not hide in a batch.
    assert_eq!(send(&server, ALL, Some("2025-03-26"), &json!([message])).await.error().1, -32020);
    assert_eq!(send(&server, ALL, None, &json!([message])).await.error().1, -32020);
}

#[tokio::test]
async fn a_batch_has_a_few_messages() {
    let server = Server::start().await;
    let of = |number: usize| Value::from(vec![tool_call("whoami"); number]);
    assert_eq!(send(&server, ALL, None, &of(64)).await.status, 200);
    for batch in [of(65), of(10_000), json!([])] {
        assert_eq!(send(&server, ALL, None, &batch).await.error(), (400, -32600, Some(Value::Null)));
    }
    // Something that is no message is rejected wherever it is, and the handshake is no part of a batch.
    let handshake = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {} });
    for (odd, code) in
        [(json!({}), -32600), (handshake, -32600), (json!([tool_call("whoami")]), -32700), (json!(7), -32700)]
    {
        for batch in [json!([odd, tool_call("whoami")]), json!([tool_call("whoami"), odd])] {
            assert_eq!(send(&server, ALL, None, &batch).await.error().1, code, "{batch}");
        }
    }
}
