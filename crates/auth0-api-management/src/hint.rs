//! Labels for logs and metrics, and hints for operators.

use auth0_api_core::exchange::ServerErrorKind;
use auth0_api_core::{Error, ExchangeError};

use crate::error::ManagementError;

impl ManagementError {
    /// A stable, machine-readable label for logs and metrics, such as `management_conflict`. An error about the management
    /// token has the label of the exchange, such as `exchange_client_rejected`.
    pub fn label(&self) -> &'static str {
        match self {
            Self::ActionDiffers { .. } => "management_action_differs",
            Self::Answer { .. } => "management_answer",
            Self::BadRequest(_) => "management_bad_request",
            Self::ChangedMeanwhile { .. } => "management_changed_meanwhile",
            Self::Conflict(_) => "management_conflict",
            Self::Contested { .. } => "management_contested",
            Self::Forbidden { missing_scope: Some(_), .. } | Self::ScopeMissing { .. } => "management_scope_missing",
            Self::Forbidden { missing_scope: None, .. } => "management_forbidden",
            Self::Input(_) => "management_input",
            Self::NotFound(_) => "management_not_found",
            Self::RateLimited { .. } => "management_rate_limited",
            Self::ReplacementFailed { .. } => "management_replacement_failed",
            Self::Token(error) => Error::from(error.clone()).label(),
            Self::Unauthorized(_) => "management_unauthorized",
            Self::Unavailable(_) => "management_unavailable",
        }
    }

    /// Returns a text for operators: what to change. Returns `None` if an operator cannot do anything about the error, such as an
    /// outage of the tenant. The hint of a replacement that failed is that of its cause.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::ActionDiffers { .. } => {
                "the Management API cannot change the Action of a profile: delete the profile, or call ensure_or_replace(); \
                 between deleting and creating, exchanges of this type fail"
            }
            Self::Answer { .. } => {
                "something else than the Management API answered: check that the domain is the tenant's own, and that no \
                 proxy changes the answers"
            }
            Self::BadRequest(_) => {
                "look at the message of the answer (tenant_error()); often the action_id is not the id of a deployed \
                 Action with the trigger custom-token-exchange"
            }
            Self::ChangedMeanwhile { .. } => {
                "another client of the tenant has changed the profile: read it again, and decide again"
            }
            Self::Conflict(_) => "another profile has this subject token type: list the profiles, or call ensure()",
            Self::Contested { .. } => {
                "two deployments want different names for one profile: let them want the same, or give each its own \
                 subject token type"
            }
            Self::Forbidden { missing_scope: Some(_), .. } | Self::ScopeMissing { .. } => {
                "give the application the missing scope: Applications, APIs, Auth0 Management API, Machine to Machine \
                 Applications; the next call gets a new token"
            }
            Self::Forbidden { missing_scope: None, .. } => {
                "look at the message of the answer (tenant_error()): the plan of the tenant may lack token exchange profiles"
            }
            Self::Input(_) => "correct the values that the error names; nothing was sent",
            Self::NotFound(_) => {
                "the tenant has nothing with this id or identifier: it was deleted, or it belongs to another tenant"
            }
            Self::RateLimited { .. } => {
                "the tenant's limit of requests to the Management API is used up: make fewer calls, or raise longest_wait()"
            }
            Self::ReplacementFailed { cause, restored: Some(_), .. } => return cause.hint(),
            Self::ReplacementFailed { cause, restored: None, .. } => return cause.hint().or(Some(REPEAT)),
            Self::Token(error) => return of_token(error),
            Self::Unauthorized(_) => {
                "the tenant rejects its own tokens: check that the domain is the tenant's canonical domain, and the clock of \
                 this machine"
            }
            Self::Unavailable(_) => return None,
        })
    }
}

/// The hints of an exchange are about users. The client of the Management API needs others.
fn of_token(error: &ExchangeError) -> Option<&'static str> {
    match error {
        ExchangeError::Server(answer)
            // With 401, the tenant rejects the secret or the key.
            if answer.kind() == ServerErrorKind::Request || (answer.code() == "access_denied" && answer.status() != 401) =>
        {
            Some(
                "authorize the application for the Auth0 Management API (Applications, APIs, Auth0 Management API, Machine to \
                 Machine Applications), and use the tenant's canonical domain, not a custom domain",
            )
        }
        _ => error.hint(),
    }
}

const REPEAT: &str =
    "call ensure_or_replace() again: until then, the tenant lacks the profile, and exchanges of its type fail";
