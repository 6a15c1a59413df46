//! The token exchange methods of the client: the flows, custom grants, and the removal of a cached answer.

use crate::ciba::Ciba;
use crate::client::{ApiClient, Generation};
use crate::connected_accounts::MyAccountClient;
use crate::error::Error;
use crate::exchange::{
    ClientCredentials, Connection, ExchangeError, ExchangeProfile, Grant, OnBehalfOf, PrivilegedWorker, RefreshToken,
    SessionTransfer, SessionTransferToken, SubjectToken, TokenSet, VaultSubject,
};
use crate::meter;
use crate::token::VerifiedToken;

/// # Exchanging tokens
///
/// These methods need [`client_auth`](crate::ApiClientBuilder::client_auth). The [guide](crate::guide::exchange)
/// explains when to use which method.
impl ApiClient {
    /// Exchanges a token of the application for a token of the tenant, through a custom token exchange profile
    /// ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)).
    ///
    /// Each call sends a request, so that the profile's Action runs each time; answers are not cached.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use auth0_api_core::{ApiClient, ClientAuth, ExchangeProfile, SubjectToken};
    ///
    /// # async fn run(legacy_session: String) -> Result<(), Box<dyn std::error::Error>> {
    /// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
    ///     .client_auth(ClientAuth::secret_post("client-id", "client-secret"))
    ///     .build()?;
    ///
    /// let profile =
    ///     ExchangeProfile::new("urn:acme:legacy-session", "https://orders.example.com");
    /// let profile = profile.scope("read:orders");
    /// let tokens = api
    ///     .get_token_by_exchange_profile(SubjectToken::unverified(legacy_session), profile)
    ///     .await?;
    /// println!("granted {:?} until {:?}", tokens.scope(), tokens.expires_at());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getTokenByExchangeProfile", alias = "custom_token_exchange")]
    pub async fn get_token_by_exchange_profile(
        &self,
        subject: impl Into<SubjectToken>,
        profile: ExchangeProfile,
    ) -> Result<TokenSet, ExchangeError> {
        self.exchange(&profile.with_subject(subject.into())).await
    }

    /// Gets a token for another API, on behalf of the user who called this API.
    ///
    /// The subject is a [`VerifiedToken`], so that no unverified token is passed on. Answers are cached: see
    /// [`ExchangeCache`](crate::exchange::ExchangeCache).
    ///
    /// # Errors
    ///
    /// [`ExchangeError`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use auth0_api_core::{ApiClient, Error, OnBehalfOf, VerifiedToken};
    ///
    /// async fn calendar_token(
    ///     api: &ApiClient,
    ///     caller: &VerifiedToken,
    /// ) -> Result<String, Error> {
    ///     let calendar =
    ///         OnBehalfOf::audience("https://calendar.example.com").scope("read:events");
    ///     let tokens = api.get_token_on_behalf_of(caller, calendar).await?;
    ///     Ok(format!("Bearer {}", tokens.access_token().expose()))
    /// }
    /// ```
    #[doc(alias = "getTokenOnBehalfOf", alias = "obo")]
    pub async fn get_token_on_behalf_of(
        &self,
        subject: &VerifiedToken,
        asked: OnBehalfOf,
    ) -> Result<TokenSet, ExchangeError> {
        self.exchange(&asked.with_subject(subject)).await
    }

