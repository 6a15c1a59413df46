//! Runs the program as a new user would run it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, Response};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

#[tokio::test]
async fn every_step_of_the_tour_goes_as_expected() {
    let output = timeout(PATIENCE, quickstart().output()).await.unwrap().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    assert_eq!(printed.lines().last(), Some("All steps went as expected."));
    assert_eq!(printed.matches("✓ as expected").count(), 28, "{printed}");
    assert!(!printed.contains('✗'), "{printed}");
}

#[tokio::test]
async fn a_machine_without_ca_certificates_can_run_the_tour() {
    let mut quickstart = quickstart();
    quickstart.env("SSL_CERT_FILE", "/nonexistent").env("SSL_CERT_DIR", "/nonexistent");
    let output = timeout(PATIENCE, quickstart.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn the_printed_curl_commands_work() {
    let (mut program, lines) = served().await;
    let client = Client::builder().no_proxy().build().unwrap();
    for (line, status, part) in [
        (0, 200, "Hello from a public endpoint!"),
        (1, 401, "missing_credentials"),
        (2, 200, "Hello from a private endpoint!"),
        (3, 403, "insufficient_scope"),
        (4, 200, "Hello from a private endpoint that needs read:messages!"),
        (5, 200, "delegation_chain"),
        (6, 200, "user@google.example"),
        (7, 403, "account_not_linked"),
        (8, 200, "access_token"),
    ] {
        let response = paste(&client, &lines[line]).await;
        assert_eq!(response.status(), status, "{}", lines[line]);
        assert!(response.text().await.unwrap().contains(part), "{}", lines[line]);
    }
    assert_eq!(lines.len(), 9);

    let issued: serde_json::Value =
        serde_json::from_str(&paste(&client, &lines[8]).await.text().await.unwrap()).unwrap();
    let with_own_token =
        format!("{} -H 'Authorization: Bearer {}'", lines[1], issued["access_token"].as_str().unwrap());
    assert_eq!(paste(&client, &with_own_token).await.status(), 200);
    program.kill().await.unwrap();
}

/// Starts the program with `--serve`, and returns it with the curl commands that it prints.
async fn served() -> (Child, Vec<String>) {
    let mut program = quickstart().arg("--serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut lines = Vec::new();
    loop {
        let line = timeout(PATIENCE, printed.next_line()).await.unwrap().unwrap().unwrap();
        if line == "Press Ctrl-C to stop." {
            return (program, lines);
        }
        lines.extend(line.starts_with("curl ").then_some(line));
    }
}

fn quickstart() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    command.kill_on_drop(true);
    command
}

/// Sends the request of a curl command: a GET, or a POST of the `-d` fields.
async fn paste(client: &Client, line: &str) -> Response {
    let words: Vec<_> = line.split(' ').collect();
    let url = words.iter().find(|word| word.starts_with("http")).unwrap();
    let fields: Vec<_> = words.windows(2).filter(|pair| pair[0] == "-d").map(|pair| pair[1]).collect();
    let mut request = client.get(*url);
    if !fields.is_empty() {
        request = client.post(*url).header("content-type", "application/x-www-form-urlencoded").body(fields.join("&"));
    }
    if let Some((_, header)) = line.split_once("-H 'Authorization: ") {
        request = request.header("authorization", header.trim_end_matches('\''));
    }
    request.send().await.unwrap()
}

/// The tour takes one or two seconds. This limit is long enough for a busy machine. A test that hangs fails after this
/// time.
const PATIENCE: Duration = Duration::from_secs(60);
