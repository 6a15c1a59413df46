//! The table of labels: each label has a hint, or a reason why an operator can do nothing.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::*;
use crate::binding::{BindingError, ConfirmationError};
use crate::called_url::TargetError;
use crate::ciba::CibaError;
use crate::connected_accounts::{ConnectError, MyAccountProblem};
use crate::credentials::Scheme;
use crate::decryption::DecryptionError;
use crate::dpop::{ProofError, ReplayStoreError};
use crate::exchange::{
    EndpointError, EndpointUnavailable, ExchangeError, InputError, OrganizationError, ResponseError, ServerError,
    ServerErrorKind, TokenTextError,
};
use crate::http::HttpError;
use crate::issuer::{DiscoveryError, FetchLimit, IssuerError, KeyNotLookedFor, KeysUnavailable, ResolverError};
use crate::jose::{Algorithm, JoseError, JsonError, JweError, JwkError, PrivateKeyError};
use crate::logout::LogoutError;
use crate::mtls::CertificateError;
use crate::requirement::RequirementError;
use crate::token::{ActorError, AuthorizationDetailsError, Caller, TokenError};

fn errors() -> Vec<Error> {
    [
        credentials(),
        decryption(),
        jose(),
        issuer(),
        token(),
        binding(),
        proof(),
        requirement(),
        downstream(),
        exchange(),
        ciba(),
        connected_accounts(),
        rest(),
    ]
    .concat_all()
}

trait ConcatAll {
    fn concat_all(self) -> Vec<Error>;
}

impl<const N: usize> ConcatAll for [Vec<Error>; N] {
    fn concat_all(self) -> Vec<Error> {
        self.into_iter().flatten().collect()
    }
}

fn all<E: Into<Error>, const N: usize>(errors: [E; N]) -> Vec<Error> {
    errors.into_iter().map(Into::into).collect()
}

fn credentials() -> Vec<Error> {
    use CredentialsError as E;
    let scheme = Scheme::Bearer;
    all([
        E::Malformed { scheme },
        E::Missing,
        E::Repeated { bearer: true, dpop: false },
        E::SchemeNotOffered { scheme },
        E::SeveralMethods,
        E::TooLong { scheme },
    ])
}

fn decryption() -> Vec<Error> {
    use JweError as E;
    let busy = DecryptionError::Busy { retry_after: Duration::from_secs(1) };
    let tokens = [
        E::Algorithm,
        E::Content,
        E::ContentType,
        E::Decryption,
        E::Extension,
        E::Header(JsonError::NotUtf8),
        E::HeaderMember { member: "kid" },
        E::KeyUnknown,
        E::Part { part: "ciphertext" },
    ];
    tokens.map(DecryptionError::Token).into_iter().chain([busy]).map(Into::into).collect()
}

fn jose() -> Vec<Error> {
    use JoseError as E;
    all([
        E::AlgorithmMissing,
        E::AlgorithmNotAllowed { algorithm: Algorithm::PS256 },
        E::Critical,
        E::Encrypted,
        E::Header(JsonError::NotUtf8),
        E::Opaque { is_placeholder: true },
        E::Opaque { is_placeholder: false },
        E::Signature,
        E::Symmetric,
    ])
}

fn issuer() -> Vec<Error> {
    use IssuerError as E;
    let (issuer, retry_after) = (Arc::<str>::from("https://tenant.example/"), Duration::from_secs(1));
    let limited = |limit| E::KeyNotLookedFor(KeyNotLookedFor { issuer: Arc::clone(&issuer), limit, retry_after });
    let unavailable = |cause| {
        let (issuer, cause) = (Arc::clone(&issuer), Arc::new(cause));
        E::Unavailable(KeysUnavailable { issuer, cause, retry_after })
    };
    let found = "https://other.example/".into();
    all([
        E::IssuerMissing,
        E::KeyAmbiguous,
        limited(FetchLimit::Newcomers),
        limited(FetchLimit::UnknownKeys),
        E::KeyOfOtherAlgorithm { algorithm: Algorithm::PS256, published: Some("RS256".into()) },
        E::KeyOfOtherAlgorithm { algorithm: Algorithm::PS256, published: None },
        E::KeyUnknown,
        E::NobodyTrusted,
        E::NotTrusted { nearly: true },
        E::NotTrusted { nearly: false },
        E::Resolver(ResolverError::Empty),
        unavailable(DiscoveryError::JwksUri),
        unavailable(DiscoveryError::Issuer { expected: Arc::clone(&issuer), found }),
    ])
}

