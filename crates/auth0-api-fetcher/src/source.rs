//! Where the tokens of a fetcher come from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use auth0_api_core::exchange::{Grant, GrantRequest, InputError, ProofKey};
use auth0_api_core::{ApiClient, Connection, ExchangeProfile, OnBehalfOf};

use crate::caller::FetchCaller;
use crate::error::FetchError;
use crate::token::FetchToken;

/// The future of a [`TokenSource`]'s token.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<FetchToken, FetchError>> + Send + 'a>>;

/// Gets the token with which a request for a caller is made.
///
/// Implement it for a source of your own, or pass a closure: `|caller: FetchCaller| async move { … }`. An implementation must
/// return a token for this caller only: the fetcher keeps no tokens, and calls this for each request.
///
/// ```
/// use auth0_api_fetcher::{FetchCaller, FetchError, FetchToken, Fetcher};
///
/// # async fn token_of(user: &str) -> Result<String, std::io::Error> { Ok(user.to_owned()) }
/// # fn build() -> Result<Fetcher, Box<dyn std::error::Error>> {
/// let fetcher = Fetcher::with_source(
///     "https://partner.example.com",
///     |caller: FetchCaller| async move {
///         let user = caller
///             .token()
///             .and_then(|token| token.subject())
///             .ok_or(FetchError::CallerMissing)?;
///         FetchToken::bearer(token_of(user).await.map_err(FetchError::source)?)
///     },
/// );
/// # Ok(fetcher.build()?)
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no source of tokens",
    label = "pass a source here: a type that implements `TokenSource`, or a closure from `FetchCaller` to a future",
    note = "name the type of the closure's argument: `|caller: FetchCaller| async move {{ … }}`"
)]
pub trait TokenSource: Send + Sync + 'static {
    /// Returns the token for this caller.
    fn token<'a>(&'a self, caller: &'a FetchCaller) -> TokenFuture<'a>;

    /// Drops a token that the other API rejected, if the source keeps tokens. Returns false if another call of
    /// [`token`](Self::token) must not follow, for example because it would use up something. Default: true.
    fn invalidate(&self, _token: &FetchToken) -> bool {
        true
    }

    /// The audience of the tokens, for errors and logs. Default: unknown.
    fn audience(&self) -> Option<&str> {
        None
    }
}

impl<F, T> TokenSource for F
where
    F: Fn(FetchCaller) -> T + Send + Sync + 'static,
    T: Future<Output = Result<FetchToken, FetchError>> + Send + 'static,
{
    fn token<'a>(&'a self, caller: &'a FetchCaller) -> TokenFuture<'a> {
        Box::pin(self(caller.clone()))
    }
}

/// The sources that ask the tenant, and those of applications.
#[derive(Clone)]
pub(crate) enum Source {
    Connection(ApiClient, Connection),
    Custom(Arc<dyn TokenSource>),
    Grant(ApiClient, Arc<dyn Grant>),
    OnBehalfOf(ApiClient, OnBehalfOf),
    Profile(ApiClient, ExchangeProfile),
}

impl Source {
    /// Asks for tokens that are bound to this key. The tokens of a connection are those of another company, and of a custom
    /// source those of the application.
    pub(crate) fn bound_to(self, key: &ProofKey) -> Self {
        match self {
            Self::Grant(api, grant) => Self::Grant(api, Arc::new(BoundGrant { grant, key: key.clone() })),
            Self::OnBehalfOf(api, asked) => Self::OnBehalfOf(api, asked.dpop(key)),
            Self::Profile(api, asked) => Self::Profile(api, asked.dpop(key)),
            unbound @ (Self::Connection(..) | Self::Custom(_)) => unbound,
        }
    }

    pub(crate) async fn token(&self, caller: &FetchCaller) -> Result<FetchToken, FetchError> {
        let address = caller.address();
        let tokens = match self {
            Self::Connection(api, asked) => {
                let asked = asked.clone().end_user_address(address);
                api.get_access_token_for_connection(caller.vault_subject()?, asked).await?
            }
            Self::Custom(source) => return source.token(caller).await,
            Self::Grant(api, grant) => api.exchange(&**grant).await?,
            Self::OnBehalfOf(api, asked) => {
                let asked = asked.clone().end_user_address(address);
                api.get_token_on_behalf_of(caller.verified()?, asked).await?
            }
            Self::Profile(api, asked) => {
                let asked = asked.clone().end_user_address(address);
                api.get_token_by_exchange_profile(caller.subject_token()?, asked).await?
            }
        };
        Ok(tokens.into())
    }

    /// Drops a token that the other API rejected. Returns whether another one may be requested.
    pub(crate) fn invalidate(&self, token: &FetchToken) -> bool {
        match self {
            Self::Connection(api, _) | Self::Grant(api, _) | Self::OnBehalfOf(api, _) => {
                token.token_set().inspect(|tokens| api.invalidate(tokens));
                true
            }
            Self::Custom(source) => source.invalidate(token),
            // Each exchange runs the Action, and the subject token may be valid for one use. The rejected token was new.
            Self::Profile(..) => false,
        }
    }

    /// Whether all callers share the token, because it belongs to this API.
    pub(crate) fn is_of_application(&self) -> bool {
        matches!(self, Self::Grant(..))
    }

    /// Whether the next token of the same caller may grant more, because the user can connect their account again.
    pub(crate) fn user_can_grant_more(&self) -> bool {
        matches!(self, Self::Connection(..))
    }

    /// Returns what the token is for: an audience, or a connection.
    pub(crate) fn audience<'t>(&'t self, token: &'t FetchToken) -> Option<&'t str> {
        let known = token.token_set().and_then(|tokens| tokens.audience().or_else(|| tokens.connection()));
        known.or_else(|| match self {
            Self::Custom(source) => source.audience(),
            _ => None,
        })
    }

    /// Returns a text that is the same for two callers only if they share a token.
    pub(crate) fn key<'c>(&self, caller: &'c FetchCaller) -> &'c str {
        if self.is_of_application() { "" } else { caller.key() }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connection(..) => "Connection",
            Self::Custom(_) => "Custom",
            Self::Grant(..) => "Grant",
            Self::OnBehalfOf(..) => "OnBehalfOf",
            Self::Profile(..) => "Profile",
        })
    }
}

/// A grant of an application, whose tokens are bound to the key of a fetcher.
struct BoundGrant {
    grant: Arc<dyn Grant>,
    key: ProofKey,
}

impl Grant for BoundGrant {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        Ok(self.grant.request()?.proof_key(&self.key))
    }
}
