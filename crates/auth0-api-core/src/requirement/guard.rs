//! Requirements as types.

use super::Requirement;

/// A requirement as a type, for `Scoped<G>` of the adapters.
///
/// ```
/// use auth0_api_core::{Guard, Requirement};
///
/// struct ReadMessages;
///
/// impl Guard for ReadMessages {
///     fn requirement() -> Requirement {
///         Requirement::scope("read:messages")
///     }
/// }
/// ```
pub trait Guard: 'static {
    /// Returns the requirement that a token must meet. It is called on every request.
    fn requirement() -> Requirement;
}
