//! Requirements as types.

use super::Requirement;

/// A requirement as a type, for `Scoped<G>` of the adapters. [`guard!`](crate::guard!) declares one.
pub trait Guard: 'static {
    /// Returns the requirement that a token must meet.
    fn requirement() -> &'static Requirement;
}

/// Declares a type that stands for a requirement, for `Scoped<G>` of the adapters.
///
/// ```
/// use auth0_api_core::{Requirement, guard};
///
/// guard!(ReadMessages = Requirement::scope("read:messages"));
/// guard!(pub Transfer = Requirement::scope("transfer:money").and(Requirement::user()));
/// ```
///
/// The requirement is made once, when a request needs it for the first time.
#[macro_export]
macro_rules! guard {
    ($visibility:vis $name:ident = $requirement:expr) => {
        #[doc = concat!("The requirement `", stringify!($requirement), "`.")]
        #[derive(Clone, Copy, Debug)]
        $visibility struct $name;

        impl $crate::Guard for $name {
            fn requirement() -> &'static $crate::Requirement {
                static REQUIREMENT: ::std::sync::LazyLock<$crate::Requirement> =
                    ::std::sync::LazyLock::new(|| $requirement);
                &REQUIREMENT
            }
        }
    };
}
