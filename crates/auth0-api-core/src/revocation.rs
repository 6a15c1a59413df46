//! Rejects tokens before they expire, for example after a logout, a back-channel logout, or a CAEP event.

use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use crate::jose::WrongType;
use crate::token::ValidClaims;

/// The future that a [`RevocationList`] returns.
pub type RevocationFuture<'a> =
    Pin<Box<dyn Future<Output = Result<TokenStatus, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Tells the client whether a token has been revoked.
///
/// Without such a list, an access token is valid until it expires, even after a logout or after a change in the tenant.
/// An API that must reject tokens earlier keeps a list of revoked tokens or sessions. The API adds entries to the list
/// after its own logout, after a [back-channel logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)
/// (`sid`, `sub`), or after a [CAEP](https://openid.net/specs/openid-caep-1_0.html) event.
///
/// The client calls the list on each request, after it has checked the signature and the claims, and before it checks a
/// proof. It also calls the list for tokens that are in the [`TokenCache`](crate::TokenCache), and at intervals for a
/// [connection that stays open](crate::ApiClient::until_ended).
///
/// A token that is [`Revoked`](TokenStatus::Revoked) is rejected with 401 `invalid_token`. If the list fails, or does
/// not answer within 2 s, the request is rejected with 503. If requests must be accepted during a failure, the list
/// must return [`Valid`](TokenStatus::Valid) instead of an error.
///
/// # Examples
///
/// A closure can be a list. It must read what it needs from the token before it creates its future:
///
/// ```
/// use auth0_api_core::ApiClient;
/// use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
///
/// # async fn is_ended(session: Option<String>) -> Result<bool, std::io::Error> { Ok(session.is_none()) }
/// let list = |token: &TokenIdentity| {
///     let session = token.session_id().map(str::to_owned);
///     async {
///         Ok(if is_ended(session).await? {
///             TokenStatus::Revoked
///         } else {
///             TokenStatus::Valid
///         })
///     }
/// };
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .revocation_list(list)
///     .build()?;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
///
/// A list in memory, as a type. A logout endpoint writes to it, and all clones of the client read it:
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::{Arc, RwLock};
/// use auth0_api_core::ApiClient;
/// use auth0_api_core::revocation::{
///     RevocationFuture, RevocationList, TokenIdentity, TokenStatus,
/// };
///
/// #[derive(Clone, Default)]
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
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .revocation_list(ended.clone())
///     .build()?;
/// ended.end("session-1");
/// # _ = api;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[doc(alias = "denylist", alias = "blacklist")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot tell whether a token was revoked",
    label = "pass a revocation list here: a type that implements `RevocationList`",
    note = "pass a closure: `|token: &TokenIdentity| async {{ Ok(TokenStatus::Valid) }}`"
)]
pub trait RevocationList: Send + Sync + 'static {
    /// Returns the status of a token.
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a>;
}

impl<L: RevocationList + ?Sized> RevocationList for Arc<L> {
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a> {
        (**self).status(token)
    }
}

impl<L, F> RevocationList for L
where
    L: Fn(&TokenIdentity) -> F + Send + Sync + 'static,
    F: Future<Output = Result<TokenStatus, Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a> {
        Box::pin(self(token))
    }
}

impl fmt::Debug for dyn RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RevocationList")
    }
}

/// The answer of a [`RevocationList`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStatus {
    /// The token is revoked.
    Revoked,
    /// The token is not revoked.
    Valid,
}

/// The claims that identify a token, its session, its subject and its client. The issuer has signed all of them.
///
/// If the list reads a claim that is present but malformed, it gets `None`, as for an absent claim. The client then
/// rejects the token with 401 even if the list returns [`TokenStatus::Valid`]: the list could not look the token up.
pub struct TokenIdentity {
    claims: ValidClaims,
    /// The first malformed claim that the list has read.
    malformed: OnceLock<&'static str>,
}

impl TokenIdentity {
    /// `iss`: the issuer. The other values are unique only within one issuer.
    pub fn issuer(&self) -> &str {
        self.claims.issuer()
    }

    /// `sub`: the user, or `<client id>@clients` for a machine.
    pub fn subject(&self) -> Option<&str> {
        self.read("sub", self.claims.text("sub"))
    }

