//! What an OAuth error of the tenant means: errors sorted by what the user, the API or the operator can do about them.

/// What an error means, and who can resolve the problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerErrorKind {
    /// The user has not connected this account: start Connect Accounts for the user.
    AccountNotLinked,
    /// The account was connected, but its grant no longer works, was revoked, or lacks scopes: the user must connect it
    /// again.
    AccountUnusable,
    /// The Action of the profile did not call `setActor`, which a session transfer token needs (`setactor_required`).
    ActorNotSet,
    /// This API's client authentication was rejected, or the client may not use this grant.
    Client,
    /// The subject of an on-behalf-of exchange has been delegated too often: the tenant adds no further actor.
    DelegationTooDeep,
    /// A policy of the tenant, or the Action of the profile, denied this subject.
    Denied,
    /// The user must log in or consent in a browser first.
    InteractionRequired,
    /// The user must pass a further factor first.
    MfaRequired,
    /// There were too many requests, or a quota is used up: try again later.
    RateLimited,
    /// The request does not match the tenant's configuration: audience, scope, grant, parameters.
    Request,
    /// The connected account has not granted the requested scopes: the user must connect it again with these scopes.
    ScopesNotGranted,
    /// The tenant failed: it answered with a 5xx status, or with `server_error` or `temporarily_unavailable`.
    ServerTrouble,
    /// The client may not create session transfer tokens: session transfer is off in the tenant or for the application
    /// (`session_transfer_disabled`).
    SessionTransferDisabled,
    /// The tenant rejected the subject token.
    SubjectRejected,
    /// The tenant accepts no exchanges from this API's address for some time, after too many bad subject tokens.
    TooManyAttempts,
}

/// Which part of the tenant judges the subject. The meaning of some codes depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JudgedBy {
    /// An Action. It rejects a subject token with `invalid_request`, and can deny access with its own codes.
    Action,
    /// An Action, for a session transfer token.
    ActionOfSessionTransfer,
    /// The tenant, for a credential that the caller presented to this API.
    Caller,
    /// The tenant, for a token of this client itself. No user and no subject token can be at fault: a rejection is about
    /// the client or the request.
    NoUser,
    /// The tenant, for an on-behalf-of exchange: as `Caller`, and it limits how often a subject can be delegated.
    OnBehalfOf,
    /// The tenant, for a refresh token of a login. It is not the token that the client presented to this API.
    RefreshToken,
    /// The tenant, for a credential that the caller may never have seen, such as one that this API keeps. Its rejection is
    /// not the fault of the token that the caller presented.
    Tenant,
    /// Token Vault. The scopes are those that the user has granted at the external provider.
    Vault,
    /// Token Vault, with a refresh token as the subject. The refresh token is not the token that the client presented
    /// to this API.
    VaultForRefreshToken,
    /// Token Vault, for a privileged worker. The subject token is signed by this API itself, so a rejected one is this API's
    /// mistake.
    VaultForWorker,
}

impl ServerErrorKind {
    /// Whether the tenant has rejected the subject or the requested account. False if the request was wrong, or if the
    /// same request may succeed later.
    pub(super) fn is_about_subject(self) -> bool {
        match self {
            Self::AccountNotLinked
            | Self::AccountUnusable
            | Self::DelegationTooDeep
            | Self::Denied
            | Self::InteractionRequired
            | Self::MfaRequired
            | Self::ScopesNotGranted
            | Self::SubjectRejected => true,
            Self::ActorNotSet
            | Self::Client
            | Self::RateLimited
            | Self::Request
            | Self::ServerTrouble
            | Self::SessionTransferDisabled
            | Self::TooManyAttempts => false,
        }
    }

