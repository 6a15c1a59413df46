//! Which settings, methods and paths are accepted.

use auth0_api_core::ClientAuth;
use auth0_api_mcp::connect::{ConnectAccounts, ConnectBuildError};

use crate::people::{World, builder_of, key};

#[tokio::test]
async fn other_methods_are_rejected_and_other_paths_are_not_taken() {
    let world = World::new().await;
    let (uri, other) = (world.accounts.paths()[0].parse().unwrap(), "/connect/start/".parse().unwrap());
    let headers = http::HeaderMap::new();
    let answer = world.accounts.answer(&http::Method::POST, &uri, &headers).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, "GET"));
    let confirm = world.accounts.paths()[2].parse().unwrap();
    let answer = world.accounts.answer(&http::Method::PUT, &confirm, &headers).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, "GET, POST"));
    assert!(world.accounts.answer(&http::Method::GET, &other, &headers).await.is_none());
}

#[tokio::test]
async fn settings_are_checked() {
    let world = World::new().await;
    let build = |base: &str, seconds| {
        let builder = builder_of(&world.tenant, &world.clock, base);
        builder.ticket_lifetime(std::time::Duration::from_secs(seconds)).build()
    };
    assert!(build("https://mcp.example.com/connect", 10).is_ok());
    assert!(matches!(build("http://mcp.example.com", 10), Err(ConnectBuildError::BaseUrl)));
    assert!(matches!(build("https://mcp.example.com", 9), Err(ConnectBuildError::TicketLifetime)));
    assert!(matches!(build("https://mcp.example.com", 3601), Err(ConnectBuildError::TicketLifetime)));
    let login = ClientAuth::secret_post("id", "secret");
    let plain = ConnectAccounts::builder("http://tenant.example.com", login, "https://mcp.example.com", &key()).build();
    assert!(matches!(plain, Err(ConnectBuildError::Login(_))));
}
