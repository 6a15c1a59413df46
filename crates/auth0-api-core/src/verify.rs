//! The verification of a token: every check, in order.
//!
//! Each step needs the value that the previous step returned, so no step can be left out or moved:
//! `Credentials → OpenedToken → Jws → Signed → ValidClaims → Proven → VerifiedToken`. For a cached token, the steps
//! before `ValidClaims` are skipped.

use std::sync::Arc;
use std::time::SystemTime;

use crate::binding::Binder;
use crate::clock::Clock;
use crate::credentials::{Credentials, Scheme};
use crate::decryption::Decryption;
use crate::error::Error;
use crate::issuer::{IssuerError, Trust};
use crate::jose::{Hash, HeaderTable};
use crate::meter;
use crate::request::TokenRequest;
use crate::revocation::Revocation;
use crate::token::{TokenPolicy, ValidClaims, VerifiedToken};
use crate::token_cache::RememberedTokens;
use crate::waiting::Waiting;

/// All parts that decide whether a token is valid.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) binding: Arc<Binder>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) decryption: Decryption,
    pub(crate) headers: HeaderTable,
    pub(crate) issuers: Trust,
    pub(crate) remembered: RememberedTokens,
    pub(crate) revocation: Revocation,
    pub(crate) tokens: TokenPolicy,
}

impl Verifier {
    /// Verifies the token that a request presents, and its proof.
    pub(crate) async fn verify_request(
        &self,
        request: &TokenRequest<'_>,
        waiting: Waiting,
    ) -> Result<VerifiedToken, Error> {
        let credentials = Credentials::try_from(request)?; // one, well-formed   RFC 6750 §2.1, RFC 9110 §11
        let scheme = credentials.scheme();
        self.verify(credentials, Some(request), waiting).await.map_err(|error| error.presented_as(scheme))
    }

    /// Verifies a raw token, as if the request had presented it with the scheme `Bearer`.
    pub(crate) async fn verify_access_token(&self, token: &str) -> Result<VerifiedToken, Error> {
        let credentials = Credentials::bearer(token)?;
        let scheme = credentials.scheme();
        self.verify(credentials, None, Waiting::Allowed).await.map_err(|error| error.presented_as(scheme))
    }

    async fn verify(
        &self,
        credentials: Credentials<'_>,
        request: Option<&TokenRequest<'_>>,
        waiting: Waiting,
    ) -> Result<VerifiedToken, Error> {
        let now = self.clock.now(); //                                              when it arrived
        let credentials = self.binding.admit(credentials)?; //                      scheme offered       RFC 9449 §7
        if !self.can_attempt(&credentials) {
            waiting.begin().await;
        }
        let claims = match self.recall(&credentials, request, now, waiting).await? {
            Some(claims) => claims, //                                              verified before
            None => self.verify_token(&credentials, request, now, waiting).await?,
        };
        let claims = self.revocation.check(claims).await?; //                       not revoked
        let proven = self.binding.bind(&credentials, claims, request, &*self.clock).await?; // cnf, proof, replay RFC 9449 §4.3
        Ok(proven.into_token(now))
    }

    async fn verify_token(
        &self,
        credentials: &Credentials<'_>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
        waiting: Waiting,
    ) -> Result<ValidClaims, Error> {
        let token = self.decryption.open(credentials.token()).await?; //            decrypted, if a JWE  RFC 7516 §5.2
        let jws = token.parse(&self.headers)?; //                                   format, nothing else RFC 7515 §5.2
        let keys = self.issuers.key_for(&jws, request, now, waiting).await?; //     trust iss, find keys RFC 8725 §3.8
        let signed = keys.verify(jws, hash_for(credentials.scheme()))?; //          signature            RFC 8725 §3.1
        let claims = self.tokens.validate(signed, now)?; //                         typ aud exp nbf iat  RFC 9068 §4
        self.remembered.remember(&claims, &keys, now);
        if self.remembered.is_configured() && !self.issuers.still_holds(&keys) {
            self.remembered.forget(credentials.token()); // `refresh_now` does not reach these keys any more.
        }
        Ok(claims)
    }

    /// Fetches the keys of one issuer, even if they are fresh.
    ///
    /// All remembered tokens are verified anew. The issuer may have been evicted and added again, and the keys that a
    /// remembered token was verified with are then not those that were fetched now.
    pub(crate) async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        let refreshed = self.issuers.refresh_now(issuer).await;
        self.remembered.forget_all();
        refreshed
    }

    /// Returns the claims of a cached token: [`verify_token`](Self::verify_token) accepted it before and would accept
    /// it again.
    ///
    /// The text of the token and the keys of its issuer have not changed since then, so the signature and the claims
    /// are still correct. What can have changed is checked again: whether the issuer is trusted, whether these keys may
    /// still be used, and the time.
    async fn recall(
        &self,
        credentials: &Credentials<'_>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
        waiting: Waiting,
    ) -> Result<Option<ValidClaims>, Error> {
        if !self.remembered.is_configured() {
            return Ok(None);
        }
        let remembered = self.remembered.recall(credentials.token());
        let is_current = remembered.as_ref().is_some_and(|remembered| remembered.keys.is_current(now));
        if !is_current {
            waiting.begin().await; // The metric counts each request once, and this one may have to wait for keys.
        }
        let Some(remembered) = remembered.filter(|remembered| is_current || remembered.keys.is_latest()) else {
            meter::token_recalled(false);
            return Ok(None);
        };
        let claims = remembered.claims.clone();
        let is_usable = if is_current {
            self.issuers.still_admit(&remembered.keys, claims.issuer(), request).await
        } else {
            Box::pin(self.issuers.still_uses(&remembered.keys, claims.issuer(), request, now)).await
        };
        meter::token_recalled(matches!(is_usable, Ok(true)));
        if !is_usable? {
            return Ok(None);
        }
        if let Err(error) = self.tokens.still_valid(&claims, now) {
            self.remembered.forget(credentials.token());
            return Err(error.into());
        }
        Ok(Some(claims))
    }

    /// Whether the issuer's keys are all that a request with these credentials may wait for. Only then may it be an
    /// attempt: the others wait for a store, which is asked once for each request, or for a resolver or a decryption.
    ///
    /// If the keys are not at hand either, the token is parsed twice. So an attempt takes no long token: strangers would
    /// cause more work than that of three signature checks.
    fn can_attempt(&self, credentials: &Credentials<'_>) -> bool {
        credentials.scheme() == Scheme::Bearer
            && credentials.token().len() <= LONGEST_ATTEMPT
            && self.issuers.is_pinned()
            && !self.revocation.is_configured()
            && !self.decryption.is_configured()
    }
}

/// Auth0's tokens have 1 to 4 KiB.
const LONGEST_ATTEMPT: usize = 4 * 1024;

/// Decides whether the hash of the token is needed: the `ath` of a proof must be the SHA-256 of the token. The check of
/// the signature then computes this hash almost for free, because it hashes the beginning of the token anyway.
fn hash_for(scheme: Scheme) -> Hash {
    match scheme {
        Scheme::Bearer => Hash::NotNeeded,
        Scheme::Dpop => Hash::Needed,
    }
}
