//! What somebody can use up.

use std::time::SystemTime;

use auth0_api_core::dpop::{MemoryReplayStore, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
use auth0_api_mcp::connect::SignIn;

use crate::browser::Browser;
use crate::people::{ADA, BOB, World};

/// A browser that keeps its cookies causes one token request, and no more.
#[tokio::test]
async fn a_log_in_is_used_once() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
    let (cookie, url) = (browser.cookie().unwrap(), to_signed_in.location().replace("code=", "code=junk"));
    world.tenant.reset_requests();
    for status in [503, 410, 410] {
        browser.set_cookie(&cookie);
        assert_eq!(browser.get(&url).await.status, status);
    }
    assert_eq!(world.tenant.token_requests().len(), 1);
}

#[tokio::test]
async fn one_person_does_not_fill_the_store_of_used_tickets() {
    let world = World::new().await;
    let (ada, bob) = (world.caller(ADA).await, world.caller(BOB).await);
    let asked = || SignIn::new(world.tenant.audience());
    let open = async |caller, browser: &Browser| {
        browser.open(world.accounts.sign_in(caller, asked()).unwrap().url()).await.status
    };
    let browser = Browser::of(ADA);
    for _ in 0..100 {
        assert_eq!(open(&ada, &browser).await, 200);
    }
    assert_eq!(open(&ada, &browser).await, 503);
    assert_eq!(open(&bob, &Browser::of(BOB)).await, 200);
}

/// Somebody else who has a link cannot use up the logins of its person.
#[tokio::test]
async fn a_link_has_ten_log_ins_and_its_person_has_more() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    for _ in 0..9 {
        let url = world.elicitation(&ada).await.url().to_owned();
        for status in [403; 10].into_iter().chain([429, 429]) {
            assert_eq!(Browser::of(BOB).open(&url).await.status, status);
        }
    }
    let page = Browser::of(ADA).open(world.elicitation(&ada).await.url()).await;
    assert_eq!(page.status, 200, "{page:?}");
}

/// The logins of a person count together, whatever the number of links.
#[tokio::test]
async fn many_tickets_of_one_person_do_not_fill_the_store() {
    let store = MemoryReplayStore::with_capacity(12).per_key_quota(2);
    let world = World::with(|builder| builder.used_tickets(store)).await;
    let ada = world.caller(ADA).await;
    for _ in 0..10 {
        let browser = Browser::of(ADA);
        let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
        let junk = to_signed_in.location().replace("code=", "code=junk");
        assert_eq!(browser.get(&junk).await.status, 503);
    }
    let page = Browser::of(BOB).open(world.elicitation(&world.caller(BOB).await).await.url()).await;
    assert_eq!(page.status, 200, "{page:?}");
}

/// A store that is always full.
#[derive(Debug)]
struct Full;

impl ReplayStore for Full {
    fn insert<'a>(&'a self, _: &'a ProofId, _: SystemTime, _: SystemTime) -> ReplayFuture<'a> {
        Box::pin(async { Err(ReplayStoreError::Full) })
    }
}

#[tokio::test]
async fn without_the_store_of_used_tickets_nothing_is_connected() {
    let world = World::with(|builder| builder.used_tickets(Full)).await;
    let page = Browser::of(ADA).open(world.elicitation(&world.caller(ADA).await).await.url()).await;
    assert_eq!(page.status, 503, "{page:?}");
    assert!(!world.is_connected(ADA).await);
}
