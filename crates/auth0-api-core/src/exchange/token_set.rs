//! The result of a successful exchange.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;

use super::cache_key::CacheKey;
use super::{ExchangeError, IssuedToken, ReportedQuotas};
use crate::jose::Thumbprint;
use crate::token::{self, Actor, ActorError, AuthorizationDetailsError};

/// The tokens of a successful exchange. It is cheap to clone, and `Debug` shows no tokens.
///
/// ```
/// # fn call(tokens: &auth0_api_core::TokenSet) {
/// let authorization = format!("Bearer {}", tokens.access_token().expose());
/// # }
/// ```
#[derive(Clone)]
pub struct TokenSet(Arc<Contents>);

struct Contents {
    tokens: Tokens,
    origin: Origin,
}

/// The members of a token response.
pub(super) struct Tokens {
    pub(super) access_token: IssuedToken,
    pub(super) token_type: TokenType,
    pub(super) expires_at: Option<SystemTime>,
    pub(super) scope: Option<Box<str>>,
    pub(super) issued_token_type: Option<Box<str>>,
    pub(super) id_token: Option<IssuedToken>,
    pub(super) refresh_token: Option<IssuedToken>,
    pub(super) act: Option<Value>,
    pub(super) authorization_details: Option<Value>,
    pub(super) bound_to: Option<Thumbprint>,
    pub(super) quotas: ReportedQuotas,
}

/// The request that the tokens answer.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) audience: Option<Box<str>>,
    /// `None` if the answer is not cached.
    pub(super) cache_key: Option<CacheKey>,
    pub(super) connection: Option<Box<str>>,
    pub(super) login_hint: Option<Box<str>>,
}

/// How a client presents an access token ([RFC 6749 §7.1](https://www.rfc-editor.org/rfc/rfc6749#section-7.1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenType {
    /// `Bearer`: without a proof.
    Bearer,
    /// `DPoP`: with a proof, signed by the key that the token is bound to.
    Dpop,
    /// `N_A`: the issued token is not an access token
    /// ([RFC 8693 §2.2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1)).
    NotApplicable,
}

impl TokenSet {
    pub(super) fn new(tokens: Tokens, origin: Origin) -> Self {
        Self(Arc::new(Contents { tokens, origin }))
    }

    /// The `access_token`: the requested token.
    pub fn access_token(&self) -> &IssuedToken {
        &self.0.tokens.access_token
    }

    /// The `token_type`: how to present the access token.
    pub fn token_type(&self) -> TokenType {
        self.0.tokens.token_type
    }

    /// When the access token expires; `None` if the answer has no `expires_in`.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.0.tokens.expires_at
    }

    /// The granted scopes. If the answer has no `scope`, they are the requested scopes
    /// ([RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope().unwrap_or_default().split(' ').filter(|scope| !scope.is_empty())
    }

    /// The granted scopes as one string, separated by spaces.
    pub fn scope(&self) -> Option<&str> {
        self.0.tokens.scope.as_deref()
    }

    /// Checks that all of these scopes were granted. The user of a connected account may have granted fewer scopes than
    /// the application requested.
    ///
    /// If a scope is missing, drop the answer with [`ApiClient::invalidate`](crate::ApiClient::invalidate). Otherwise the user
    /// who has connected the account again gets the same answer from the cache.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::ScopesMissing`] with the missing scopes.
    pub fn require_scopes(&self, scopes: &[&str]) -> Result<(), ExchangeError> {
        let granted = |wanted: &&str| self.scopes().any(|scope| scope == *wanted);
        let missing: Vec<&str> = scopes.iter().copied().filter(|scope| !granted(scope)).collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(ExchangeError::ScopesMissing { missing: missing.join(" ").into() })
        }
    }

    /// The `authorization_details` that were granted
    /// ([RFC 9396 §7](https://www.rfc-editor.org/rfc/rfc9396#section-7)). Empty if the answer has none.
    ///
    /// `T` must fit each member of the list, so it is usually an enum with `#[serde(tag = "type")]`. The tenant, or the
    /// user, may have granted other details than the application requested.
    ///
    /// # Errors
    ///
    /// [`AuthorizationDetailsError`] if the member of the answer is malformed, or if a detail does not fit `T`.
    pub fn authorization_details<'t, T: Deserialize<'t>>(&'t self) -> Result<Vec<T>, AuthorizationDetailsError> {
        token::read_details(self.0.tokens.authorization_details.as_ref(), |_| true)
    }

    /// The `issued_token_type` ([RFC 8693 §2.2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1)).
    pub fn issued_token_type(&self) -> Option<&str> {
        self.0.tokens.issued_token_type.as_deref()
    }

    /// The `id_token` of a profile exchange. Its claims were checked. Its signature was not checked, because the token
    /// came directly from the tenant.
    pub fn id_token(&self) -> Option<&IssuedToken> {
        self.0.tokens.id_token.as_ref()
    }

    /// The `refresh_token` of a profile exchange.
    pub fn refresh_token(&self) -> Option<&IssuedToken> {
        self.0.tokens.refresh_token.as_ref()
    }

    /// The thumbprint of the key that the access token is bound to; `None` if the request had no proof key.
    pub fn bound_to(&self) -> Option<Thumbprint> {
        self.0.tokens.bound_to
    }

    /// The quotas that the response reported. For a cached answer, they are as old as the answer.
    pub fn quotas(&self) -> ReportedQuotas {
        self.0.tokens.quotas
    }

    /// The audience that the request named: the API that the access token is for. `None` for Token Vault, and if the request
    /// named none.
    pub fn audience(&self) -> Option<&str> {
        self.0.origin.audience.as_deref()
    }

    /// The connection of a Token Vault exchange.
    pub fn connection(&self) -> Option<&str> {
        self.0.origin.connection.as_deref()
    }

    /// The login hint of a Token Vault exchange.
    pub fn login_hint(&self) -> Option<&str> {
        self.0.origin.login_hint.as_deref()
    }

    pub(super) fn cache_key(&self) -> Option<CacheKey> {
        self.0.origin.cache_key
    }

    /// Whether both are clones of one value.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Returns the current actor of the new token, if it can be read.
    ///
    /// For display only, not for authorization: this API has not verified the access token. The API that receives the
    /// access token verifies it.
    ///
    /// # Errors
    ///
    /// [`ActorError`] if the claim is present and malformed.
    pub fn current_actor(&self) -> Result<Option<Actor<'_>>, ActorError> {
        token::current_actor(self.0.tokens.act.as_ref())
    }

    /// Returns all actors that act or acted for the subject of the new token, the current actor first. For display
    /// only.
    ///
    /// # Errors
    ///
    /// [`ActorError`] if the claim is present and malformed, or nests more than 16 levels.
    pub fn delegation_chain(&self) -> Result<Vec<Actor<'_>>, ActorError> {
        token::delegation_chain(self.0.tokens.act.as_ref())
    }
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("token_type", &self.0.tokens.token_type)
            .field("expires_at", &self.0.tokens.expires_at)
            .field("scope", &self.0.tokens.scope)
            .field("issued_token_type", &self.0.tokens.issued_token_type)
            .field("bound_to", &self.0.tokens.bound_to)
            .finish_non_exhaustive()
    }
}

impl TokenType {
    /// The name of the type, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Dpop => "dpop",
            Self::NotApplicable => "n_a",
        }
    }

    /// RFC 6749 §5.1: the name is compared without regard to case.
    pub(super) fn read(name: &str) -> Option<Self> {
        [Self::Bearer, Self::Dpop, Self::NotApplicable]
            .into_iter()
            .find(|known| known.name().eq_ignore_ascii_case(name))
    }
}
