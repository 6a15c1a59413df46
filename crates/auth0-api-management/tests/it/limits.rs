//! Rate limits: how long a call waits, and when it gives up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth0_api_management::{Ensured, ManagementError, TokenExchangeProfile, WantedProfile};
use auth0_api_testing::{Endpoint, LocalTenant, ManualClock, Misbehaviour};

use crate::intercepting::{Intercepting, answer, is_call};
use crate::world::{ACTION, OTHER_ACTION, TYPE, World, told, wanted, within_a_minute};

fn limited(seconds: u64) -> Misbehaviour {
    Misbehaviour::RateLimited { retry_after: Duration::from_secs(seconds) }
}

#[tokio::test]
async fn a_call_waits_as_long_as_the_tenant_says_and_then_succeeds() {
    let world = World::new().await;
    let tenant = Arc::new(world.tenant);
    tenant.misbehave(Endpoint::Management, limited(7));
    let recovering = Arc::clone(&tenant);
    world.clock.on_wait(move || recovering.behave());
    // Also a request that creates something: the tenant has not looked at it.
    world.profiles.create(&wanted()).await.unwrap();
    world.clock.assert_waits(&[7]);
    assert_eq!(tenant.requests().management, 2);
}

#[tokio::test]
async fn all_waits_of_a_call_have_a_limit() {
    let world = World::new().await;
    world.tenant.misbehave(Endpoint::Management, limited(25));
    let error = world.profiles.find(TYPE).await.unwrap_err();
    let ManagementError::RateLimited { retry_after, error: answer } = &error else { unreachable!("{error:?}") };
    assert_eq!((retry_after.as_secs(), answer.status(), answer.code()), (25, 429, Some("too_many_requests")));
    assert_eq!((error.label(), error.retry_after()), ("management_rate_limited", Some(*retry_after)));
    assert!(!error.may_have_taken_effect());
    world.clock.assert_waits(&[25, 25]);
    assert_eq!(world.tenant.requests().management, 3);
    // A short limit that never ends is tried five times.
    world.tenant.misbehave(Endpoint::Management, limited(0));
    assert!(world.profiles.find(TYPE).await.is_err());
    world.clock.assert_waits(&[25, 25, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn all_pages_of_a_call_share_its_longest_wait() {
    // Each page is limited once, for 25 seconds.
    let asked = Arc::new(AtomicUsize::new(0));
    let http = Intercepting::new(move |request| {
        if !is_call(request, "GET") {
            return None;
        }
        let number = asked.fetch_add(1, Ordering::SeqCst);
        if number.is_multiple_of(2) {
            return answer(429, &[("retry-after", "25")], "");
        }
        answer(200, &[], &format!(r#"{{"token_exchange_profiles":[],"next":"{number}"}}"#))
    });
    let world = World::sending_with(http).await;
    assert_eq!(told(world.profiles.find(TYPE).await).0, "management_rate_limited");
    world.clock.assert_waits(&[25, 25]);
    assert_eq!(world.http.calls().len(), 5, "two pages, and one attempt for the third");
    // The next call has its own patience.
    assert_eq!(told(world.profiles.ensure(&wanted()).await).0, "management_rate_limited");
    world.clock.assert_waits(&[25, 25, 25, 25]);
}

#[tokio::test]
async fn the_rounds_of_a_call_share_its_longest_wait() {
    // Each POST conflicts after a wait of 25 seconds.
    let limited_posts = Arc::new(AtomicUsize::new(0));
    let posts = Arc::clone(&limited_posts);
    let http = Intercepting::new(move |request| {
        if !is_call(request, "POST") {
            return None;
        }
        if posts.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            return answer(429, &[("retry-after", "25")], "");
        }
        answer(409, &[], r#"{"statusCode":409,"error":"Conflict","message":"exists"}"#)
    });
    let world = World::sending_with(http).await;
    let error = world.profiles.ensure(&wanted()).await.unwrap_err();
    assert_eq!(error.label(), "management_rate_limited");
    let waits = world.clock.waits();
    assert!(waits.iter().sum::<Duration>() <= Duration::from_secs(60), "{waits:?}");
    assert_eq!(limited_posts.load(Ordering::SeqCst), 5, "two rounds, and one attempt in the third");
}

#[tokio::test]
async fn a_profile_is_restored_although_its_replacement_has_used_up_the_longest_wait() {
    let posts = Arc::new(AtomicUsize::new(0));
    let http = Intercepting::new(move |request| {
        // The first POST creates the profile, three try to replace it, and the rest restores it.
        let is_limited = is_call(request, "POST") && (1..5).contains(&posts.fetch_add(1, Ordering::SeqCst));
        if is_limited { answer(429, &[("retry-after", "25")], "") } else { None }
    });
    let world = World::sending_with(http).await;
    world.profiles.ensure(&wanted()).await.unwrap();
    let other = WantedProfile::new("Legacy sessions", TYPE, OTHER_ACTION);
    let error = world.profiles.ensure_or_replace(&other).await.unwrap_err();
    assert_eq!((error.label(), error.retry_after()), ("management_replacement_failed", Some(Duration::from_secs(25))));
    world.clock.assert_waits(&[25, 25, 25]);
    let all = world.all().await;
    assert_eq!(all.iter().map(TokenExchangeProfile::action_id).collect::<Vec<_>>(), [ACTION]);
}

#[tokio::test]
async fn a_longer_wait_than_the_limit_is_an_error_at_once() {
    let world = World::new().await;
    for (longest_wait, asked_for) in [(60, 61), (60, 86_400), (0, 1), (0, 0)] {
        let client = world.builder().longest_wait(Duration::from_secs(longest_wait)).build().unwrap();
        world.tenant.misbehave(Endpoint::Management, limited(asked_for));
        let error = client.token_exchange_profiles().ensure(&wanted()).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(asked_for)), "{error:?}");
    }
    world.clock.assert_waits(&[]);
}

#[tokio::test]
async fn the_wait_is_read_from_every_header_that_auth0_sends() {
    // 784111777
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for (headers, wait) in [
        (vec![("retry-after", "30")], 30),
        (vec![date, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], 30),
        (vec![date, ("x-ratelimit-reset", "784111807")], 30),
        // Without a date, the clock of the client says how long that is. It is at 1700000000.
        (vec![("x-ratelimit-reset", "1700000030")], 30),
        (vec![date, ("x-ratelimit-reset", "784111807"), ("retry-after", "5")], 5),
        (vec![("x-ratelimit-reset", "1600000000")], 1),
        (vec![("retry-after", "soon")], 1),
        (vec![("retry-after", "-1"), ("x-ratelimit-reset", "1e9")], 1),
        (vec![], 1),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let http = Intercepting::new(move |request| {
            let is_first = is_call(request, "GET") && asked.fetch_add(1, Ordering::SeqCst) == 0;
            if is_first { answer(429, &headers, "") } else { None }
        });
        let world = World::sending_with(http).await;
        world.profiles.find(TYPE).await.unwrap();
        world.clock.assert_waits(&[wait]);
    }
}

#[tokio::test]
async fn absurd_waits_are_errors_also_for_the_most_patient_client() {
    for headers in [
        [("retry-after", "18446744073709551615")],
        [("x-ratelimit-reset", "18446744073709551615")],
        [("x-ratelimit-reset", "99999999999999")],
    ] {
        let http =
            Intercepting::new(move |request| if is_call(request, "GET") { answer(429, &headers, "") } else { None });
        let world = World::sending_with(http).await;
        let patient = world.builder().http_client(world.http.clone()).longest_wait(Duration::MAX).build().unwrap();
        for profiles in [&world.profiles, &patient.token_exchange_profiles()] {
            assert_eq!(told(profiles.find(TYPE).await).0, "management_rate_limited", "{headers:?}");
        }
        world.clock.assert_waits(&[]);
    }
}

#[tokio::test]
async fn a_call_that_waits_continues_when_a_test_moves_the_clock() {
    let clock = ManualClock::new();
    let tenant = LocalTenant::builder().clock(clock.clone()).action("check-session", |_| {
        Ok::<_, auth0_api_testing::ExchangeRejection>(auth0_api_testing::User::new("legacy|ada"))
    });
    let tenant = tenant.start().await.unwrap();
    let auth = crate::world::auth(&tenant);
    let client = auth0_api_management::ManagementClient::builder(tenant.domain(), auth).insecure_http_loopback();
    let profiles = client.clock(clock.clone()).build().unwrap().token_exchange_profiles();
    tenant.misbehave(Endpoint::Management, limited(20));
    let call = tokio::spawn(async move { profiles.ensure(&wanted()).await });
    let moving = async {
        while tenant.requests().management == 0 {
            tokio::task::yield_now().await;
        }
        tenant.behave();
        // The call may not wait yet, so the clock moves until it has ended.
        while !call.is_finished() {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    within_a_minute(moving).await;
    let ensured = call.await.unwrap();
    assert!(matches!(ensured, Ok(Ensured::Created(_))), "{ensured:?}");
}
