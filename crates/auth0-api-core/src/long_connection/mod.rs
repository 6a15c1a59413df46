//! Ends a long connection with its token: an event stream, a WebSocket, a gRPC stream.
//!
//! A request is verified when it arrives. A connection that stays open can outlive its token by hours.
//! [`ApiClient::until_ended`](crate::ApiClient::until_ended) returns a future that completes when the token ends:
//!
//! 1. at the expiry, as the verification counts it: with the [`leeway`](crate::ApiClientBuilder::leeway), and earlier if
//!    a [`max_token_age`](crate::ApiClientBuilder::max_token_age) says so;
//! 2. after a revocation: the [`RevocationList`](crate::revocation::RevocationList) is asked once per
//!    [`revocation_interval`](LongConnectionPolicy::revocation_interval);
//! 3. if the list has not answered for the time of [`outage_limit`](LongConnectionPolicy::outage_limit).
//!
//! No question delays the expiry: the future does not wait for an answer beyond it.
//!
//! The page on [long connections](crate::guide::long_connections) shows event streams, WebSockets and gRPC streams, and
//! how a browser hands over a token.

mod ended;
mod policy;
#[cfg(feature = "stream")]
mod stream;
mod until_ended;
mod watch;

pub use ended::Ended;
pub use policy::LongConnectionPolicy;
#[cfg(feature = "stream")]
pub use stream::EndsWithToken;
pub use until_ended::UntilEnded;

pub(crate) use watch::{Inquiry, Watch};
