//! Why a logout is rejected, and what the tenant and the operator are told about it.

use std::error::Error;
use std::time::Duration;

use crate::dpop::ReplayStoreError;
use crate::issuer::IssuerError;
use crate::jose::JoseError;
use crate::readable::Readable;

/// Why a logout is rejected.
///
/// [`label`](Self::label) returns the name of the error for logs and metrics. [`hint`](Self::hint) tells an operator what
/// to check. Neither the error nor its `Debug` output contains the logout token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutError {
    /// One of the token's audiences is none of the configured clients
    /// ([Back-Channel Logout §2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)).
    #[error("the logout token is for {found}, which is not a configured client")]
    Audience {
        /// The token's audiences in quotes: at most four, each cut after 200 characters.
        found: Box<str>,
    },
    /// A claim that every logout token must have is missing.
    #[error("the claim {claim} is missing")]
    ClaimMissing {
        /// The claim's name.
        claim: &'static str,
    },
    /// A claim has a type or a value that its specification does not allow.
    #[error("the claim {claim} is malformed")]
    ClaimMalformed {
        /// The claim's name.
        claim: &'static str,
    },
    /// `events` does not say that this is a logout, as in an access token or an ID token
    /// ([Back-Channel Logout §2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
    #[error("the token is not about a logout")]
    Event,
    /// `exp` has passed.
    #[error("the logout token expired {} ago", Readable(*ago))]
    Expired {
        /// The time from `exp` to the check.
        ago: Duration,
    },
    /// The request is not a form with exactly one `logout_token`, or it is too long
    /// ([Back-Channel Logout §2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)).
    #[error("the request is not a form with one logout_token")]
    Form,
    /// `iat` is in the future.
    #[error("the logout token was issued {} in the future", Readable(*issued_in))]
    IssuedInFuture {
        /// The time from the check until `iat`.
        issued_in: Duration,
    },
    /// The issuer is not trusted, or its keys are unavailable.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// The token is not a signed JWT that this API accepts.
    #[error(transparent)]
    Jose(#[from] JoseError),
    /// The token has a `nonce`, as an ID token has
    /// ([Back-Channel Logout §2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
    #[error("the logout token has a nonce, which only ID tokens have")]
    Nonce,
    /// The client has no [`LogoutPolicy`](crate::LogoutPolicy), or one without client ids.
    #[error("this API takes no logouts")]
    NotConfigured,
    /// A logout token with this `jti` was accepted before. The logout is in force.
    #[error("the logout token has been used before")]
    Replayed,
    /// The used `jti` could not be recorded. The logout is in force.
    #[error("the used logout token could not be recorded")]
    ReplayStore(#[from] ReplayStoreError),
    /// The token has `sid` and no `sub`. Auth0's access tokens have no `sid`, so no token could be revoked.
    #[error("the logout token names a session and no user")]
    SubjectMissing,
    /// The revocation could not be stored.
    #[error("the store of revocations is unavailable")]
    Store(#[source] Box<dyn Error + Send + Sync>),
    /// The token is longer than 16 KiB.
    #[error("the logout token is longer than 16384 bytes")]
    TooLong,
    /// `iat` is too long ago.
    #[error("the logout token was issued {} ago, and {} is the maximum age", Readable(*age), Readable(*limit))]
    TooOld {
        /// The time from `iat` to the check.
        age: Duration,
        /// The maximum age.
        limit: Duration,
    },
    /// `typ` is not the type of a logout token.
    #[error("the token's typ is not the type of a logout token")]
    Type,
}

/// Status, label, and the text for the tenant, which logs it.
type Row = (u16, &'static str, &'static str);

impl LogoutError {
    /// The status of the response
    /// ([Back-Channel Logout §2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)): 400; 503 if
    /// this API cannot process the logout at the moment; 500 if this API is misconfigured.
    pub fn status(&self) -> u16 {
        self.row().0
    }

    /// A stable, machine-readable label for logs and metrics, such as `logout_audience`.
    pub fn label(&self) -> &'static str {
        self.row().1
    }

    pub(crate) fn description(&self) -> &'static str {
        self.row().2
    }

    /// When to send the logout again, if the status is 503.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Issuer(IssuerError::Unavailable(unavailable)) => Some(unavailable.retry_after),
            Self::Issuer(IssuerError::KeyNotLookedFor(not_looked_for)) => Some(not_looked_for.retry_after),
            Self::ReplayStore(ReplayStoreError::KeyQuota { retry_after }) => Some(*retry_after),
            _ => (self.status() == 503).then_some(STORE_RETRY),
        }
    }

    fn row(&self) -> Row {
        match self {
            Self::Audience { .. } => (400, "logout_audience", "the logout token is for another client"),
            Self::ClaimMissing { .. } => (400, "logout_claim_missing", "a claim is missing in the logout token"),
            Self::ClaimMalformed { .. } => (400, "logout_claim_malformed", "a claim of the logout token is malformed"),
            Self::Event => (400, "logout_event", "the token is not about a logout"),
            Self::Expired { .. } => (400, "logout_expired", "the logout token has expired"),
            Self::Form => (400, "logout_form", "the request is not a form with one logout_token"),
            Self::IssuedInFuture { .. } => (400, "logout_issued_in_future", "the logout token is from the future"),
            Self::Issuer(error) => of_issuer(error),
            Self::Jose(error) => of_jose(error),
            Self::Nonce => (400, "logout_nonce", "the logout token has a nonce"),
            Self::NotConfigured => (500, "logout_not_configured", "the server is misconfigured"),
            Self::Replayed => (400, "logout_replayed", "the logout token has been used before"),
            Self::ReplayStore(ReplayStoreError::Full | ReplayStoreError::KeyQuota { .. }) => {
                (503, "logout_replay_store_full", "logouts cannot be processed at the moment")
            }
            Self::ReplayStore(ReplayStoreError::Unavailable(_)) => {
                (503, "logout_replay_store_unavailable", "logouts cannot be processed at the moment")
            }
            Self::SubjectMissing => (400, "logout_subject_missing", "the logout token names no user"),
            Self::Store(_) => (503, "logout_store_unavailable", "logouts cannot be processed at the moment"),
            Self::TooLong => (400, "logout_too_long", "the logout token is too long"),
            Self::TooOld { .. } => (400, "logout_too_old", "the logout token is too old"),
            Self::Type => (400, "logout_type", "the token is not a logout token"),
        }
    }
}