    /// `description` is the tenant's text, which can be read safely: it is printable and truncated.
    pub(super) fn of(code: &str, status: u16, judge: JudgedBy, description: Option<&str>) -> Self {
        match code {
            "too_many_attempts" => Self::TooManyAttempts,
            // A rate limit and an outage are recognised by the status, with any code in the body.
            _ if status == 429 => Self::RateLimited,
            _ if status >= 500 => Self::ServerTrouble,
            "federated_connection_refresh_token_not_found" => Self::AccountNotLinked,
            "federated_connection_refresh_token_flow_failed" => Self::AccountUnusable,
            "setactor_required" if judge == JudgedBy::ActionOfSessionTransfer => Self::ActorNotSet,
            "session_transfer_disabled" if judge == JudgedBy::ActionOfSessionTransfer => Self::SessionTransferDisabled,
            "invalid_client" | "unauthorized_client" => Self::Client,
            // Auth0 answers a wrong client secret with 401 and this code, and a denial with 403.
            "access_denied" if status == 401 => Self::Client,
            // As in Auth0 when the client is not authorized for the API.
            "access_denied" if judge == JudgedBy::NoUser => Self::Client,
            "account_selection_required"
            | "consent_required"
            | "insufficient_scope"
            | "interaction_required"
            | "login_required"
            | "mfa_required"
                if judge == JudgedBy::NoUser =>
            {
                Self::Request
            }
            "access_denied" => Self::Denied,
            "account_selection_required" | "consent_required" | "interaction_required" | "login_required" => {
                Self::InteractionRequired
            }
            "mfa_required" => Self::MfaRequired,
            "server_error" | "temporarily_unavailable" => Self::ServerTrouble,
            "insufficient_scope" => Self::ScopesNotGranted,
            "invalid_scope" if judge.is_vault() => Self::ScopesNotGranted,
            "invalid_grant" if judge.is_refresh_token() => Self::InteractionRequired,
            "invalid_grant" | "invalid_token" if judge.is_not_of_caller() => Self::Request,
            "invalid_grant" | "invalid_token" => Self::SubjectRejected,
            "invalid_request" if judge == JudgedBy::OnBehalfOf && is_about_delegation(description) => {
                Self::DelegationTooDeep
            }
            "invalid_request" if judge.is_action() => Self::SubjectRejected,
            "invalid_dpop_proof"
            | "invalid_request"
            | "invalid_scope"
            | "invalid_target"
            | "unsupported_grant_type"
            | "use_dpop_nonce" => Self::Request,
            _ if judge.is_action() => Self::Denied,
            _ => Self::Request,
        }
    }
}

impl JudgedBy {
    fn is_action(self) -> bool {
        matches!(self, Self::Action | Self::ActionOfSessionTransfer)
    }

    /// Whether the caller cannot present a better subject token: it did not present this one.
    fn is_not_of_caller(self) -> bool {
        matches!(self, Self::NoUser | Self::Tenant | Self::VaultForWorker)
    }

    fn is_refresh_token(self) -> bool {
        matches!(self, Self::RefreshToken | Self::VaultForRefreshToken)
    }

    fn is_vault(self) -> bool {
        matches!(self, Self::Vault | Self::VaultForRefreshToken | Self::VaultForWorker)
    }
}

/// Returns true if the tenant says that the delegation chain exceeds its limit. Auth0 has no code of its own for this:
/// the code is `invalid_request`, and only the description tells.
fn is_about_delegation(description: Option<&str>) -> bool {
    let description = description.unwrap_or_default().to_ascii_lowercase();
    description.split_once("delegation chain").is_some_and(|(_, rest)| rest.contains("exceed"))
}

#[cfg(test)]
mod tests {
    use super::ServerErrorKind as Kind;
    use super::*;

    fn kind(status: u16, code: &str, judge: JudgedBy) -> Kind {
        Kind::of(code, status, judge, None)
    }

    #[test]
    fn each_error_code_has_its_kind() {
        for (status, code, expected) in [
            (401, "federated_connection_refresh_token_not_found", Kind::AccountNotLinked),
            (401, "federated_connection_refresh_token_flow_failed", Kind::AccountUnusable),
            (401, "invalid_client", Kind::Client),
            (403, "unauthorized_client", Kind::Client),
            (401, "access_denied", Kind::Client),
            (403, "access_denied", Kind::Denied),
            (403, "mfa_required", Kind::MfaRequired),
            (403, "consent_required", Kind::InteractionRequired),
            (400, "invalid_request", Kind::Request),
            (400, "invalid_target", Kind::Request),
            (400, "not_a_known_code", Kind::Request),
            (403, "insufficient_scope", Kind::ScopesNotGranted),
            (429, "too_many_attempts", Kind::TooManyAttempts),
            (429, "too_many_requests", Kind::RateLimited),
            (429, "access_denied", Kind::RateLimited),
            (429, "invalid_client", Kind::RateLimited),
            (500, "access_denied", Kind::ServerTrouble),
            (503, "invalid_client", Kind::ServerTrouble),
            (503, "temporarily_unavailable", Kind::ServerTrouble),
            (500, "not_a_known_code", Kind::ServerTrouble),
            (400, "server_error", Kind::ServerTrouble),
        ] {
            for judge in [JudgedBy::Caller, JudgedBy::Tenant] {
                assert_eq!(kind(status, code, judge), expected, "{status} {code} {judge:?}");
            }
        }
    }

    #[test]
    fn a_rejected_subject_is_the_callers_only_if_the_caller_presented_it() {
        for code in ["invalid_grant", "invalid_token"] {
            assert_eq!(kind(403, code, JudgedBy::Caller), Kind::SubjectRejected);
            assert_eq!(kind(403, code, JudgedBy::Tenant), Kind::Request);
        }
    }

    #[test]
    fn invalid_request_from_an_action_means_subject_rejected_and_an_unknown_code_means_denied() {
        assert_eq!(kind(400, "invalid_request", JudgedBy::Action), Kind::SubjectRejected);
        assert_eq!(kind(400, "not_on_a_sunday", JudgedBy::Action), Kind::Denied);
        assert_eq!(kind(400, "invalid_target", JudgedBy::Action), Kind::Request);
    }

