//! Tokens that are rejected before they expire: logout, back-channel logout, shared signals.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::token::ValidClaims;

/// The answer of a [`RevocationList`], when it comes.
pub type RevocationFuture<'a> =
    Pin<Box<dyn Future<Output = Result<TokenStatus, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Says whether a token that is valid otherwise has been revoked.
///
/// An access token is good until it expires, whatever its user or the tenant does meanwhile. An API that cannot wait keeps a
/// list of what is no longer good and fills it from where it learns of it: its own logout, [back-channel
/// logout](https://openid.net/specs/openid-connect-backchannel-1_0.html) (`sid`, `sub`), or
/// [CAEP](https://openid.net/specs/openid-caep-1_0.html) events. It is asked with each request, after signature and claims and
/// before a proof is looked at, and for remembered tokens ([`TokenCache`](crate::TokenCache)), too.
///
/// [`Revoked`](TokenStatus::Revoked) is answered with 401 `invalid_token`. An error, or no answer within two seconds, is
/// answered with 503: who cannot find out does not let anybody in. A list that should rather let everybody in answers
/// [`Valid`](TokenStatus::Valid) when it has trouble.
///
/// # Examples
///
/// A list in memory, which a logout endpoint writes to while all clones of the client read it:
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::{Arc, RwLock};
/// use auth0_api_core::{ApiClient, RevocationFuture, RevocationList, TokenIdentity, TokenStatus};
///
/// #[derive(Clone, Debug, Default)]
/// struct EndedSessions(Arc<RwLock<HashSet<String>>>);
///
/// impl EndedSessions {
///     fn end(&self, sid: &str) {
///         self.0.write().unwrap().insert(sid.to_owned());
///     }
/// }
///
/// impl RevocationList for EndedSessions {
///     fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a> {
///         Box::pin(async {
///             let ended = self.0.read().map_err(|_| "poisoned")?;
///             let is_ended = token.session_id().is_some_and(|sid| ended.contains(sid));
///             Ok(if is_ended { TokenStatus::Revoked } else { TokenStatus::Valid })
///         })
///     }
/// }
///
/// let ended = EndedSessions::default();
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").revocation_list(ended.clone()).build()?;
/// ended.end("session-1");
/// # _ = api;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
pub trait RevocationList: fmt::Debug + Send + Sync + 'static {
    /// Looks a token up.
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a>;
}

impl<L: RevocationList + ?Sized> RevocationList for Arc<L> {
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a> {
        (**self).status(token)
    }
}

/// What a [`RevocationList`] says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// It is no longer good.
    Revoked,
    /// Nothing speaks against it.
    Valid,
}

/// What names a token, its session, and whom it was issued to. All of it is signed.
pub struct TokenIdentity(ValidClaims);

impl TokenIdentity {
    /// `iss`: names below are unique within it.
    pub fn issuer(&self) -> &str {
        self.0.issuer()
    }

    /// `sub`: the user, or `<client id>@clients` for a machine.
    pub fn subject(&self) -> Option<&str> {
        self.0.text("sub")
    }

    /// `jti`: the one token. Auth0 writes it in the RFC 9068 profile.
    pub fn token_id(&self) -> Option<&str> {
        self.0.text("jti")
    }

    /// `sid`: the session in which the token was issued. Auth0 writes it into access tokens only if an Action does.
    pub fn session_id(&self) -> Option<&str> {
        self.0.text("sid")
    }

    /// `azp` or `client_id`: the client that the token was issued to.
    pub fn client_id(&self) -> Option<&str> {
        self.0.client_id()
    }

    /// `iat`: for "everything issued before".
    pub fn issued_at(&self) -> Option<SystemTime> {
        self.0.time("iat")
    }

    /// `exp`: from then on nobody needs to remember it as revoked.
    pub fn expires_at(&self) -> SystemTime {
        self.0.expires_at()
    }
}

impl fmt::Debug for TokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIdentity").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

/// Why a token that is valid otherwise is rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// The list says so.
    #[error("the access token was revoked")]
    Revoked,
    /// The list has no answer.
    #[error("it cannot be found out whether the access token was revoked")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

/// The list that a client asks, if any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Revocation(Option<Arc<dyn RevocationList>>);

impl Revocation {
    pub(crate) fn by(list: impl RevocationList) -> Self {
        Self(Some(Arc::new(list)))
    }

    /// Hands the claims on if the list has nothing against them.
    pub(crate) async fn check(&self, claims: ValidClaims) -> Result<ValidClaims, RevocationError> {
        let Some(list) = &self.0 else { return Ok(claims) };
        let token = TokenIdentity(claims);
        match tokio::time::timeout(PATIENCE, list.status(&token)).await {
            Ok(Ok(TokenStatus::Valid)) => Ok(token.0),
            Ok(Ok(TokenStatus::Revoked)) => Err(RevocationError::Revoked),
            Ok(Err(error)) => Err(RevocationError::Unavailable(error)),
            Err(late) => Err(RevocationError::Unavailable(Box::new(late))),
        }
    }
}

/// Longer than any list that is near takes; shorter than callers wait.
const PATIENCE: Duration = Duration::from_secs(2);
