//! The token exchange methods of the client: four flows, custom grants, and the removal of a cached answer.

use crate::client::{ApiClient, Generation};
use crate::error::Error;
use crate::exchange::{
    Connection, ExchangeError, ExchangeProfile, Grant, OnBehalfOf, SessionTransfer, SessionTransferToken, SubjectToken,
    TokenSet, VaultSubject,
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
    /// let profile = ExchangeProfile::new("urn:acme:legacy-session", "https://orders.example.com");
    /// let profile = profile.scope("read:orders");
    /// let tokens = api.get_token_by_exchange_profile(SubjectToken::unverified(legacy_session), profile).await?;
    /// println!("granted {:?} until {:?}", tokens.scope(), tokens.expires_at());
    /// # Ok(())
    /// # }
    /// ```
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
    /// async fn calendar_token(api: &ApiClient, caller: &VerifiedToken) -> Result<String, Error> {
    ///     let calendar = OnBehalfOf::audience("https://calendar.example.com").scope("read:events");
    ///     let tokens = api.get_token_on_behalf_of(caller, calendar).await?;
    ///     Ok(format!("Bearer {}", tokens.access_token().expose()))
    /// }
    /// ```
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
    /// match api.get_access_token_for_connection(caller, Connection::name("google-oauth2")).await {
    ///     Ok(tokens) => println!("call Google with a token for {:?}", tokens.scope()),
    ///     Err(ExchangeError::Server(rejection)) if rejection.kind() == ServerErrorKind::AccountNotLinked => {
    ///         println!("ask the user to connect their Google account");
    ///     }
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
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
    /// let asked = SessionTransfer::new("urn:acme:support-session", agent, "urn:acme:support-agent");
    /// let token = api.get_session_transfer_token(SubjectToken::unverified(ticket), asked).await?;
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
