//! A tool whose exchange needs a stronger login. No page of this server helps; a requirement of the layer does.

use auth0_api_core::exchange::ServerErrorKind;
use auth0_api_core::{ApiClient, ClientAuth, ExchangeError, ExchangeProfile, ProtectedResource, Requirement};
use auth0_api_mcp::connect::{ConnectAccounts, SignIn};
use auth0_api_mcp::{McpCaller, McpLayer, McpRequirements};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::routing::any;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::browser::Browser;
use crate::people::{ADA, CALLBACK, PAYMENTS, World};
use crate::world::tool_call;

/// What the tool `pay` has.
#[derive(Clone)]
struct Tool {
    api: ApiClient,
    accounts: ConnectAccounts,
    audience: String,
}

/// The tool exchanges the caller's token for another one, which the tenant does for a stronger login only.
async fn pay(State(tool): State<Tool>, request: Request) -> &'static str {
    let caller = McpCaller::of(request.extensions()).unwrap();
    let asked = ExchangeProfile::new(PAYMENTS, tool.audience);
    let Err(error) = tool.api.get_token_by_exchange_profile(caller.token(), asked).await else { return "paid" };
    let ExchangeError::Server(rejection) = &error else { panic!("{error:?}") };
    assert_eq!(rejection.kind(), ServerErrorKind::MfaRequired);
    assert!(tool.accounts.for_error(caller.token(), &error).unwrap().is_none(), "no page helps");
    "an error of the tool"
}

fn server(world: &World, requirements: McpRequirements) -> Router {
    let audience = world.tenant.audience();
    let auth = ClientAuth::secret_post(world.tenant.api_client_id(), world.tenant.api_client_secret());
    let metadata = ProtectedResource::new(audience).challenge_scopes(["use:tools"]);
    let api = ApiClient::builder(world.tenant.domain(), audience).insecure_http_loopback().client_auth(auth);
    let api = api.clock(world.clock.clone()).resource_metadata(metadata).build().unwrap();
    let layer = McpLayer::builder(api.clone(), requirements).build().unwrap();
    let tool = Tool { api, accounts: world.accounts.clone(), audience: audience.to_owned() };
    Router::new().route("/mcp", any(pay)).layer(layer).with_state(tool)
}

/// The status, the scopes of the challenge, and the body.
async fn call(server: &Router, token: &str) -> (u16, Option<String>, String) {
    let request = Request::post("https://api.example.com/mcp").header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/json").header("mcp-protocol-version", "2025-11-25");
    let request = request.body(Body::from(tool_call("pay").to_string())).unwrap();
    let response = server.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let challenge = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap());
    let scopes = challenge.and_then(|challenge| {
        assert!(challenge.contains(r#"error="insufficient_scope""#), "{challenge}");
        challenge.split_once(" scope=\"")?.1.split('"').next()
    });
    let scopes = scopes.map(str::to_owned);
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, scopes, String::from_utf8(body.to_vec()).unwrap())
}

/// What an MCP client does: its user logs in for these scopes.
async fn logged_in(world: &World, scopes: &str) -> String {
    let (issuer, audience) = (world.tenant.issuer(), world.tenant.audience());
    let scopes = scopes.replace(' ', "+");
    let url = format!(
        "{issuer}authorize?response_type=code&client_id=mcp-client&redirect_uri={CALLBACK}&audience={audience}&scope={scopes}"
    );
    let to_callback = Browser::of(ADA).open_until(&url, "/callback?").await;
    let code = to_callback.location().split_once("code=").unwrap().1.split('&').next().unwrap();
    let form = format!(
        "grant_type=authorization_code&client_id=mcp-client&client_secret=client-secret&redirect_uri={CALLBACK}&code={code}"
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{issuer}oauth/token")).body(form);
    let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_client_steps_up_after_the_challenge_of_the_layer_and_the_tool_works() {
    let world = World::new().await;
    let base = || McpRequirements::new(Requirement::scope("use:tools"));
    let token = logged_in(&world, "use:tools").await;
    // Without a requirement, the tool can only fail: its answer has begun.
    let without = server(&world, base().tool("pay", Requirement::scope("use:tools")));
    assert_eq!(call(&without, &token).await, (200, None, "an error of the tool".to_owned()));
    // With one, the client learns for what to log its user in, and repeats the call.
    let with = server(&world, base().tool("pay", Requirement::scope("pay")));
    let (status, scopes, _) = call(&with, &token).await;
    assert_eq!((status, scopes.as_deref()), (403, Some("use:tools pay")));
    let token = logged_in(&world, &scopes.unwrap()).await;
    assert_eq!(call(&with, &token).await, (200, None, "paid".to_owned()));
}

/// A login at a page counts for this server's own application only.
#[tokio::test]
async fn a_log_in_at_a_page_changes_nothing_for_the_token_of_the_client() {
    let world = World::new().await;
    let requirements = McpRequirements::new(Requirement::scope("use:tools"));
    let token = logged_in(&world, "use:tools").await;
    let caller = world.api.verify_access_token(&token).await.unwrap();
    let asked = SignIn::new(world.tenant.audience()).scopes(["use:tools", "pay"]).max_age_seconds(60);
    let page = Browser::of(ADA).open(world.accounts.sign_in(&caller, asked).unwrap().url()).await;
    assert!(page.body.contains("You are logged in"), "{page:?}");
    let without = server(&world, requirements.clone().tool("pay", Requirement::scope("use:tools")));
    assert_eq!(call(&without, &token).await, (200, None, "an error of the tool".to_owned()));
    let with = server(&world, requirements.tool("pay", Requirement::scope("pay")));
    assert_eq!(call(&with, &token).await.0, 403);
}
