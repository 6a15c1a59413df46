//! The settings of a layer.

use auth0_api_core::adapter::Gate;

use crate::rejection::Style;

/// The gate that decides about requests, and how the layer answers those that it rejects.
#[derive(Clone, Debug)]
pub(crate) struct Settings<R> {
    pub(crate) gate: Gate,
    pub(crate) style: Style<R>,
}

impl<R> Settings<R> {
    pub(crate) fn new(gate: Gate, body: R) -> Self {
        Self { gate, style: Style { body, grpc: false } }
    }
}
