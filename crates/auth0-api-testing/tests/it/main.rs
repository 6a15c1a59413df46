//! The local tenant over a real socket, as an API and its clients see it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

#[cfg(feature = "cli")]
mod binary;
mod caller;
mod documents;
mod dpop;
mod minting;
mod misbehaviour;
mod rotation;
mod tokens;
