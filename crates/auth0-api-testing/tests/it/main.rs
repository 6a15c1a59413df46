//! Tests of the local tenant over a real socket, as an API and its clients use it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

#[cfg(feature = "tls")]
mod address;
mod approvals;
mod audiences;
mod back_channel;
#[cfg(feature = "cli")]
mod binary;
mod browser;
mod caller;
mod client_documents;
mod clients;
#[cfg(feature = "cli")]
mod config;
mod connected_accounts;
mod documents;
mod dpop;
mod exchange_profiles;
mod foreign;
mod kinds;
mod logout;
mod management;
mod minting;
mod misbehaviour;
mod on_behalf_of;
mod organizations;
mod pages;
mod privileged_worker;
#[cfg(feature = "cli")]
mod process;
mod refresh_tokens;
mod request_log;
mod resource_parameter;
mod resource_servers;
mod rotation;
mod session_transfer;
mod sessions;
mod sign_in;
mod token_vault;
mod tokens;
mod visitor;
mod world;

/// The program that the tests start, and its first arguments.
#[cfg(feature = "cli")]
const PROGRAM: &str = env!("CARGO_BIN_EXE_local-tenant");
#[cfg(feature = "cli")]
const ARGUMENTS: [&str; 0] = [];
