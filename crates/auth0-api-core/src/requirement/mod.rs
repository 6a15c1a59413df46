//! Errors of a token that does not meet a [`Requirement`].

// For readers of the code:
//
// Requirements: what a route requires of a caller with a valid token.
//
// A `Requirement` is checked against a `VerifiedToken`. If several parts are not met,
// `assessment` chooses the one `RequirementError` to report, which becomes one challenge.
//
// 1. `conjunction`: the requirement, its parts, and how they are combined.
// 2. `constructors` and `callers`: everything that a route can require. `scope_hierarchy`: scopes that include others.
//    `scope_alternatives`: the scopes of a requirement as data.
// 3. `fact`, `actor`, `authorization_detail`, `claim` and `step_up`: the rules. They know
//    only the token and the error.

// rustdoc shows the methods of `Requirement` in the order of these modules.
mod constructors;

mod callers;

pub(crate) mod conjunction;

mod scope_alternatives;

mod actor;
mod assessment;
mod authorization_detail;
mod claim;
mod error;
mod fact;
#[cfg(test)]
mod property_tests;
pub(crate) mod scope_hierarchy;
pub(crate) mod step_up;
mod texts;

pub(crate) use conjunction::Requirement;
pub use error::RequirementError;
