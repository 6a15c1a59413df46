//! Logs in with the client of `rmcp`, for `tests/foreign/mcp/run.mjs`. The argument is the task, as JSON.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a check ends at the first surprise")]

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationAction,
    ElicitationCapability, ErrorData, Implementation, ProtocolVersion, UrlElicitationCapability,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt as _, RequestContext, RunningService, ServiceError,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{
    AuthClient, AuthorizationCallback, AuthorizationManager, AuthorizationRequest, OAuthState, WWWAuthenticateParams,
};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientHandler, RoleClient};
use serde_json::Value;
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::timeout;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let task: Value = serde_json::from_str(&std::env::args().nth(1).unwrap()).unwrap();
    for login in 0..task["logins"].as_u64().unwrap() {
        let done = timeout(PATIENCE, log_in(&task)).await;
        assert!(done.is_ok(), "login {login} takes too long");
    }
}

async fn log_in(task: &Value) {
    // Without a token, the server rejects the first request. Its challenge says where to get a token.
    let rejected =
        connect(task, AuthClient::new(direct(), AuthorizationManager::new(text(&task["url"])).await.unwrap())).await;
    let rejected = rejected.err().unwrap();
    let http = AuthClient::new(direct(), authorized(task, rejected.auth_challenge().unwrap()).await);
    let manager = Arc::clone(&http.auth_manager);
    let client = connect(task, http).await.unwrap();

    let tools = client.list_all_tools().await.unwrap();
    let mut names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
    names.sort_unstable();
    assert_eq!(names, texts(&task["tools"]));
    check(&task["open"], &call(&client, &task["open"]).await.unwrap());

    let further = &task["further"];
    let rejected = call(&client, further).await.unwrap_err();
    let base = text(&task["url"]).parse().unwrap();
    let challenge = WWWAuthenticateParams::parse(rejected.auth_challenge().unwrap(), &base);
    assert!(challenge.is_insufficient_scope(), "{challenge:?}");
    let scope = challenge.scope.unwrap();
    assert_eq!(scope.split(' ').collect::<Vec<_>>(), texts(&further["scopes"]));
    let manager = manager.lock().await;
    let url = manager.request_scope_upgrade(&scope).await.unwrap();
    let callback = AuthorizationCallback::from_redirect_url(&sign_in(task, &url).await).unwrap();
    let AuthorizationCallback { code, csrf_token, issuer, .. } = callback;
    manager.exchange_code_for_token_with_issuer(&code, &csrf_token, issuer.as_deref()).await.unwrap();
    drop(manager);
    let answer = match call(&client, further).await {
        Ok(answer) => answer,
        // In 2025-11-25, an error has the URL that the person must open before the tool can be called again.
        Err(error) => {
            client.service().open(elicited(&error)).await;
            call(&client, further).await.unwrap()
        }
    };
    check(further, &answer);
    client.service().check_pages().await;
    client.cancel().await.unwrap();
}

async fn connect(
    task: &Value,
    http: AuthClient<Client>,
) -> Result<RunningService<RoleClient, Person>, ClientInitializeError> {
    let config = StreamableHttpClientTransportConfig::with_uri(text(&task["url"]));
    let transport = StreamableHttpClientTransport::with_client(http, config);
    Person { task: task.clone(), pages: Mutex::default() }
        .serve_with_lifecycle(transport, lifecycle(text(&task["version"])))
        .await
}

/// Discovers the tenant from a challenge, and lets the person sign in.
async fn authorized(task: &Value, challenge: &str) -> AuthorizationManager {
    let mut oauth = OAuthState::new(text(&task["url"]), Some(direct())).await.unwrap();
    let request = AuthorizationRequest::new(CALLBACK).with_client_name("a foreign client").with_challenge(challenge);
    let request = match task["documentUrl"].as_str() {
        Some(document) => request.with_client_metadata_url(document),
        None => request,
    };
    oauth.start_authorization(request.with_initial_scope_selection()).await.unwrap();
    let callback = sign_in(task, &oauth.get_authorization_url().await.unwrap()).await;
    oauth.handle_callback_url(&callback).await.unwrap();
    oauth.into_authorization_manager().unwrap()
}

/// The person in front of the client, who opens the URLs of tools.
struct Person {
    task: Value,
    /// What the person has read.
    pages: Mutex<Vec<String>>,
}

impl Person {
    async fn open(&self, url: &str) {
        let page = person(&self.task, "--open", url).await;
        self.pages.lock().await.push(page);
    }

    /// The person reads one page if the tool needs one, and otherwise none.
    async fn check_pages(&self) {
        let expected = self.task["further"]["page"].as_str();
        let pages = self.pages.lock().await;
        assert_eq!(pages.len(), expected.map_or(0, |_| 1), "{pages:?}");
        assert!(pages.iter().all(|page| page.contains(expected.unwrap_or_default())), "{pages:?}");
    }
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = Some(ElicitationCapability::new().with_url(UrlElicitationCapability::new()));
        ClientConfig::new(capabilities, Implementation::new("rmcp", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::UrlElicitationParams { url, .. } = request else {
            return Err(ErrorData::invalid_params("not a URL", None));
        };
        self.open(&url).await;
        Ok(ElicitResult::new(ElicitationAction::Accept))
    }
}

/// Returns the URL in the error of a tool.
fn elicited(error: &ServiceError) -> &str {
    let data = match error {
        ServiceError::McpError(error) => error.data.as_ref(),
        _ => None,
    };
    let url = data.and_then(|data| data["elicitations"][0]["url"].as_str());
    assert!(url.is_some(), "{error:?}");
    url.unwrap()
}

/// Lets the person sign in, and returns the URL of the callback.
async fn sign_in(task: &Value, url: &str) -> String {
    person(task, "--print", url).await
}

async fn person(task: &Value, what: &str, url: &str) -> String {
    let mut person = Command::new(text(&task["node"]));
    person.arg(text(&task["person"])).args([what, url]).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = person.output().await.unwrap();
    assert!(output.status.success(), "the person cannot go on");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn call(client: &RunningService<RoleClient, Person>, tool: &Value) -> Result<String, ServiceError> {
    let mut params = CallToolRequestParams::new(text(&tool["name"]).to_owned());
    params.arguments = tool["arguments"].as_object().cloned();
    let result = client.call_tool(params).await?;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    Ok(result.content[0].as_text().unwrap().text.clone())
}

fn check(tool: &Value, answer: &str) {
    assert!(answer.contains(text(&tool["answer"])), "{answer}");
}

fn lifecycle(version: &str) -> ClientLifecycleMode {
    let version: ProtocolVersion = serde_json::from_value(version.into()).unwrap();
    if version < ProtocolVersion::V_2026_07_28 {
        ClientLifecycleMode::Initialize
    } else {
        ClientLifecycleMode::Discover { preferred_versions: vec![version] }
    }
}

/// Everything is on this machine, which a proxy cannot reach.
fn direct() -> Client {
    Client::builder().no_proxy().redirect(Policy::none()).build().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn texts(values: &Value) -> Vec<&str> {
    values.as_array().unwrap().iter().map(text).collect()
}

/// Nobody listens there: the person hands the callback over.
const CALLBACK: &str = "http://127.0.0.1:1/callback";

/// The limit for one login, long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
