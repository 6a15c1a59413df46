//! An adapter for functions of AWS Lambda. `auth0_api_core::adapter` decides which requests
//! pass; each function here only translates.

pub mod gateway;
mod plain;

pub use plain::{Auth, Failure, check, extract, metadata};
