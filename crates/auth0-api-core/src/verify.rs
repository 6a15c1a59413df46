//! The straight line: what is checked, in which order.
//!
//! Each step takes what the step before made, so that none can be left out or moved:
//! `Credentials → Jws → Signed → ValidClaims → Proven → VerifiedToken`. A token that is remembered has gone as far as
//! `ValidClaims` before, and goes on from there.

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

/// Everything that has a say in whether a token is good.
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
    /// Verifies what a request presents.
    pub(crate) async fn verify_request(&self, request: &TokenRequest<'_>) -> Result<VerifiedToken, Error> {
        let credentials = Credentials::try_from(request)?; // one, well-formed    RFC 6750 §2.1, RFC 9110 §11
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
        let now = self.clock.now(); //                                                 read once
        let credentials = self.dpop.admit(credentials)?; //                            scheme offered          RFC 9449 §7
        let claims = match self.recall(&credentials, request, now).await? {
            Some(claims) => claims, //                                                 verified before
            None => self.verify_token(&credentials, request, now).await?,
        };
        let claims = self.revocation.check(claims).await?; //                          nothing against it
        let proven = self.dpop.bind(&credentials, claims, request, now).await?; //     cnf, proof, replay      RFC 9449 §4.3
        Ok(proven.into_token(now))
    }

    async fn verify_token(
        &self,
        credentials: &Credentials<'_>,
        request: Option<&TokenRequest<'_>>,
        now: SystemTime,
    ) -> Result<ValidClaims, Error> {
        let jws = Jws::parse(credentials.token(), &self.algorithms)?; //               shape; nothing trusted  RFC 7515 §5.2
        let keys = self.issuers.key_for(&jws, request, now).await?; //                 admit iss, find keys    RFC 8725 §3.8
        let jws = if credentials.scheme() == Scheme::Dpop { jws.hashed() } else { jws }; // `ath` needs it
        let signed = keys.verify(jws)?; //                                             signature               RFC 8725 §3.1
        let claims = self.tokens.validate(signed, now)?; //                            typ aud exp nbf iat     RFC 9068 §4
        self.remembered.remember(&claims, keys.version(), now);
        Ok(claims)
    }

    /// Claims that [`verify_token`](Self::verify_token) has made of this very token before, and that it would make again.
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
