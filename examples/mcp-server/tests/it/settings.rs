//! What an operator reads about a wrong configuration, and at the start.

use tokio::net::TcpListener;
use tokio::process::Command;

use crate::process::Server;

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "removes every setting, whatever its name")]
async fn everything_that_a_real_tenant_needs_and_is_missing_is_reported_at_once() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-server"));
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("AUTH0_") {
            command.env_remove(variable);
        }
    }
    command.env_remove("CALENDAR_URL").env_remove("MCP_SECRET").env("AUTH0_DOMAIN", "tenant.eu.auth0.com");
    let output = command.output().await.unwrap();
    let needed = "not set, and a real tenant needs it";
    let expected = format!(
        "the configuration is unusable: AUTH0_CLIENT_ID: {needed}; AUTH0_WEB_CLIENT_ID: {needed}; \
         AUTH0_WEB_CLIENT_SECRET: {needed}; CALENDAR_URL: {needed}; MCP_SECRET: {needed}; AUTH0_AUDIENCE: not set\n"
    );
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), (&*expected, Some(1)));
}

#[tokio::test]
async fn a_port_in_use_is_an_error_in_words() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-server"));
    let output = command.env_remove("AUTH0_DOMAIN").env("PORT", &port).output().await.unwrap();
    let expected = format!("PORT: another program listens on port {port}; 0 chooses a free port\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}

#[tokio::test]
async fn the_program_prints_what_it_serves() {
    let mut server = Server::start().await;
    let expected = [format!("issuer        {}/", server.tenant), format!("audience      {}", server.url)];
    for line in expected {
        assert_eq!(server.line().await, format!("  {line}"));
    }
}