    /// Gets an access token for another company's API, from an account that the user has connected (Token Vault).
    ///
    /// The subject is the verified token of the calling user. In a backend that logged the user in, the subject is
    /// [`VaultSubject::refresh_token`]. Answers are cached: see [`ExchangeCache`](crate::exchange::ExchangeCache).
    ///
    /// # Errors
    ///
    /// [`ExchangeError`]. If the account is not connected, the [kind](crate::exchange::ServerErrorKind) is `AccountNotLinked`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use auth0_api_core::{ApiClient, Connection, ExchangeError, VerifiedToken};
    /// use auth0_api_core::exchange::ServerErrorKind;
    ///
    /// # async fn run(api: &ApiClient, caller: &VerifiedToken) -> Result<(), ExchangeError> {
    /// match api.get_access_token_for_connection(caller, Connection::name("google-oauth2")).await
    /// {
    ///     Ok(tokens) => println!("call Google with a token for {:?}", tokens.scope()),
    ///     Err(ExchangeError::Server(rejection))
    ///         if rejection.kind() == ServerErrorKind::AccountNotLinked =>
    ///     {
    ///         println!("ask the user to connect their Google account");
    ///     }
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "getAccessTokenForConnection", alias = "token_vault")]
    pub async fn get_access_token_for_connection(
        &self,
        subject: impl Into<VaultSubject>,
        connection: Connection,
    ) -> Result<TokenSet, ExchangeError> {
        self.exchange(&connection.with_subject(subject.into())).await
    }

    /// Gets a session transfer token: the browser that brings it to the tenant is signed in as the subject, and the actor
    /// acts for the subject there.
    ///
    /// Each call sends a request; the token is for one use and is never cached.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`]. The [kind](crate::exchange::ServerErrorKind) is `ActorNotSet` if the Action sets no actor, and
    /// `SessionTransferDisabled` if the client may not create such tokens.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use auth0_api_core::exchange::SessionTransfer;
    /// use auth0_api_core::{ApiClient, ExchangeError, SubjectToken};
    ///
    /// # async fn run(api: &ApiClient, ticket: String, agent: String) -> Result<String, ExchangeError> {
    /// let asked =
    ///     SessionTransfer::new("urn:acme:support-session", agent, "urn:acme:support-agent");
    /// let token =
    ///     api.get_session_transfer_token(SubjectToken::unverified(ticket), asked).await?;
    /// // The application behind this URL passes the parameter on to /authorize.
    /// Ok(format!("https://shop.example.com/login?{}", token.to_query()))
    /// # }
    /// ```
    pub async fn get_session_transfer_token(
        &self,
        subject: impl Into<SubjectToken>,
        asked: SessionTransfer,
    ) -> Result<SessionTransferToken, ExchangeError> {
        let generation = self.generation();
        let exchanger = generation.exchanger.as_ref().ok_or(ExchangeError::ClientAuthMissing)?;
        let grant = asked.with_subject(subject.into(), exchanger.issuer());
        Ok(SessionTransferToken::of(&exchange_in(&generation, &grant).await?))
    }

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
    /// at once: the tenant takes the second use for a theft.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`]. If the tenant rejects the refresh token, the [kind](crate::exchange::ServerErrorKind) is
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

    /// Returns a client that asks users for approval on another device (CIBA). It keeps the credentials that are in force
    /// now, so get another one after a [`reload`](Self::reload).
    ///
    /// # Errors
    ///
    /// [`ExchangeError::ClientAuthMissing`] without [`client_auth`](crate::ApiClientBuilder::client_auth).
    pub fn ciba(&self) -> Result<Ciba, ExchangeError> {
        let generation = self.generation();
        let exchanger = generation.exchanger.as_ref().ok_or(ExchangeError::ClientAuthMissing)?;
        Ok(Ciba::new(exchanger.backchannel()))
    }

    /// Gets the tokens that a custom grant requests.
    ///
    /// # Errors
    ///
    /// [`ExchangeError`].
    pub async fn exchange(&self, grant: &(impl Grant + ?Sized)) -> Result<TokenSet, ExchangeError> {
        exchange_in(&self.generation(), &grant).await
    }

    /// Removes an answer from the cache, so that the next call sends a request. Use this method when the other API
    /// rejected the token of this answer with 401.
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

async fn exchange_in(generation: &Generation, grant: &(dyn Grant + '_)) -> Result<TokenSet, ExchangeError> {
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
                let transfer = SessionTransfer::new("urn:acme:session", "actor", "urn:acme:actor");
                assert!(client.get_session_transfer_token(blank(), transfer).await.is_err());
            });
        });
        assert_eq!(
            kept.lines(),
            [
                "auth0_api_exchanges_total{outcome=exchange_client_auth_missing} 1",
                "auth0_api_exchanges_total{outcome=exchange_subject_malformed} 2",
            ]
        );
    }
}
