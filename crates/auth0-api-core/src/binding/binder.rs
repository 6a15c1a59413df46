//! Checks that the client has the key and the certificate that its token is bound to.

use std::sync::Once;
use std::time::SystemTime;

use super::confirmation::Confirmation;
use super::{BindingError, confirmation};
use crate::called_url::TargetPolicy;
use crate::certificate::CertificateThumbprint;
use crate::clock::Clock;
use crate::credentials::{Credentials, CredentialsError, Presented, Scheme};
use crate::dpop::{CheckedDpopPolicy, Expected, HoldingProof, Insertion, Mode, NonceAge, ProofError, check_proof};
use crate::jose::{AlgorithmSet, TextHash, Thumbprint};
use crate::mtls::CertificatePolicy;
use crate::request::TokenRequest;
use crate::token::{Binding, ValidClaims, VerifiedToken};

/// Checks the binding of tokens, with the configured policies.
#[derive(Debug)]
pub(crate) struct Binder {
    certificates: CertificatePolicy,
    dpop: CheckedDpopPolicy,
    target: TargetPolicy,
    /// Whether the operator was warned that the client chooses the host.
    host_warning: Once,
}

/// The valid claims of a token. The client has proven every binding of the token. Only [`Binder::bind`] creates this
/// type.
#[derive(Debug)]
pub(crate) struct Proven {
    claims: ValidClaims,
    proof: Proof,
    certificate: Option<CertificateThumbprint>,
}

/// The result of the proof check. Both fields are `None` if the token was accepted without a proof.
#[derive(Debug, Default)]
struct Proof {
    key: Option<Thumbprint>,
    next_nonce: Option<String>,
}

impl Binder {
    pub(crate) fn new(dpop: CheckedDpopPolicy, target: TargetPolicy, certificates: CertificatePolicy) -> Self {
        Self { certificates, dpop, host_warning: Once::new(), target }
    }

    /// Returns true if tokens are accepted with this scheme.
    pub(crate) fn offers(&self, scheme: Scheme) -> bool {
        self.dpop.mode.offers(scheme)
    }

    /// The algorithms that a proof may be signed with. A challenge lists them in `algs`.
    pub(crate) fn proof_algorithms(&self) -> &AlgorithmSet {
        &self.dpop.proofs.algorithms
    }

