//! What the `cnf` claim demands of a client: a proof, a certificate, both, or nothing.
//!
//! 1. [`confirmation`]: reads what the token is bound to.
//! 2. [`binder`]: checks that the client has everything that the token is bound to.
//!
//! The check of a proof is in [`dpop`](crate::dpop), and the check of a certificate is in [`mtls`](crate::mtls).

mod binder;
mod confirmation;
mod error;

pub use error::{BindingError, ConfirmationError};

pub(crate) use binder::Binder;
