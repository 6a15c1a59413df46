//! Revocations in the memory of one process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::store::{RevocationStore, StoreFuture, SubjectId};
use crate::clock::since_epoch;

/// Remembers revoked subjects in the memory of this process.
///
/// The store knows only the logouts that this process has received. Several replicas need a shared store, for example
/// `RedisRevocationStore` of `auth0-api-redis`: the tenant sends a logout to one replica.
///
/// It guarantees:
///
/// 1. A token that was revoked is never accepted again. When the capacity is reached, the store drops its oldest
///    revocation, and revokes instead the tokens of *all* subjects that were issued up to that time. Users with such an
///    old token need a new one. Users with newer tokens notice nothing.
/// 2. A later revocation of a subject stays in force if an earlier one arrives after it.
/// 3. Each revocation removes up to three expired ones. There is no background task.
///
/// A revocation takes 200 bytes at most, by calculation. After a restart, the store is empty: tokens that were revoked are accepted again
/// until they expire.
#[must_use]
pub struct MemoryRevocationStore {
    capacity: usize,
    table: RwLock<Table>,
}

/// Times are whole seconds since the epoch.
#[derive(Default)]
struct Table {
    by_subject: HashMap<SubjectId, Revocation>,
    /// The same revocations, the oldest first.
    by_age: BTreeSet<(u64, SubjectId)>,
    /// Tokens of all subjects that were issued up to this time are revoked.
    everybody_up_to: Option<u64>,
}

struct Revocation {
    issued_up_to: u64,
    expires_at: u64,
}

impl MemoryRevocationStore {
    /// Creates a store for [`DEFAULT_CAPACITY`](Self::DEFAULT_CAPACITY) subjects.
    pub fn new() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }

    /// Creates a store that holds the revocations of up to `subjects` subjects; at least 1, else
    /// [`build`](crate::ApiClientBuilder::build) fails.
    ///
    /// Choose the number of logouts within the [longest lifetime](crate::LogoutPolicy::longest_token_lifetime) of a
    /// token.
    pub fn with_capacity(subjects: usize) -> Self {
        Self { capacity: subjects, table: RwLock::default() }
    }

    /// Returns the number of revocations that the store holds, including expired ones that are not removed yet.
    pub fn held(&self) -> usize {
        self.read().by_subject.len()
    }

    // A panic while the lock is held leaves at worst a subject in one of the two tables only, and that subject is then
    // revoked still.
    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The capacity of a store in subjects, in about 20 MB: 100 000 logouts in 30 days, the longest lifetime of a token,
    /// are one in 26 s.
    pub const DEFAULT_CAPACITY: usize = 100_000;
}

impl RevocationStore for MemoryRevocationStore {
    fn revoke<'a>(
        &'a self,
        subject: &'a SubjectId,
        issued_up_to: SystemTime,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> StoreFuture<'a, ()> {
        let revocation = Revocation { issued_up_to: rounded_up(issued_up_to), expires_at: rounded_up(expires_at) };
        let mut table = self.write();
        table.forget_some_expired(since_epoch(now).as_secs());
        table.add(*subject, revocation);
        if table.by_subject.len() > self.capacity {
            table.give_up_oldest();
        }
        drop(table);
        Box::pin(std::future::ready(Ok(())))
    }

    fn revoked_up_to<'a>(&'a self, subject: &'a SubjectId) -> StoreFuture<'a, Option<SystemTime>> {
        let table = self.read();
        let own = table.by_subject.get(subject).map(|revocation| revocation.issued_up_to);
        let seconds = own.max(table.everybody_up_to);
        drop(table);
        Box::pin(std::future::ready(Ok(seconds.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds)))))
    }

    fn problem(&self) -> Option<&'static str> {
        (self.capacity == 0).then_some("MemoryRevocationStore::with_capacity() needs at least one subject")
    }
}

impl Table {
    fn add(&mut self, subject: SubjectId, mut new: Revocation) {
        if let Some(known) = self.by_subject.get(&subject) {
            new.issued_up_to = new.issued_up_to.max(known.issued_up_to);
            new.expires_at = new.expires_at.max(known.expires_at);
            self.by_age.remove(&(known.issued_up_to, subject));
        }
        self.by_age.insert((new.issued_up_to, subject));
        self.by_subject.insert(subject, new);
    }

    fn forget_some_expired(&mut self, now: u64) {
        for _ in 0..REMOVED_AT_ONCE {
            let Some((_, subject)) = self.by_age.first() else { return };
            let is_expired = self.by_subject.get(subject).is_none_or(|revocation| revocation.expires_at < now);
            if !is_expired {
                return;
            }
            self.remove_oldest();
        }
    }

