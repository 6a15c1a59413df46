//! An adapter for salvo. `auth0_api_core::adapter` decides which requests pass; each
//! function here only translates.

mod answer;
mod extract;
mod hoop;

pub use answer::{HandlerError, metadata_routes};
pub use extract::{Admitted, Claims, EndUserAddress, FromAdmission, Scoped};
pub use hoop::{Auth, Require, end_preflight};
