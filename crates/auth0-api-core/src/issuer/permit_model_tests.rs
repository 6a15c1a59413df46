//! Models of the permits of fetches: see [`sync`](crate::sync).
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use shuttle::future::{block_on, spawn};

use super::limits::MOST_WAITING;
use super::modelled_tenant_tests::{World, domain, request};
use super::recent::Recent;
use super::state::IssuerState;
use super::{FetchLimit, IssuerError, KeyPolicy};
use crate::sync::model::check;

/// No permit is earned while a model runs.
const LONG: Duration = Duration::from_secs(60);

fn is_limited(outcome: &Result<(), IssuerError>, by: FetchLimit) -> bool {
    matches!(outcome, Err(IssuerError::KeyNotLookedFor(limited)) if limited.limit == by)
}

#[test]
fn unknown_keys_cause_no_more_fetches_than_there_are_permits() {
    check(|| {
        let world = World::new(KeyPolicy::new().unknown_key_fetches(2, LONG));
        let state = world.listed();
        block_on(state.warm_up()).unwrap();
        let requests = ["x", "y", "z", "x"].map(|key_id| {
            let state = Arc::clone(&state);
            spawn(async move { request(&state, key_id).await.map(drop) })
        });
        for request in requests {
            let outcome = block_on(request).unwrap();
            let is_unknown = matches!(outcome, Err(IssuerError::KeyUnknown));
            assert!(is_unknown || is_limited(&outcome, FetchLimit::UnknownKeys), "{outcome:?}");
        }
        assert!((2..=3).contains(&world.tenant.fetches()), "{}", world.tenant.fetches());
    });
}

#[test]
fn newcomers_cause_no_more_fetches_than_there_are_permits() {
    check(|| {
        let world = World::new(KeyPolicy::new().newcomers(2, LONG));
        let requests = ["one.example", "two.example", "three.example"].map(|host| {
            let state = world.newcomer(host);
            spawn(async move { request(&state, "a").await.map(drop) })
        });
        let outcomes = requests.map(|request| block_on(request).unwrap());
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 2, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| is_limited(outcome, FetchLimit::Newcomers)).count(), 1);
        assert_eq!((world.tenant.fetches(), world.newcomer_permits()), (2, 0));
    });
}

#[test]
fn an_issuer_gives_back_each_permit_once_when_it_is_proven() {
    check(|| {
        let world = World::new(KeyPolicy::new().newcomers(4, LONG));
        let (state, other) = (world.newcomer("one.example"), world.newcomer("two.example"));
        block_on(state.warm_up()).unwrap();
        block_on(request(&other, "a")).unwrap();
        // One request fetches, which may need a permit. Meanwhile two tokens are verified.
        let unknown = {
            let state = Arc::clone(&state);
            spawn(async move { request(&state, "x").await.map(drop) })
        };
        let proofs = [(); 2].map(|()| {
            let state = Arc::clone(&state);
            spawn(async move { state.prove() })
        });
        for proof in proofs {
            block_on(proof).unwrap();
        }
        assert!(matches!(block_on(unknown).unwrap(), Err(IssuerError::KeyUnknown)));
        assert_eq!(world.newcomer_permits(), 3, "the other issuer has one");
    });
}

#[test]
fn a_fetch_that_gets_only_one_of_two_permits_gives_it_back() {
    check(|| {
        let world = World::new(KeyPolicy::new().newcomers(2, LONG).unknown_key_fetches(1, LONG));
        let states = ["one.example", "two.example"].map(|host| world.newcomer(host));
        for state in &states {
            block_on(request(state, "a")).unwrap();
        }
        // There are no permits for newcomers any more.
        let requests = states.each_ref().map(|state| {
            let state = Arc::clone(state);
            spawn(async move { request(&state, "x").await.map(drop) })
        });
        for request in requests {
            assert!(is_limited(&block_on(request).unwrap(), FetchLimit::Newcomers));
        }
        for state in &states {
            state.prove();
            assert!(matches!(block_on(request(state, "x")), Err(IssuerError::KeyUnknown)));
        }
        assert_eq!((world.tenant.fetches(), world.newcomer_permits()), (4, 2));
    });
}

