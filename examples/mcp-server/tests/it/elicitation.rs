//! A tool needs an account that its caller has not connected. The client of `rmcp` asks the person to open a URL.

use std::sync::{Arc, Mutex};

use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
    ElicitationAction, ElicitationCapability, ErrorCode, ErrorData, Implementation, ProtocolVersion,
    UrlElicitationCapability,
};
use rmcp::service::{RequestContext, RunningService, ServiceError};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::AuthClient;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientHandler, ClientLifecycleMode, ClientServiceExt as _, RoleClient};
use serde_json::Value;

use crate::browser;
use crate::client::signed_in_with;
use crate::process::Server;

const CALLER: &str = "auth0|local-user";
const OTHER: &str = "auth0|somebody-else";

/// A client whose user opens each URL.
#[derive(Clone)]
struct Client {
    shows_urls: bool,
    /// Who opens the URL; nobody declines it.
    user: Option<&'static str>,
    /// Whether the client answers before the person has opened the URL, as real ones do.
    answers_first: bool,
    urls: Arc<Mutex<Vec<String>>>,
    opened: Arc<Mutex<Vec<(u16, String)>>>,
}

impl Client {
    fn of(user: Option<&'static str>) -> Self {
        Self { shows_urls: true, user, answers_first: false, urls: Arc::default(), opened: Arc::default() }
    }

    fn opened(&self) -> Vec<(u16, String)> {
        self.opened.lock().unwrap().clone()
    }
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        if self.shows_urls {
            capabilities.elicitation = Some(ElicitationCapability::new().with_url(UrlElicitationCapability::new()));
        }
        ClientConfig::new(capabilities, Implementation::new("test", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::UrlElicitationParams { url, message, elicitation_id, .. } = request else {
            return Err(ErrorData::invalid_params("not a URL", None));
        };
        assert_eq!((message.as_str(), elicitation_id.as_str()), (MESSAGE, ""));
        let Some(user) = self.user else { return Ok(ElicitResult::new(ElicitationAction::Decline)) };
        self.urls.lock().unwrap().push(url.clone());
        if self.answers_first {
            return Ok(ElicitResult::new(ElicitationAction::Accept));
        }
        let page = browser::open(&url, user).await;
        self.opened.lock().unwrap().push(page);
        Ok(ElicitResult::new(ElicitationAction::Accept))
    }
}

async fn connected(
    server: &Server,
    client: &Client,
    lifecycle: ClientLifecycleMode,
) -> RunningService<RoleClient, Client> {
    let manager = signed_in_with(server, Some("use:tools read:contacts")).await;
    let http = AuthClient::new(reqwest::Client::builder().no_proxy().build().unwrap(), manager);
    let config = StreamableHttpClientTransportConfig::with_uri(server.url.as_str());
    let transport = StreamableHttpClientTransport::with_client(http, config);
    client.clone().serve_with_lifecycle(transport, lifecycle).await.unwrap()
}

fn stateless() -> ClientLifecycleMode {
    ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
}

async fn contacts(client: &RunningService<RoleClient, Client>) -> Result<CallToolResult, ServiceError> {
    client.call_tool(CallToolRequestParams::new("contacts.list")).await
}

fn text(result: &CallToolResult) -> &str {
    &result.content[0].as_text().unwrap().text
}

#[tokio::test]
async fn a_client_of_2026_07_28_lets_its_user_connect_the_account_and_the_same_call_succeeds() {
    let server = Server::start().await;
    let person = Client::of(Some(CALLER));
    let client = connected(&server, &person, stateless()).await;
    let result = contacts(&client).await.unwrap();
    assert_ne!(result.is_error, Some(true), "{result:?}");
    let contacts: Value = serde_json::from_str(text(&result)).unwrap();
    let read = (&contacts["connection"], &contacts["user_id"], &contacts["scope"]);
    assert_eq!(read, (&"google-oauth2".into(), &CALLER.into(), &"contacts.readonly".into()));
    let opened = person.opened();
    assert_eq!((opened.len(), opened[0].0), (1, 200), "{opened:?}");
    assert!(opened[0].1.contains("Your account is connected"), "{opened:?}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn another_person_who_opens_the_url_is_turned_away_and_connects_nothing() {
    let server = Server::start().await;
    let person = Client::of(Some(OTHER));
    let client = connected(&server, &person, stateless()).await;
    let result = contacts(&client).await.unwrap();
    assert_eq!((result.is_error, text(&result)), (Some(true), NOT_YET));
    let [(status, page)] = &person.opened()[..] else { panic!("one page") };
    assert_eq!(*status, 403, "{page}");
    assert!(page.contains("This link is for somebody else"), "{page}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_client_that_repeats_the_call_at_once_is_told_to_call_later() {
    let server = Server::start().await;
    let person = Client { answers_first: true, ..Client::of(Some(CALLER)) };
    let client = connected(&server, &person, stateless()).await;
    let result = contacts(&client).await.unwrap();
    assert_eq!((result.is_error, text(&result)), (Some(true), NOT_YET));
    let urls = person.urls.lock().unwrap().clone();
    let [url] = &urls[..] else { panic!("one dialog, and not one for each attempt: {urls:?}") };
    assert_eq!(browser::open(url, CALLER).await.0, 200, "the first URL stays valid");
    let result = contacts(&client).await.unwrap();
    assert!(text(&result).contains("google-oauth2"), "{result:?}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_person_who_declines_is_not_asked_again() {
    let server = Server::start().await;
    let client = connected(&server, &Client::of(None), stateless()).await;
    let result = contacts(&client).await.unwrap();
    assert_eq!(result.is_error, Some(true));
    assert_eq!(text(&result), "The user did not open the page, so this tool cannot continue.");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_client_of_2025_11_25_gets_the_error_and_calls_again() {
    let server = Server::start().await;
    let client = connected(&server, &Client::of(Some(CALLER)), ClientLifecycleMode::Initialize).await;
    let ServiceError::McpError(error) = contacts(&client).await.unwrap_err() else { panic!("no error of MCP") };
    assert_eq!((error.code, &*error.message), (ErrorCode(-32042), MESSAGE));
    let elicitation = &error.data.as_ref().unwrap()["elicitations"][0];
    assert_eq!(elicitation["mode"], "url");
    assert!(elicitation["elicitationId"].as_str().unwrap().len() >= 43, "{elicitation}");
    let url = elicitation["url"].as_str().unwrap();
    assert!(url.starts_with(server.url.strip_suffix("/mcp").unwrap()), "a URL of this server: {url}");
    assert_eq!(browser::open(url, CALLER).await.0, 200);
    let result = contacts(&client).await.unwrap();
    assert!(text(&result).contains("google-oauth2"), "{result:?}");
    // The same URL again.
    let (status, page) = browser::open(url, CALLER).await;
    assert_eq!(status, 410, "{page}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn a_client_that_shows_no_urls_gets_a_plain_error() {
    for lifecycle in [stateless(), ClientLifecycleMode::Initialize] {
        let server = Server::start().await;
        let person = Client { shows_urls: false, ..Client::of(Some(CALLER)) };
        let client = connected(&server, &person, lifecycle).await;
        let result = contacts(&client).await.unwrap();
        assert_eq!(result.is_error, Some(true));
        assert!(text(&result).starts_with(MESSAGE) && !text(&result).contains("http"), "{result:?}");
        assert_eq!(person.opened(), []);
        client.cancel().await.unwrap();
    }
}

const MESSAGE: &str = "Connect your account at google-oauth2 to continue.";
const NOT_YET: &str = "The user has to finish in the browser first. Call this tool again after that.";
