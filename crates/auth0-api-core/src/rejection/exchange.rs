//! The rows of failed exchanges. The cause is the caller's token, the user's account, this API, or the authorization
//! server.

use std::time::Duration;

use super::row::{Kind, Row, row};
use crate::exchange::{ExchangeError, InputError, ServerError, ServerErrorKind};

impl Row {
    pub(super) fn of_exchange(error: &ExchangeError) -> Self {
        use ExchangeError as E;
        match error {
            E::ClientAuthMissing => misconfigured("exchange_client_auth_missing"),
            E::Input(error) => Self::of_exchange_input(error),
            E::Key(_) => misconfigured("exchange_key"),
            E::Organization(_) => forbidden(
                "organization_mismatch",
                "exchange_organization",
                "the user does not act in the organization that is needed here",
            ),
            E::Response(_) => unavailable(None, "exchange_response"),
            E::Rotated(error) => Self::of_exchange(error.cause()),
            E::ScopesMissing { .. } => scopes_missing(),
            E::Server(error) => Self::of_exchange_server(error),
            E::Unavailable(error) => unavailable(Some(error.retry_after), "exchange_unavailable"),
        }
    }

    fn of_exchange_input(error: &InputError) -> Self {
        match error {
            // A verified token is never malformed. So the API passed on the caller's token without verification, and
            // the caller sent a malformed token.
            InputError::Token { parameter: "subject_token", .. } => {
                row(Kind::InvalidToken, "exchange_subject_malformed", "the token presented is malformed")
            }
            InputError::DelegationTooDeep { .. } => delegation_too_deep(),
            InputError::AuditContext
            | InputError::AuthorizationDetail
            | InputError::Blank { .. }
            | InputError::Reserved { .. }
            | InputError::SessionTransferAudience
            | InputError::SubjectTokenType
            | InputError::Token { .. }
            | InputError::TooManyValues { .. } => misconfigured("exchange_input"),
        }
    }

    fn of_exchange_server(error: &ServerError) -> Self {
        use ServerErrorKind as K;
        match error.kind() {
            K::AccountNotLinked => forbidden(
                "account_not_linked",
                "exchange_account_not_linked",
                "the user has to connect their account first",
            ),
            K::AccountUnusable => forbidden(
                "account_unusable",
                "exchange_account_unusable",
                "the user has to connect their account again",
            ),
            K::ActorNotSet => misconfigured("exchange_actor_not_set"),
            K::Client => misconfigured("exchange_client_rejected"),
            K::DelegationTooDeep => delegation_too_deep(),
            K::Denied => forbidden("access_denied", "exchange_denied", "the user may not do this"),
            K::InteractionRequired => {
                forbidden("interaction_required", "exchange_interaction_required", "the user has to log in again")
            }
            K::MfaRequired => {
                forbidden("mfa_required", "exchange_mfa_required", "the user has to pass another factor first")
            }
            K::RateLimited => unavailable(error.retry_after(), "exchange_rate_limited"),
            K::Request => misconfigured("exchange_rejected"),
            K::ScopesNotGranted => scopes_missing(),
            K::ServerTrouble => unavailable(error.retry_after(), "exchange_server_trouble"),
            K::SessionTransferDisabled => misconfigured("exchange_session_transfer_disabled"),
            K::SubjectRejected => {
                row(Kind::InvalidToken, "exchange_subject_rejected", "the token presented is not accepted any more")
            }
            K::TooManyAttempts => unavailable(error.retry_after(), "exchange_too_many_attempts"),
        }
    }
}

pub(super) fn forbidden(code: &'static str, label: &'static str, description: &'static str) -> Row {
    row(Kind::Forbidden { code }, label, description)
}

fn delegation_too_deep() -> Row {
    forbidden(
        "delegation_too_deep",
        "exchange_delegation_depth",
        "the access token was delegated too often to be exchanged again",
    )
}

fn scopes_missing() -> Row {
    forbidden(
        "account_scopes_missing",
        "exchange_scopes_missing",
        "the user has to connect their account again and grant more",
    )
}

/// A mistake in this API's configuration or code: 500.
pub(super) fn misconfigured(label: &'static str) -> Row {
    row(Kind::Internal, label, "the server is misconfigured")
}

pub(super) fn unavailable(retry_after: Option<Duration>, label: &'static str) -> Row {
    let retry_after = retry_after.unwrap_or(DEFAULT_RETRY_AFTER);
    row(Kind::Unavailable { retry_after }, label, "another service that is needed here is not available")
}

/// Long enough for a rate limit per second, and for most outages.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);
