//! Only the user and client that opened a session can continue it.

use reqwest::RequestBuilder;
use serde_json::json;

use crate::process::{Server, VERSION, header};

#[tokio::test]
async fn only_the_principal_that_opened_a_session_can_continue_it() {
    let server = Server::start().await;
    let (opener, other) = (server.token(&server.url, "use:tools").await, users_token(&server).await);
    let answer = server.initialize().bearer_auth(&opener).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let session = header(&answer, "mcp-session-id").remove(0);

    let untagged = session.rsplit_once('.').unwrap().0.to_owned();
    for (token, session, status) in [
        (&opener, &session, 200),
        (&other, &session, 404),
        (&opener, &untagged, 404),
        (&opener, &format!("{untagged}."), 404),
        (&opener, &format!("x{session}"), 404),
    ] {
        let answer = continued(&server, session).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), status, "{session}");
    }
}

/// Returns a request with a message of this session.
fn continued(server: &Server, session: &str) -> RequestBuilder {
    let request = server.post("ping", &json!({})).header("mcp-protocol-version", VERSION);
    request.header("mcp-session-id", session)
}

/// Returns a token for a user, with the same audience and scope but another subject.
async fn users_token(server: &Server) -> String {
    crate::client::signed_in(server).await.get_access_token().await.unwrap()
}
