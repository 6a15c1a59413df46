//! Who is turned away.

use auth0_api_core::ExchangeError;
use auth0_api_mcp::connect::ElicitationError;

use crate::browser::Browser;
use crate::people::{ADA, BOB, World};

#[tokio::test]
async fn another_person_is_turned_away_and_nothing_is_connected() {
    let world = World::new().await;
    let elicitation = world.elicitation(&world.caller(ADA).await).await;
    let bob = Browser::of(BOB);
    let page = bob.open(elicitation.url()).await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(page.body.contains("This link is for somebody else"), "{page:?}");
    assert!(!page.body.contains("ada"), "{page:?}");
    assert!(!world.is_connected(ADA).await && !world.is_connected(BOB).await);
    // The ticket is not used up: its person can still use it, also in the same browser.
    let again = page.body.split_once("href=\"").unwrap().1.split('"').next().unwrap().replace("&amp;", "&");
    let redirect = bob.get(&again).await;
    assert!(redirect.location().ends_with("&prompt=login"), "{redirect:?}");
    let page = Browser::of(ADA).open(&again).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(world.is_connected(ADA).await && !world.is_connected(BOB).await);
}

/// Bob lets Ada finish the flow that he has begun, so that her account would be connected to him.
#[tokio::test]
async fn a_flow_continues_only_in_the_browser_that_began_it() {
    let world = World::new().await;
    let elicitation = world.elicitation(&world.caller(BOB).await).await;
    let bob = Browser::of(BOB);
    let to_connected = bob.open_until(elicitation.url(), "/connected?").await;
    let page = Browser::of(ADA).get(to_connected.location()).await;
    assert_eq!(page.status, 400, "{page:?}");
    assert!(!world.is_connected(ADA).await && !world.is_connected(BOB).await);
    // The same at the login: a link with Bob's code in Ada's browser, which has a flow of its own.
    let ada = Browser::of(ADA);
    let began = ada.get(world.elicitation(&world.caller(ADA).await).await.url()).await;
    assert_eq!(began.status, 302);
    let other = Browser::of(BOB);
    let to_signed_in = other.open_until(world.elicitation(&world.caller(BOB).await).await.url(), "/signed-in").await;
    let page = ada.get(to_signed_in.location()).await;
    assert_eq!((page.status, page.header("set-cookie")), (400, ""), "her flow is still there: {page:?}");
    assert!(ada.cookie().is_some());
}

#[tokio::test]
async fn only_people_of_the_tenant_get_a_url() {
    let world = World::new().await;
    let error = world.vault(&world.caller(ADA).await).await.unwrap_err();
    let machine = world.tenant.mint().machine("nightly").sign();
    let anonymous = world.tenant.mint().anonymous().sign();
    for token in [machine, anonymous] {
        let caller = world.api.verify_access_token(&token).await.unwrap();
        let elicitation = world.accounts.for_error(&caller, &error);
        assert_eq!(elicitation.err(), Some(ElicitationError::NotAPerson));
    }
    let ada = world.caller(ADA).await;
    assert!(world.accounts.for_error(&ada, &ExchangeError::ClientAuthMissing).unwrap().is_none());
    // Another tenant, which the API also trusts.
    let foreign = World::new().await;
    let elicitation = foreign.accounts.for_error(&ada, &error);
    assert_eq!(elicitation.err(), Some(ElicitationError::OtherIssuer));
}