fn of_jose(error: &JoseError) -> Row {
    use JoseError as E;
    match error {
        E::AlgorithmNotAllowed { .. } | E::AlgorithmMissing | E::AlgorithmUnknown | E::Symmetric => {
            (400, "logout_alg_not_allowed", "the signature algorithm is not allowed")
        }
        E::Signature => (400, "logout_signature", "the signature of the logout token is invalid"),
        E::Critical
        | E::Encrypted
        | E::Header(_)
        | E::KeyId
        | E::Opaque { .. }
        | E::Payload(_)
        | E::Segment
        | E::SegmentCount
        | E::Type
        | E::UnencodedPayload => (400, "logout_malformed", "the logout token is malformed"),
    }
}

fn of_issuer(error: &IssuerError) -> Row {
    use IssuerError as E;
    match error {
        E::IssuerMissing | E::NobodyTrusted | E::NotTrusted { .. } => {
            (400, "logout_issuer_not_trusted", "the issuer of the logout token is not trusted")
        }
        E::KeyAmbiguous | E::KeyOfOtherAlgorithm { .. } | E::KeyUnknown => {
            (400, "logout_key_unknown", "the signing key of the logout token is unknown")
        }
        E::KeyNotLookedFor(_) => {
            (503, "logout_key_not_looked_for", "the signing key of the logout token was not looked for yet")
        }
        E::Resolver(_) => (500, "logout_resolver_failed", "the server cannot tell whose tokens it takes"),
        E::Unavailable(_) => (503, "logout_keys_unavailable", "logouts cannot be processed at the moment"),
    }
}

/// A store that reconnects by itself is available again within seconds.
const STORE_RETRY: Duration = Duration::from_secs(5);
