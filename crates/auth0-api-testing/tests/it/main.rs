//! Tests of the local tenant over a real socket, as an API and its clients use it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

#[cfg(feature = "tls")]
mod address;
mod audiences;
#[cfg(feature = "cli")]
mod binary;
mod browser;
mod caller;
mod clients;
mod documents;
mod dpop;
mod exchange_profiles;
mod foreign;
mod logout;
mod minting;
mod misbehaviour;
mod on_behalf_of;
mod organizations;
mod refresh_tokens;
mod request_log;
mod rotation;
mod sessions;
mod token_vault;
mod tokens;
mod visitor;
mod world;
