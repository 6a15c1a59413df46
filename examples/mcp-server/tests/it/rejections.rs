//! Tests that the server rejects requests as the MCP authorization specification requires.

use serde_json::{Value, json};

use crate::process::{Server, header};

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
        assert_eq!(document["scopes_supported"], json!(["use:tools"]));
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
async fn a_token_in_the_url_is_ignored() {
    let server = Server::start().await;
    let token = server.token(&server.url, "use:tools").await;
    let url = format!("{}?access_token={token}", server.url);
    assert_eq!(server.get(&url).send().await.unwrap().status(), 401);
}
