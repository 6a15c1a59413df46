//! What all requests of a layer share.

use auth0_api_core::ApiClient;

use crate::Revision;
use crate::receiving::BodyLimits;
use crate::requirements::Rules;
use crate::unnamed::DeniedLog;

/// The settings of a layer.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) api: ApiClient,
    pub(crate) rules: Rules,
    pub(crate) denied: DeniedLog,
    pub(crate) limits: BodyLimits,
    /// The oldest first.
    pub(crate) revisions: Vec<Revision>,
}
