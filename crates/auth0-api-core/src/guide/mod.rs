//! The guide: why each default is what it is, and how to run this in front of an API for years.

#[cfg(test)]
mod completeness_tests;

#[doc = include_str!("authorization.md")]
pub mod authorization {}

#[doc = include_str!("defaults.md")]
pub mod defaults {}

#[doc = include_str!("dpop.md")]
pub mod dpop {}

#[doc = include_str!("exchange.md")]
pub mod exchange {}

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

#[doc = include_str!("replay.md")]
pub mod replay {}

#[doc = include_str!("scaling.md")]
pub mod scaling {}

#[doc = include_str!("threats.md")]
pub mod threats {}
