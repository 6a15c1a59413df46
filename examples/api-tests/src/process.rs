//! The program as a child process.

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_testing::{DpopClient, LocalTenant};
use reqwest::{Client, Method, RequestBuilder, Response};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::program;

/// A running API. Dropping this value kills the process.
pub(crate) struct Process {
    child: Child,
    url: String,
    client: Client,
    log: Arc<Mutex<String>>,
}

/// A client's key, and a token that is bound to this key.
pub(crate) struct Holder {
    pub(crate) key: DpopClient,
    pub(crate) token: String,
}

impl Process {
    /// Starts the API for this tenant on a free port, with these environment variables, and waits until the API
    /// listens.
    pub(crate) async fn start(tenant: &LocalTenant, settings: &[(&str, &str)]) -> Self {
        let mut child = command(settings)
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_AUDIENCE", tenant.audience())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = timeout(PATIENCE, address(&mut lines)).await.unwrap();
        let log = Arc::default();
        tokio::spawn(collect(lines, Arc::clone(&log)));
        Self { child, url, client: Client::builder().no_proxy().build().unwrap(), log }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(crate) fn request(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let request = headers.iter().fold(self.request(path), |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap()
    }

    /// Sends the request that a browser sends before a page's request with these headers.
    pub(crate) async fn preflight(&self, path: &str, origin: &str, headers: &str) -> Response {
        let request = self.client.request(Method::OPTIONS, self.url(path)).header("origin", origin);
        let request = request.header("access-control-request-method", "GET");
        request.header("access-control-request-headers", headers).send().await.unwrap()
    }

    /// Sends a bound token to the path `PRIVATE`, with a proof for the same path below the URL `base`.
    pub(crate) async fn prove(&self, holder: &Holder, base: &str, headers: &[(&str, &str)]) -> Response {
        let proof = holder.proof(&format!("{base}{PRIVATE}")).sign();
        let credentials = [("authorization", &*holder.authorization()), ("dpop", &proof)];
        self.get(PRIVATE, &[&credentials, headers].concat()).await
    }

    /// Sends SIGTERM, as an orchestrator does.
    pub(crate) async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    }

    /// Waits until the process has ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap()
    }

    /// Returns what the API has logged since it started to listen.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Holder {
    pub(crate) fn new(tenant: &LocalTenant) -> Self {
        let key = tenant.dpop_client();
        let token = tenant.mint().bound_to(&key).sign();
        Self { key, token }
    }

    pub(crate) fn authorization(&self) -> String {
        format!("DPoP {}", self.token)
    }

    /// Returns the builder of a proof for a GET request to this URL with the holder's token.
    pub(crate) fn proof(&self, url: &str) -> auth0_api_testing::ProofBuilder {
        self.key.proof("GET", url).access_token(&self.token)
    }
}

/// Returns the command that starts the program on a free port with these environment variables. The command removes all
/// other variables that the program reads.
#[expect(clippy::disallowed_methods, reason = "removes every setting, whatever its name")]
pub(crate) fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program());
    for (variable, _) in std::env::vars_os() {
        let is_setting = SHORT.iter().any(|short| variable == **short);
        if is_setting || variable.to_string_lossy().starts_with("AUTH0_") {
            command.env_remove(variable);
        }
    }
    command.env("PORT", "0").env("NO_COLOR", "1").envs(settings.iter().copied());
    command.stdout(Stdio::piped()).kill_on_drop(true);
    command
}

/// Returns the values of a header.
pub(crate) fn header(response: &Response, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// Repeats a check until it succeeds. Tests wait in this way for effects in another process that take an unknown time.
pub(crate) async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    let trying = async {
        while !holds().await {
            tokio::time::sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, trying).await.unwrap();
}

async fn address(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    loop {
        // If the API fails to start, the log ends early, and stderr contains the reason.
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some((_, address)) = line.split_once("listening on ") {
            return address.to_owned();
        }
    }
}

/// Collects the log. Without a reader, the pipe would become full and block the API.
async fn collect(mut lines: Lines<BufReader<ChildStdout>>, log: Arc<Mutex<String>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        let mut log = log.lock().unwrap();
        log.push_str(&line);
        log.push('\n');
    }
}

/// The variables of the program without the prefix `AUTH0_`.
const SHORT: [&str; 7] =
    ["CORS_ORIGINS", "DPOP", "DPOP_NONCE", "OWN_HOSTS", "PUBLIC_URL", "REDIS_URL", "TRUSTED_PROXIES"];

pub(crate) const PRIVATE: &str = "/api/private";

/// The limit for each wait, long enough for a busy machine. A test that hangs fails after this time.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);
