//! What a fetcher shares with its clones and its requests.

use std::sync::Arc;

use crate::client::FetchClient;
use crate::engine::Engine;

/// What a [`Fetcher`](crate::Fetcher) shares with its clones and its requests.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) client: Arc<dyn FetchClient>,
    pub(crate) max_body_bytes: usize,
}