    /// `jti`: the identifier of this token. Auth0 writes `jti` in the RFC 9068 profile.
    pub fn token_id(&self) -> Option<&str> {
        self.read("jti", self.claims.text("jti"))
    }

    /// `sid`: the session in which the token was issued. An access token of Auth0 has this claim only if an Action adds
    /// it.
    pub fn session_id(&self) -> Option<&str> {
        self.read("sid", self.claims.text("sid"))
    }

    /// `azp` or `client_id`: the client that the token was issued to.
    pub fn client_id(&self) -> Option<&str> {
        self.claims.client_id().unwrap_or_else(|WrongType| {
            let claim = if self.claims.contains("azp") { "azp" } else { "client_id" };
            self.read(claim, None)
        })
    }

    /// `iat`: when the token was issued. It is useful for a list that revokes all tokens that were issued before a
    /// certain time.
    pub fn issued_at(&self) -> Option<SystemTime> {
        self.read("iat", self.claims.time("iat"))
    }

    /// `exp`: when the token expires. The list can remove its entry for the token after this time.
    pub fn expires_at(&self) -> SystemTime {
        self.claims.expires_at()
    }

    /// Returns what was read of a claim, and records if the claim is present but malformed.
    fn read<T>(&self, claim: &'static str, read: Option<T>) -> Option<T> {
        if read.is_none() && self.claims.contains(claim) {
            self.malformed.get_or_init(|| claim);
        }
        read
    }
}

impl fmt::Debug for TokenIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIdentity").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

/// Why the revocation check rejects a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// A claim that the list has read is malformed.
    #[error("the claim {claim}, which the list of revoked tokens reads, is malformed")]
    ClaimMalformed {
        /// The name of the claim.
        claim: &'static str,
    },
    /// The list reports the token as revoked.
    #[error("the access token was revoked")]
    Revoked,
    /// The list failed, or did not answer within 2 s.
    #[error("the list of revoked tokens is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

/// The list of a client, or `None` if no list is configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Revocation(Option<Arc<dyn RevocationList>>);

impl Revocation {
    pub(crate) fn new(list: impl RevocationList) -> Self {
        Self(Some(Arc::new(list)))
    }

    /// Adds a list, which is asked at the same time as the present one.
    pub(crate) fn and(self, list: impl RevocationList) -> Self {
        match self.0 {
            None => Self::new(list),
            Some(first) => Self::new(Both { first, second: Arc::new(list) }),
        }
    }

    pub(crate) fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the claims if the token is not revoked.
    pub(crate) async fn check(&self, claims: ValidClaims) -> Result<ValidClaims, RevocationError> {
        let Some(list) = &self.0 else { return Ok(claims) };
        let token = TokenIdentity { claims, malformed: OnceLock::new() };
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, list.status(&token)).await;
        match (answer, token.malformed.get()) {
            (Ok(Ok(TokenStatus::Revoked)), _) => Err(RevocationError::Revoked),
            (_, Some(claim)) => Err(RevocationError::ClaimMalformed { claim }),
            (Ok(Ok(TokenStatus::Valid)), None) => Ok(token.claims),
            (Ok(Err(error)), None) => Err(RevocationError::Unavailable(error)),
            (Err(late), None) => Err(RevocationError::Unavailable(Box::new(late))),
        }
    }
}

/// Two lists. A token that one of them revokes is revoked, also if the other one fails or does not answer.
struct Both {
    first: Arc<dyn RevocationList>,
    second: Arc<dyn RevocationList>,
}

impl RevocationList for Both {
    fn status<'a>(&'a self, token: &'a TokenIdentity) -> RevocationFuture<'a> {
        let mut asked = vec![self.first.status(token), self.second.status(token)];
        let mut failure = None;
        Box::pin(poll_fn(move |context| {
            let mut is_revoked = false;
            asked.retain_mut(|answer| match answer.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(answer) => {
                    is_revoked |= matches!(answer, Ok(TokenStatus::Revoked));
                    failure = failure.take().or(answer.err());
                    false
                }
            });
            match is_revoked {
                true => Poll::Ready(Ok(TokenStatus::Revoked)),
                false if asked.is_empty() => Poll::Ready(failure.take().map_or(Ok(TokenStatus::Valid), Err)),
                false => Poll::Pending,
            }
        }))
    }
}

/// A list in the same network answers faster than this, and callers usually wait longer than this for a response.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
