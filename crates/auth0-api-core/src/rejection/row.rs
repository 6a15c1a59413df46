//! The table of responses. One exhaustive match gives each error its row: a kind of response, a label and a text.

use std::time::Duration;

use crate::binding::{BindingError, ConfirmationError};
use crate::called_url::TargetError;
use crate::credentials::CredentialsError;
use crate::decryption::DecryptionError;
use crate::downstream::DownstreamError;
use crate::dpop::{ProofError, ReplayStoreError};
use crate::error::Reason;
use crate::issuer::IssuerError;
use crate::jose::{JoseError, JweError};
use crate::mtls::CertificateError;
use crate::requirement::RequirementError;
use crate::revocation::RevocationError;
use crate::token::{ClaimsError, TokenError};

/// What an error means in an HTTP response, apart from the challenges.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    kind: Kind,
    label: &'static str,
    description: &'static str,
}

/// The kinds of responses.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// The token is valid, but something about the user prevents an exchange, or a request to another API, that the API
    /// needs.
    Forbidden {
        code: &'static str,
    },
    InsufficientScope {
        scope: Option<Box<str>>,
    },
    /// A mistake or a failure on this API's side.
    Internal,
    InsufficientUserAuthentication {
        acr_values: Option<Box<str>>,
        max_age: Option<Duration>,
        scope: Option<Box<str>>,
    },
    InvalidDpopProof,
    InvalidRequest,
    InvalidToken,
    /// The request has no credentials: 401 without an error code (RFC 6750 §3.1).
    MissingCredentials,
    /// The request has a scheme that is not offered. The client cannot use its credentials here, so the response is that
    /// to a request without credentials.
    SchemeNotOffered,
    TooManyProofs {
        retry_after: Duration,
    },
    Unavailable {
        retry_after: Duration,
    },
    UseDpopNonce {
        nonce: String,
    },
}

impl Row {
    /// Returns the row of an error. Only this function maps errors to responses. If an error has no row, the crate does
    /// not compile.
    pub(crate) fn of(reason: &Reason) -> Self {
        match reason {
            Reason::Binding(error) => Self::of_binding(error),
            Reason::Ciba(error) => Self::of_ciba(error),
            Reason::Claims(error) => Self::of_claims(error),
            Reason::ConnectedAccounts(error) => Self::of_connect(error),
            Reason::Credentials(error) => Self::of_credentials(*error),
            Reason::Decryption(error) => Self::of_decryption(error),
            Reason::Downstream(error) => Self::of_downstream(error),
            Reason::Exchange(error) => Self::of_exchange(error),
            Reason::Issuer(error) => Self::of_issuer(error),
            Reason::Jose(error) => Self::of_token_jws(error),
            Reason::ProofSigning(_) => row(Kind::Internal, "proof_signing", "the server is misconfigured"),
            Reason::Requirement(error) => Self::of_requirement(error),
            Reason::Revocation(error) => Self::of_revocation(error),
            Reason::Token(error) => Self::of_token(error),
        }
    }

    /// Returns the row for a route that requires a verified token, if no layer verifies tokens.
    pub(crate) fn misconfigured() -> Self {
        row(Kind::Internal, "layer_missing", "the server is misconfigured")
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    pub(crate) fn label(&self) -> &'static str {
        self.label
    }

