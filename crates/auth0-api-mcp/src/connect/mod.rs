//! Sends a person to a page of this server, because a tool needs something that only the person can give: a connected
//! account, a consent, a stronger login.
//!
//! MCP calls this *URL elicitation*. The tool answers with a URL, the client shows it, and the person opens it in a browser:
//!
//! 1. The URL belongs to this server. Its ticket is sealed: it is unguessable, expires, says nothing about the caller, and
//!    is bound to the caller's issuer and subject. It grants nothing to the person who opens it.
//! 2. This server sends the browser to the tenant, to log in: authorization code with PKCE
//!    ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)), `state` and `nonce`, for a client of this server's own.
//!    If the caller acts in an organization, the login is for this organization.
//! 3. The server verifies the ID token, and compares its issuer, its subject and its organization with those of the ticket.
//!    Another person is turned away, and nothing happens.
//! 4. A page names the account, the person and the client, and asks to confirm. Nothing has happened before that.
//! 5. With the access token of this login, which is for the My Account API, the server begins
//!    [Connect Accounts](auth0_api_core::connected_accounts), and the ticket is used up: it works once. The person allows the
//!    access at the provider.
//! 6. The browser comes back, the server completes the connection, and a page says what has happened. If the provider has
//!    granted less than the tool needs, the page names what is missing. The tool, called again, gets the token of the account.
//!
//! Each step that changes something ends with a redirect to a page that only shows something: a person can reload the
//! question and the last page, and a browser repeats no step.
//!
//! # What is stored
//!
//! Nothing on the server. The state of a flow is in the ticket and in a cookie of the browser, both encrypted and authenticated
//! (AES-256-GCM) with the [`SharedKey`](crate::SharedKey). After the login, the cookie contains the access
//! token for the My Account API. So any of fifty replicas can continue what another one began, and a
//! stranger who opens URLs fills no memory. Only the ids of used logins, confirmations and tickets are kept, until they expire, in a
//! [`ReplayStore`](auth0_api_core::dpop::ReplayStore): in memory by default. Replicas share one, such as that of
//! `auth0-api-redis`. Without a shared one, a ticket works once at each replica, and still only for its person.
//!
//! # The client in the tenant
//!
//! Logins need an application of the type *Regular Web Application*: a Custom API client, which exchanges the tokens of
//! callers, has no login. Its *Allowed Callback URLs* are [`ConnectAccounts::callback_urls`]. Grant it the scope
//! `create:me:connected_accounts` of the My Account API. If callers act in organizations, let their members use it.
//!
//! ```
//! use auth0_api_core::ClientAuth;
//! use auth0_api_mcp::SharedKey;
//! use auth0_api_mcp::connect::ConnectAccounts;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let key = SharedKey::new("y5mgl7SuYrJk4HPSwXrKnlcMVbCPFXgsbfWbWxLfcZk=")?;
//! let web = ClientAuth::secret_post("web-client-id", "web-client-secret");
//! let accounts = ConnectAccounts::builder(
//!     "tenant.eu.auth0.com",
//!     web,
//!     "https://mcp.example.com/connect",
//!     &key,
//! )
//! .build()?;
//! assert_eq!(accounts.callback_urls()[0], "https://mcp.example.com/connect/signed-in");
//! # Ok(())
//! # }
//! ```
//!
//! Serve the pages with [`ConnectLayer`], with `connect_routes` of the feature `axum`, or with
//! [`ConnectAccounts::answer`]. They need no access token: serve them outside of the layer that verifies requests.

mod accounts;
mod base_url;
mod builder;
mod confirming;
mod cookie;
mod elicitation;
mod ending;
mod errand;
mod error;
mod failure;
mod finishing;
mod flow;
mod layer;
mod logging_in;
mod login;
mod page;
mod path;
mod query;
mod response;
#[cfg(feature = "axum")]
mod routes;
mod shared;
mod step;
mod used;

pub use accounts::ConnectAccounts;
pub use builder::{ConnectAccountsBuilder, ConnectBuildError};
#[cfg(feature = "rmcp")]
pub(crate) use elicitation::URL_ELICITATION_REQUIRED;
pub use elicitation::{ElicitationAnswer, UrlElicitation};
pub use errand::SignIn;
pub use error::ElicitationError;
pub use layer::{ConnectFuture, ConnectLayer, ConnectService};
pub use response::ElicitationResponse;
pub(crate) use response::INPUT;
#[cfg(feature = "axum")]
pub use routes::connect_routes;
