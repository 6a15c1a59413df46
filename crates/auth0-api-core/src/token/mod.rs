//! Errors of claims. [`VerifiedToken`] reads them.

// For readers of the code:
//
// Access tokens: the checks of signed claims, and the methods that read the claims. There is no I/O.
//
// Only `TokenPolicy::validate` turns signed claims into `ValidClaims`.

mod actor;
pub(crate) mod binding;
mod caller;
mod claims;
mod error;
mod numeric_date;
pub(crate) mod organization;
mod policy;
mod times;
pub(crate) mod verified;

pub use actor::ActorError;
pub(crate) use binding::Binding;
pub use error::{ClaimsError, TokenError};
pub(crate) use organization::Organization;
pub(crate) use verified::{AccessToken, VerifiedToken};

pub(crate) use actor::{chain as delegation_chain, current as current_actor};
pub(crate) use claims::{Signed, ValidClaims};
pub(crate) use numeric_date::NumericDate;
pub(crate) use organization::{OrganizationDiffers, is_organization};
pub(crate) use policy::{AcceptedAudiences, TokenPolicy};
pub(crate) use times::{Leeway, MaxAge, TimeLimit, TimePolicy, Times};
