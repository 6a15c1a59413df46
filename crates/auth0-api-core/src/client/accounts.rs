//! Connected accounts at the client.

use crate::client::ApiClient;
use crate::connected_accounts::MyAccountClient;
use crate::exchange::ExchangeError;

impl ApiClient {
    /// Returns a client with which users connect accounts for Token Vault, at the domain at which this client exchanges
    /// tokens. Create it once: it remembers the tenant's nonce.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::ClientAuthMissing`] without [`client_auth`](crate::ApiClientBuilder::client_auth).
    pub fn connected_accounts(&self) -> Result<MyAccountClient, ExchangeError> {
        let generation = self.generation();
        let exchanger = generation.exchanger.as_ref().ok_or(ExchangeError::ClientAuthMissing)?;
        Ok(MyAccountClient::new(exchanger.issuer(), self.http_client(), exchanger.clock()))
    }
}
