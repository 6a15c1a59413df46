//! What a failure leaves behind.

use auth0_api_testing::{Endpoint, Misbehaviour};

use crate::browser::Browser;
use crate::faults::Faults;
use crate::people::{ADA, EVE, World};

#[tokio::test]
async fn a_flow_that_fits_into_no_cookie_ends() {
    let world = World::new().await;
    let browser = Browser::of(EVE);
    let page = browser.open(world.elicitation(&world.caller(EVE).await).await.url()).await;
    assert_eq!((page.status, browser.cookie()), (503, None), "{page:?}");
    assert!(!world.is_connected(EVE).await);
}

#[tokio::test]
async fn a_failure_of_the_tenant_connects_nothing_and_says_nothing_of_it() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
    world.tenant.misbehave(Endpoint::Token, Misbehaviour::Status(500));
    let page = browser.get(to_signed_in.location()).await;
    assert_eq!((page.status, browser.cookie()), (503, None), "{page:?}");
    assert!(page.body.contains("That did not work") && !page.body.contains("500"), "{page:?}");
}

/// A person whose flow failed at the tenant can open the same link again.
#[tokio::test]
async fn a_failure_before_the_provider_does_not_use_the_ticket_up() {
    let faults = Faults::default();
    let world = faults.world().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    faults.lose_answers_of("/connect");
    let page = Browser::of(ADA).open(&url).await;
    assert_eq!((page.status, page.header("retry-after")), (503, "30"), "{page:?}");
    assert!(page.body.contains("Nothing was connected"), "{page:?}");
    faults.lose_answers_of("nothing");
    assert_eq!(Browser::of(ADA).open(&url).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_of_the_last_step_is_not_called_a_failure() {
    let faults = Faults::default();
    let world = faults.world().await;
    let browser = Browser::of(ADA);
    let to_connected = browser.open_until(world.elicitation(&world.caller(ADA).await).await.url(), "/connected?").await;
    faults.lose_answers_of("/complete");
    let page = browser.get(to_connected.location()).await;
    assert_eq!((page.status, browser.cookie()), (503, None), "{page:?}");
    assert!(page.body.contains("it is unknown whether your account is connected"), "{page:?}");
    assert!(world.is_connected(ADA).await, "the tenant did what was asked");
}
