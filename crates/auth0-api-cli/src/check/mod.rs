//! `auth0-api check`: explains why an API accepts or rejects a token, with the verifier of the API itself.
//!
//! ```text
//! standard input ── input ──▶ Presented ─┐
//!                                        ├─ judge ──▶ Report ──▶ text or json
//! flags, environment ── settings ────────┘
//! ```
//!
//! `judge` asks core for the result. [`Check`](auth0_api_core::Check) says which check failed, and so which ones
//! passed before it and which ones did not run. `unverified` decodes what is shown, `differences` finds the values that differ,
//! and `remedy` says what to do. No other module sees a signature, and none prints a token.

mod called_url;
mod differences;
mod input;
mod json;
mod judge;
mod moment;
mod offline;
mod options;
mod program;
mod remedy;
mod report;
mod settings;
mod text;
mod unverified;

#[cfg(test)]
mod label_tests;
#[cfg(test)]
mod screen_tests;
#[cfg(test)]
mod vector_tests;

pub(crate) use input::Presented;
pub(crate) use options::CheckOptions;
pub(crate) use program::run;
pub(crate) use unverified::Unverified;
