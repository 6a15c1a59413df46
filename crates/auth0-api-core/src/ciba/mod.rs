//! Asking a user for approval on another device: client-initiated back-channel authentication
//! ([CIBA Core 1.0](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html)).
//!
//! 1. [`Ciba::start`] asks the tenant to notify the user, with a binding message that says what for.
//! 2. [`PendingApproval::wait`] asks the token endpoint at the tenant's interval, until the user has answered or the request
//!    expires. It asks less often after `slow_down` and after an outage.
//!
//! The user's answer is a [`TokenSet`](crate::TokenSet) or [`CibaError::Denied`]. To give up, drop the future of `wait`, or
//! call [`StopWaiting::stop`] from anywhere.
//!
//! ```no_run
//! use auth0_api_core::ciba::{Ciba, CibaError, CibaRequest};
//!
//! # async fn run(ciba: &Ciba) -> Result<(), CibaError> {
//! let asked = CibaRequest::new("auth0|ada", "Transfer 4711 to Bob")
//!     .scope("openid")
//!     .audience("https://bank.example.com");
//! let mut pending = ciba.start(asked).await?;
//! match pending.wait().await {
//!     Ok(tokens) => println!("approved: {:?}", tokens.scope()),
//!     Err(CibaError::Denied) => println!("denied"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```

mod client;
mod error;
mod pending;
mod request;

pub use client::Ciba;
pub use error::CibaError;
pub use pending::{PendingApproval, StopWaiting};
pub use request::CibaRequest;
