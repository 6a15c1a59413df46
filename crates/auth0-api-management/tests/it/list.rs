//! Lists: pages, and all profiles as a stream.

use std::collections::HashSet;

use auth0_api_management::{Page, PageRequest, TokenExchangeProfile};
use auth0_api_testing::LocalTenantBuilder;

use crate::intercepting::Intercepting;
use crate::world::{ACTION, World, told};

fn with_250(mut builder: LocalTenantBuilder) -> LocalTenantBuilder {
    for number in 0..250 {
        builder = builder.exchange_profile_of(format!("urn:acme:session-{number}"), ACTION);
    }
    builder
}

fn types(profiles: &[TokenExchangeProfile]) -> HashSet<String> {
    profiles.iter().map(|profile| profile.subject_token_type().to_owned()).collect()
}

#[tokio::test]
async fn pages_have_all_profiles_once() {
    let world = World::with(Intercepting::watching(), with_250).await;
    for (take, sizes) in [(100, vec![100, 100, 50]), (50, vec![50; 5]), (99, vec![99, 99, 52])] {
        let (mut next, mut found, mut all) = (Some(PageRequest::first().take(take)), Vec::new(), Vec::new());
        while let Some(request) = next {
            let Page { items, next: following, .. } = world.profiles.list(&request).await.unwrap();
            found.push(items.len());
            all.extend(items);
            next = following;
        }
        assert_eq!((found, all.len(), types(&all).len()), (sizes, 250, 250));
    }
    let first = world.profiles.list(&PageRequest::first()).await.unwrap();
    assert_eq!(first.items.len(), 50);
    // A checkpoint can be kept as a text.
    let checkpoint = first.next.unwrap().checkpoint().unwrap().to_owned();
    let second = world.profiles.list(&PageRequest::from(checkpoint)).await.unwrap();
    assert!(types(&first.items).is_disjoint(&types(&second.items)));
}

#[tokio::test]
async fn a_stream_has_all_profiles_once_and_asks_for_a_page_when_it_is_needed() {
    let world = World::with(Intercepting::watching(), with_250).await;
    let mut stream = world.profiles.stream();
    let mut all = Vec::new();
    for wanted in 1..=250_usize {
        all.extend(stream.try_next().await.unwrap());
        assert_eq!((all.len(), world.http.calls().len()), (wanted, wanted.div_ceil(100)));
    }
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!((types(&all).len(), world.http.calls().len()), (250, 3));
    // Without profiles, a stream ends at once.
    let world = World::new().await;
    assert_eq!(world.profiles.stream().try_next().await.unwrap(), None);
}

#[tokio::test]
async fn a_checkpoint_that_the_tenant_does_not_know_is_a_bad_request() {
    let world = World::new().await;
    let (label, text) = told(world.profiles.list(&PageRequest::from("what is this? &take=1")).await);
    assert_eq!((label, &*text), ("management_bad_request", "the Management API answered 400 invalid_query_string"));
    assert_eq!(world.http.calls(), ["GET token-exchange-profiles?take=50&from=what+is+this%3F+%26take%3D1"]);
}
