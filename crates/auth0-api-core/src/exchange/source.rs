//! Gets tokens from the token endpoint: discovers it, sends the request, and reads the answer.

use std::sync::Arc;

use super::endpoint::Endpoint;
use super::prepared::Prepared;
use super::sender::Sender;
use super::{ExchangeError, TokenSet, report, response};

/// Gets tokens from the token endpoint, without a cache.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) sender: Sender,
    pub(super) endpoint: Arc<Endpoint>,
}

impl Source {
    pub(super) async fn fetch(self: Arc<Self>, prepared: Prepared) -> Result<TokenSet, ExchangeError> {
        let fetched = self.tokens(&prepared).await;
        report::observe(&prepared.grant_type, &fetched);
        fetched
    }

    pub(super) async fn tokens(&self, prepared: &Prepared) -> Result<TokenSet, ExchangeError> {
        let url = self.endpoint.url().await?;
        let answer = self.sender.answer(&url, prepared).await?;
        let tokens = response::read(&answer, &prepared.expected, self.sender.clock.now())?;
        Ok(TokenSet::new(tokens, prepared.origin.clone()))
    }
}
