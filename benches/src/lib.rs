//! Measures the cost of verification. Candidates run in turn, the results are medians, and every ratio compares a
//! candidate with a floor that was measured in the same run.
//!
//! Absolute times depend on the machine and on the run.

pub mod actix;
pub mod exchange;
#[cfg(feature = "allocations")]
pub mod fetch;
pub mod flood;
pub mod floor;
pub mod hostile;
#[cfg(feature = "allocations")]
pub mod mcp;
pub mod routed;
pub mod scenarios;
pub mod servers;

mod measure;

pub use measure::{Candidate, Effort, compare};
