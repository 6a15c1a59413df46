//! Measures actix-web: the middleware inside the process, and whole servers.

mod in_process;
mod servers;

pub use in_process::bearer;
pub use servers::{behind_the_middleware, by_hand, unchecked};
