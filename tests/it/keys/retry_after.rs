//! `Retry-After`: what a server asks for is what we do, and what our callers are told.

use auth0_api_testing::{SigningAlgorithm, SigningKey};

use super::published::{Answers, Published};
use crate::world::{World, status_and_label};

#[tokio::test]
async fn what_a_busy_server_asks_for_is_honoured_up_to_ten_minutes() {
    for (status, asked, wait) in [
        (429, "30", 30),
        (503, "30", 30),
        (429, " 300 ", 300),
        (429, "600", 600),
        (429, "601", 600),
        (429, "86400", 600),
        (429, "0", 1),
        (429, "99999999999999999999999", 1),
        (429, "-5", 1),
        (429, "1.5", 1),
        (429, "soon", 1),
        (429, "", 1),
        // Nobody knows what that would mean.
        (500, "30", 1),
        (404, "30", 1),
    ] {
        let (world, api, published) = cold(Answers::Status(status, asked)).await;
        let what = format!("{status} {asked}");
        let token = world.tenant.mint().sign();
        assert_eq!(outcome_of(&api, &token).await, wait, "{what}");
        published.answer(Answers::Correctly);
        world.pass(wait - 1);
        assert_eq!(outcome_of(&api, &token).await, 1, "{what}");
        assert_eq!(published.fetches(), 1, "{what}");
        world.pass(1);
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown", "{what}");
        assert_eq!(published.fetches(), 2, "{what}");
    }
}

#[tokio::test]
async fn callers_are_told_the_time_that_is_left() {
    let (world, api, _) = cold(Answers::Status(429, "300")).await;
    let token = world.tenant.mint().sign();
    for (pass, left) in [(0, 300), (1, 299), (199, 100), (99, 1)] {
        world.pass(pass);
        assert_eq!(outcome_of(&api, &token).await, left);
    }
}

#[tokio::test]
async fn a_storm_of_rejections_is_asked_no_more_often_than_it_wants() {
    let (world, api, published) = cold(Answers::Status(429, "20")).await;
    let token = world.tenant.mint().sign();
    for _ in 0..100 {
        for _ in 0..10 {
            outcome_of(&api, &token).await;
        }
        world.pass(1);
    }
    assert_eq!(published.fetches(), 5);
}

async fn cold(answers: Answers) -> (World, auth0_api_core::ApiClient, Published) {
    let world = World::new().await;
    let published = Published::by(world.tenant.issuer(), &SigningKey::generate(SigningAlgorithm::RS256));
    published.answer(answers);
    let api = world.builder().http_client(published.clone()).build().unwrap();
    (world, api, published)
}

/// `Retry-After` of what must be rejected for want of keys.
async fn outcome_of(api: &auth0_api_core::ApiClient, token: &str) -> u64 {
    let rejection = api.reject(&api.verify_access_token(token).await.unwrap_err());
    assert_eq!((rejection.status(), rejection.label()), (503, "keys_unavailable"));
    let retry_after = rejection.headers().find(|(name, _)| *name == "retry-after");
    retry_after.unwrap().1.parse().unwrap()
}
