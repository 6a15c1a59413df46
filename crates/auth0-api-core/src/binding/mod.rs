//! Errors of a token that is bound to a key or a certificate, and of its proof.

// For readers of the code:
//
// What the `cnf` claim demands of a client: a proof, a certificate, both, or nothing.
//
// 1. `confirmation`: reads what the token is bound to.
// 2. `binder`: checks that the client has everything that the token is bound to.
//
// The check of a proof is in `dpop`, and the check of a certificate is in `mtls`.

mod binder;
mod confirmation;
mod error;

pub use error::{BindingError, ConfirmationError};

pub(crate) use binder::Binder;
