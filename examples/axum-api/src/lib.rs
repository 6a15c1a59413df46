//! The routes of the example, which the example `spa` serves too.

mod routes;

pub use routes::{app, cors};
