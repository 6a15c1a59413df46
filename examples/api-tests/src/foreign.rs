//! Clients from npm, which share no code with this library, call this API and the local tenant. Their code is in
//! `foreign`.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use auth0_api_testing::LocalTenant;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::program;

pub async fn dpop_clients_from_npm_pass_every_check() {
    if let Some(missing) = missing().await {
        return skip(&missing);
    }
    let mut plain = Servers::start(&[("DPOP", "require")]).await;
    let mut demanding = Servers::start(&[("DPOP_NONCE", "on")]).await;
    demanding.tenant.require_dpop_nonce(true);

    let output = run_clients(&plain, &demanding).await;
    plain.stop().await;
    demanding.stop().await;
    let (printed, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}{error}");
    assert_eq!(printed.lines().filter(|line| line.starts_with("ok ")).count(), CHECKS, "{printed}");
    // The plain tenant issues one token to each of the two libraries. The other tenant demands nonces: it rejects the
    // first request of each library, each library repeats its request with the nonce, and the second library requests
    // one more token.
    assert_eq!((plain.tenant.requests().token, demanding.tenant.requests().token), (2, 5));
}

/// The number of checks in `foreign`. The test compares this number with the printed checks, so that it fails if
/// a check no longer runs.
const CHECKS: usize = 48;

async fn run_clients(plain: &Servers, demanding: &Servers) -> Output {
    let tenant = &plain.tenant;
    let output = Command::new("node")
        .arg("client.mjs")
        .current_dir(FOLDER)
        .env("CLIENT_ID", tenant.client_id())
        .env("CLIENT_SECRET", tenant.client_secret())
        .env("AUDIENCE", tenant.audience())
        .env("PLAIN_TENANT", tenant.domain())
        .env("PLAIN_API", &plain.api)
        .env("DEMANDING_TENANT", demanding.tenant.domain())
        .env("DEMANDING_API", &demanding.api)
        .kill_on_drop(true)
        .output();
    timeout(PATIENCE, output).await.unwrap().unwrap()
}

/// A tenant, and an API that trusts the tenant.
struct Servers {
    tenant: LocalTenant,
    api: String,
    process: Child,
}

impl Servers {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let tenant = LocalTenant::start().await.unwrap();
        let mut command = Command::new(program());
        for variable in ["DPOP", "DPOP_NONCE", "OWN_HOSTS", "PUBLIC_URL", "REDIS_URL", "TRUSTED_PROXIES"] {
            command.env_remove(variable);
        }
        let mut process = command
            .env("AUTH0_DOMAIN", tenant.domain())
            .env("AUTH0_AUDIENCE", tenant.audience())
            .env("PORT", "0")
            .env("NO_COLOR", "1")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let api = timeout(PATIENCE, address(&mut process)).await.unwrap();
        Self { tenant, api, process }
    }

    /// Kills the API's process and waits until it has ended. If a test fails before this call, dropping `process` kills
    /// the process.
    async fn stop(&mut self) {
        self.process.kill().await.unwrap();
    }
}

/// Reads the log until the API prints its URL, and returns the URL.
async fn address(process: &mut Child) -> String {
    let mut log = BufReader::new(process.stdout.take().unwrap()).lines();
    loop {
        // If the API fails to start, the log ends early, and stderr contains the reason.
        let line = log.next_line().await.unwrap().unwrap();
        if let Some((_, address)) = line.split_once("listening on ") {
            // Reads the rest of the log, because a full pipe would block the API.
            tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
            return address.to_owned();
        }
    }
}

/// Returns the program or the packages that the clients need and that this machine lacks.
async fn missing() -> Option<String> {
    match Command::new("node").arg("--version").stdout(Stdio::null()).status().await {
        Err(error) if error.kind() == ErrorKind::NotFound => Some("node is not installed".into()),
        _ if !Path::new(FOLDER).join("node_modules").is_dir() => Some(format!("run npm ci in {FOLDER}")),
        _ => None,
    }
}

#[expect(clippy::disallowed_methods, reason = "only tests read STRICT")]
fn skip(missing: &str) {
    let strict = std::env::var_os("STRICT").is_some_and(|value| value == "1");
    assert!(!strict, "STRICT=1 forbids skipping the test: {missing}");
    eprintln!("skipped: {missing}");
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/foreign");

/// The checks take two seconds. This limit is long enough for a busy machine. A test that hangs fails after this time.
const PATIENCE: Duration = Duration::from_secs(120);
