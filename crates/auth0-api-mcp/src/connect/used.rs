//! What is used once: logins, confirmations and tickets.

use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::dpop::{Insertion, ProofId};
use auth0_api_core::jose::Thumbprint;
use aws_lc_rs::digest::{SHA256, digest};

use super::ending::Ending;
use super::errand::{Ticket, has_passed};
use super::failure::Failure;
use super::shared::Shared;
use crate::shared_key::joined;

impl Shared {
    /// Records a login with the link of a ticket. Each link has only a few, so that somebody else who has the link does not
    /// use up those of its person.
    pub(super) async fn use_log_in(&self, ticket: &Ticket, state: &str, expires_at: u64) -> Result<(), Ending> {
        // The store only says whether an entry is new. So each login takes the first place of its link that is free.
        let owner = ["login with a link of", &ticket.issuer, &ticket.subject];
        for place in 0..LOG_INS_OF_ONE_LINK {
            match self.use_once(&owner, &format!("{} {place}", ticket.id), ticket.expires_at).await {
                Ok(()) => {
                    // A browser can send a cookie again. Each token request needs a login of its own.
                    let owner = ["login of", &ticket.issuer, &ticket.subject];
                    return self.use_once(&owner, state, expires_at).await;
                }
                Err(Ending::Used) => {}
                Err(other) => return Err(other),
            }
        }
        Err(Ending::OpenedTooOften)
    }

    /// Records that a person has confirmed.
    pub(super) async fn use_confirmation(&self, ticket: &Ticket, state: &str) -> Result<(), Ending> {
        let owner = ["confirmation of", &ticket.issuer, &ticket.subject];
        let used = self.use_once(&owner, state, ticket.expires_at).await;
        used.map_err(|ending| if matches!(ending, Ending::Used) { Ending::Repeated } else { ending })
    }

    /// Records that the ticket is used.
    pub(super) async fn use_up(&self, ticket: &Ticket) -> Result<(), Ending> {
        if has_passed(ticket.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        self.use_once(&["ticket of", &ticket.issuer, &ticket.subject], &ticket.id, ticket.expires_at).await
    }

    /// Records that something is used. Only the first of two uses succeeds. The store limits the entries of each owner, so
    /// one person alone does not fill it.
    async fn use_once(&self, owner: &[&str], id: &str, expires_at: u64) -> Result<(), Ending> {
        let digested = digest(&SHA256, &joined(owner));
        let owner = digested.as_ref().try_into().map(Thumbprint::from_bytes);
        let id = ProofId::new(owner.map_err(|_| Failure::labelled("random"))?, id);
        // The store may forget it when it is accepted nowhere any more, also by a clock that is a little slower.
        let until = UNIX_EPOCH.checked_add(Duration::from_secs(expires_at.saturating_add(CLOCKS_DIFFER)));
        match self.used.insert(&id, self.clock.now(), until.ok_or(Ending::Expired)?).await {
            Ok(Insertion::Fresh) => Ok(()),
            Ok(Insertion::Replayed) => Err(Ending::Used),
            Err(_) => Err(Failure::labelled("used_tickets_unavailable").with_hint(STORE_HINT).into()),
        }
    }
}

/// A person logs in once, or a few times after a mistake or a failure of the tenant. A stranger with a few links uses up less
/// than the person has.
pub(super) const LOG_INS_OF_ONE_LINK: usize = 10;
/// Seconds between the clocks of two replicas.
const CLOCKS_DIFFER: u64 = 60;
const STORE_HINT: &str = "check the store of used tickets: without it, no ticket is accepted";
