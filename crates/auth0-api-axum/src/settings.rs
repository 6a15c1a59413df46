//! The settings of a layer.

use auth0_api_core::adapter::Gate;

/// The gate that decides about requests, and what builds the bodies of rejections.
#[derive(Clone, Debug)]
pub(crate) struct Settings<R> {
    pub(crate) gate: Gate,
    pub(crate) body: R,
}
