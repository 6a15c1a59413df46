//! Tests of the program `auth0-api`, run as a developer runs it. `auth0-api tenant` also passes the tests of
//! `local-tenant`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

#[path = "../../../auth0-api-testing/tests/it/binary.rs"]
mod binary;
#[path = "../../../auth0-api-testing/tests/it/caller.rs"]
#[expect(dead_code, reason = "the tests of auth0-api-testing use more of it")]
mod caller;
mod check;
mod check_environment;
#[path = "../../../auth0-api-testing/tests/it/config.rs"]
mod config;
mod doctor;
#[path = "../../../auth0-api-testing/tests/it/process.rs"]
mod process;
mod profiles;
mod profiles_changed;
mod proof;
mod tls;
mod tools;

/// The program that the tests start, and its first arguments.
const PROGRAM: &str = env!("CARGO_BIN_EXE_auth0-api");
const ARGUMENTS: [&str; 1] = ["tenant"];
