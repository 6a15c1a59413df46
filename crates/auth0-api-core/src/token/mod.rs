//! Errors of claims. [`VerifiedToken`] reads them.

// For readers of the code:
//
// Access tokens: the checks of signed claims, and the methods that read the claims. There is no I/O.
//
// Only `TokenPolicy::validate` turns signed claims into `ValidClaims`.

// rustdoc shows the methods of `VerifiedToken` in the order of these modules.
pub(crate) mod verified;

mod subject;

mod authorization_details;

pub(crate) mod actor;
pub(crate) mod binding;
pub(crate) mod caller;
mod claims;
mod error;
mod evidence;
mod numeric_date;
pub(crate) mod organization;
mod policy;
mod times;

pub(crate) use actor::Actor;
pub use actor::ActorError;
pub(crate) use binding::Binding;
pub(crate) use caller::Caller;
pub use error::{AuthorizationDetailsError, ClaimsError, TokenError};
pub(crate) use organization::Organization;
pub(crate) use verified::{AccessToken, VerifiedToken};

pub(crate) use actor::{chain as delegation_chain, current as current_actor, depth as delegation_depth};
pub(crate) use authorization_details::{
    NAME as AUTHORIZATION_DETAILS, members as details_of, read as read_details, type_of as type_of_detail,
};
pub(crate) use claims::{Signed, ValidClaims};
pub(crate) use numeric_date::NumericDate;
pub(crate) use organization::{OrganizationDiffers, is_organization};
pub(crate) use policy::{AcceptedAudiences, Audience, TokenPolicy};
pub(crate) use times::{Leeway, MaxAge, TimeLimit, TimePolicy, Times};
