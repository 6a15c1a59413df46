//! Exchanges of a token that a caller has presented: by a profile, on behalf of the caller, from Token Vault, and for a
//! session in a browser.

use super::exchange::exchange_in;
use crate::client::ApiClient;
use crate::exchange::{
    Connection, ExchangeError, ExchangeProfile, OnBehalfOf, SessionTransfer, SessionTransferToken, SubjectToken,
    TokenSet, VaultSubject,
};
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
        // Without a client, the exchange fails whatever the audience is.
        let issuer = generation.exchanger.as_ref().map_or("", |exchanger| exchanger.issuer());
        let grant = asked.with_subject(subject.into(), issuer);
        Ok(SessionTransferToken::of(&exchange_in(&generation, &grant).await?))
    }
}
