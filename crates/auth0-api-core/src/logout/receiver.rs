//! Receives logouts: verifies a logout token, and revokes the access tokens of its subject.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::error::LogoutError;
use super::store::{RevocationStore, SubjectId};
use super::subjects::whole_second;
use super::token::{LogoutToken, LogoutTokenPolicy};
use crate::clock::Clock;
use crate::credentials::MAX_TOKEN_BYTES;
use crate::digest::sha256_of_parts;
use crate::dpop::{Insertion, ProofId, ReplayStore, ReplayStoreError};
use crate::issuer::Trust;
use crate::jose::{AlgorithmSet, Hash, Jws, Thumbprint};
use crate::revocation::ANSWER_TIMEOUT;
use crate::waiting::Waiting;

/// The checked settings for logouts.
#[derive(Debug)]
pub(crate) struct LogoutReceiver {
    pub(super) tokens: LogoutTokenPolicy,
    pub(super) store: Arc<dyn RevocationStore>,
    pub(super) replay_store: Arc<dyn ReplayStore>,
    /// How long a revocation is kept after the second of the logout.
    pub(super) kept_for: Duration,
}

impl LogoutReceiver {
    /// Whether any client's logouts count.
    pub(crate) fn is_on(&self) -> bool {
        !self.tokens.client_ids.is_empty()
    }

    /// Verifies a logout token, revokes, and records the token as used.
    ///
    /// Nothing is read from or written to a store before the signature is verified. The revocation comes before the
    /// record: if the record fails, or the first answer is lost, the tenant may send the token again, and nothing is left
    /// undone. A token that is used again repeats its own revocation only, which changes nothing. So a token counts that was
    /// valid when it arrived, however long the keys took.
    pub(crate) async fn receive(
        &self,
        token: &str,
        algorithms: &AlgorithmSet,
        issuers: &Trust,
        clock: &dyn Clock,
    ) -> Result<LogoutToken, LogoutError> {
        let now = clock.now();
        if token.len() > MAX_TOKEN_BYTES {
            return Err(LogoutError::TooLong);
        }
        let jws = Jws::parse(token, algorithms)?;
        let keys = issuers.key_for(&jws, None, now, Waiting::Allowed).await?;
        let signed = keys.verify(jws, Hash::NotNeeded)?;
        let logout = self.tokens.validate(signed, now)?;
        self.revoke(&logout, now).await?;
        self.record(&logout, clock.now()).await?;
        Ok(logout)
    }

    async fn revoke(&self, logout: &LogoutToken, now: SystemTime) -> Result<(), LogoutError> {
        let subject = SubjectId::new(logout.issuer(), logout.subject());
        let issued_up_to = whole_second(logout.issued_at());
        let expires_at = issued_up_to + self.kept_for;
        let answer = self.store.revoke(&subject, issued_up_to, now, expires_at);
        match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(answer) => answer.map_err(LogoutError::Store),
            Err(late) => Err(LogoutError::Store(Box::new(late))),
        }
    }

    /// Back-Channel Logout §2.6 (8): a `jti` is accepted once.
    async fn record(&self, logout: &LogoutToken, now: SystemTime) -> Result<(), LogoutError> {
        // A thumbprint is the SHA-256 of a JSON text, so no proof has this one.
        let jtis_of_issuer = Thumbprint::from_bytes(sha256_of_parts(["logout", logout.issuer()].into_iter()));
        let id = ProofId::new(jtis_of_issuer, logout.token_id());
        let expires_at = logout.issued_at() + self.tokens.longest_life() + Duration::from_secs(1);
        match tokio::time::timeout(ANSWER_TIMEOUT, self.replay_store.insert(&id, now, expires_at)).await {
            Ok(Ok(Insertion::Fresh)) => Ok(()),
            Ok(Ok(Insertion::Replayed)) => Err(LogoutError::Replayed),
            Ok(Err(error)) => Err(LogoutError::ReplayStore(error)),
            Err(late) => Err(LogoutError::ReplayStore(ReplayStoreError::Unavailable(Box::new(late)))),
        }
    }
}
