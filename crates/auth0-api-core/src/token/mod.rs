//! Access tokens: which signed claims are valid here, and what an API learns from them. Pure.
//!
//! [`TokenPolicy::validate`](policy) turns signed claims into [`ValidClaims`]; only it makes them.

mod actor;
mod binding;
mod caller;
mod claims;
mod error;
mod numeric_date;
mod organization;
mod policy;
mod verified;

pub use actor::ActorError;
pub use binding::Binding;
pub use error::{ClaimsError, TokenError};
pub use organization::Organization;
pub use verified::{AccessToken, VerifiedToken};

pub(crate) use actor::{chain as delegation_chain, current as current_actor};
pub(crate) use claims::{Signed, ValidClaims};
pub(crate) use numeric_date::NumericDate;
pub(crate) use policy::TokenPolicy;
