//! The printed commands, as a shell reads them.

use std::process::Stdio;

use reqwest::{Client, Response};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

use crate::{PATIENCE, assert_fits_80_columns, quickstart};

#[tokio::test]
async fn each_printed_command_gets_the_status_that_is_printed_above_it() {
    let (mut program, text) = served().await;
    assert_fits_80_columns(&text);
    let commands = commands(&text);
    let client = Client::builder().no_proxy().build().unwrap();
    let parts = [
        "Hello from a public endpoint!",
        "missing_credentials",
        "Hello from a private endpoint!",
        "insufficient_scope",
        "Hello from a private endpoint that needs read:messages!",
        "delegation_chain",
        "user@google.example",
        "account_not_linked",
        "access_token",
    ];
    assert_eq!(commands.len(), parts.len(), "{text}");
    for ((expected, command), part) in commands.iter().zip(parts) {
        let response = paste(&client, command).await;
        assert_eq!(response.status().as_str(), expected, "{command}");
        assert!(response.text().await.unwrap().contains(part), "{command}");
    }

    let issued = paste(&client, &commands[8].1).await.text().await.unwrap();
    let issued: serde_json::Value = serde_json::from_str(&issued).unwrap();
    let own = format!("{} -H \"Authorization: Bearer {}\"", commands[1].1, issued["access_token"].as_str().unwrap());
    assert_eq!(paste(&client, &own).await.status(), 200);
    program.kill().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_shell_reads_the_tokens_as_one_word() {
    let (mut program, text) = served().await;
    // All that is in front of the first command, with the comments.
    let lines = text.lines().skip_while(|line| !line.starts_with("API="));
    let mut script = lines.take_while(|line| !line.starts_with("Then call")).collect::<Vec<_>>().join("\n");
    script.push_str("\nprintf '%s\\n' \"$API\" \"$TOKEN\" \"$READER\"\n");
    let output = timeout(PATIENCE, tokio::process::Command::new("sh").args(["-c", &script]).output()).await.unwrap();
    let output = String::from_utf8(output.unwrap().stdout).unwrap();
    let expected = ["API", "TOKEN", "READER"].map(|name| value(&text, name));
    assert_eq!(output.lines().collect::<Vec<_>>(), expected, "{script}");
    program.kill().await.unwrap();
}

/// Starts the program with `--serve`, and returns it with what it prints.
async fn served() -> (Child, String) {
    let mut program = quickstart(&["--serve"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut text = String::new();
    loop {
        let line = timeout(PATIENCE, printed.next_line()).await.unwrap().unwrap().unwrap();
        if line == "Press Ctrl-C to stop." {
            return (program, text);
        }
        text.push_str(&line);
        text.push('\n');
    }
}

/// Returns each command with the status above it. The variables of the shell have their values.
fn commands(text: &str) -> Vec<(String, String)> {
    let joined = text.replace("\\\n", "");
    let lines: Vec<_> = joined.lines().collect();
    let commands = lines.windows(2).filter(|pair| pair[1].starts_with("  curl "));
    let with_values = |line: &str| {
        ["API", "TOKEN", "READER"]
            .iter()
            .fold(line.to_owned(), |line, name| line.replace(&format!("${name}"), &value(text, name)))
    };
    commands.map(|pair| (pair[0].split(' ').next().unwrap().to_owned(), with_values(pair[1]))).collect()
}

/// Returns the value of a variable.
fn value(text: &str, name: &str) -> String {
    let joined = text.replace("\\\n", "");
    let line = joined.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap();
    line.trim_matches('"').to_owned()
}

/// Sends the request of a curl command: a GET, or a POST of the `-d` fields.
async fn paste(client: &Client, line: &str) -> Response {
    let words: Vec<_> = line.split_whitespace().collect();
    let url = words.iter().find(|word| word.starts_with("http")).unwrap();
    let fields: Vec<_> = words.windows(2).filter(|pair| pair[0] == "-d").map(|pair| pair[1]).collect();
    let mut request = client.get(*url);
    if !fields.is_empty() {
        request = client.post(*url).header("content-type", "application/x-www-form-urlencoded").body(fields.join("&"));
    }
    if let Some((_, header)) = line.split_once("-H \"Authorization: ") {
        request = request.header("authorization", header.trim_end_matches('"'));
    }
    request.send().await.unwrap()
}
