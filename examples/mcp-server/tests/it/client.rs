//! Tests with the MCP client of `rmcp` and its OAuth implementation. The client gets only the URL of the server.

use reqwest::redirect::Policy;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::RunningService;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{AuthClient, AuthorizationManager, AuthorizationRequest, OAuthState};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{RoleClient, ServiceExt as _};
use serde_json::{Value, json};

use crate::process::{Server, header};

const CALLBACK: &str = "http://127.0.0.1:9/callback";

#[tokio::test]
async fn a_client_that_knows_only_the_url_can_call_a_tool_on_behalf_of_its_user() {
    let server = Server::start().await;
    let manager = signed_in(&server).await;
    let http = AuthClient::new(reqwest::Client::builder().no_proxy().build().unwrap(), manager);
    let config = StreamableHttpClientTransportConfig::with_uri(server.url.as_str());
    let client = ().serve(StreamableHttpClientTransport::with_client(http, config)).await.unwrap();

    let tools = client.list_all_tools().await.unwrap();
    let mut names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    names.sort_unstable();
    assert_eq!(names, ["upcoming_events", "whoami"]);

    assert!(text(&call(&client, "whoami").await).starts_with("auth0|local-user, by "));
    let events: Value = serde_json::from_str(text(&call(&client, "upcoming_events").await)).unwrap();
    let expected =
        json!({ "calendar_of": "auth0|local-user", "read_by": "local-api-client", "events": ["tea at four"] });
    assert_eq!(events, expected);
    client.cancel().await.unwrap();
}

/// Signs a user in. The client starts from the challenge of a rejected request.
pub(crate) async fn signed_in(server: &Server) -> AuthorizationManager {
    let rejected = server.initialize().send().await.unwrap();
    assert_eq!(rejected.status(), 401);
    let challenge = header(&rejected, "www-authenticate").remove(0);

    // Everything is on this machine, which a proxy cannot reach.
    let direct = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    // Discovery: the challenge contains the URL of the metadata, and the metadata contains the URL of the tenant.
    let mut oauth = OAuthState::new(server.url.as_str(), Some(direct.clone())).await.unwrap();
    let request = AuthorizationRequest::new(CALLBACK).with_client_name("a test").with_challenge(challenge);
    oauth.start_authorization(request.with_initial_scope_selection()).await.unwrap();

    // Takes the place of the user's browser. The local tenant signs the user in at once.
    let authorize = oauth.get_authorization_url().await.unwrap();
    assert!(authorize.starts_with(&format!("{}/authorize?", server.tenant)), "{authorize}");
    let sent_back = header(&direct.get(authorize).send().await.unwrap(), "location").remove(0);
    oauth.handle_callback_url(&sent_back).await.unwrap();
    oauth.into_authorization_manager().unwrap()
}

async fn call(client: &RunningService<RoleClient, ()>, tool: &'static str) -> CallToolResult {
    client.call_tool(CallToolRequestParams::new(tool)).await.unwrap()
}

fn text(result: &CallToolResult) -> &str {
    assert_ne!(result.is_error, Some(true), "{result:?}");
    &result.content[0].as_text().unwrap().text
}
