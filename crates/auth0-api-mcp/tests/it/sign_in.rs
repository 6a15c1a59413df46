//! A login that a tool needs.

use auth0_api_mcp::connect::SignIn;

use crate::browser::Browser;
use crate::people::{ADA, BOB, World};

#[tokio::test]
async fn a_person_logs_in_again_for_an_api_and_its_scopes() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let asked = SignIn::new(world.tenant.audience()).scopes(["write:events"]);
    let elicitation = world.accounts.sign_in(&ada, asked).unwrap();
    assert_eq!(elicitation.message(), "Log in again to continue.");
    let redirect = Browser::of(ADA).get(elicitation.url()).await;
    assert!(redirect.location().contains("scope=openid+write%3Aevents"), "{redirect:?}");
    let page = Browser::of(ADA).open(elicitation.url()).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("You are logged in"), "{page:?}");
    assert_eq!(Browser::of(ADA).open(elicitation.url()).await.status, 410, "a ticket works once");
}

#[tokio::test]
async fn another_person_cannot_log_in_instead() {
    let world = World::new().await;
    let asked = SignIn::new(world.tenant.audience());
    let elicitation = world.accounts.sign_in(&world.caller(ADA).await, asked).unwrap();
    assert_eq!(Browser::of(BOB).open(elicitation.url()).await.status, 403);
}

#[tokio::test]
async fn a_log_in_must_be_recent_and_of_the_demanded_kind() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let recent = || SignIn::new(world.tenant.audience()).max_age_seconds(60);
    let page = browser.open(world.accounts.sign_in(&ada, recent()).unwrap().url()).await;
    assert_eq!(page.status, 200, "{page:?}");
    // The tenant has no logins with a second factor, so its ID tokens have no `acr`.
    let strong = recent().acr_values(["http://schemas.openid.net/pape/policies/2007/06/multi-factor"]);
    let page = browser.open(world.accounts.sign_in(&ada, strong).unwrap().url()).await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(page.body.contains("A stronger login is needed"), "{page:?}");
    // A tenant that ignores max_age: the browser changes it on the way.
    world.pass(121);
    let redirect = browser.get(world.accounts.sign_in(&ada, recent()).unwrap().url()).await;
    let without = redirect.location().replace("&max_age=60", "");
    assert_ne!(without, redirect.location());
    let page = browser.open(&without).await;
    assert_eq!(page.status, 403, "{page:?}");
}

/// The person, or a page that the person was lured to, changes the URL of the login.
#[tokio::test]
async fn a_log_in_must_have_the_scopes_and_the_audience_that_were_asked_for() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let asked = || SignIn::new(world.tenant.audience()).scopes(["write:events"]);
    for (from, to, status) in [("+write%3Aevents", "", 403), ("no such text", "", 200)] {
        let browser = Browser::of(ADA);
        let redirect = browser.get(world.accounts.sign_in(&ada, asked()).unwrap().url()).await;
        let page = browser.open(&redirect.location().replace(from, to)).await;
        assert_eq!(page.status, status, "{from}: {page:?}");
        // A token for another API.
        let redirect =
            browser.get(world.accounts.sign_in(&ada, SignIn::new(world.tenant.audience())).unwrap().url()).await;
        let (before, after) = redirect.location().split_once("&audience=").unwrap();
        let my_account = format!("{}me/", world.tenant.issuer()).replace(':', "%3A").replace('/', "%2F");
        let rest = after.split_once('&').unwrap().1;
        let page = browser.open(&format!("{before}&audience={my_account}&{rest}")).await;
        assert_eq!(page.status, 403, "{page:?}");
    }
}
