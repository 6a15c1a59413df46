//! Models of the replay store: see [`sync`](crate::sync).
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use shuttle::thread::spawn;

use super::*;
use crate::sync::model::{check, check_all};

type Answer = Result<Insertion, ReplayStoreError>;

/// Inserts proofs at the same time: each with its key, its `jti`, and when it arrives, in seconds. Each is live for 10 s.
fn race<const N: usize>(store: &Arc<MemoryReplayStore>, proofs: [(u8, u16, u64); N]) -> [Answer; N] {
    let threads = proofs.map(|(key, jti, now)| {
        let store = Arc::clone(store);
        spawn(move || insert(&store, key, jti, now))
    });
    threads.map(|thread| thread.join().unwrap())
}

fn insert(store: &MemoryReplayStore, key: u8, jti: u16, now: u64) -> Answer {
    let proof = ProofId::new(Thumbprint::from_bytes([key; 32]), &jti.to_string());
    let second = |second| (UNIX_EPOCH + Duration::from_secs(1_700_000_000 + second)).into();
    let answer = store.record(&proof, second(now), second(now + 10));
    assert!(store.held() <= store.capacity, "{} of {}", store.held(), store.capacity);
    answer
}

fn store(capacity: usize) -> Arc<MemoryReplayStore> {
    Arc::new(MemoryReplayStore::with_capacity(capacity))
}

fn fresh(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| matches!(answer, Ok(Insertion::Fresh))).count()
}

fn full(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| matches!(answer, Err(ReplayStoreError::Full))).count()
}

/// The count of the slots equals the number of proofs in the shards.
fn assert_no_drift(store: &MemoryReplayStore) {
    let recorded: usize = (0..SHARDS).map(|index| store.lock(index).len()).sum();
    assert_eq!(store.held(), recorded);
}

/// Two keys, one in each shard.
fn one_key_of_each_shard(store: &MemoryReplayStore) -> [u8; 2] {
    [0, 1].map(|shard| {
        let is_in = |key: &u8| store.shard_of(&Thumbprint::from_bytes([*key; 32])) == shard;
        (1..=u8::MAX).find(is_in).unwrap()
    })
}

#[test]
fn one_of_two_requests_with_a_proof_is_fresh_under_every_schedule() {
    check_all(|| {
        let store = store(2);
        let answers = race(&store, [(1, 1, 0), (1, 1, 0)]);
        assert_eq!(fresh(&answers), 1);
        assert_no_drift(&store);
    });
}

#[test]
fn exactly_one_of_many_requests_with_a_proof_is_fresh() {
    check(|| {
        let store = store(10);
        let answers = race(&store, [(1, 1, 0), (1, 1, 0), (1, 1, 1), (1, 1, 1)]);
        assert_eq!((fresh(&answers), full(&answers)), (1, 0));
        assert_no_drift(&store);
    });
}

#[test]
fn expiry_does_not_accept_a_live_proof_again() {
    check(|| {
        let store = store(10);
        for jti in 0..3 {
            insert(&store, 1, jti, 0).unwrap();
        }
        // The requests of second 11 remove the expired proofs 0 to 2, while the proofs 3 and 4 arrive twice.
        let answers = race(&store, [(1, 3, 11), (1, 3, 11), (1, 4, 11), (1, 4, 12)]);
        assert_eq!((fresh(&answers), full(&answers)), (2, 0));
        assert_no_drift(&store);
    });
}

#[test]
fn a_proof_that_has_expired_is_fresh_exactly_once_more() {
    check(|| {
        let store = store(10);
        insert(&store, 1, 1, 0).unwrap();
        let answers = race(&store, [(1, 1, 11), (1, 1, 11), (1, 1, 12)]);
        assert_eq!(fresh(&answers), 1);
        assert_no_drift(&store);
    });
}

#[test]
fn a_full_store_accepts_nothing_and_still_reports_replays() {
    check(|| {
        let store = store(2);
        let [one, other] = one_key_of_each_shard(&store);
        insert(&store, one, 1, 0).unwrap();
        insert(&store, other, 1, 0).unwrap();
        let answers = race(&store, [(one, 1, 1), (other, 1, 1), (one, 2, 1), (other, 2, 1)]);
        assert!(matches!(answers, [Ok(Insertion::Replayed), Ok(Insertion::Replayed), Err(_), Err(_)]), "{answers:?}");
        assert_eq!(full(&answers), 2);
        assert_no_drift(&store);
    });
}

#[test]
fn the_last_slot_goes_to_one_proof() {
    check(|| {
        let store = store(2);
        let [one, other] = one_key_of_each_shard(&store);
        insert(&store, one, 1, 0).unwrap();
        let answers = race(&store, [(one, 2, 1), (other, 2, 1), (other, 3, 1)]);
        assert_eq!((fresh(&answers), full(&answers)), (1, 2));
        assert_no_drift(&store);
    });
}

#[test]
fn expired_proofs_of_both_shards_make_room_for_as_many_new_ones() {
    check(|| {
        let store = store(2);
        let [one, other] = one_key_of_each_shard(&store);
        insert(&store, one, 1, 0).unwrap();
        insert(&store, one, 2, 0).unwrap();
        let answers = race(&store, [(one, 3, 11), (other, 3, 11), (other, 4, 11)]);
        assert_eq!(fresh(&answers) + full(&answers), 3, "{answers:?}");
        assert!((1..=2).contains(&fresh(&answers)), "{answers:?}");
        assert_no_drift(&store);
        // What is free afterwards can be used.
        let last = insert(&store, other, 5, 11);
        assert_eq!(fresh(&answers) + fresh(&[last]), 2);
    });
}

#[test]
fn different_proofs_do_not_disturb_each_other() {
    check(|| {
        // One slot more than proofs: a replay holds a slot until it is found to be one.
        let store = store(5);
        let [one, other] = one_key_of_each_shard(&store);
        insert(&store, one, 1, 0).unwrap();
        let answers = race(&store, [(one, 2, 1), (other, 1, 1), (one, 1, 1), (other, 2, 1)]);
        assert_eq!(fresh(&answers), 3, "{answers:?}");
        assert!(matches!(answers, [_, _, Ok(Insertion::Replayed), _]));
        assert_no_drift(&store);
    });
}