    fn give_up_oldest(&mut self) {
        let oldest = self.remove_oldest();
        self.everybody_up_to = self.everybody_up_to.max(oldest);
    }

    fn remove_oldest(&mut self) -> Option<u64> {
        let (issued_up_to, subject) = self.by_age.pop_first()?;
        self.by_subject.remove(&subject);
        Some(issued_up_to)
    }
}

impl Default for MemoryRevocationStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryRevocationStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRevocationStore")
            .field("capacity", &self.capacity)
            .field("held", &self.held())
            .finish_non_exhaustive()
    }
}

fn rounded_up(time: SystemTime) -> u64 {
    let since = since_epoch(time);
    since.as_secs().saturating_add(u64::from(since.subsec_nanos() > 0))
}

/// More than one, so that the store shrinks again after a burst.
const REMOVED_AT_ONCE: usize = 3;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn subject(name: u64) -> SubjectId {
        SubjectId::new("https://tenant.eu.auth0.com/", &name.to_string())
    }

    async fn revoke(store: &MemoryRevocationStore, name: u64, issued_up_to: u64, now: u64, expires_at: u64) {
        store.revoke(&subject(name), at(issued_up_to), at(now), at(expires_at)).await.unwrap();
    }

    /// The times up to which the tokens of these subjects are revoked.
    async fn all(store: &MemoryRevocationStore, names: std::ops::RangeInclusive<u64>) -> Vec<Option<u64>> {
        let mut times = Vec::new();
        for name in names {
            let time = store.revoked_up_to(&subject(name)).await.unwrap();
            times.push(time.map(|time| since_epoch(time).as_secs()));
        }
        times
    }

    #[tokio::test]
    async fn a_later_revocation_stays_in_force() {
        let store = MemoryRevocationStore::new();
        for issued_up_to in [100, 300, 200] {
            revoke(&store, 1, issued_up_to, 300, 1000).await;
        }
        assert_eq!(all(&store, 1..=2).await, [Some(300), None]);
        assert_eq!(store.held(), 1);
    }

    #[tokio::test]
    async fn a_full_store_revokes_the_oldest_tokens_of_everybody_instead_of_forgetting() {
        let store = MemoryRevocationStore::with_capacity(3);
        for (name, issued_up_to) in [(1, 100), (2, 200), (3, 300), (4, 400), (5, 50)] {
            revoke(&store, name, issued_up_to, 400, 10_000).await;
        }
        let expected = [100, 200, 300, 400, 100, 100].map(Some);
        assert_eq!(all(&store, 1..=6).await, expected, "1 and 5 were dropped, and 6 was never revoked");
        assert_eq!(store.held(), 3);
    }

    #[tokio::test]
    async fn expired_revocations_are_removed_and_revoke_nothing() {
        let store = MemoryRevocationStore::with_capacity(3);
        for name in 1..=3 {
            revoke(&store, name, 100, 100, 200).await;
        }
        revoke(&store, 4, 201, 201, 301).await;
        assert_eq!(all(&store, 1..=4).await, [None, None, None, Some(201)]);
    }

    #[tokio::test]
    async fn a_revocation_is_kept_up_to_and_including_its_expiry() {
        let store = MemoryRevocationStore::new();
        revoke(&store, 1, 100, 100, 200).await;
        revoke(&store, 2, 200, 200, 300).await;
        assert_eq!(all(&store, 1..=1).await, [Some(100)]);
        // A second revocation never shortens the first one.
        revoke(&store, 2, 200, 200, 210).await;
        revoke(&store, 3, 290, 290, 400).await;
        assert_eq!(all(&store, 1..=2).await, [None, Some(200)]);
    }

    #[tokio::test]
    async fn a_fraction_of_a_second_is_rounded_up() {
        let store = MemoryRevocationStore::new();
        let time = at(100) + Duration::from_millis(1);
        store.revoke(&subject(1), time, time, at(200)).await.unwrap();
        assert_eq!(all(&store, 1..=1).await, [Some(101)]);
    }

    #[tokio::test]
    async fn a_store_without_capacity_is_a_problem() {
        assert!(MemoryRevocationStore::with_capacity(0).problem().is_some());
        assert_eq!(MemoryRevocationStore::new().problem(), None);
        let shown = format!("{:?}", MemoryRevocationStore::with_capacity(7));
        assert_eq!(shown, "MemoryRevocationStore { capacity: 7, held: 0, .. }");
    }
}