fn token() -> Vec<Error> {
    use TokenError as E;
    let second = Duration::from_secs(1);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let (found, accepted) = ("\"https://a.example\"", "\"https://a.example/\"");
    all([
        E::Audience { looks_like_id_token: true, found: found.into(), accepted: accepted.into() },
        E::Audience { looks_like_id_token: false, found: found.into(), accepted: accepted.into() },
        E::ClaimMalformed { claim: "aud" },
        E::ClaimMissing { claim: "aud" },
        E::Expired { expired_at: now - second * 3, now },
        E::Expired { expired_at: now - second * 7200, now },
        E::IssuedInFuture { issued_in: second },
        E::NotYetValid { valid_in: second },
        E::RequiredClaim { claim: "tenant".into() },
        E::TooOld { age: second * 10, limit: second },
        E::Type,
    ])
}

fn binding() -> Vec<Error> {
    use BindingError as E;
    let certificates = [
        CertificateError::HeaderMalformed,
        CertificateError::Mismatch,
        CertificateError::Missing,
        CertificateError::NotConfigured,
    ];
    let retry_after = Duration::from_secs(1);
    let errors = [
        E::BoundTokenAsBearer,
        E::Confirmation(ConfirmationError::Malformed),
        E::Confirmation(ConfirmationError::Unknown),
        E::NotBound,
        E::ProofMissing,
        E::ProofWithBearer,
        E::Replayed,
        E::Store(ReplayStoreError::Full),
        E::Store(ReplayStoreError::KeyQuota { retry_after }),
        E::Store(ReplayStoreError::Unavailable("down".into())),
        E::Target(TargetError::DotSegment),
        E::Target(TargetError::HostForeign),
        E::Target(TargetError::HostMissing),
    ];
    errors.into_iter().chain(certificates.map(E::Certificate)).map(Into::into).collect()
}

fn proof() -> Vec<Error> {
    use ProofError as E;
    let errors = [
        E::Claim { claim: "jti" },
        E::Jws(JoseError::AlgorithmNotAllowed { algorithm: Algorithm::RS256 }),
        E::Jws(JoseError::Signature),
        E::Jws(JoseError::Segment),
        E::Key(JwkError::Private),
        E::KeyMismatch,
        E::Method,
        E::NonceWanted { nonce: "n".into() },
        E::Repeated,
        E::Target { hint: "the port differs: set public_url" },
        E::TargetMalformed(TargetError::WebSocketScheme),
        E::TokenHash,
        E::TooLong,
        E::Type,
        E::Window,
    ];
    errors.map(BindingError::Proof).map(Into::into).into()
}

fn requirement() -> Vec<Error> {
    use RequirementError as E;
    let claim = || "tenant".into();
    all([
        E::Actor,
        E::ActorMalformed(ActorError::Malformed),
        E::Agent { found: Caller::User },
        E::AuthorizationDetail { detail_type: "payment".into() },
        E::AuthorizationDetailsMalformed(AuthorizationDetailsError::Malformed),
        E::Claim { claim: claim() },
        E::ClaimValue { claim: claim() },
        E::Client,
        E::Delegation { depth: 3, limit: 2 },
        E::Empty,
        E::Machine { found: Caller::Unknown },
        E::Machine { found: Caller::User },
        E::Organization,
        E::Permission { permission: "read".into() },
        E::Predicate { name: "adult".into() },
        E::Scope { needed: "read".into() },
        E::SenderConstraint,
        E::StepUp { acr_values: None, max_age: None, scope: None },
        E::User { found: Caller::Agent },
        E::User { found: Caller::Anonymous },
        E::User { found: Caller::Machine },
        E::User { found: Caller::Unknown },
        E::UserOrAnonymous { found: Caller::Machine },
    ])
}

fn downstream() -> Vec<Error> {
    use DownstreamError as E;
    all([
        E::ApplicationDenied { audience: None, scope: None },
        E::Denied { audience: None, scope: None, step_up: false },
        E::Denied { audience: None, scope: None, step_up: true },
        E::Misused("wrong".into()),
        E::TokenRejected { audience: None },
        E::Unavailable { cause: "down".into(), retry_after: None },
    ])
}

fn exchange() -> Vec<Error> {
    use ExchangeError as E;
    use ServerErrorKind as Kind;
    let kinds = [
        Kind::AccountNotLinked,
        Kind::AccountUnusable,
        Kind::ActorNotSet,
        Kind::Client,
        Kind::DelegationTooDeep,
        Kind::Denied,
        Kind::InteractionRequired,
        Kind::MfaRequired,
        Kind::RateLimited,
        Kind::Request,
        Kind::ScopesNotGranted,
        Kind::ServerTrouble,
        Kind::SessionTransferDisabled,
        Kind::SubjectRejected,
        Kind::TooManyAttempts,
    ];
    let (cause, retry_after) = (Arc::new(EndpointError::Status { status: 502 }), Duration::from_secs(1));
    let errors = [
        E::ClientAuthMissing,
        E::Input(InputError::Blank { parameter: "audience" }),
        E::Input(InputError::DelegationTooDeep { depth: 5 }),
        E::Input(InputError::Token { parameter: "subject_token", problem: TokenTextError::Blank }),
        E::Key(PrivateKeyError::Signing),
        E::Organization(OrganizationError::Id),
        E::Response(ResponseError::IdToken),
        E::ScopesMissing { missing: "read".into() },
        E::Unavailable(EndpointUnavailable { cause, retry_after }),
    ];
    errors.into_iter().chain(kinds.map(|kind| E::Server(ServerError::of_kind(kind)))).map(Into::into).collect()
}

