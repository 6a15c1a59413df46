//! Which links are rejected.

use auth0_api_mcp::connect::{ElicitationError, SignIn};

use crate::browser::Browser;
use crate::people::{ADA, CALENDAR, World};

#[tokio::test]
async fn a_ticket_works_once() {
    let world = World::new().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    assert_eq!(Browser::of(ADA).open(&url).await.status, 200);
    world.tenant.unlink(ADA, CALENDAR);
    let page = Browser::of(ADA).open(&url).await;
    assert_eq!(page.status, 410, "{page:?}");
    assert!(page.body.contains("This link has been used"), "{page:?}");
}

#[tokio::test]
async fn a_ticket_and_a_flow_expire() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let url = world.elicitation(&ada).await.url().to_owned();
    let (early, late) = (Browser::of(ADA), Browser::of(ADA));
    world.pass(599);
    let to_signed_in = early.open_until(&url, "/signed-in").await;
    world.pass(1);
    assert_eq!(late.open(&url).await.status, 410);
    let page = early.get(to_signed_in.location()).await;
    assert_eq!(page.status, 410, "the ticket has expired during the login: {page:?}");
    // The tenant's flow lasts five minutes.
    let slow = Browser::of(ADA);
    let to_connected = slow.open_until(world.elicitation(&ada).await.url(), "/connected?").await;
    world.pass(300);
    assert_eq!(slow.get(to_connected.location()).await.status, 410);
    assert!(!world.is_connected(ADA).await);
}

#[tokio::test]
async fn a_changed_or_foreign_ticket_is_rejected() {
    let world = World::new().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    let browser = Browser::of(ADA);
    let (start, ticket) = url.split_once("?ticket=").unwrap();
    assert_eq!(browser.get(&url).await.status, 302);
    let cookie = browser.cookie().unwrap();
    let flipped: String = ticket.chars().rev().collect();
    for query in [
        String::new(),
        "?ticket=".into(),
        format!("?ticket={flipped}"),
        format!("?ticket={ticket}&ticket={ticket}"),
        // What is sealed for the cookie is no ticket.
        format!("?ticket={}", cookie.split_once('=').unwrap().1),
        format!("?ticket={ticket}&x={}", "x".repeat(8 * 1024)),
    ] {
        let page = browser.get(&format!("{start}{query}")).await;
        assert_eq!((page.status, page.header("set-cookie")), (400, ""), "{query}: {page:?}");
    }
}

/// A link that would fail when the person opens it is not made.
#[tokio::test]
async fn a_link_that_fits_into_no_cookie_is_rejected() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let asked = |length| SignIn::new(world.tenant.audience()).scopes(["s".repeat(length)]);
    let mut rejected = 0;
    // The sealed texts have a granularity of their own, so each length around the bound is tried.
    for length in (0..4096).step_by(64) {
        match world.accounts.sign_in(&ada, asked(length)) {
            Ok(elicitation) => assert_eq!(Browser::of(ADA).get(elicitation.url()).await.status, 302, "{length}"),
            Err(error) => {
                assert_eq!((error, error.label()), (ElicitationError::TooLong, "elicitation_too_long"));
                rejected += 1;
            }
        }
    }
    assert!((1..64).contains(&rejected), "{rejected}");
}
