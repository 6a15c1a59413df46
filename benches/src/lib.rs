//! Measuring so that the figures can be believed: candidates take turns, medians are compared, and every ratio is against a
//! floor of the same run. Absolute times are of one machine on one day.

pub mod actix;
pub mod exchange;
pub mod floor;
pub mod scenarios;
pub mod servers;

mod measure;

pub use measure::{Candidate, Effort, compare};