    /// What the policies say, for a summary.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = self.dpop.facts();
        facts.push(("called URL", self.target.fact()));
        facts.push(("proxies", self.target.proxies().to_string()));
        facts.push(("certificates", self.certificates.to_string()));
        facts
    }

    /// Rejects a scheme that the mode does not offer.
    ///
    /// This check runs before the token is read, so that the response does not reveal whether the token is valid.
    pub(crate) fn admit<'r>(&self, credentials: Credentials<'r>) -> Result<Credentials<'r>, CredentialsError> {
        let scheme = credentials.scheme();
        if self.offers(scheme) { Ok(credentials) } else { Err(CredentialsError::SchemeNotOffered { scheme }) }
    }

    /// Checks everything that the token is bound to.
    ///
    /// 1. `cnf` is read: the token is bound to a key, a certificate, both, or nothing.
    /// 2. If the token is bound to a certificate, the client must have sent the request with this certificate.
    /// 3. The scheme must match the binding: a token that is bound to a key needs `DPoP`, and any other token needs
    ///    `Bearer`. The one exception is [`DpopPolicy::accept_bound_tokens_as_bearer`](crate::DpopPolicy::accept_bound_tokens_as_bearer).
    /// 4. With `DPoP`, the proof is checked. The clock is read again for this: the request may have waited for keys, and a
    ///    store may have forgotten a proof that has become too old meanwhile.
    /// 5. The replay store is called last. So if another check fails, the proof is not recorded as used.
    pub(crate) async fn bind(
        &self,
        credentials: &Credentials<'_>,
        claims: ValidClaims,
        request: Option<&TokenRequest<'_>>,
        clock: &dyn Clock,
    ) -> Result<Proven, BindingError> {
        let Confirmation { key, certificate } = confirmation::read(&claims)?;
        let certificate = certificate.map(|bound_to| self.certificates.prove(bound_to, request)).transpose()?;
        let proof = match (credentials.scheme(), key) {
            (Scheme::Bearer, None) => self.expect_no_proof(credentials),
            // RFC 9449 §7.2: a bound token that is presented without a proof may be stolen.
            (Scheme::Bearer, Some(_)) if !self.dpop.bound_tokens_as_bearer => Err(BindingError::BoundTokenAsBearer),
            (Scheme::Bearer, Some(_)) => Ok(Proof::default()),
            (Scheme::Dpop, None) => Err(BindingError::NotBound),
            (Scheme::Dpop, Some(thumbprint)) => {
                // `request` is `None` for a raw token only, and a raw token is always treated as Bearer.
                let request = request.ok_or(BindingError::ProofMissing)?;
                self.verify_proof(credentials, claims.token_hash(), thumbprint, request, clock.now()).await
            }
        };
        Ok(Proven { claims, proof: proof?, certificate })
    }

    /// Returns an error if the client sent a proof with an unbound Bearer token: the client believes that its token is
    /// protected. In the mode `Ignore`, a proof is ignored.
    fn expect_no_proof(&self, credentials: &Credentials<'_>) -> Result<Proof, BindingError> {
        match credentials.proof() {
            Presented::Absent => Ok(Proof::default()),
            _ if self.dpop.mode == Mode::Ignore => Ok(Proof::default()),
            _ => Err(BindingError::ProofWithBearer),
        }
    }

    /// Determines the called URL, checks the proof for it, and records the proof as used. The proof must be made for the
    /// token with this hash, and signed with the key of this thumbprint.
    async fn verify_proof(
        &self,
        credentials: &Credentials<'_>,
        token_hash: &TextHash,
        thumbprint: Thumbprint,
        request: &TokenRequest<'_>,
        now: SystemTime,
    ) -> Result<Proof, BindingError> {
        let target = self.target.for_proof(request).map_err(BindingError::Target)?;
        if self.target.accepts_any_host(request) {
            self.host_warning.call_once(warn_of_unchecked_host);
        }
        // RFC 9449 §4.3 (1): there is exactly one DPoP header. The other points of the list are in `check_proof`.
        let proof = match credentials.proof() {
            Presented::Absent | Presented::Once("") => return Err(BindingError::ProofMissing),
            Presented::Malformed => return Err(ProofError::Repeated.into()),
            Presented::Once(proof) => proof,
        };
        let expected = Expected { method: request.method, target: &target, token_hash, thumbprint: &thumbprint };
        let proof = check_proof(proof, &expected, &self.dpop.proofs, now)?;
        self.record_use(&proof, now).await?;
        Ok(Proof { key: Some(thumbprint), next_nonce: self.next_nonce(&proof, now) })
    }

    /// Records the proof in the replay store (RFC 9449 §11.1: a proof is accepted once).
    async fn record_use(&self, proof: &HoldingProof, now: SystemTime) -> Result<(), BindingError> {
        let Some(store) = &self.dpop.replay else { return Ok(()) };
        match store.insert(&proof.id, now, proof.forget_at).await? {
            Insertion::Fresh => Ok(()),
            Insertion::Replayed => Err(BindingError::Replayed),
        }
    }

    /// The nonce to send with the successful response, if the client's nonce is about to expire (RFC 9449 §8.2).
    fn next_nonce(&self, proof: &HoldingProof, now: SystemTime) -> Option<String> {
        let nonces = self.dpop.proofs.nonce.as_ref()?;
        (proof.nonce_age == Some(NonceAge::Previous)).then(|| nonces.current(now))
    }
}

fn warn_of_unchecked_host() {
    let hint = "set own_hosts() or public_url(): a proof that was captured at another API is accepted here, if the \
                attacker sends the host of that API";
    tracing::warn!(name: "host_unchecked", target: "auth0_api", event = "host_unchecked", hint);
}

impl Proven {
    /// Assembles the verified token. No other function does this, so no check can be skipped.
    pub(crate) fn into_token(self, now: SystemTime) -> VerifiedToken {
        let binding = Binding::of(self.proof.key, self.certificate);
        VerifiedToken::assemble(self.claims, binding, self.proof.next_nonce, now)
    }
}
