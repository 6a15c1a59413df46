//! The guide: how to configure this crate, why each default has its value, and how to run an API with it for years.
//!
//! | to | read |
//! |---|---|
//! | compare with auth0-api-js, line by line | [`auth0_api_js`] |
//! | decide which callers a route accepts | [`authorization`] |
//! | let pages in browsers call the API | [`browsers`] |
//! | look up a number and its reason | [`defaults`] |
//! | move clients from Bearer to DPoP | [`dpop`] |
//! | accept tokens that the tenant encrypts | [`encryption`] |
//! | get a token for another API, and call it | [`exchange`] |
//! | end the access of users who have logged out | [`logout`] |
//! | end a stream or a WebSocket with its token | [`long_connections`] |
//! | protect an MCP server | [`mcp`] |
//! | let clients discover where to get a token | [`metadata`] |
//! | accept tokens that are bound to client certificates | [`mtls`] |
//! | set up logs, metrics and health checks | [`operating`] |
//! | run the API behind proxies | [`proxies`] |
//! | replace settings while the API serves | [`reload`] |
//! | reject proofs that are used twice | [`replay`] |
//! | plan cores, memory and replicas | [`scaling`] |
//! | review the security | [`threats`] |
//! | set up token requests: tenant, cache, limits, errors | [`token_requests`] |

#[cfg(test)]
mod completeness_tests;
#[cfg(test)]
mod line_counts_tests;

#[doc = include_str!("auth0_api_js.md")]
pub mod auth0_api_js {}

#[doc = include_str!("authorization.md")]
pub mod authorization {}

#[doc = include_str!("browsers.md")]
pub mod browsers {}

#[doc = include_str!("defaults.md")]
pub mod defaults {}

#[doc = include_str!("dpop.md")]
pub mod dpop {}

#[doc = include_str!("encryption.md")]
pub mod encryption {}

#[doc = include_str!("exchange.md")]
pub mod exchange {}

#[doc = include_str!("logout.md")]
pub mod logout {}

#[doc = include_str!("long_connections.md")]
pub mod long_connections {}

#[doc = include_str!("mcp.md")]
pub mod mcp {}

#[doc = include_str!("metadata.md")]
pub mod metadata {}

#[doc = include_str!("mtls.md")]
pub mod mtls {}

#[doc = include_str!("operating.md")]
pub mod operating {}

#[doc = include_str!("proxies.md")]
pub mod proxies {}

#[doc = include_str!("reload.md")]
pub mod reload {}

#[doc = include_str!("replay.md")]
pub mod replay {}

#[doc = include_str!("scaling.md")]
pub mod scaling {}

#[doc = include_str!("threats.md")]
pub mod threats {}

#[doc = include_str!("token_requests.md")]
pub mod token_requests {}
