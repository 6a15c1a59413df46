//! Reliable measurements: candidates take turns, medians are compared, and every ratio is to a floor measured in the
//! same run.
//!
//! Absolute times are from one machine on one day.

pub mod actix;
pub mod exchange;
pub mod floor;
pub mod scenarios;
pub mod servers;

mod measure;

pub use measure::{Candidate, Effort, compare};
