//! The verification of a token: every check, in order.
//!
//! Each step takes the value that the previous step returned, so no step can be left out or moved:
//! `Credentials → Jws → Signed → ValidClaims → Proven → VerifiedToken`. A remembered token starts again at
//! `ValidClaims`.

use std::sync::Arc;
use std::time::SystemTime;

use crate::clock::Clock;
use crate::credentials::{Credentials, Scheme};
use crate::dpop::Dpop;
use crate::error::Error;
use crate::issuer::Trust;
use crate::jose::{AlgorithmSet, Jws};
use crate::request::TokenRequest;
use crate::revocation::Revocation;
use crate::token::{TokenPolicy, ValidClaims, VerifiedToken};
use crate::token_cache::RememberedTokens;

/// Everything that decides whether a token is valid.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) algorithms: AlgorithmSet,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dpop: Dpop,
    pub(crate) issuers: Trust,
    pub(crate) remembered: RememberedTokens,
    pub(crate) revocation: Revocation,
    pub(crate) tokens: TokenPolicy,
}

impl Verifier {
    /// Verifies the token that a request presents, and its proof.
    pub(crate) async fn verify_request(&self, request: &TokenRequest<'_>) -> Result<VerifiedToken, Error> {
        let credentials = Credentials::try_from(request)?; // one, well-formed   RFC 6750 §2.1, RFC 9110 §11
        let scheme = credentials.scheme();
        self.verify(credentials, Some(request)).await.map_err(|error| error.presented_as(scheme))
    }

    /// Verifies a raw token, as if it had been presented as `Bearer`.
    pub(crate) async fn verify_access_token(&self, token: &str) -> Result<VerifiedToken, Error> {
        let credentials = Credentials::bearer(token)?;
        let scheme = credentials.scheme();
        self.verify(credentials, None).await.map_err(|error| error.presented_as(scheme))
    }

    async fn verify(
        &self,
        credentials: Credentials<'_>,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<VerifiedToken, Error> {
        let now = self.clock.now(); //                                              read once
        let credentials = self.dpop.admit(credentials)?; //                         scheme offered       RFC 9449 §7
        let claims = match self.recall(&credentials, request, now).await? {
            Some(claims) => claims, //                                              verified before
            None => self.verify_token(&credentials, request, now).await?,
        };
        let claims = self.revocation.check(claims).await?; //                       not revoked
        let proven = self.dpop.bind(&credentials, claims, request, now).await?; //  cnf, proof, replay   RFC 9449 §4.3
        Ok(proven.into_token(now))
    }

    async fn verify_token(
        &self,
        credentials: &Credentials<'_>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
    ) -> Result<ValidClaims, Error> {
        let jws = Jws::parse(credentials.token(), &self.algorithms)?; //            format, nothing else RFC 7515 §5.2
        let keys = self.issuers.key_for(&jws, request, now).await?; //              trust iss, find keys RFC 8725 §3.8
        // A proof's `ath` must be the SHA-256 of the token. The signed part is the beginning of the same text, so one
        // pass also gives the SHA-256 of that part to the signature check.
        let jws = if credentials.scheme() == Scheme::Dpop { jws.hashed() } else { jws };
        let signed = keys.verify(jws)?; //                                          signature            RFC 8725 §3.1
        let claims = self.tokens.validate(signed, now)?; //                         typ aud exp nbf iat  RFC 9068 §4
        self.remembered.remember(&claims, keys.version(), now);
        Ok(claims)
    }

    /// Returns the claims of a token that [`verify_token`](Self::verify_token) accepted before and would accept again.
    ///
    /// The text of the token and the keys of its issuer are the same as then. So are the signature and all claims. What
    /// can have changed is checked again: whether the issuer is still trusted, and the time.
    async fn recall(
        &self,
        credentials: &Credentials<'_>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
    ) -> Result<Option<ValidClaims>, Error> {
        let Some(claims) = self.remembered.recall(credentials.token(), now) else { return Ok(None) };
        if !self.issuers.still_admit(claims.issuer(), request).await? {
            return Ok(None);
        }
        if let Err(error) = self.tokens.still_valid(&claims, now) {
            self.remembered.forget(credentials.token());
            return Err(error.into());
        }
        Ok(Some(claims))
    }
}