    /// The `error_description` of a challenge. That of the body may be longer: see [`Body`](super::body::Body).
    pub(crate) fn description(&self) -> &'static str {
        self.description
    }

    pub(crate) fn status(&self) -> u16 {
        match self.kind {
            Kind::InvalidRequest => 400,
            Kind::InsufficientUserAuthentication { .. }
            | Kind::InvalidDpopProof
            | Kind::InvalidToken
            | Kind::MissingCredentials
            | Kind::SchemeNotOffered
            | Kind::UseDpopNonce { .. } => 401,
            Kind::Forbidden { .. } | Kind::InsufficientScope { .. } => 403,
            Kind::TooManyProofs { .. } => 429,
            Kind::Internal => 500,
            Kind::Unavailable { .. } => 503,
        }
    }

    /// The value of `error` in the body, and in a challenge that contains the error.
    pub(crate) fn code(&self) -> &'static str {
        match self.kind {
            Kind::Forbidden { code } => code,
            Kind::InsufficientScope { .. } => "insufficient_scope",
            Kind::InsufficientUserAuthentication { .. } => "insufficient_user_authentication",
            Kind::Internal => "server_error",
            Kind::InvalidDpopProof => "invalid_dpop_proof",
            Kind::InvalidRequest => "invalid_request",
            Kind::InvalidToken => "invalid_token",
            Kind::MissingCredentials | Kind::SchemeNotOffered => "missing_credentials",
            Kind::TooManyProofs { .. } => "too_many_requests",
            Kind::Unavailable { .. } => "temporarily_unavailable",
            Kind::UseDpopNonce { .. } => "use_dpop_nonce",
        }
    }

    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        match &self.kind {
            // RFC 9449 §8.2: caches must not store the response, because the nonce is for one client.
            Kind::UseDpopNonce { nonce } => {
                vec![("dpop-nonce", nonce.clone()), ("cache-control", "no-store".to_owned())]
            }
            Kind::TooManyProofs { retry_after } | Kind::Unavailable { retry_after } => {
                vec![("retry-after", whole_seconds(*retry_after).to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn of_claims(error: &ClaimsError) -> Self {
        let (label, description) = match error {
            ClaimsError::Missing { .. } => ("claims_missing", "the access token lacks a claim that is needed here"),
            ClaimsError::AuthorizationDetails(_) | ClaimsError::Unsuitable { .. } => {
                ("claims_unsuitable", "a claim of the access token is malformed")
            }
        };
        row(Kind::InsufficientScope { scope: None }, label, description)
    }

    fn of_credentials(error: CredentialsError) -> Self {
        use CredentialsError as E;
        match error {
            E::Malformed { .. } => row(Kind::InvalidRequest, "credentials_malformed", "the access token is malformed"),
            E::Missing => row(Kind::MissingCredentials, "credentials_missing", "no access token was presented"),
            E::Repeated { .. } => {
                row(Kind::InvalidRequest, "credentials_repeated", "more than one Authorization header was sent")
            }
            E::SchemeNotOffered { .. } => {
                row(Kind::SchemeNotOffered, "scheme_not_offered", "the authentication scheme is not offered")
            }
            E::SeveralMethods => row(
                Kind::InvalidRequest,
                "credentials_several_methods",
                "the access token was sent in more than one way",
            ),
            E::TooLong { .. } => row(Kind::InvalidRequest, "credentials_too_long", "the access token is too long"),
        }
    }

    /// RFC 7516 §11.5: whatever prevents a decryption, the response is the same.
    fn of_decryption(error: &DecryptionError) -> Self {
        use JweError as E;
        let error = match error {
            DecryptionError::Busy { retry_after } => {
                let kind = Kind::Unavailable { retry_after: *retry_after };
                return row(kind, "decryption_busy", "too many access tokens are decrypted at the moment");
            }
            DecryptionError::Token(error) => error,
        };
        let (label, description) = match error {
            E::Algorithm | E::ContentType | E::Extension => {
                ("token_encryption_unsupported", "the encryption of the access token is not supported")
            }
            E::Content => ("token_encrypted_content", "the access token contains no signed JWT"),
            E::Decryption => ("token_decryption", "the access token cannot be decrypted"),
            E::Header(_) | E::HeaderMember { .. } | E::Part { .. } => {
                ("token_malformed", "the access token is malformed")
            }
            E::KeyUnknown => ("decryption_key_unknown", "the decryption key of the access token is unknown"),
        };
        row(Kind::InvalidToken, label, description)
    }

    fn of_downstream(error: &DownstreamError) -> Self {
        use DownstreamError as E;
        match error {
            E::ApplicationDenied { .. } => {
                row(Kind::Internal, "downstream_application_denied", "the server is misconfigured")
            }
            // RFC 6750 §3.1 has the challenge for a scope of this API. The scope that another API demands is not one: the
            // caller cannot request it here.
            E::Denied { .. } => {
                let kind = Kind::Forbidden { code: "downstream_insufficient_scope" };
                row(kind, "downstream_insufficient_scope", "another API that is needed here demands more")
            }
            E::Misused(_) => row(Kind::Internal, "downstream_request", "the server is misconfigured"),
            E::TokenRejected { .. } => row(Kind::Internal, "downstream_token_rejected", "the server is misconfigured"),
            E::Unavailable { retry_after, .. } => {
                let kind = Kind::Unavailable { retry_after: retry_after.unwrap_or(DOWNSTREAM_RETRY) };
                row(kind, "downstream_unavailable", "another service that is needed here is not available")
            }
        }
    }

    fn of_token_jws(error: &JoseError) -> Self {
        use JoseError as E;
        let (label, description) = match error {
            E::AlgorithmMissing | E::AlgorithmUnknown => {
                ("token_alg_unknown", "the signature algorithm is missing or unknown")
            }
            E::AlgorithmNotAllowed { .. } => ("token_alg_not_allowed", "the signature algorithm is not allowed"),
            E::Critical | E::UnencodedPayload => {
                ("token_extension", "the access token demands extensions that are not supported")
            }
            E::Encrypted => ("token_encrypted", "encrypted access tokens are not supported"),
            E::Header(_) | E::KeyId | E::Payload(_) | E::Segment | E::SegmentCount | E::Type => {
                ("token_malformed", "the access token is malformed")
            }
            E::Opaque { .. } => ("token_opaque", "the access token is not a JWT"),
            E::Signature => ("token_signature", "the signature of the access token is invalid"),
            E::Symmetric => ("token_alg_symmetric", "symmetric signature algorithms are not supported"),
        };
        row(Kind::InvalidToken, label, description)
    }

    fn of_issuer(error: &IssuerError) -> Self {
        use IssuerError as E;
        match error {
            E::IssuerMissing => row(Kind::InvalidToken, "issuer_missing", "the access token names no issuer"),
            E::KeyAmbiguous => row(Kind::InvalidToken, "key_ambiguous", "the access token names no signing key"),
            E::KeyNotLookedFor(not_looked_for) => {
                let kind = Kind::Unavailable { retry_after: not_looked_for.retry_after };
                row(kind, "key_not_looked_for", "the signing key of the access token was not looked for yet")
            }
            E::KeyOfOtherAlgorithm { .. } => row(
                Kind::InvalidToken,
                "key_of_other_algorithm",
                "the signing key of the access token is for another algorithm",
            ),
            E::KeyUnknown => row(Kind::InvalidToken, "key_unknown", "the signing key of the access token is unknown"),
            E::NobodyTrusted | E::NotTrusted { .. } => {
                row(Kind::InvalidToken, "issuer_not_trusted", "the issuer of the access token is not trusted")
            }
            E::Resolver(_) => row(Kind::Internal, "resolver_failed", "the server cannot tell whose tokens it takes"),
            E::Unavailable(unavailable) => {
                let kind = Kind::Unavailable { retry_after: unavailable.retry_after };
                row(kind, "keys_unavailable", "access tokens cannot be checked at the moment")
            }
        }
    }

    fn of_revocation(error: &RevocationError) -> Self {
        use RevocationError as E;
        match error {
            E::ClaimMalformed { .. } => {
                row(Kind::InvalidToken, "token_claim_malformed", "a claim of the access token is malformed")
            }
            E::Revoked => row(Kind::InvalidToken, "token_revoked", "the access token was revoked"),
            E::Unavailable(_) => {
                row(unavailable(), "revocation_unavailable", "access tokens cannot be checked at the moment")
            }
        }
    }

    fn of_token(error: &TokenError) -> Self {
        use TokenError as E;
        let (label, description) = match error {
            E::Audience { .. } => ("token_audience", "the access token is not for this API"),
            E::ClaimMalformed { .. } => ("token_claim_malformed", "a claim of the access token is malformed"),
            E::ClaimMissing { .. } | E::RequiredClaim { .. } => {
                ("token_claim_missing", "a claim is missing in the access token")
            }
            E::Expired { .. } => ("token_expired", "the access token has expired"),
            E::NotYetValid { .. } => ("token_not_yet_valid", "the access token is not valid yet"),
            E::IssuedInFuture { .. } => ("token_issued_in_future", "the access token is from the future"),
            E::TooOld { .. } => ("token_too_old", "the access token is too old"),
            E::Type => ("token_type", "the token is not an access token"),
        };
        row(Kind::InvalidToken, label, description)
    }

    fn of_binding(error: &BindingError) -> Self {
        use BindingError as E;
        match error {
            E::BoundTokenAsBearer => row(
                Kind::InvalidToken,
                "dpop_downgrade",
                "the access token is bound to a key and needs the DPoP scheme",
            ),
            E::Certificate(error) => Self::of_certificate(*error),
            E::Confirmation(error) => Self::of_confirmation(*error),
            E::NotBound => row(Kind::InvalidToken, "dpop_not_bound", "the access token is not bound to a key"),
            E::Proof(error) => Self::of_proof(error),
            E::ProofMissing => row(Kind::InvalidRequest, "dpop_proof_missing", "the DPoP scheme needs a proof"),
            E::ProofWithBearer => {
                row(Kind::InvalidRequest, "dpop_proof_with_bearer", "a proof needs the DPoP scheme and a bound token")
            }
            E::Replayed => row(Kind::InvalidDpopProof, "dpop_replayed", "the proof has been used before"),
            E::Store(error) => Self::of_store(error),
            E::Target(TargetError::HostForeign) => {
                row(Kind::InvalidRequest, "dpop_host_foreign", "the host of the request is not one of this API")
            }
            E::Target(TargetError::HostMissing) => {
                row(Kind::InvalidRequest, "dpop_target", "the request names no host")
            }
            E::Target(_) => row(Kind::InvalidRequest, "dpop_target", "the URL of the request is malformed"),
        }
    }

    /// RFC 8705 §3: the response to a wrong certificate is 401 `invalid_token`. If the header with the certificate
    /// cannot be read, the request is malformed (400).
    fn of_certificate(error: CertificateError) -> Self {
        use CertificateError as E;
        match error {
            E::HeaderElements { .. } | E::HeaderMalformed | E::HeaderRepeated | E::HeaderTooLong { .. } => row(
                Kind::InvalidRequest,
                "mtls_certificate_unreadable",
                "the client certificate of the request cannot be read",
            ),
            E::Mismatch => row(
                Kind::InvalidToken,
                "mtls_certificate_mismatch",
                "the access token is bound to another client certificate",
            ),
            E::Missing => row(
                Kind::InvalidToken,
                "mtls_certificate_missing",
                "the access token is bound to a client certificate and none was presented",
            ),
            E::NotConfigured => {
                row(Kind::InvalidToken, "cnf_certificate", "the access token is bound to a client certificate")
            }
        }
    }

    fn of_confirmation(error: ConfirmationError) -> Self {
        use ConfirmationError as E;
        let (label, description) = match error {
            E::Malformed => ("cnf_malformed", "the confirmation claim of the access token is malformed"),
            E::Unknown => ("cnf_unknown", "the access token is bound by a method that is not supported"),
        };
        row(Kind::InvalidToken, label, description)
    }

    fn of_proof(error: &ProofError) -> Self {
        use ProofError as E;
        let (label, description) = match error {
            E::Claim { .. } => ("dpop_claim", "a claim of the proof is missing or malformed"),
            E::Jws(JoseError::AlgorithmNotAllowed { .. }) => {
                ("dpop_alg_not_allowed", "the signature algorithm of the proof is not allowed")
            }
            E::Jws(JoseError::Signature) => ("dpop_signature", "the signature of the proof is invalid"),
            E::Jws(_) | E::TooLong => ("dpop_malformed", "the proof is malformed"),
            E::Key(_) => ("dpop_key", "the key of the proof is unusable"),
            E::KeyMismatch => {
                let description = "the access token is bound to another key than the proof's";
                return row(Kind::InvalidToken, "dpop_key_mismatch", description);
            }
            E::Method => ("dpop_htm_mismatch", "the proof was made for another method"),
            E::NonceWanted { nonce } => {
                let kind = Kind::UseDpopNonce { nonce: nonce.clone() };
                return row(kind, "dpop_nonce_wanted", "the proof needs the nonce of the DPoP-Nonce header");
            }
            E::Repeated => ("dpop_repeated", "exactly one proof must be sent"),
            E::Target { .. } => ("dpop_htu_mismatch", "the proof was made for another URL"),
            E::TargetMalformed(_) => ("dpop_htu_malformed", "the URL in the proof is malformed"),
            E::TokenHash => ("dpop_ath_mismatch", "the proof was made for another access token"),
            E::Type => ("dpop_typ", "the type of the proof is not dpop+jwt"),
            E::Window => ("dpop_iat_window", "the proof is too old or from the future"),
        };
        row(Kind::InvalidDpopProof, label, description)
    }

    fn of_store(error: &ReplayStoreError) -> Self {
        use ReplayStoreError as E;
        match error {
            E::Full => row(unavailable(), "replay_store_full", "proofs cannot be checked at the moment"),
            E::KeyQuota { retry_after } => {
                let kind = Kind::TooManyProofs { retry_after: *retry_after };
                row(kind, "replay_key_quota", "too many proofs of one key in a short time")
            }
            E::Unavailable(_) => {
                row(unavailable(), "replay_store_unavailable", "proofs cannot be checked at the moment")
            }
        }
    }

    fn of_requirement(error: &RequirementError) -> Self {
        use RequirementError as E;
        let (label, description) = match error {
            E::Empty => return row(Kind::Internal, "requirement_empty", "the server is misconfigured"),
            E::Scope { needed } => {
                let kind = Kind::InsufficientScope { scope: Some(needed.clone()) };
                return row(kind, "requirement_scope", "the access token lacks a scope that is needed here");
            }
            E::StepUp { acr_values, max_age, scope } => {
                let (acr_values, max_age, scope) = (acr_values.clone(), *max_age, scope.clone());
                let kind = Kind::InsufficientUserAuthentication { acr_values, max_age, scope };
                return row(kind, "requirement_step_up", "a stronger or more recent login is needed here");
            }
            E::Actor => ("requirement_actor", "the current actor may not act here"),
            E::ActorMalformed(_) => ("requirement_actor_malformed", "the act claim of the access token is malformed"),
            E::Agent { .. } => ("requirement_agent", "the access token is not that of an agent"),
            E::AuthorizationDetail { .. } => (
                "requirement_authorization_detail",
                "the access token lacks an authorization detail that is needed here",
            ),
            E::AuthorizationDetailsMalformed(_) => (
                "requirement_authorization_details_malformed",
                "the authorization details of the access token are malformed",
            ),
            E::Claim { .. } => ("requirement_claim", "the access token lacks a claim that is needed here"),
            E::ClaimValue { .. } => {
                ("requirement_claim_value", "a claim of the access token has not the value that is needed here")
            }
            E::Client => ("requirement_client", "the client may not come here"),
            E::Delegation { .. } => ("requirement_delegation", "the access token was delegated too often"),
            E::Machine { .. } => ("requirement_machine", "the access token is not that of a machine"),
            E::Organization => {
                ("requirement_organization", "the access token is not for an organization that is needed here")
            }
            E::Permission { .. } => {
                ("requirement_permission", "the access token lacks a permission that is needed here")
            }
            E::Predicate { .. } => ("requirement_predicate", "the access token does not meet what is needed here"),
            E::SenderConstraint => ("requirement_bound", "the access token has to be bound to a key"),
            E::User { .. } => ("requirement_user", "the access token is not that of a user"),
            E::UserOrAnonymous { .. } => {
                ("requirement_user_or_anonymous", "the access token is neither that of a user nor that of a visitor")
            }
        };
        row(Kind::InsufficientScope { scope: None }, label, description)
    }
}

pub(super) fn row(kind: Kind, label: &'static str, description: &'static str) -> Row {
    Row { kind, label, description }
}

fn unavailable() -> Kind {
    Kind::Unavailable { retry_after: STORE_RETRY }
}

/// Rounds up to whole seconds, because `Retry-After` has no fractions (RFC 9110 §10.2.3). The result is at least 1,
/// because 0 would tell the client to retry at once.
fn whole_seconds(duration: Duration) -> u64 {
    (duration.as_secs() + u64::from(duration.subsec_nanos() > 0)).max(1)
}

/// A store that reconnects by itself is available again within seconds.
const STORE_RETRY: Duration = Duration::from_secs(5);
/// Most short outages end within this time, when a new connection is made or another node takes over.
const DOWNSTREAM_RETRY: Duration = Duration::from_secs(1);