fn ciba() -> Vec<Error> {
    use CibaError as E;
    all([
        E::BindingMessage,
        E::Denied,
        E::Exchange(ExchangeError::ClientAuthMissing),
        E::Expired,
        E::Input { parameter: "scope" },
        E::Response { member: "auth_req_id" },
        E::Stopped,
    ])
}

fn connected_accounts() -> Vec<Error> {
    use ConnectError as E;
    let problem = MyAccountProblem::of_status;
    all([
        E::Callback { parameter: "connect_code" },
        E::CodeRejected(problem(400)),
        E::Denied { code: "access_denied".into() },
        E::Expired,
        E::Forbidden(problem(403)),
        E::Input { parameter: "id" },
        E::Input { parameter: "take" },
        E::NotFound(problem(404)),
        E::Proof(ProofSigningError::Key(PrivateKeyError::Signing)),
        E::Random,
        E::RateLimited { retry_after: None },
        E::Rejected(problem(400)),
        E::Response { member: "ticket" },
        E::State,
        E::Status { status: 502, retry_after: None },
        E::Token(problem(401)),
        E::Unavailable(HttpError::Timeout),
    ])
}

#[test]
fn no_error_of_an_approval_or_an_account_blames_the_token_of_the_caller() {
    let answers: Vec<_> =
        ciba().into_iter().chain(connected_accounts()).map(|error| (error.status(), error.label())).collect();
    assert_eq!(
        answers,
        [
            (500, "ciba_binding_message"),
            (403, "ciba_denied"),
            (500, "exchange_client_auth_missing"),
            (403, "ciba_expired"),
            (500, "ciba_input"),
            (503, "ciba_response"),
            (503, "ciba_stopped"),
            (400, "connect_callback"),
            (403, "connect_code_rejected"),
            (403, "connect_denied"),
            (403, "connect_expired"),
            (500, "connect_forbidden"),
            (403, "connect_input"),
            (500, "connect_input"),
            (403, "connect_not_found"),
            (500, "connect_proof"),
            (500, "connect_random"),
            (503, "connect_rate_limited"),
            (500, "connect_rejected"),
            (503, "connect_response"),
            (403, "connect_state"),
            (503, "connect_unavailable"),
            (500, "connect_token_rejected"),
            (503, "connect_unavailable"),
        ]
    );
}

fn logout() -> Vec<LogoutError> {
    use LogoutError as E;
    let mut errors = vec![
        E::Audience { found: "\"other\"".into() },
        E::ClaimMalformed { claim: "sub" },
        E::ClaimMissing { claim: "jti" },
        E::Event,
        E::Expired { ago: Duration::from_secs(60) },
        E::Form,
        E::IssuedInFuture { issued_in: Duration::from_secs(60) },
        E::Nonce,
        E::NotConfigured,
        E::Replayed,
        E::ReplayStore(ReplayStoreError::Full),
        E::ReplayStore(ReplayStoreError::Unavailable("down".into())),
        E::Store("down".into()),
        E::SubjectMissing,
        E::TooLong,
        E::TooOld { age: Duration::from_secs(600), limit: Duration::from_secs(120) },
        E::Type,
    ];
    for error in issuer().into_iter().chain(jose()) {
        match error.reason {
            Reason::Issuer(error) => errors.push(E::Issuer(error)),
            Reason::Jose(error) => errors.push(E::Jose(error)),
            _ => {}
        }
    }
    errors
}

fn rest() -> Vec<Error> {
    vec![
        ClaimsError::AuthorizationDetails(AuthorizationDetailsError::Malformed).into(),
        ClaimsError::Missing { name: "tenant".into() }.into(),
        ClaimsError::Unsuitable { line: 1, column: 1 }.into(),
        ProofSigningError::Url(TargetError::Scheme).into(),
        RevocationError::Revoked.into(),
        RevocationError::Unavailable("down".into()).into(),
    ]
}

