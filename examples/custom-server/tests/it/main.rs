//! Tests the server as a child process, called over a socket.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::process::Stdio;
use std::time::Duration;

use auth0_api_testing::{Api, LocalTenant};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

const DOWNSTREAM: &str = "https://downstream.example.com";

#[tokio::test]
async fn a_valid_token_is_accepted_and_a_rejection_contains_the_reason() {
    let server = Server::start().await;
    let good = server.tenant.mint().subject("auth0|ada").sign();
    assert_eq!(body(server.get("/api/public", None).await, 200).await["message"], "This endpoint needs no token.");
    assert_eq!(body(server.get("/api/private", Some(&good)).await, 200).await, json!({ "subject": "auth0|ada" }));

    let none = server.get("/api/private", None).await;
    assert_eq!(challenges(&none), ["Bearer realm=\"api\"", "DPoP algs=\"ES256\""]);
    body(none, 401).await;
    let expired = server.tenant.mint().expires_at(server.tenant.clock().now()).sign();
    assert_eq!(body(server.get("/api/private", Some(&expired)).await, 401).await["error"], "invalid_token");
    body(server.get("/api/elsewhere", Some(&good)).await, 404).await;
}

#[tokio::test]
async fn a_bound_token_needs_a_proof_for_the_url_of_this_server() {
    let server = Server::start().await;
    let key = server.tenant.dpop_client();
    let token = server.tenant.mint().bound_to(&key).sign();
    let url = format!("{}/api/private", server.url);
    let ask = |proof: String| {
        let request = server.client.get(&url).header("authorization", format!("DPoP {token}"));
        request.header("dpop", proof).send()
    };
    let good = key.proof("GET", &url).access_token(&token).sign();
    body(ask(good).await.unwrap(), 200).await;
    let elsewhere = key.proof("GET", "http://127.0.0.1/api/private").access_token(&token).sign();
    assert_eq!(body(ask(elsewhere).await.unwrap(), 401).await["error"], "invalid_dpop_proof");
}

#[tokio::test]
async fn the_downstream_api_is_called_on_behalf_of_the_user() {
    let mut server = Server::start().await;
    let reader = server.tenant.mint().subject("auth0|ada").scope("read:messages").sign();
    for _ in 0..2 {
        let shown = body(server.get("/api/downstream", Some(&reader)).await, 200).await;
        assert_eq!(shown, json!({ "downstream": { "subject": "auth0|ada" } }));
    }
    let requests = server.tenant.token_requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].field("audience"), Some(DOWNSTREAM));

    let without = server.tenant.mint().sign();
    assert_eq!(body(server.get("/api/downstream", Some(&without)).await, 403).await["error"], "insufficient_scope");
    assert_eq!(server.tenant.token_requests().len(), 1, "a token without the scope must not be exchanged");

    server.downstream.kill().await.unwrap();
    let outage = body(server.get("/api/downstream", Some(&reader)).await, 503).await;
    assert_eq!(outage["error"], "temporarily_unavailable");
}

#[tokio::test]
async fn an_invalid_configuration_ends_the_program_with_the_reason() {
    let domain = ("AUTH0_DOMAIN", "tenant.eu.auth0.com");
    for (settings, reason) in [
        (
            &[][..],
            "AUTH0_CLIENT_ID: not set, and calls to the other API need it; AUTH0_DOMAIN: not set; AUTH0_AUDIENCE: not set",
        ),
        (
            &[domain, ("AUTH0_AUDIENCE", "a"), ("AUTH0_CLIENT_SECRET", "hush")],
            "AUTH0_CLIENT_ID: not set, and AUTH0_CLIENT_SECRET needs it",
        ),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_custom-server"));
        for variable in ["AUTH0_DOMAIN", "AUTH0_AUDIENCE", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"] {
            command.env_remove(variable);
        }
        let output = command.envs(settings.iter().copied()).output().await.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert_eq!(error, format!("the configuration is unusable: {reason}\n"));
    }
}

/// A tenant, and two servers that trust the tenant. Dropping this value kills the processes of the servers.
struct Server {
    tenant: LocalTenant,
    url: String,
    client: Client,
    _process: Child,
    /// The API that the server calls: another instance of it.
    downstream: Child,
}

impl Server {
    async fn start() -> Self {
        let tenant = LocalTenant::builder().api(Api::new(DOWNSTREAM)).start().await.unwrap();
        let (downstream, downstream_url) = Self::process(&tenant, DOWNSTREAM, "https://nobody.example").await;
        let (process, url) = Self::process(&tenant, tenant.audience(), &downstream_url).await;
        let client = Client::builder().no_proxy().build().unwrap();
        Self { url, client, _process: process, downstream, tenant }
    }

    async fn process(tenant: &LocalTenant, audience: &str, downstream_url: &str) -> (Child, String) {
        let mut process = Command::new(env!("CARGO_BIN_EXE_custom-server"))
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_AUDIENCE", audience)
            .env("AUTH0_CLIENT_ID", tenant.api_client_id())
            .env("AUTH0_CLIENT_SECRET", tenant.api_client_secret())
            .env("DOWNSTREAM_AUDIENCE", DOWNSTREAM)
            .env("DOWNSTREAM_URL", downstream_url)
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(process.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, printed.next_line()).await.unwrap().unwrap().unwrap();
        let url = line.strip_prefix("listening on ").unwrap().to_owned();
        (process, url)
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Response {
        let mut request = self.client.get(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap()
    }
}

async fn body(response: Response, status: u16) -> Value {
    let (answered, text) = (response.status().as_u16(), response.text().await.unwrap());
    assert_eq!(answered, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn challenges(response: &Response) -> Vec<&str> {
    let values = response.headers().get_all("www-authenticate").iter();
    values.map(|value| value.to_str().unwrap()).collect()
}

/// The limit for each wait, long enough for a busy machine. A test that hangs fails after this time.
const PATIENCE: Duration = Duration::from_secs(60);
