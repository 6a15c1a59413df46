//! What is used once: logins, confirmations and tickets.

use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::dpop::{Insertion, ProofId, ReplayStoreError};
use auth0_api_core::jose::Thumbprint;
use aws_lc_rs::digest::{SHA256, digest};

use super::ending::Ending;
use super::errand::{Ticket, has_passed};
use super::failure::Failure;
use super::shared::Shared;
use crate::shared_key::joined;

impl Shared {
    /// Records a login with the link of a ticket. Each link has only a few, and few callbacks with them, so that it has few
    /// entries also in a store that has no quota for a person.
    pub(super) async fn use_log_in(&self, ticket: &Ticket, state: &str, expires_at: u64) -> Result<(), Ending> {
        let owner = ticket.owner();
        self.take_place("callback", CALLBACKS_OF_ONE_LINK, ticket, &owner).await?;
        // A browser can send a cookie again. Each token request needs a login of its own. A repeated one is no login.
        if self.use_once("login", &owner, state, expires_at).await? == Insertion::Replayed {
            return Err(Ending::Repeated);
        }
        self.take_place("place", LOG_INS_OF_ONE_LINK, ticket, &owner).await
    }

    /// Takes the first of these places of a link that is free: the store only says whether an entry is new.
    async fn take_place(&self, kind: &str, places: usize, ticket: &Ticket, owner: &str) -> Result<(), Ending> {
        for place in 0..places {
            let place = format!("{} {place}", ticket.id);
            if self.use_once(kind, owner, &place, ticket.expires_at).await? == Insertion::Fresh {
                return Ok(());
            }
        }
        Err(Ending::OpenedTooOften)
    }

    /// Records that a person has confirmed.
    pub(super) async fn use_confirmation(&self, ticket: &Ticket, state: &str) -> Result<(), Ending> {
        match self.use_once("confirmation", &ticket.owner(), state, ticket.expires_at).await? {
            Insertion::Fresh => Ok(()),
            Insertion::Replayed => Err(Ending::Repeated),
        }
    }

    /// Records that the provider has sent the browser back.
    pub(super) async fn use_connection(&self, owner: &str, state: &str, expires_at: u64) -> Result<(), Ending> {
        match self.use_once("connection", owner, state, expires_at).await? {
            Insertion::Fresh => Ok(()),
            Insertion::Replayed => Err(Ending::Repeated),
        }
    }

    /// Records that the ticket is used.
    pub(super) async fn use_up(&self, ticket: &Ticket) -> Result<(), Ending> {
        if has_passed(ticket.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        match self.use_once("ticket", &ticket.owner(), &ticket.id, ticket.expires_at).await? {
            Insertion::Fresh => Ok(()),
            Insertion::Replayed => Err(Ending::Used),
        }
    }

    /// Records that something is used. Only the first of two uses is fresh. The store in memory limits the entries of each
    /// kind and owner, so one person with one client does not fill it.
    async fn use_once(&self, kind: &str, owner: &str, id: &str, expires_at: u64) -> Result<Insertion, Ending> {
        let digested = digest(&SHA256, &joined(&[kind, owner]));
        let owner = digested.as_ref().try_into().map(Thumbprint::from_bytes);
        let id = ProofId::new(owner.map_err(|_| Failure::labelled("random"))?, id);
        // The store may forget it when it is accepted nowhere any more, also by a clock that is a little slower.
        let until = UNIX_EPOCH.checked_add(Duration::from_secs(expires_at.saturating_add(CLOCKS_DIFFER)));
        match self.used.insert(&id, self.clock.now(), until.ok_or(Ending::Expired)?).await {
            Ok(insertion) => Ok(insertion),
            Err(ReplayStoreError::KeyQuota { retry_after }) => Err(Ending::QuotaReached { retry_after }),
            Err(_) => Err(Failure::labelled("used_tickets_unavailable").with_hint(STORE_HINT).into()),
        }
    }
}

/// A person logs in once, or a few times after a mistake or a failure of the tenant.
pub(super) const LOG_INS_OF_ONE_LINK: usize = 10;
/// As many logins again may be repeated, for example with a double click.
const CALLBACKS_OF_ONE_LINK: usize = 20;
/// Seconds between the clocks of two replicas.
const CLOCKS_DIFFER: u64 = 60;
const STORE_HINT: &str = "check the store of used tickets: without it, no ticket is accepted";
