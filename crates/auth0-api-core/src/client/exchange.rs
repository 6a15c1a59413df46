//! Token exchanges at the client: any grant, and the removal of a cached answer.

use crate::client::{ApiClient, Generation};
use crate::error::Error;
use crate::exchange::{ExchangeError, Grant, TokenSet};
use crate::meter;

impl ApiClient {
    /// Gets the tokens that a custom grant requests.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`].
    pub async fn exchange(&self, grant: &(impl Grant + ?Sized)) -> Result<TokenSet, ExchangeError> {
        exchange_in(&self.generation(), &grant).await
    }

    /// Removes an answer from the cache, so that the next call sends a request. Use this method when the other API
    /// rejected the token of this answer with 401, and when the token of a connected account grants too little: the user may
    /// connect the account again.
    ///
    /// If a newer answer has replaced this answer in the cache, the newer answer stays.
    ///
    /// ```no_run
    /// # use auth0_api_core::{ApiClient, ExchangeError, OnBehalfOf, VerifiedToken};
    /// # async fn get(_token: &str) -> u16 { 401 }
    /// # async fn run(api: &ApiClient, caller: &VerifiedToken, asked: OnBehalfOf) -> Result<(), ExchangeError> {
    /// let mut tokens = api.get_token_on_behalf_of(caller, asked.clone()).await?;
    /// if get(tokens.access_token().expose()).await == 401 {
    ///     api.invalidate(&tokens);
    ///     tokens = api.get_token_on_behalf_of(caller, asked).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn invalidate(&self, tokens: &TokenSet) {
        if let Some(exchanger) = &self.0.current.load().exchanger {
            exchanger.forget(tokens);
        }
    }
}

/// Exchanges with the settings of one generation, and counts the call.
pub(super) async fn exchange_in(generation: &Generation, grant: &(dyn Grant + '_)) -> Result<TokenSet, ExchangeError> {
    let outcome = match &generation.exchanger {
        Some(exchanger) => exchanger.exchange(grant).await,
        None => Err(ExchangeError::ClientAuthMissing),
    };
    meter::exchanged(outcome.as_ref().map_or_else(|error| Error::from(error.clone()).label(), |_| "exchanged"));
    outcome
}

#[cfg(all(test, feature = "metrics", feature = "reqwest"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::exchange::{ExchangeProfile, SessionTransfer, SubjectToken};
    use crate::meter::tests::Kept;

    #[test]
    fn each_call_counts_with_the_label_of_its_error() {
        let without_client = ApiClient::builder("tenant.example", "https://api.example.com").build().unwrap();
        let builder = ApiClient::builder("tenant.example", "https://api.example.com");
        let client = builder.client_auth(crate::ClientAuth::secret_post("client", "secret")).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let kept = Kept::default();
        metrics::with_local_recorder(&kept, || {
            runtime.block_on(async {
                let blank = || SubjectToken::unverified(" ");
                let profile = || ExchangeProfile::new("urn:acme:session", "https://orders.example.com");
                assert!(without_client.get_token_by_exchange_profile(blank(), profile()).await.is_err());
                assert!(client.get_token_by_exchange_profile(blank(), profile()).await.is_err());
                let transfer = || SessionTransfer::new("urn:acme:session", "actor", "urn:acme:actor");
                assert!(without_client.get_session_transfer_token(blank(), transfer()).await.is_err());
                assert!(client.get_session_transfer_token(blank(), transfer()).await.is_err());
            });
        });
        assert_eq!(
            kept.lines(),
            [
                "auth0_api_exchanges_total{outcome=exchange_client_auth_missing} 2",
                "auth0_api_exchanges_total{outcome=exchange_subject_malformed} 2",
            ]
        );
    }
}
