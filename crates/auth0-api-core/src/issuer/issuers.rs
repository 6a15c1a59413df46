//! The issuers that a client trusts, and the way from a token to the key that must have signed it.

use std::sync::Arc;
use std::time::SystemTime;

use super::state::{IssuerConfig, IssuerState, Snapshot};
use super::{Domain, IssuerError, KeysUnavailable};
use crate::jose::{JoseError, Jws, Object};
use crate::token::Signed;

/// The configured issuers. One for now: lists and resolvers take this type's place without changing what stands around it.
#[derive(Debug)]
pub(crate) struct Issuers {
    only: Arc<IssuerState>,
}

/// The keys that may have signed a token, and whose they are.
#[derive(Debug)]
pub(crate) struct IssuerKeys {
    issuer: Arc<str>,
    snapshot: Arc<Snapshot>,
}

impl Issuers {
    pub(crate) fn one(domain: Domain, config: IssuerConfig) -> Self {
        Self { only: Arc::new(IssuerState::new(domain, Arc::new(config))) }
    }

    /// Admits the token's issuer, then finds its keys: the only step of a verification that may fetch.
    pub(crate) async fn key_for(&self, jws: &Jws<'_, Object>, now: SystemTime) -> Result<IssuerKeys, IssuerError> {
        let issuer = self.admit(jws.unverified_payload())?;
        let header = jws.header();
        let key_id = header.key_id()?;
        let snapshot = issuer.snapshot_with(header.algorithm(), key_id.as_deref(), now).await?;
        Ok(IssuerKeys { issuer: issuer.domain().shared_issuer(), snapshot })
    }

    /// Fetches the keys of every configured issuer.
    pub(crate) async fn warm_up(&self, now: SystemTime) -> Result<(), KeysUnavailable> {
        self.only.warm_up(now).await
    }

    /// Whether every configured issuer has keys that serve.
    pub(crate) fn is_ready(&self, now: SystemTime) -> bool {
        self.only.is_ready(now)
    }

    pub(crate) fn domain(&self) -> &Domain {
        self.only.domain()
    }

    /// RFC 8725 §3.8, RFC 9068 §4: `iss` is exactly the issuer's name. Nothing is fetched for any other.
    fn admit(&self, claims: &Object) -> Result<&Arc<IssuerState>, IssuerError> {
        let Ok(Some(iss)) = claims.string("iss") else {
            return Err(IssuerError::IssuerMissing);
        };
        let configured = self.only.domain().issuer();
        if *iss == *configured {
            return Ok(&self.only);
        }
        let name = |issuer: &str| issuer.trim_end_matches('/').to_ascii_lowercase();
        Err(IssuerError::NotTrusted { nearly: name(&iss) == name(configured) })
    }
}

impl IssuerKeys {
    /// Checks the signature: the step that turns claims into something somebody has said.
    pub(crate) fn verify(&self, jws: Jws<'_, Object>) -> Result<Signed, JoseError> {
        let header = jws.header();
        let keys = self.snapshot.keys.find(header.algorithm(), header.key_id()?.as_deref());
        let keys = keys.map_err(|_| JoseError::Signature)?;
        Ok(Signed { jws: jws.verify(keys)?, issuer: Arc::clone(&self.issuer) })
    }
}
