//! Requirements as types.

use super::Requirement;

/// A requirement with a name: what `Scoped<G>` of the adapters asks for.
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
    /// What a token must meet. It is asked for with every request.
    fn requirement() -> Requirement;
}
