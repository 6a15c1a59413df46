//! The binary `local-tenant`, run as a developer runs it: its output and its commands.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::caller::{get, part, post_form, send};
use crate::world::Form;

#[tokio::test]
async fn the_printed_configuration_is_served() {
    let (_tenant, lines) =
        run(&["--port", "0", "--audience", "urn:it's", "--client-id", "me", "--nonce", "--client-registration"]);
    let value = |label: &str| lines.iter().find_map(|line| line.trim().strip_prefix(label)).unwrap().trim().to_owned();
    let domain = value("domain ");
    assert!(lines[0].contains("For development only"));
    assert_eq!(value("export "), format!(r"AUTH0_DOMAIN={domain} AUTH0_AUDIENCE='urn:it'\''s'"));
    let discovery = get(&format!("{domain}/.well-known/openid-configuration")).await.json();
    assert_eq!(discovery["issuer"], format!("{domain}/"));
    assert_eq!(discovery["registration_endpoint"], format!("{domain}/oidc/register"));
    let body = format!(
        "grant_type=client_credentials&client_id=me&client_secret={}&audience=urn:it's",
        value("client secret ")
    );
    let answer = post_form(discovery["token_endpoint"].as_str().unwrap(), &[], &body).await;
    assert_eq!(part(answer.json()["access_token"].as_str().unwrap(), 1)["sub"], "me@clients");
}

#[tokio::test]
async fn every_printed_command_gets_a_token() {
    let (_tenant, lines) = run(&["--port", "0", "--audience", "urn:it's", "--downstream", "urn:next"]);
    let machine = paste(&lines, "TOKEN", "").await;
    assert_eq!(
        (&part(&machine, 1)["sub"], &part(&machine, 1)["aud"]),
        (&"local-client@clients".into(), &"urn:it's".into())
    );
    let user = paste(&lines, "USER_TOKEN", "").await;
    assert_eq!(part(&user, 1)["sub"], "auth0|local-user");
    let downstream = part(&paste(&lines, "DOWNSTREAM_TOKEN", &user).await, 1);
    assert_eq!((&downstream["aud"], &downstream["act"]["sub"]), (&"urn:next".into(), &"local-api-client".into()));
    let google = paste(&lines, "GOOGLE_TOKEN", &user).await;
    let third_party = lines.iter().find(|line| line.ends_with("Bearer $GOOGLE_TOKEN\"")).unwrap();
    let url = third_party.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let answer = send("GET", url, &[("authorization", &format!("Bearer {google}"))], "").await.unwrap();
    assert_eq!((answer.status, answer.json()["connection"].as_str()), (200, Some("google-oauth2")));
}

/// Sends the request of the printed command that sets a shell variable, and returns the token.
async fn paste(lines: &[String], variable: &str, user_token: &str) -> String {
    let command = lines.iter().skip_while(|line| !line.trim().starts_with(&format!("{variable}=$(curl -s "))).skip(1);
    let fields = command.map_while(|line| line.trim().strip_prefix("--data-urlencode ")?.strip_suffix(" \\"));
    let unquoted = |value: &str| match value {
        "\"$USER_TOKEN\"" => user_token.to_owned(),
        value => value.trim_matches('\'').replace(r"'\''", "'"),
    };
    let fields: Vec<_> =
        fields.map(|field| field.split_once('=').unwrap()).map(|(name, value)| (name, unquoted(value))).collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let domain = lines.iter().find_map(|line| line.trim().strip_prefix("domain ")).unwrap().trim();
    let answer = post_form(&format!("{domain}/oauth/token"), &[], &Form::new(&fields).body()).await;
    assert_eq!(answer.status, 200, "{variable}: {}", answer.body);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_port_in_use_is_reported_with_a_hint() {
    let (_tenant, lines) = run(&["--port", "0"]);
    let port = lines.iter().find_map(|line| line.split_once("http://127.0.0.1:")).unwrap().1.to_owned();
    let output = local_tenant(&["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("choose another port with --port"));
}

/// A running program, killed when this value is dropped.
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