/// The labels in the source text of the table of responses.
fn labels_in_source() -> BTreeSet<String> {
    let rows = include_str!("../rejection/row.rs").split_once("fn of_claims").unwrap().1;
    let exchange = include_str!("../rejection/exchange.rs");
    let texts = rows.split('"').skip(1).step_by(2).chain(exchange.split('"').skip(1).step_by(2));
    let is_label =
        |text: &&str| text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    // The others are error codes, names of parameters, and labels of exchanges without a prefix.
    let is_code = |text: &&str| exchange.contains(&format!("\"{text}\"")) && !text.starts_with("exchange_");
    let mut labels: BTreeSet<String> =
        texts.filter(is_label).filter(|text| !is_code(text)).map(ToOwned::to_owned).collect();
    labels.insert("proof_signing".into());
    for source in [include_str!("../ciba/error.rs"), include_str!("../connected_accounts/error.rs")] {
        let texts = source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
        let is_own = |text: &&str| {
            (text.starts_with("ciba_") || text.starts_with("connect_"))
                && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        // A failed request has the label of its exchange.
        labels.extend(texts.filter(is_own).filter(|text| *text != "ciba_exchange").map(ToOwned::to_owned));
    }
    labels
}

#[test]
fn each_label_has_a_hint_or_a_reason_why_not() {
    let mut advices = BTreeMap::<_, Vec<Advice>>::new();
    for error in errors() {
        advices.entry(error.label().to_owned()).or_default().push(error.advice());
    }
    assert_eq!(advices.keys().cloned().collect::<BTreeSet<_>>(), labels_in_source());
    let without: Vec<_> = advices.iter().filter(|(_, advices)| advices.iter().all(Result::is_err)).collect();
    let labels: Vec<_> = without.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(labels, WITHOUT_HINT, "a setting, the client's code or the tenant can cause each other error");
    for advice in advices.values().flatten() {
        let text = advice.as_ref().map_or_else(|nothing| nothing.0, AsRef::as_ref);
        assert!(text.len() > 20 && !text.ends_with('.') && !text.contains("  "), "{text}");
    }
}

#[test]
fn each_label_of_a_logout_has_a_hint_or_a_reason_why_not_and_is_in_the_guide() {
    let mut advices = BTreeMap::<_, Vec<Advice>>::new();
    for error in logout() {
        assert_eq!(error.retry_after().is_some(), error.status() == 503, "{error:?}");
        advices.entry(error.label()).or_default().push(error.advice());
    }
    let source = include_str!("../logout/error.rs");
    let in_source: BTreeSet<_> = source.split('"').skip(1).step_by(2).filter(|text| is_logout_label(text)).collect();
    assert_eq!(advices.keys().copied().collect::<BTreeSet<_>>(), in_source);
    let without: Vec<_> = advices.iter().filter(|(_, advices)| advices.iter().all(Result::is_err)).collect();
    let labels: Vec<_> = without.iter().map(|(label, _)| **label).collect();
    assert_eq!(labels, LOGOUTS_WITHOUT_HINT, "a setting can cause each other error");
    for (label, advices) in &advices {
        assert!(include_str!("../guide/logout.md").contains(&format!("`{label}`")), "{label}");
        for advice in advices {
            let text = advice.as_ref().map_or_else(|nothing| nothing.0, AsRef::as_ref);
            assert!(text.len() > 20 && !text.ends_with('.') && !text.contains("  "), "{text}");
        }
    }
}

fn is_logout_label(text: &str) -> bool {
    text.starts_with("logout_") && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[test]
fn hints_name_the_values_that_differ() {
    let hints: Vec<_> = errors().iter().filter_map(Error::hint).collect();
    for part in [
        "for \"https://a.example\", and this API is \"https://a.example/\"",
        "the two differ by a trailing slash",
        "expired 3 s ago: if this happens often, synchronise",
        "expired 2 h ago: let the client get a new one",
        "signed with PS256, and the tenant publishes its key for RS256 only",
        "undefined or null",
        "its document says \"https://other.example/\"",
    ] {
        assert!(hints.iter().any(|hint| hint.contains(part)), "{part}");
    }
}

const LOGOUTS_WITHOUT_HINT: [&str; 5] =
    ["logout_claim_malformed", "logout_claim_missing", "logout_malformed", "logout_replayed", "logout_too_long"];

const WITHOUT_HINT: [&str; 23] = [
    "ciba_denied",
    "ciba_stopped",
    "cnf_malformed",
    "connect_callback",
    "connect_code_rejected",
    "connect_denied",
    "connect_expired",
    "connect_not_found",
    "connect_rate_limited",
    "downstream_unavailable",
    "dpop_claim",
    "dpop_key",
    "dpop_malformed",
    "dpop_signature",
    "dpop_typ",
    "exchange_server_trouble",
    "exchange_unavailable",
    "issuer_missing",
    "token_alg_unknown",
    "token_claim_malformed",
    "token_extension",
    "token_malformed",
    "token_revoked",
];
