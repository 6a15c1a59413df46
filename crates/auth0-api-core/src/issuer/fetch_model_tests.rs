//! Models of the fetches of an issuer's keys: see [`sync`](crate::sync).
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::sync::Arc;
use std::time::Duration;

use shuttle::future::{block_on, spawn};

use super::modelled_tenant_tests::{Mood, World, request};
use super::state::IssuerState;
use super::{IssuerError, KeyPolicy};
use crate::sync::model::check;

/// A client that holds the keys `a` and `b`.
fn warm() -> (World, Arc<IssuerState>) {
    let world = World::new(KeyPolicy::new());
    let state = world.listed();
    block_on(state.warm_up()).unwrap();
    (world, state)
}

/// Starts a request with a token of this key, and returns whether a key was found.
fn asks(state: &Arc<IssuerState>, key_id: &'static str) -> shuttle::future::JoinHandle<Result<(), IssuerError>> {
    let state = Arc::clone(state);
    spawn(async move { request(&state, key_id).await.map(drop) })
}

#[test]
fn first_requests_share_one_fetch() {
    check(|| {
        let world = World::new(KeyPolicy::new());
        let state = world.listed();
        let requests = ["a", "b", "a", "b"].map(|key_id| asks(&state, key_id));
        for request in requests {
            block_on(request).unwrap().unwrap();
        }
        assert_eq!(world.tenant.fetches(), 1);
    });
}

#[test]
fn a_cancelled_first_request_strands_nobody() {
    check(|| {
        let world = World::new(KeyPolicy::new());
        let state = world.listed();
        let (first, second) = (asks(&state, "a"), asks(&state, "b"));
        first.abort();
        block_on(second).unwrap().unwrap();
        _ = block_on(first);
        assert_eq!(world.tenant.fetches(), 1);
    });
}

#[test]
fn an_http_client_that_panics_fails_every_waiting_request_once() {
    check(|| {
        let world = World::with(KeyPolicy::new(), Mood::Panics);
        let state = world.listed();
        let requests = ["a", "b", "a"].map(|key_id| asks(&state, key_id));
        for request in requests {
            let outcome = block_on(request).unwrap();
            assert!(matches!(outcome, Err(IssuerError::Unavailable(_))), "{outcome:?}");
        }
        assert_eq!(world.tenant.fetches(), 1, "the back-off is not over");
        // The failure is not remembered for longer than its back-off.
        world.clock.advance(Duration::from_secs(600));
        assert!(block_on(request(&state, "a")).is_err());
        assert_eq!(world.tenant.fetches(), 2);
    });
}

#[test]
fn a_key_that_was_published_before_the_request_is_found() {
    check(|| {
        let (world, state) = warm();
        let operator = {
            let state = Arc::clone(&state);
            spawn(async move { state.refresh_now().await })
        };
        // The answer without the new key is on its way.
        block_on(world.tenant.has_answered(2));
        world.tenant.publish(&["a", "b", "c"]);
        let requests = ["c", "c"].map(|key_id| asks(&state, key_id));
        for request in requests {
            block_on(request).unwrap().unwrap();
        }
        block_on(operator).unwrap().unwrap();
    });
}

#[test]
fn a_removed_key_is_gone_once_refresh_now_has_returned() {
    check(|| {
        let (world, state) = warm();
        let earlier = {
            let state = Arc::clone(&state);
            spawn(async move { state.refresh_now().await })
        };
        let reader = asks(&state, "a");
        // The answer with the removed key is on its way.
        block_on(world.tenant.has_answered(2));
        world.tenant.publish(&["a"]);
        block_on(state.refresh_now()).unwrap();
        let after = block_on(request(&state, "b"));
        assert!(matches!(after, Err(IssuerError::KeyUnknown)), "{after:?}");
        block_on(reader).unwrap().unwrap();
        block_on(earlier).unwrap().unwrap();
    });
}

#[test]
fn a_fetch_of_another_request_does_not_take_the_place_of_one_past_the_caches() {
    check(|| {
        let (world, state) = warm();
        let requests = ["x", "y"].map(|key_id| asks(&state, key_id));
        block_on(state.refresh_now()).unwrap();
        assert!(world.tenant.fetches_past_caches() > 0);
        for request in requests {
            // A request gives up if the keys are replaced during each of its look-ups.
            let outcome = block_on(request).unwrap();
            assert!(matches!(outcome, Err(IssuerError::KeyUnknown | IssuerError::KeyNotLookedFor(_))), "{outcome:?}");
        }
    });
}

#[test]
fn tokens_of_a_removed_key_cause_no_fetch() {
    check(|| {
        let (world, state) = warm();
        world.tenant.publish(&["a"]);
        let operator = {
            let state = Arc::clone(&state);
            spawn(async move { state.refresh_now().await })
        };
        for request in ["b", "b", "b"].map(|key_id| asks(&state, key_id)) {
            let outcome = block_on(request).unwrap();
            assert!(matches!(outcome, Ok(()) | Err(IssuerError::KeyUnknown)), "{outcome:?}");
        }
        block_on(operator).unwrap().unwrap();
        let after = block_on(request(&state, "b"));
        assert!(matches!(after, Err(IssuerError::KeyUnknown)), "{after:?}");
        assert_eq!(world.tenant.fetches(), 2);
    });
}

#[test]
fn requests_with_stale_keys_share_one_fetch_and_never_fail() {
    check(|| {
        let (world, state) = warm();
        world.clock.advance(Duration::from_secs(3_600));
        let requests = ["a", "b", "a"].map(|key_id| asks(&state, key_id));
        for request in requests {
            block_on(request).unwrap().unwrap();
        }
        // A request that did not wait for the fetch leaves it in progress.
        assert!((1..=2).contains(&world.tenant.fetches()), "{}", world.tenant.fetches());
        block_on(state.refresh_now()).unwrap();
    });
}
