//! Why a call failed. Each variant shows whose fault it is: the input, the settings of the tenant, or an outage.

use std::time::Duration;

use auth0_api_core::ExchangeError;
use auth0_api_core::http::HttpError;

use crate::answer::AnswerError;
use crate::input::InputError;
use crate::tenant_error::TenantError;
use crate::token_exchange_profiles::TokenExchangeProfile;

/// Why a call of the Management API failed.
///
/// [`label`](Self::label) returns the name of the error for logs and metrics, and [`hint`](Self::hint) tells an operator
/// what to change. Neither these nor `Display` and `Debug` contain a token or a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManagementError {
    /// The profile exists with another Action or another type. The Management API cannot change these:
    /// [`ensure_or_replace`](crate::ProfileClient::ensure_or_replace) deletes the profile and creates it again.
    #[error("the profile {} has another Action or another type, which cannot be changed", .profile.id())]
    ActionDiffers {
        /// The profile as it is.
        profile: Box<TokenExchangeProfile>,
    },
    /// The tenant answered something that is no answer of the Management API.
    #[error("the answer cannot be used")]
    Answer {
        /// What is wrong with the answer.
        #[source]
        cause: AnswerError,
        /// Whether the request asked for a change, which may have been made.
        may_have_taken_effect: bool,
    },
    /// The tenant rejected the content of the request (400).
    #[error(transparent)]
    BadRequest(TenantError),
    /// The profile is not as the caller has seen it, and not as it shall be:
    /// [`ensure_as_seen`](crate::ProfileClient::ensure_as_seen).
    #[error("the profile has changed since it was read{}", .profile.as_ref().map_or(": it is gone", |_| ""))]
    ChangedMeanwhile {
        /// The profile as it is now; `None` if it is gone.
        profile: Option<Box<TokenExchangeProfile>>,
    },
    /// Another profile has this subject token type (409).
    #[error(transparent)]
    Conflict(TenantError),
    /// Another client of the tenant changes the profile again and again, at the same time as this call.
    #[error("another client keeps changing the profile {}", .profile.id())]
    Contested {
        /// The profile as it was last.
        profile: Box<TokenExchangeProfile>,
    },
    /// The application may not do this (403).
    #[error("{error}{}", .missing_scope.map(|scope| format!(": the scope {scope} is missing")).unwrap_or_default())]
    Forbidden {
        /// The scope that the application lacks; `None` if it has the scope, or if that is unknown.
        missing_scope: Option<&'static str>,
        /// The answer.
        error: TenantError,
    },
    /// The input is invalid. Nothing was sent.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The tenant has no profile with this id, or no API with this identifier (404).
    #[error(transparent)]
    NotFound(TenantError),
    /// The limit of the tenant is used up (429), and the wait would be too long: see
    /// [`longest_wait`](crate::ManagementClientBuilder::longest_wait). The request had no effect.
    #[error("{error}: the rate limit is used up for {} s", .retry_after.as_secs())]
    RateLimited {
        /// How long to wait before the next call.
        retry_after: Duration,
        /// The answer.
        error: TenantError,
    },
    /// The call has deleted a profile to replace it, and could not create the new one:
    /// [`ensure_or_replace`](crate::ProfileClient::ensure_or_replace), [`ensure_as_seen`](crate::ProfileClient::ensure_as_seen).
    #[error("the profile {} was deleted, and {}", .deleted.id(), fate(.deleted, .restored.as_deref()))]
    ReplacementFailed {
        /// Why there is no new profile.
        #[source]
        cause: Box<ManagementError>,
        /// The profile that the call has deleted.
        deleted: Box<TokenExchangeProfile>,
        /// The profile that the tenant has in its place: the deleted one with a new id, or one that another deployment has
        /// created. `None` if creating it again failed: then exchanges of its subject token type fail.
        restored: Option<Box<TokenExchangeProfile>>,
    },
    /// The tenant has issued the management token without a scope that the call needs. The call has deleted nothing.
    #[error("the scope {scope} is missing, so the profile was not deleted")]
    ScopeMissing {
        /// The scope that the application lacks.
        scope: &'static str,
    },
    /// There is no management token.
    #[error("there is no token for the Management API")]
    Token(#[source] ExchangeError),
    /// The tenant rejected the management token (401), also a new one.
    #[error(transparent)]
    Unauthorized(TenantError),
    /// The Management API gave no usable answer: an outage.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The Management API is unavailable.
#[derive(Debug, thiserror::Error)]
#[error("the Management API is unavailable")]
#[non_exhaustive]
pub struct Unavailable {
    /// What went wrong.
    #[source]
    pub cause: UnavailableCause,
    /// How long to wait before the next call, if the tenant says so.
    pub retry_after: Option<Duration>,
    /// Whether the change may have been made, because only the answer got lost.
    pub may_have_taken_effect: bool,
}

/// Why there is no usable answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UnavailableCause {
    /// There was no response.
    #[error("the request failed")]
    Http(#[from] HttpError),
    /// The status says that the tenant failed: 408, or 500 and above. Or an earlier attempt was not answered, and a later one
    /// was rejected with 401, 403 or 429.
    #[error("the Management API answered {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// An attempt was not answered, and there is no token for another one.
    #[error("there is no token to repeat the request")]
    Token(#[source] ExchangeError),
}

impl From<AnswerError> for ManagementError {
    /// The answer to a request that changes nothing.
    fn from(cause: AnswerError) -> Self {
        Self::Answer { cause, may_have_taken_effect: false }
    }
}

impl ManagementError {
    /// The answer to a request for a change.
    pub(crate) fn after_change(cause: AnswerError) -> Self {
        Self::Answer { cause, may_have_taken_effect: true }
    }

    /// The error of a call that ends after the answer to one of its changes got lost: the change may have been made.
    pub(crate) fn in_doubt(self) -> Self {
        let retry_after = self.retry_after();
        let cause = match self {
            Self::Answer { cause, .. } => return Self::after_change(cause),
            Self::Unavailable(outage) => outage.cause,
            Self::Token(error) => UnavailableCause::Token(error),
            error => match error.tenant_error() {
                Some(answer) => UnavailableCause::Status { status: answer.status() },
                None => return error,
            },
        };
        Unavailable { cause, retry_after, may_have_taken_effect: true }.into()
    }

    /// Whether the call may have changed the tenant nevertheless: only the answer to the change got lost, or a replacement
    /// failed after the profile was deleted. Look at the tenant before you repeat such a call;
    /// [`ensure`](crate::ProfileClient::ensure) does this by itself.
    pub fn may_have_taken_effect(&self) -> bool {
        match self {
            Self::Answer { may_have_taken_effect, .. } => *may_have_taken_effect,
            Self::ReplacementFailed { .. } => true,
            Self::Unavailable(unavailable) => unavailable.may_have_taken_effect,
            _ => false,
        }
    }

    /// How long to wait before the next call, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            Self::ReplacementFailed { cause, .. } => cause.retry_after(),
            Self::Token(error) => error.retry_after(),
            Self::Unavailable(unavailable) => unavailable.retry_after,
            _ => None,
        }
    }

    /// The answer of the tenant, if it rejected the request. Its [`message`](TenantError::message) often says more.
    pub fn tenant_error(&self) -> Option<&TenantError> {
        match self {
            Self::BadRequest(error)
            | Self::Conflict(error)
            | Self::Forbidden { error, .. }
            | Self::NotFound(error)
            | Self::RateLimited { error, .. }
            | Self::Unauthorized(error) => Some(error),
            Self::ReplacementFailed { cause, .. } => cause.tenant_error(),
            _ => None,
        }
    }
}

/// What has become of a deleted profile, in words.
fn fate(deleted: &TokenExchangeProfile, restored: Option<&TokenExchangeProfile>) -> String {
    match restored {
        None => "is not there any more".into(),
        Some(restored) if restored.is_copy_of(deleted) => format!("created again as {}", restored.id()),
        Some(other) => format!("{}, of another deployment, is in its place", other.id()),
    }
}
