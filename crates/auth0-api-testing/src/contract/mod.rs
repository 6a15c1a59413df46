//! What the library expects of the parts that others may write, as suites that panic where a promise is broken.
//!
//! Call the suite from a test of your own.

pub mod adapter;
mod replay_store;

pub use adapter::suite::adapter;
pub use replay_store::replay_store;
