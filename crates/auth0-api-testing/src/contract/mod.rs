//! Test suites for the parts that other crates may implement: adapters for web frameworks and replay stores.
//!
//! Call a suite from a test of your implementation. It panics if the implementation breaks a promise.

pub mod adapter;
mod replay_store;

pub use adapter::suite::adapter;
pub use replay_store::replay_store;
