//! The binary `local-tenant`, run as a developer runs it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::caller::{get, part, post_form};

#[tokio::test]
async fn it_serves_what_it_prints() {
    let (_tenant, lines) = run(&["--port", "0", "--audience", "urn:it's", "--client-id", "me", "--nonce"]);
    let value = |label: &str| lines.iter().find_map(|line| line.trim().strip_prefix(label)).unwrap().trim().to_owned();
    let domain = value("domain ");
    assert!(lines[0].contains("For development only"));
    assert_eq!(value("export "), format!(r"AUTH0_DOMAIN={domain} AUTH0_AUDIENCE='urn:it'\''s'"));
    let discovery = get(&format!("{domain}/.well-known/openid-configuration")).await.json();
    assert_eq!(discovery["issuer"], format!("{domain}/"));
    let body = format!(
        "grant_type=client_credentials&client_id=me&client_secret={}&audience=urn:it's",
        value("client secret ")
    );
    let answer = post_form(discovery["token_endpoint"].as_str().unwrap(), &[], &body).await;
    assert_eq!(part(answer.json()["access_token"].as_str().unwrap(), 1)["sub"], "me@clients");
}

#[tokio::test]
async fn a_port_in_use_is_explained() {
    let (_tenant, lines) = run(&["--port", "0"]);
    let port = lines.iter().find_map(|line| line.split_once("http://127.0.0.1:")).unwrap().1.to_owned();
    let output = local_tenant(&["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("choose another port with --port"));
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn run(options: &[&str]) -> (Running, Vec<String>) {
    let mut child = local_tenant(options).stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let running = Running(child);
    let mut lines = Vec::new();
    for line in output.lines() {
        lines.push(line.unwrap());
        if lines.last().unwrap().contains("Stop with ctrl-c") {
            break;
        }
    }
    (running, lines)
}

fn local_tenant(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-tenant"));
    command.args(options);
    command
}
