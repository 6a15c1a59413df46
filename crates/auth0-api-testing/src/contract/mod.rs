//! What the library expects of the parts that others may write, as suites that panic where a promise is broken.
//!
//! Call the suite from a test of your own.

mod replay_store;

pub use replay_store::replay_store;
