//! Requirements: what a route requires of a caller with a valid token.
//!
//! A [`Requirement`] is checked against a [`VerifiedToken`](crate::VerifiedToken). If several parts are not met,
//! [`assessment`] chooses the one [`RequirementError`] to report, which becomes one challenge. Each other file defines
//! one kind of part.

mod actor;
mod assessment;
mod claim;
mod conjunction;
mod error;
mod fact;
mod guard;
mod organization;
mod part;
#[cfg(test)]
mod property_tests;
mod step_up;
mod texts;

pub use conjunction::Requirement;
pub use error::RequirementError;
pub use guard::Guard;
pub use step_up::StepUp;