#[test]
fn requests_for_the_same_newcomer_share_one_state_and_one_permit() {
    check(|| {
        let world = World::new(KeyPolicy::new().newcomers(4, LONG));
        block_on(request(&world.newcomer("two.example"), "a")).unwrap();
        let recent = Arc::new(Recent::new(Arc::clone(&world.config), Arc::clone(&world.limits)));
        let requests = [(); 3].map(|()| {
            let recent = Arc::clone(&recent);
            spawn(async move {
                let admitted = recent.admit(&domain("one.example")).unwrap();
                let outcome = request(&admitted.state, "a").await;
                admitted.promote();
                outcome.map(drop).unwrap();
                Arc::clone(&admitted.state)
            })
        });
        let states = requests.map(|request| block_on(request).unwrap());
        let known = recent.known("https://one.example/").unwrap();
        assert!(states.iter().all(|state| state.is_proven()), "{states:?}");
        assert!(known.is_proven());
        assert_eq!(world.newcomer_permits(), 3, "the other issuer has one");
    });
}

/// A second state would have keys that `refresh_now` does not reach.
#[test]
fn an_issuer_with_a_verified_token_is_no_newcomer_any_more() {
    check(|| {
        let world = World::new(KeyPolicy::new().newcomers(4, LONG));
        let recent = Arc::new(Recent::new(Arc::clone(&world.config), Arc::clone(&world.limits)));
        let requests = [true, false, false].map(|is_valid| {
            let recent = Arc::clone(&recent);
            spawn(async move {
                let admitted = recent.admit(&domain("one.example")).unwrap();
                request(&admitted.state, "a").await.map(drop).unwrap();
                if is_valid {
                    admitted.promote();
                }
            })
        });
        for request in requests {
            block_on(request).unwrap();
        }
        assert!(recent.without_proof().is_empty());
        assert_eq!((recent.proven().len(), world.newcomer_permits()), (1, 4));
    });
}

#[test]
fn places_are_limited_and_come_back_on_every_way_out() {
    check(|| {
        // The second fetch waits for its permit, and its requests need places.
        let world = World::new(KeyPolicy::new().newcomers(1, Duration::from_millis(500)));
        block_on(request(&world.newcomer("one.example"), "a")).unwrap();
        let (state, waiting) = (world.newcomer("two.example"), Arc::new(AtomicUsize::new(0)));
        let requests = [(); MOST_WAITING + 2].map(|()| spawn(counted(Arc::clone(&state), Arc::clone(&waiting))));
        let [first, ..] = &requests;
        first.abort();
        for request in requests {
            let Ok(outcome) = block_on(request) else { continue };
            assert!(outcome.is_ok() || is_limited(&outcome, FetchLimit::Newcomers), "{outcome:?}");
        }
        assert_eq!(world.limits.free_places(), MOST_WAITING);
        assert_eq!(world.tenant.fetches(), 2);
    });
}

/// Sends a request. After its first poll, it may wait for a fetch that has not begun. Then it must hold a place.
async fn counted(state: Arc<IssuerState>, waiting: Arc<AtomicUsize>) -> Result<(), IssuerError> {
    let mut request = pin!(request(&state, "a"));
    if let Poll::Ready(outcome) = poll_fn(|context| Poll::Ready(request.as_mut().poll(context))).await {
        return outcome.map(drop);
    }
    let has_begun = state.lock().begins_at.is_none();
    let _waits = (!has_begun).then(|| Waiting::new(waiting));
    request.await.map(drop)
}

/// Counts the requests that wait for a fetch that has not begun.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn new(all: Arc<AtomicUsize>) -> Self {
        let before = all.fetch_add(1, Ordering::SeqCst);
        assert!(before < MOST_WAITING, "{before} requests wait already");
        Self(all)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
