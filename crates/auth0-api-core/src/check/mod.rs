//! The checks of a request: their order, and which of them an error belongs to.

mod of_error;
mod order;
mod stage;

pub use order::Check;
pub use stage::Stage;
