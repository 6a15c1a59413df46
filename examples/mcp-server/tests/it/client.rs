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
async fn a_client_that_knows_only_the_url_can_call_tools_on_behalf_of_its_user() {
    let server = Server::start().await;
    let manager = signed_in_with(&server, Some("use:tools delete:events")).await;
    let http = AuthClient::new(reqwest::Client::builder().no_proxy().build().unwrap(), manager);
    let config = StreamableHttpClientTransportConfig::with_uri(server.url.as_str());
    let client = ().serve(StreamableHttpClientTransport::with_client(http, config)).await.unwrap();

    let tools = client.list_all_tools().await.unwrap();
    let mut names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    names.sort_unstable();
    assert_eq!(names, ["calendar.clear", "calendar.create", "contacts.list", "whoami"]);

    let whoami = call(&client, CallToolRequestParams::new("whoami")).await;
    assert!(text(&whoami).starts_with("auth0|local-user, by "));
    // `delete:events` implies `write:events`. The token for the calendar has the scope of its tool only.
    let event = json!({ "title": "tea" }).as_object().cloned().unwrap();
    let created = call(&client, CallToolRequestParams::new("calendar.create").with_arguments(event)).await;
    let created: Value = serde_json::from_str(text(&created)).unwrap();
    assert_eq!(created, json!({ "created": "tea", "calendar_of": "auth0|local-user", "by": "local-api-client" }));
    let cleared = call(&client, CallToolRequestParams::new("calendar.clear")).await;
    let cleared: Value = serde_json::from_str(text(&cleared)).unwrap();
    assert_eq!(cleared, json!({ "deleted": 1, "calendar_of": "auth0|local-user" }));
    client.cancel().await.unwrap();
}

/// Signs a user in. The client starts from the challenge of a rejected request.
pub(crate) async fn signed_in(server: &Server) -> AuthorizationManager {
    signed_in_with(server, None).await
}

/// Signs a user in with these scopes; without any, with those of the challenge.
pub(crate) async fn signed_in_with(server: &Server, scopes: Option<&str>) -> AuthorizationManager {
    let rejected = server.initialize().send().await.unwrap();
    assert_eq!(rejected.status(), 401);
    let challenge = header(&rejected, "www-authenticate").remove(0);

    // Everything is on this machine, which a proxy cannot reach.
    let direct = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    // Discovery: the challenge contains the URL of the metadata, and the metadata contains the URL of the tenant.
    let mut oauth = OAuthState::new(server.url.as_str(), Some(direct.clone())).await.unwrap();
    let request = AuthorizationRequest::new(CALLBACK).with_client_name("a test").with_challenge(challenge);
    let request = match scopes {
        Some(scopes) => request.with_scopes(scopes.split(' ')),
        None => request.with_initial_scope_selection(),
    };
    oauth.start_authorization(request).await.unwrap();

    // Takes the place of the user's browser. The local tenant signs the user in at once.
    let authorize = oauth.get_authorization_url().await.unwrap();
    assert!(authorize.starts_with(&format!("{}/authorize?", server.tenant)), "{authorize}");
    let sent_back = header(&direct.get(authorize).send().await.unwrap(), "location").remove(0);
    oauth.handle_callback_url(&sent_back).await.unwrap();
    oauth.into_authorization_manager().unwrap()
}

async fn call(client: &RunningService<RoleClient, ()>, tool: CallToolRequestParams) -> CallToolResult {
    client.call_tool(tool).await.unwrap()
}

fn text(result: &CallToolResult) -> &str {
    assert_ne!(result.is_error, Some(true), "{result:?}");
    &result.content[0].as_text().unwrap().text
}
