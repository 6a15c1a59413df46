//! What a route asks of a caller whose token is good.
//!
//! A [`Requirement`] is held against a [`VerifiedToken`](crate::VerifiedToken); what is lacking becomes one [`RequirementError`], and that one
//! challenge. How it is chosen is decided in [`assessment`]; each other file knows one kind of thing to ask for.

mod actor;
mod assessment;
mod check;
mod claim;
mod error;
mod fact;
mod guard;
mod organization;
mod part;
#[cfg(test)]
mod property_tests;
mod step_up;
mod texts;

pub use check::Requirement;
pub use error::RequirementError;
pub use guard::Guard;
pub use step_up::StepUp;
