//! Tokens that a backend requests without a token of a caller: for itself, with a refresh token that it keeps, and for an
//! absent user.

use crate::client::ApiClient;
use crate::exchange::{ClientCredentials, ExchangeError, PrivilegedWorker, RefreshToken, TokenSet};

impl ApiClient {
    /// Gets a token with which this API calls another API in its own name
    /// ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    ///
    /// Answers are cached: see [`ExchangeCache`](crate::exchange::ExchangeCache).
    ///
    /// # Errors
    ///
    /// [`ExchangeError`]. No error of this flow blames the caller.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use auth0_api_core::exchange::ClientCredentials;
    /// use auth0_api_core::{ApiClient, ExchangeError};
    ///
    /// # async fn run(api: &ApiClient) -> Result<(), ExchangeError> {
    /// let billing =
    ///     ClientCredentials::audience("https://billing.example.com").scope("write:invoices");
    /// let tokens = api.get_token_by_client_credentials(billing).await?;
    /// println!("granted {:?} until {:?}", tokens.scope(), tokens.expires_at());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "m2m")]
    pub async fn get_token_by_client_credentials(&self, asked: ClientCredentials) -> Result<TokenSet, ExchangeError> {
        self.exchange(&asked).await
    }

    /// Gets new tokens with a refresh token of this client
    /// ([RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    ///
    /// Each call sends a request. If the refresh token rotates, [`TokenSet::refresh_token`] is its successor: store it
    /// before you use the access token, and never use the old one again. Do not run two calls with the same refresh token
    /// at once: the tenant takes the second use for a theft. If the future is dropped, the successor may be lost: where a
    /// caller can go away, such as in a handler, let a task of its own make the call and store the successor.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`]. Also then the refresh token may have been replaced: store [`ExchangeError::successor`]. If the tenant rejects the refresh token, the [kind](crate::exchange::ServerErrorKind) is
    /// `InteractionRequired`: the user must log in again.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use auth0_api_core::exchange::RefreshToken;
    /// use auth0_api_core::{ApiClient, ExchangeError};
    ///
    /// # fn store(_next: &str) {}
    /// # async fn run(api: &ApiClient, stored: String) -> Result<(), ExchangeError> {
    /// let calendar = RefreshToken::new(stored)
    ///     .audience("https://calendar.example.com")
    ///     .scope("read:events");
    /// let tokens = api.get_token_by_refresh_token(calendar).await?;
    /// if let Some(next) = tokens.refresh_token() {
    ///     store(next.expose());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_token_by_refresh_token(&self, asked: RefreshToken) -> Result<TokenSet, ExchangeError> {
        self.exchange(&asked).await
    }

    /// Gets an access token for another company's API, for a user who is not present (Token Vault, privileged worker).
    ///
    /// The client signs the request itself instead of presenting a token of the user. Answers are cached by user,
    /// connection, audit context and the other values, not by the signed text.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`], as for [`get_access_token_for_connection`](Self::get_access_token_for_connection). If the tenant
    /// rejects the signed request, the [kind](crate::exchange::ServerErrorKind) is `Request`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use auth0_api_core::exchange::PrivilegedWorker;
    /// use auth0_api_core::jose::PrivateKey;
    /// use auth0_api_core::{ApiClient, ExchangeError};
    ///
    /// # async fn run(api: &ApiClient, key: &PrivateKey) -> Result<(), ExchangeError> {
    /// let import =
    ///     PrivilegedWorker::new("google-oauth2", "auth0|ada", "nightly calendar import", key);
    /// let tokens = api.get_access_token_as_privileged_worker(import).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get_access_token_as_privileged_worker(
        &self,
        asked: PrivilegedWorker,
    ) -> Result<TokenSet, ExchangeError> {
        self.exchange(&asked).await
    }
}
