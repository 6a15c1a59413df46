//! Connecting accounts of a user from a server: the My Account API's connected accounts
//! ([Auth0](https://auth0.com/docs/secure/tokens/token-vault/connected-accounts-for-token-vault)).
//!
//! Token Vault has tokens of an account only after the user has connected it. A backend or an MCP server connects an
//! account in three steps:
//!
//! 1. [`MyAccountClient::connect`] begins, and returns a [`PendingConnection`] with a URL.
//! 2. The user's browser opens the URL, and the user allows the access at the provider. The tenant redirects the browser to
//!    the application's redirect URI.
//! 3. [`MyAccountClient::complete`] takes the query of that redirect.
//!
//! [`MyAccountClient::connections`] lists what a user can connect, and [`MyAccountClient::list`] what they have connected.
//!
//! Each request needs a [`UserToken`]: a token of the user for the My Account API, whose identifier is
//! [`MyAccountClient::audience`]. A backend gets it with a [`RefreshToken`](crate::exchange::RefreshToken).
//!
//! ```no_run
//! use auth0_api_core::connected_accounts::{
//!     Connect, MyAccountClient, PendingConnection, UserToken,
//! };
//! use auth0_api_core::exchange::RefreshToken;
//! use auth0_api_core::ApiClient;
//!
//! # async fn run(api: ApiClient, refresh_token: String, query_of_the_redirect: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let accounts = api.connected_accounts()?;
//! let asked = RefreshToken::new(refresh_token)
//!     .audience(accounts.audience())
//!     .scope("create:me:connected_accounts");
//! let tokens = api.get_token_by_refresh_token(asked).await?;
//! // If the refresh token rotates, its successor is in `tokens`, or in the error: store it.
//! let user = UserToken::bearer(tokens.access_token());
//!
//! let calendar = Connect::new("google-oauth2", "https://app.example.com/connected")
//!     .scopes(["calendar.read"]);
//! let pending = accounts.connect(&user, calendar).await?;
//! println!("open {}", pending.url());
//! let kept_in_the_session_of_the_user = pending.to_session();
//!
//! // At the redirect URI, in the same session:
//! let pending = PendingConnection::from_session(&kept_in_the_session_of_the_user)?;
//! let account = accounts.complete(&user, pending, query_of_the_redirect).await?;
//! println!(
//!     "connected {} with {:?}",
//!     account.connection(),
//!     account.scopes().collect::<Vec<_>>()
//! );
//! # Ok(())
//! # }
//! ```

mod account;
mod callback;
mod client;
mod connection;
mod error;
mod flow;
mod paging;
mod pending;
mod sender;
mod user_token;

pub use account::{AccountPage, AccountQuery, ConnectedAccount};
pub use client::MyAccountClient;
pub use connection::{AvailableConnection, ConnectionPage, ConnectionQuery};
pub use error::{ConnectError, MyAccountProblem};
pub use pending::{Connect, PendingConnection};
pub use user_token::UserToken;
