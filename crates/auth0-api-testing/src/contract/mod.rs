//! Test suites for the parts that other crates may implement: replay stores, revocation stores, and adapters for web frameworks.
//!
//! Call a suite from a test of your implementation. The suite panics if the implementation violates a rule.

pub mod adapter;
mod replay_store;
mod revocation_store;

pub use adapter::run::adapter;
pub use replay_store::replay_store;
pub use revocation_store::revocation_store;
