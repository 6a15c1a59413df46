//! Keeps the servers running, and prints commands to paste, each with the answer to expect.

use std::io;

use auth0_api_testing::LocalTenant;

use crate::page::{ACCEPTED, COLUMNS, HEADING, REJECTED};

pub(crate) async fn until_interrupted(tenant: &LocalTenant, url: &str) -> io::Result<()> {
    heading("Paste these lines into another terminal. The tokens are valid for one hour.");
    anstream::println!("API={url}");
    heading("# TOKEN, of a user, without scopes");
    variable("TOKEN", &tenant.mint().sign());
    heading("# READER, of the same user, with the scope read:messages");
    variable("READER", &tenant.mint().scope("read:messages").sign());

    heading("Then call the API. Each command has the answer that you will get.");
    command(200, "a public route, no token", "/api/public", "");
    command(401, "no token", "/api/private", "");
    command(200, "a valid token", "/api/private", "TOKEN");
    command(403, "a valid token without the scope of the route", "/api/private-scoped", "TOKEN");
    command(200, "a valid token with that scope", "/api/private-scoped", "READER");
    command(200, "another API of the tenant, which the API calls for the user", "/api/calendar", "TOKEN");
    command(200, "the API of Google, with the account of the user", "/api/connected/google-oauth2", "TOKEN");
    command(403, "the API of Slack, where the user has linked no account", "/api/connected/slack", "TOKEN");
    own_token(tenant);
    anstream::println!("\nPress Ctrl-C to stop.");
    tokio::signal::ctrl_c().await
}

fn heading(text: &str) {
    anstream::println!("\n{HEADING}{text}{HEADING:#}");
}

/// Prints a command that sets a shell variable. Its lines end in a backslash, which continues them within the quotes, and
/// are not indented: an indentation would be a part of the value.
fn variable(name: &str, value: &str) {
    let text: Vec<_> = format!("{name}=\"{value}\"").chars().collect();
    let lines: Vec<String> = text.chunks(COLUMNS - 1).map(|line| line.iter().collect()).collect();
    anstream::println!("{}", lines.join("\\\n"));
}

fn command(status: u16, expected: &str, path: &str, token: &str) {
    let style = if status == 200 { ACCEPTED } else { REJECTED };
    let header = if token.is_empty() { String::new() } else { format!(" -H \"Authorization: Bearer ${token}\"") };
    anstream::println!("\n{style}{status}{style:#}  {expected}\n  curl -i $API{path}{header}");
}

fn own_token(tenant: &LocalTenant) {
    let (id, secret) = (tenant.client_id(), tenant.client_secret());
    anstream::println!("\n{ACCEPTED}200{ACCEPTED:#}  a token of your own, with client credentials");
    anstream::println!("  curl -s {}/oauth/token \\", tenant.domain());
    anstream::println!("    -d grant_type=client_credentials -d client_id={id} \\");
    anstream::println!("    -d client_secret={secret} \\");
    anstream::println!("    -d audience={}", tenant.audience());
}
