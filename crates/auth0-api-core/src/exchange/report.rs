//! Log events of exchanges, and hints for operators.

use super::{EndpointError, ExchangeError, InputError, ServerErrorKind, TokenSet};
use crate::issuer::DiscoveryError;
use crate::with_sources::WithSources;

/// Logs the result of a token request, without tokens. For an error from the tenant, it logs only status and code.
pub(super) fn observe(grant_type: &str, fetched: &Result<TokenSet, ExchangeError>) {
    match fetched {
        Ok(_) => tracing::debug!(name: "token_exchanged", target: "auth0_api", event = "token_exchanged", grant_type),
        Err(error) => {
            let (hint, reason) = (error.hint(), WithSources(error));
            tracing::warn!(
                name: "token_exchange_failed", target: "auth0_api", event = "token_exchange_failed",
                grant_type, hint, %reason
            );
        }
    }
}

impl ExchangeError {
    /// Returns what the operator should check or do, for errors with a known cause.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::ClientAuthMissing => Some("exchanges need client_auth(), or AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET"),
            Self::Input(InputError::DelegationTooDeep { .. }) => Some(FEWER_ACTORS),
            Self::Input(_) => Some("the application passed a value that no request can contain: correct the call"),
            Self::Key(_) => Some("the private key of client_auth() or of the proof cannot sign: replace it"),
            Self::Organization(_) => Some(
                "the tenant answered for another organization than the one that the call names: compare the organization \
                 of the subject token with the call",
            ),
            Self::Response(_) => Some(
                "the token endpoint answered with something else than tokens: look at the source of this error, and check \
                 that no proxy changes the response",
            ),
            Self::Rotated(error) => error.cause().hint(),
            Self::ScopesMissing { .. } => Some(CONNECT_WITH_SCOPES),
            Self::Server(error) => of_server(error.kind()),
            Self::Unavailable(error) => of_endpoint(&error.cause),
        }
    }
}

fn of_server(kind: ServerErrorKind) -> Option<&'static str> {
    use ServerErrorKind as Kind;
    Some(match kind {
        Kind::AccountNotLinked => "the user has not connected this account: start Connect Accounts for the connection",
        Kind::AccountUnusable => {
            "the connected account's grant was revoked, has expired or has changed: let the user connect it again; \
             refresh token rotation must be off"
        }
        Kind::ActorNotSet => {
            "a session transfer token needs an actor: call api.authentication.setActor() in the Action of the profile"
        }
        Kind::Client => {
            "compare client id, authentication method and grants with the tenant's application; on-behalf-of needs an \
             application that is linked to this API (app_type resource_server)"
        }
        Kind::DelegationTooDeep => FEWER_ACTORS,
        Kind::Denied => "an Action or a policy of the tenant denied the request: see the tenant's log for the reason",
        Kind::InteractionRequired => "the user must log in or consent in a browser: start a login for the user",
        Kind::MfaRequired => "the tenant requires another factor: continue with mfa_token() at the MFA API",
        Kind::RateLimited => {
            "the tenant's rate limit or a quota was reached: leave the exchange cache on, and try again later; \
             ServerError::quotas() has the quotas"
        }
        Kind::Request => {
            "compare audience, scopes, connection and subject token type with what is configured in the tenant"
        }
        Kind::ScopesNotGranted => CONNECT_WITH_SCOPES,
        Kind::ServerTrouble => return None,
        Kind::SessionTransferDisabled => {
            "switch on session transfer (session_transfer.can_create_session_transfer_token) for the application in the \
             tenant"
        }
        Kind::SubjectRejected => "the subject token is expired, for another API, or not accepted by the profile",
        Kind::TooManyAttempts => {
            "this API's address sent too many bad subject tokens: check the tokens before the exchange; the limit is a \
             setting of the tenant's suspicious IP throttling"
        }
    })
}

fn of_endpoint(cause: &EndpointError) -> Option<&'static str> {
    match cause {
        EndpointError::Discovery(DiscoveryError::Issuer { .. } | DiscoveryError::Document(_)) => Some(
            "the discovery document is malformed or names another issuer: check that the configured domain is the \
             tenant's",
        ),
        EndpointError::Discovery(DiscoveryError::TokenEndpoint) => {
            Some("the token endpoint must be https and on the tenant's own host")
        }
        EndpointError::Discovery(_) | EndpointError::Http(_) => Some(
            "the tenant cannot be reached, or answers with an error: check the domain, DNS, egress rules and \
             certificates",
        ),
        EndpointError::GivenUp | EndpointError::Status { .. } => None,
    }
}

const FEWER_ACTORS: &str = "the caller's token has passed through too many APIs on behalf of the user (Auth0 nests five actors): shorten the \
     chain of on-behalf-of exchanges";
const CONNECT_WITH_SCOPES: &str =
    "the connected account lacks scopes: let the user connect it again, with these scopes";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_the_tenants_endpoint_has_a_hint_unless_only_time_helps() {
        let hint = |cause: EndpointError| {
            of_endpoint(&cause).map(|hint| hint.split(' ').take(5).collect::<Vec<_>>().join(" "))
        };
        let discovery = |error| hint(EndpointError::Discovery(error));
        assert_eq!(discovery(DiscoveryError::TokenEndpoint).as_deref(), Some("the token endpoint must be"));
        assert_eq!(discovery(DiscoveryError::GivenUp).as_deref(), Some("the tenant cannot be reached,"));
        let document = DiscoveryError::Document(crate::issuer::DocumentProblem::Compressed);
        assert_eq!(discovery(document).as_deref(), Some("the discovery document is malformed"));
        assert_eq!(hint(EndpointError::GivenUp), None);
    }
}
