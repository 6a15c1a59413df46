//! For whom a request is made.

use std::fmt;
use std::net::IpAddr;

use auth0_api_core::exchange::VaultSubject;
use auth0_api_core::{SubjectToken, VerifiedToken};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::FetchError;

/// For whom a request is made: the caller of this API, or this API itself.
///
/// A [`FetchLayer`](crate::FetchLayer) takes it from the extensions of the request.
///
/// ```
/// use auth0_api_core::VerifiedToken;
/// use auth0_api_fetcher::FetchCaller;
///
/// fn request(token: &VerifiedToken) -> http::Request<String> {
///     let mut request = http::Request::new(String::new());
///     request.extensions_mut().insert(FetchCaller::from(token));
///     request
/// }
/// ```
#[derive(Clone)]
pub struct FetchCaller {
    subject: Subject,
    end_user_address: Option<IpAddr>,
}

#[derive(Clone)]
enum Subject {
    Application,
    Unverified(SecretString),
    Verified(VerifiedToken),
}

impl FetchCaller {
    /// This API itself: the token is not that of a user. For the client credentials of this API.
    pub fn application() -> Self {
        Subject::Application.into()
    }

    /// A caller whose token this library has not verified. Only an exchange profile takes it: the profile's Action must
    /// validate it. See [`SubjectToken::unverified`].
    pub fn unverified(token: impl Into<SecretString>) -> Self {
        Subject::Unverified(token.into()).into()
    }

    /// Sets the address of the end user, which a token request sends to the tenant if the client has the setting
    /// [`forward_end_user_address`](auth0_api_core::ApiClientBuilder::forward_end_user_address). Default: none.
    #[must_use]
    pub fn end_user_address(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.end_user_address = address.into();
        self
    }

    /// The verified token of the caller; `None` if there is none.
    pub fn token(&self) -> Option<&VerifiedToken> {
        match &self.subject {
            Subject::Verified(token) => Some(token),
            Subject::Application | Subject::Unverified(_) => None,
        }
    }

    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.end_user_address
    }

    /// The token, for a source that takes only verified ones.
    pub(crate) fn verified(&self) -> Result<&VerifiedToken, FetchError> {
        self.token().ok_or(FetchError::CallerMissing)
    }

    pub(crate) fn vault_subject(&self) -> Result<VaultSubject, FetchError> {
        self.verified().map(VaultSubject::from)
    }

    pub(crate) fn subject_token(&self) -> Result<SubjectToken, FetchError> {
        match &self.subject {
            Subject::Application => Err(FetchError::CallerMissing),
            Subject::Unverified(token) => Ok(SubjectToken::unverified(token.clone())),
            Subject::Verified(token) => Ok(SubjectToken::from(token)),
        }
    }

    /// A text that no other caller has.
    pub(crate) fn key(&self) -> &str {
        match &self.subject {
            Subject::Application => "",
            Subject::Unverified(token) => token.expose_secret(),
            Subject::Verified(token) => token.access_token().expose(),
        }
    }
}

impl From<Subject> for FetchCaller {
    fn from(subject: Subject) -> Self {
        Self { subject, end_user_address: None }
    }
}

impl From<&VerifiedToken> for FetchCaller {
    fn from(token: &VerifiedToken) -> Self {
        token.clone().into()
    }
}

impl From<VerifiedToken> for FetchCaller {
    fn from(token: VerifiedToken) -> Self {
        Subject::Verified(token).into()
    }
}

impl From<&FetchCaller> for FetchCaller {
    fn from(caller: &FetchCaller) -> Self {
        caller.clone()
    }
}

impl fmt::Debug for FetchCaller {
    /// Shows no token, and no address of a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.subject {
            Subject::Application => "FetchCaller(application)",
            Subject::Unverified(_) => "FetchCaller(unverified)",
            Subject::Verified(_) => "FetchCaller(verified)",
        })
    }
}
