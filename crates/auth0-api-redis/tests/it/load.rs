//! Requests that go on while servers fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use auth0_api_core::dpop::{Insertion, ReplayStoreError};
use auth0_api_redis::RedisReplayStore;
use tokio::task::JoinHandle;

use crate::insert;
use crate::processes::until;

/// Several clients that send one new proof after the other.
pub(crate) struct Load {
    answers: Arc<Answers>,
    clients: Vec<JoinHandle<Vec<String>>>,
}

#[derive(Default)]
struct Answers {
    ended: AtomicBool,
    /// Accepted proofs.
    fresh: AtomicUsize,
    /// Accepted proofs since the last request that was rejected as unavailable.
    fresh_in_a_row: AtomicUsize,
    replayed: AtomicUsize,
    unavailable: AtomicUsize,
}

/// What the clients have seen.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The proofs that were accepted, those of each client in the order in which they were sent.
    pub(crate) accepted: Vec<Vec<String>>,
    pub(crate) replayed: usize,
}

impl Load {
    pub(crate) fn start(store: &Arc<RedisReplayStore>) -> Self {
        let answers = Arc::<Answers>::default();
        let clients = (0..CLIENTS)
            .map(|client| tokio::spawn(send_proofs(client, Arc::clone(store), Arc::clone(&answers))))
            .collect();
        Self { answers, clients }
    }

    pub(crate) async fn wait_for_fresh(&self, number: usize) {
        let before = self.answers.fresh.load(Ordering::Relaxed);
        until("proofs are accepted", async || self.answers.fresh.load(Ordering::Relaxed) >= before + number).await;
    }

    pub(crate) async fn wait_for_an_outage(&self) {
        let before = self.answers.unavailable.load(Ordering::Relaxed);
        until("a request is rejected", async || self.answers.unavailable.load(Ordering::Relaxed) > before).await;
    }

    /// Waits until so many proofs are accepted without a rejection between them, that the outage is over for every key.
    pub(crate) async fn wait_for_the_end_of_the_outage(&self) {
        until("the outage is over", async || self.answers.fresh_in_a_row.load(Ordering::Relaxed) >= IN_A_ROW).await;
    }

    pub(crate) async fn end(self) -> Seen {
        self.answers.ended.store(true, Ordering::Relaxed);
        let mut accepted = Vec::new();
        for client in self.clients {
            accepted.push(client.await.unwrap());
        }
        Seen { accepted, replayed: self.answers.replayed.load(Ordering::Relaxed) }
    }
}

impl Seen {
    pub(crate) fn assert_that_no_fresh_proof_was_a_replay(&self) {
        assert_eq!(self.replayed, 0, "each proof was sent once");
    }
}

async fn send_proofs(client: usize, store: Arc<RedisReplayStore>, answers: Arc<Answers>) -> Vec<String> {
    let mut accepted = Vec::new();
    let mut number = 0_usize;
    let mut ticks = tokio::time::interval(Duration::from_millis(2));
    while !answers.ended.load(Ordering::Relaxed) {
        ticks.tick().await;
        number += 1;
        let jti = format!("{client}.{number}");
        match insert(&store, &jti).await {
            Ok(Insertion::Fresh) => {
                answers.fresh.fetch_add(1, Ordering::Relaxed);
                answers.fresh_in_a_row.fetch_add(1, Ordering::Relaxed);
                accepted.push(jti);
            }
            Ok(Insertion::Replayed) => drop(answers.replayed.fetch_add(1, Ordering::Relaxed)),
            Err(ReplayStoreError::Unavailable(_)) => {
                answers.unavailable.fetch_add(1, Ordering::Relaxed);
                answers.fresh_in_a_row.store(0, Ordering::Relaxed);
            }
            Err(error) => unreachable!("only unavailability is an answer: {error:?}"),
        }
    }
    accepted
}

const CLIENTS: usize = 8;

/// While one of three masters is down, the clients wait for it after 16 accepted proofs on average.
const IN_A_ROW: usize = 300;
