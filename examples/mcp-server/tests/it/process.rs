//! The program as a child process on a free port. The program starts a tenant itself.

use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// A running server. Dropping this value kills the process.
pub(crate) struct Server {
    _child: Child,
    /// The URL at which clients reach the server.
    pub(crate) url: String,
    /// The tenant's domain.
    pub(crate) tenant: String,
    client: Client,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-server"));
        command.env_remove("AUTH0_DOMAIN").env("PORT", "0").stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut after = async |start: &str| loop {
            let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
            if let Some(rest) = line.strip_prefix(start) {
                break rest.trim().to_owned();
            }
        };
        let (tenant, url) = (after("tenant").await, after("listening on").await);
        Self { _child: child, url, tenant, client: Client::builder().no_proxy().build().unwrap(), lines }
    }

    /// Returns the next line that the server prints.
    pub(crate) async fn line(&mut self) -> String {
        timeout(PATIENCE, self.lines.next_line()).await.unwrap().unwrap().unwrap()
    }

    /// Returns a token from the client credentials grant, for this audience and with these scopes.
    pub(crate) async fn token(&self, audience: &str, scope: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "local-client"),
            ("client_secret", "local-secret"),
            ("audience", audience),
            ("scope", scope),
        ];
        let body =
            form.map(|(name, value)| format!("{name}={}", value.replace(':', "%3A").replace('/', "%2F"))).join("&");
        let request = self.client.post(format!("{}/oauth/token", self.tenant)).body(body);
        let response = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        let answer: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Returns a request that opens a session, as clients do in the protocol versions that have sessions.
    pub(crate) fn initialize(&self) -> RequestBuilder {
        let client = json!({ "name": "test", "version": "1" });
        self.post("initialize", &json!({ "protocolVersion": VERSION, "capabilities": {}, "clientInfo": client }))
    }

    /// Returns a POST request with a JSON-RPC message.
    pub(crate) fn post(&self, method: &str, params: &Value) -> RequestBuilder {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = self.client.post(&self.url).header("accept", "application/json, text/event-stream");
        request.header("content-type", "application/json").body(message.to_string())
    }

    pub(crate) fn get(&self, url: &str) -> RequestBuilder {
        self.client.get(url)
    }
}

/// Returns the values of a header.
pub(crate) fn header(response: &Response, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// The newest version of the protocol that has sessions.
pub(crate) const VERSION: &str = "2025-11-25";

/// The limit for each wait, long enough for a busy machine. A test that hangs fails after this time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
