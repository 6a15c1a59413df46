//! From a token, its scheme and its proof to the statement that the token is the caller's own.

use std::sync::Arc;
use std::time::SystemTime;

use super::client_key_cache::ClientKeyCache;
use super::confirmation::Confirmation;
use super::nonce::NonceAge;
use super::policy::{Mode, ProofPolicy};
use super::proof::{Expected, HoldingProof, check};
use super::{DpopError, DpopPolicy, Insertion, ReplayStore, confirmation};
use crate::called_url::TargetPolicy;
use crate::certificate::CertificateThumbprint;
use crate::credentials::{Credentials, CredentialsError, Presented, Scheme};
use crate::jose::{AlgorithmSet, TextHash, Thumbprint};
use crate::mtls::CertificatePolicy;
use crate::request::TokenRequest;
use crate::token::{Binding, ValidClaims, VerifiedToken};

/// The policy at work.
#[derive(Debug)]
pub(crate) struct Dpop {
    mode: Mode,
    bound_tokens_as_bearer: bool,
    certificates: CertificatePolicy,
    keys: ClientKeyCache,
    proofs: ProofPolicy,
    replay: Option<Arc<dyn ReplayStore>>,
    target: TargetPolicy,
}

/// Valid claims whose token is proven to be the caller's own, as far as it is bound; only [`Dpop::bind`] makes one.
#[derive(Debug)]
pub(crate) struct Proven {
    claims: ValidClaims,
    proof: Proof,
    certificate: Option<CertificateThumbprint>,
}

/// What a proof, or that none is needed, comes to.
#[derive(Debug)]
struct Proof {
    key: Option<Thumbprint>,
    next_nonce: Option<String>,
}

/// What a proof must have been made with and for.
struct BoundToken<'t> {
    hash: &'t TextHash,
    thumbprint: Thumbprint,
}

impl Dpop {
    /// Puts a policy to work; `None` if it allows no proof algorithm.
    pub(crate) fn new(policy: DpopPolicy, target: TargetPolicy, certificates: CertificatePolicy) -> Option<Self> {
        let algorithms = AlgorithmSet::new(policy.algorithms)?;
        let (max_age, leeway, nonce) = (policy.max_age, policy.leeway, policy.nonce);
        let replay = if policy.mode == Mode::Ignore { None } else { policy.replay.into_store() };
        Some(Self {
            mode: policy.mode,
            bound_tokens_as_bearer: policy.bound_tokens_as_bearer,
            certificates,
            keys: ClientKeyCache::new(),
            proofs: ProofPolicy { max_age, leeway, algorithms, nonce },
            replay,
            target,
        })
    }

    pub(crate) fn offers(&self, scheme: Scheme) -> bool {
        self.mode.offers(scheme)
    }

    /// The algorithms of proofs, as `algs` of a challenge lists them.
    pub(crate) fn algorithms(&self) -> &AlgorithmSet {
        &self.proofs.algorithms
    }

    /// Rejects a scheme that the mode forbids, before anybody looks at the token: the answer must not tell whether it is good.
    pub(crate) fn admit<'r>(&self, credentials: Credentials<'r>) -> Result<Credentials<'r>, CredentialsError> {
        let scheme = credentials.scheme();
        if self.offers(scheme) { Ok(credentials) } else { Err(CredentialsError::SchemeNotOffered { scheme }) }
    }

    /// Demands what the token is bound to; the replay store is asked last, so that a rejected proof is not used up.
    pub(crate) async fn bind(
        &self,
        credentials: &Credentials<'_>,
        claims: ValidClaims,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
    ) -> Result<Proven, DpopError> {
        let Confirmation { key, certificate } = confirmation::read(&claims).map_err(DpopError::Confirmation)?;
        let certificate = certificate.map(|bound_to| self.certificates.prove(bound_to, request)).transpose();
        let certificate = certificate.map_err(DpopError::Certificate)?;
        let proof = match (credentials.scheme(), key) {
            (Scheme::Bearer, None) => self.bear(credentials),
            // RFC 9449 §7.2: a bound token without its proof may be a stolen one.
            (Scheme::Bearer, Some(_)) if !self.bound_tokens_as_bearer => Err(DpopError::BoundTokenAsBearer),
            (Scheme::Bearer, Some(_)) => Ok(Proof::none()),
            (Scheme::Dpop, None) => Err(DpopError::NotBound),
            (Scheme::Dpop, Some(thumbprint)) => {
                // Only a request brings the scheme DPoP.
                let request = request.ok_or(DpopError::ProofMissing)?;
                let token = BoundToken { hash: claims.token_hash(), thumbprint };
                self.prove(credentials, &token, request, now).await
            }
        };
        Ok(Proven { claims, proof: proof?, certificate })
    }

    fn bear(&self, credentials: &Credentials<'_>) -> Result<Proof, DpopError> {
        match credentials.proof() {
            Presented::Absent => Ok(Proof::none()),
            _ if self.mode == Mode::Ignore => Ok(Proof::none()),
            _ => Err(DpopError::ProofWithBearer),
        }
    }

    async fn prove(
        &self,
        credentials: &Credentials<'_>,
        token: &BoundToken<'_>,
        request: &TokenRequest<'_>,
        now: SystemTime,
    ) -> Result<Proof, DpopError> {
        let target = self.target.called(request).map_err(DpopError::Target)?;
        let expected =
            Expected { method: request.method, target: &target, token_hash: token.hash, thumbprint: &token.thumbprint };
        let proof = check(credentials.proof(), &expected, &self.proofs, &self.keys, now)?;
        self.use_up(&proof, now).await?;
        Ok(Proof { key: Some(token.thumbprint), next_nonce: self.next_nonce(&proof, now) })
    }

    /// RFC 9449 §11.1: each proof once.
    async fn use_up(&self, proof: &HoldingProof, now: SystemTime) -> Result<(), DpopError> {
        let Some(store) = &self.replay else { return Ok(()) };
        match store.insert(&proof.id, now, proof.forget_at).await {
            Ok(Insertion::Fresh) => Ok(()),
            Ok(Insertion::Replayed) => Err(DpopError::Replayed),
            Err(error) => Err(DpopError::Store(error)),
        }
    }

    /// RFC 9449 §8.2: a client whose nonce is about to expire gets the next one with its success.
    fn next_nonce(&self, proof: &HoldingProof, now: SystemTime) -> Option<String> {
        let nonces = self.proofs.nonce.as_ref()?;
        (proof.nonce_age == Some(NonceAge::Previous)).then(|| nonces.current(now))
    }
}

impl Proven {
    /// The end of the line: nothing else assembles a verified token.
    pub(crate) fn into_token(self, now: SystemTime) -> VerifiedToken {
        let binding = Binding::of(self.proof.key, self.certificate);
        VerifiedToken::assemble(self.claims, binding, self.proof.next_nonce, now)
    }
}

impl Proof {
    fn none() -> Self {
        Self { key: None, next_nonce: None }
    }
}
