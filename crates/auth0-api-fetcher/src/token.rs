//! The token of a request.

use auth0_api_core::exchange::{IssuedToken, TokenType};
use auth0_api_core::jose::Thumbprint;
use auth0_api_core::{Scheme, TokenSet};

use crate::error::FetchError;

/// A token for the other API, with the scheme by which it is presented. Clones are cheap for a [`TokenSet`], and `Debug` shows
/// no token.
///
/// The built-in sources make it from a [`TokenSet`]. Your own [`TokenSource`](crate::TokenSource) can also make it from a
/// text:
///
/// ```
/// use auth0_api_fetcher::FetchToken;
///
/// assert!(FetchToken::bearer("a-token-of-another-provider").is_ok());
/// assert!(FetchToken::bearer("two\r\nlines").is_err());
/// ```
#[derive(Clone, Debug)]
pub struct FetchToken(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Set(TokenSet),
    Text(IssuedToken, Scheme),
}

impl FetchToken {
    /// A `Bearer` token.
    ///
    /// # Errors
    ///
    /// [`FetchError::TokenText`] if the text cannot be sent in a header.
    pub fn bearer(token: impl Into<String>) -> Result<Self, FetchError> {
        Self::text(token.into(), Scheme::Bearer)
    }

    /// A `DPoP` token. It must be bound to the [proof key](crate::FetcherBuilder::proof_key) of the fetcher.
    ///
    /// # Errors
    ///
    /// [`FetchError::TokenText`] if the text cannot be sent in a header.
    pub fn dpop(token: impl Into<String>) -> Result<Self, FetchError> {
        Self::text(token.into(), Scheme::Dpop)
    }

    fn text(token: String, scheme: Scheme) -> Result<Self, FetchError> {
        let token = IssuedToken::new(token).filter(|token| !token.expose().is_empty()).ok_or(FetchError::TokenText)?;
        Ok(Self(Kind::Text(token, scheme)))
    }

    /// The tokens that this one comes from; `None` if it was made from a text.
    pub fn token_set(&self) -> Option<&TokenSet> {
        match &self.0 {
            Kind::Set(tokens) => Some(tokens),
            Kind::Text(..) => None,
        }
    }

    pub(crate) fn issued(&self) -> &IssuedToken {
        match &self.0 {
            Kind::Set(tokens) => tokens.access_token(),
            Kind::Text(token, _) => token,
        }
    }

    /// RFC 6749 §7.1: the type of the token says how to present it.
    pub(crate) fn scheme(&self) -> Result<Scheme, FetchError> {
        match &self.0 {
            Kind::Text(_, scheme) => Ok(*scheme),
            Kind::Set(tokens) => match tokens.token_type() {
                TokenType::Bearer => Ok(Scheme::Bearer),
                TokenType::Dpop => Ok(Scheme::Dpop),
                _ => Err(FetchError::TokenType),
            },
        }
    }

    /// The key that the token is bound to, if that is known.
    pub(crate) fn bound_to(&self) -> Option<Thumbprint> {
        self.token_set().and_then(TokenSet::bound_to)
    }
}

impl From<TokenSet> for FetchToken {
    fn from(tokens: TokenSet) -> Self {
        Self(Kind::Set(tokens))
    }
}

/// The name of a scheme, as `Authorization` and challenges have it.
pub(crate) fn scheme_name(scheme: Scheme) -> &'static str {
    if scheme == Scheme::Dpop { "DPoP" } else { "Bearer" }
}
