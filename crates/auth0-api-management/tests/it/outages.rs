//! Outages: which requests are sent again, and what the error says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth0_api_core::http::HttpError;
use auth0_api_management::{ManagementError, ProfileChange, UnavailableCause, WantedProfile};
use auth0_api_testing::{Endpoint, Misbehaviour};

use crate::intercepting::{Intercepting, answer, is_call};
use crate::world::{ACTION, TYPE, World, wanted};

fn unavailable(error: ManagementError) -> (bool, Option<Duration>) {
    assert_eq!((error.label(), error.hint()), ("management_unavailable", None));
    let may_have_taken_effect = error.may_have_taken_effect();
    match error {
        ManagementError::Unavailable(unavailable) => (may_have_taken_effect, unavailable.retry_after),
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn a_read_is_sent_three_times() {
    for status in [408, 500, 502, 503, 504] {
        let http =
            Intercepting::new(move |request| if is_call(request, "GET") { answer(status, &[], "") } else { None });
        let world = World::sending_with(http).await;
        let error = world.profiles.find(TYPE).await.unwrap_err();
        let ManagementError::Unavailable(unavailable) = &error else { unreachable!("{error:?}") };
        assert!(matches!(unavailable.cause, UnavailableCause::Status { status: answered } if answered == status));
        assert!(!error.may_have_taken_effect());
        assert_eq!(world.http.calls().len(), 3, "{status}");
        world.clock.assert_waits(&[1, 2]);
    }
}

#[tokio::test]
async fn a_read_succeeds_when_the_outage_ends() {
    let asked = Arc::new(AtomicUsize::new(0));
    let http = Intercepting::new(move |request| {
        let asked = if is_call(request, "GET") { asked.fetch_add(1, Ordering::SeqCst) } else { 9 };
        match asked {
            0 => Some(Err(HttpError::Connect("no route".into()))),
            1 => answer(503, &[("retry-after", "9")], ""),
            _ => None,
        }
    });
    let world = World::sending_with(http).await;
    assert_eq!(world.profiles.find(TYPE).await.unwrap(), None);
    world.clock.assert_waits(&[1, 9]);
}

#[tokio::test]
async fn a_creation_is_sent_again_only_if_it_cannot_have_arrived() {
    let failures: [fn() -> HttpError; 4] = [
        || HttpError::Connect("no route".into()),
        || HttpError::Disconnected("gone".into()),
        || HttpError::Exchange("broken".into()),
        || HttpError::Timeout,
    ];
    let expected = [(3, false), (1, true), (1, true), (1, true)];
    for (failure, (requests, effect)) in failures.into_iter().zip(expected) {
        let http = Intercepting::new(move |request| if is_call(request, "POST") { Some(Err(failure())) } else { None });
        let world = World::sending_with(http).await;
        let error = world.profiles.create(&wanted()).await.unwrap_err();
        assert_eq!((world.http.calls().len(), unavailable(error)), (requests, (effect, None)), "{:?}", failure());
    }
}

#[tokio::test]
async fn a_creation_whose_answer_gets_lost_says_so() {
    let world = World::new().await;
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::LoseAnswers);
    let error = world.profiles.create(&wanted()).await.unwrap_err();
    assert_eq!(unavailable(error), (true, None));
    assert_eq!((world.tenant.requests().management, world.all().await.len()), (1, 1));
}

#[tokio::test]
async fn changes_that_may_arrive_twice_are_sent_again() {
    let world = World::new().await;
    let profile = world.profiles.create(&wanted()).await.unwrap();
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::LoseAnswers);
    let renamed = world.profiles.update(profile.id(), &ProfileChange::new().name("Old sessions")).await;
    assert_eq!(unavailable(renamed.unwrap_err()), (true, None));
    assert_eq!(world.profiles.get(profile.id()).await.unwrap().name(), "Old sessions");
    assert_eq!(unavailable(world.profiles.delete(profile.id()).await.unwrap_err()), (true, None));
    assert_eq!(world.all().await, []);
}

#[tokio::test]
async fn a_connection_that_the_tenant_has_closed_costs_no_wait() {
    let world = World::new().await;
    let profile = world.profiles.create(&wanted()).await.unwrap();
    world.profiles.find(TYPE).await.unwrap();
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::CutKeptConnections);
    // The connection of the look was kept, and is now cut. Only a request that may be sent twice uses it.
    world.profiles.update(profile.id(), &ProfileChange::new().name("Old sessions")).await.unwrap();
    let other = WantedProfile::new("Tickets", "urn:acme:ticket", ACTION);
    world.profiles.create(&other).await.unwrap();
    assert_eq!(world.http.calls().iter().filter(|call| call.starts_with("POST")).count(), 2);
    world.clock.assert_waits(&[]);
}

#[tokio::test]
async fn a_call_is_patient_only_within_its_limit() {
    let http =
        Intercepting::new(
            |request| {
                if is_call(request, "GET") { answer(503, &[("retry-after", "3600")], "") } else { None }
            },
        );
    let world = World::sending_with(http).await;
    assert_eq!(unavailable(world.profiles.find(TYPE).await.unwrap_err()), (false, Some(Duration::from_secs(3_600))));
    world.clock.assert_waits(&[]);
}

#[tokio::test]
async fn a_rejection_of_a_later_attempt_says_nothing_about_the_first() {
    for status in [401, 403, 429] {
        let asked = Arc::new(AtomicUsize::new(0));
        let http = Intercepting::new(move |request| {
            if !is_call(request, "PATCH") {
                return None;
            }
            match asked.fetch_add(1, Ordering::SeqCst) {
                0 => answer(502, &[], ""),
                _ => answer(status, &[("retry-after", "100000")], ""),
            }
        });
        let world = World::sending_with(http).await;
        let id = world.profiles.create(&wanted()).await.unwrap().id().to_owned();
        let error = world.profiles.update(&id, &ProfileChange::new().name("Others")).await.unwrap_err();
        let (may_have_taken_effect, retry_after) = unavailable(error);
        assert!(may_have_taken_effect, "{status}");
        assert_eq!(retry_after.map(|wait| wait.as_secs()), Some(100_000), "{status}");
    }
}
