//! `Retry-After`: the client honours the tenant's value, and sends the remaining time to its callers.

use auth0_api_core::Algorithm;
use auth0_api_testing::{HttpAnswer, SigningKey, TestWorld, status_and_label};

use super::published::{Published, later};

#[tokio::test]
async fn retry_after_is_honoured_up_to_ten_minutes() {
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
        // `Retry-After` is honoured for 429 and 503 only.
        (500, "30", 1),
        (404, "30", 1),
    ] {
        let (world, api, published) = cold(&later(status, asked)).await;
        let what = format!("{status} {asked}");
        let token = world.tenant.mint().sign();
        assert_eq!(outcome_of(&api, &token).await, wait, "{what}");
        published.answer_correctly();
        world.pass(wait - 1);
        assert_eq!(outcome_of(&api, &token).await, 1, "{what}");
        assert_eq!(published.fetches(), 1, "{what}");
        world.pass(1);
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "401 key_unknown", "{what}");
        assert_eq!(published.fetches(), 2, "{what}");
    }
}

#[tokio::test]
async fn retry_after_for_callers_is_the_remaining_time() {
    let (world, api, _) = cold(&later(429, "300")).await;
    let token = world.tenant.mint().sign();
    for (pass, left) in [(0, 300), (1, 299), (199, 100), (99, 1)] {
        world.pass(pass);
        assert_eq!(outcome_of(&api, &token).await, left);
    }
}

#[tokio::test]
async fn requests_do_not_cause_fetches_before_retry_after() {
    let (world, api, published) = cold(&later(429, "20")).await;
    let token = world.tenant.mint().sign();
    for _ in 0..100 {
        for _ in 0..10 {
            outcome_of(&api, &token).await;
        }
        world.pass(1);
    }
    assert_eq!(published.fetches(), 5);
}

async fn cold(answer: &HttpAnswer) -> (TestWorld, auth0_api_core::ApiClient, Published) {
    let world = TestWorld::start().await;
    let published = Published::by(world.tenant.issuer(), &SigningKey::generate(Algorithm::RS256));
    published.answer(answer);
    let api = world.builder().http_client(published.http.clone()).build().unwrap();
    (world, api, published)
}

/// Returns `Retry-After` of a request that must be rejected because keys are unavailable.
async fn outcome_of(api: &auth0_api_core::ApiClient, token: &str) -> u64 {
    let rejection = api.reject(&api.verify_access_token(token).await.unwrap_err());
    assert_eq!((rejection.status(), rejection.label()), (503, "keys_unavailable"));
    let retry_after = rejection.headers().find(|(name, _)| *name == "retry-after");
    retry_after.unwrap().1.parse().unwrap()
}
