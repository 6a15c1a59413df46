//! `auth0-api proof`: makes a DPoP proof by hand ([RFC 9449 §4](https://www.rfc-editor.org/rfc/rfc9449#section-4)), for people
//! who debug a client or an API.
//!
//! ```text
//! standard input ── token ──▶ IssuedToken ─┐
//!                                          ├─ program ──▶ a header line
//! --key, --new-key ── key ──▶ Key ─────────┘
//! ```
//!
//! Core signs the proof. `binding` compares the token with the key, and says what an API would object to.

mod binding;
mod key;
mod options;
mod program;
mod token;

pub(crate) use options::ProofOptions;
pub(crate) use program::run;