    #[test]
    fn the_errors_of_session_transfer_have_kinds_of_their_own() {
        use JudgedBy::{Action, ActionOfSessionTransfer as Transfer, Tenant};
        for (status, code, judge, expected) in [
            (400, "setactor_required", Transfer, Kind::ActorNotSet),
            (403, "session_transfer_disabled", Transfer, Kind::SessionTransferDisabled),
            (400, "invalid_request", Transfer, Kind::SubjectRejected),
            (400, "not_on_a_sunday", Transfer, Kind::Denied),
            (429, "session_transfer_disabled", Transfer, Kind::RateLimited),
            // The Action of another exchange may use any code to deny.
            (400, "setactor_required", Action, Kind::Denied),
            (400, "session_transfer_disabled", Tenant, Kind::Request),
        ] {
            assert_eq!(kind(status, code, judge), expected, "{status} {code} {judge:?}");
        }
    }

    #[test]
    fn a_delegation_chain_that_exceeds_the_limit_is_recognised_by_its_description() {
        let kind = |status: u16, code: &str, description: &str, judge: JudgedBy| {
            Kind::of(code, status, judge, Some(description))
        };
        let exceeds = "Delegation chain depth exceeds the maximum of 5";
        for description in [exceeds, "delegation chain EXCEEDED", "The delegation chain exceeds the limit"] {
            assert_eq!(kind(400, "invalid_request", description, JudgedBy::OnBehalfOf), Kind::DelegationTooDeep);
        }
        for (status, code, description, judge, expected) in [
            (400, "invalid_request", "exceeds the delegation chain", JudgedBy::OnBehalfOf, Kind::Request),
            (400, "invalid_request", "Missing required parameter: audience", JudgedBy::OnBehalfOf, Kind::Request),
            (400, "invalid_request", exceeds, JudgedBy::Action, Kind::SubjectRejected),
            (400, "invalid_request", exceeds, JudgedBy::Tenant, Kind::Request),
            (400, "invalid_request", exceeds, JudgedBy::Vault, Kind::Request),
            (403, "unauthorized_client", exceeds, JudgedBy::OnBehalfOf, Kind::Client),
            (429, "invalid_request", exceeds, JudgedBy::OnBehalfOf, Kind::RateLimited),
            (400, "invalid_grant", exceeds, JudgedBy::OnBehalfOf, Kind::SubjectRejected),
        ] {
            assert_eq!(kind(status, code, description, judge), expected, "{status} {code} {description}");
        }
        assert_eq!(Kind::of("invalid_request", 400, JudgedBy::OnBehalfOf, None), Kind::Request);
    }

    #[test]
    fn invalid_scope_from_token_vault_means_scopes_not_granted() {
        assert_eq!(kind(400, "invalid_scope", JudgedBy::Vault), Kind::ScopesNotGranted);
        assert_eq!(kind(400, "invalid_scope", JudgedBy::VaultForRefreshToken), Kind::ScopesNotGranted);
        assert_eq!(kind(400, "invalid_scope", JudgedBy::Tenant), Kind::Request);
    }

    #[test]
    fn a_request_without_a_subject_of_the_caller_never_blames_the_caller() {
        use JudgedBy::{NoUser, VaultForWorker};
        for (status, code, judge, expected) in [
            (403, "access_denied", NoUser, Kind::Client),
            (403, "invalid_grant", NoUser, Kind::Request),
            (401, "invalid_client", NoUser, Kind::Client),
            (400, "invalid_scope", NoUser, Kind::Request),
            (403, "insufficient_scope", NoUser, Kind::Request),
            (403, "mfa_required", NoUser, Kind::Request),
            (403, "login_required", NoUser, Kind::Request),
            (403, "access_denied", VaultForWorker, Kind::Denied),
            (403, "invalid_grant", VaultForWorker, Kind::Request),
            (400, "invalid_request", VaultForWorker, Kind::Request),
            (401, "invalid_token", VaultForWorker, Kind::Request),
            (400, "invalid_scope", VaultForWorker, Kind::ScopesNotGranted),
            (401, "federated_connection_refresh_token_not_found", VaultForWorker, Kind::AccountNotLinked),
        ] {
            assert_eq!(kind(status, code, judge), expected, "{status} {code} {judge:?}");
        }
    }

    #[test]
    fn a_rejected_refresh_token_of_the_user_requires_interaction() {
        assert_eq!(kind(403, "invalid_grant", JudgedBy::Vault), Kind::SubjectRejected);
        assert_eq!(kind(403, "invalid_grant", JudgedBy::VaultForRefreshToken), Kind::InteractionRequired);
        assert_eq!(kind(403, "invalid_grant", JudgedBy::RefreshToken), Kind::InteractionRequired);
        assert_eq!(kind(400, "invalid_scope", JudgedBy::RefreshToken), Kind::Request);
    }
}
