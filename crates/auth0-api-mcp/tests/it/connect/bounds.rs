//! What somebody can use up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use auth0_api_core::dpop::{Insertion, MemoryReplayStore, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
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
    for status in [503, 409, 409] {
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
    let page = browser.open(world.accounts.sign_in(&ada, asked()).unwrap().url()).await;
    assert_eq!((page.status, page.header("retry-after").is_empty()), (429, false), "{page:?}");
    assert!(page.body.contains("Too many attempts"), "{page:?}");
    assert_eq!(open(&bob, &Browser::of(BOB)).await, 200);
}

/// Also if the browser repeats the callback while the first one is on its way.
#[tokio::test]
async fn a_repeated_log_in_keeps_its_cookie_and_takes_no_place_of_the_link() {
    let world = World::new().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(&url, "/signed-in").await;
    let cookie = browser.cookie().unwrap();
    let question = browser.get(to_signed_in.location()).await;
    let newer = browser.cookie().unwrap();
    for _ in 0..10 {
        browser.set_cookie(&cookie);
        let page = browser.get(to_signed_in.location()).await;
        assert_eq!((page.status, page.header("set-cookie")), (409, ""), "{page:?}");
        assert!(page.body.contains("already being processed"), "{page:?}");
    }
    assert_eq!(Browser::of(BOB).open(&url).await.status, 403, "the link has places");
    browser.set_cookie(&newer);
    assert_eq!(browser.open(question.location()).await.status, 200);
}

/// A client that gets links for a person, and lets their callbacks fail.
#[tokio::test]
async fn a_client_uses_up_only_what_a_person_has_with_it() {
    let store = MemoryReplayStore::with_capacity(100).per_key_quota(2);
    let world = World::with(|builder| builder.used_tickets(store)).await;
    for client in ["hostile", "hostile-2"] {
        let caller = world.caller_at(ADA, client).await;
        for status in [503, 503, 429] {
            let browser = Browser::of(ADA);
            let to_signed_in = browser.open_until(world.elicitation(&caller).await.url(), "/signed-in").await;
            let junk = to_signed_in.location().replace("code=", "code=junk");
            assert_eq!(browser.get(&junk).await.status, status, "{client}");
        }
    }
    let page = Browser::of(ADA).open(world.elicitation(&world.caller(ADA).await).await.url()).await;
    assert_eq!(page.status, 200, "{page:?}");
}

/// The callback of the provider, sent again with the cookie of the first time.
#[tokio::test]
async fn a_connection_is_completed_once_and_stays_a_success() {
    let world = World::new().await;
    let browser = Browser::of(ADA);
    let to_connected = browser.open_until(world.elicitation(&world.caller(ADA).await).await.url(), "/connected?").await;
    let cookie = browser.cookie().unwrap();
    let to_done = browser.get(to_connected.location()).await;
    assert_eq!(to_done.status, 302, "{to_done:?}");
    let success = browser.cookie().unwrap();
    browser.set_cookie(&cookie);
    let page = browser.get(to_connected.location()).await;
    assert_eq!((page.status, page.header("set-cookie")), (409, ""), "{page:?}");
    assert!(!page.body.contains("Nothing was connected"), "{page:?}");
    browser.set_cookie(&success);
    assert_eq!(browser.get(to_done.location()).await.status, 200);
}

#[tokio::test]
async fn a_junk_code_of_the_provider_is_sent_once_and_is_no_outage() {
    let world = World::new().await;
    let browser = Browser::of(ADA);
    let to_connected = browser.open_until(world.elicitation(&world.caller(ADA).await).await.url(), "/connected?").await;
    let cookie = browser.cookie().unwrap();
    let junk = to_connected.location().replace("connect_code=", "connect_code=junk");
    for status in [403, 409, 409] {
        browser.set_cookie(&cookie);
        let page = browser.get(&junk).await;
        assert_eq!((page.status, page.header("retry-after")), (status, ""), "{page:?}");
    }
    assert!(!world.is_connected(ADA).await);
}

/// Somebody else who has a link cannot use up the logins of its person.
#[tokio::test]
async fn a_link_has_ten_log_ins_and_its_person_has_more() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    for _ in 0..9 {
        let url = world.elicitation(&ada).await.url().to_owned();
        for status in [403; 10].into_iter().chain([429]) {
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
    for status in [503; 2].into_iter().chain([429; 8]) {
        let browser = Browser::of(ADA);
        let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
        let junk = to_signed_in.location().replace("code=", "code=junk");
        assert_eq!(browser.get(&junk).await.status, status);
    }
    let page = Browser::of(BOB).open(world.elicitation(&world.caller(BOB).await).await.url()).await;
    assert_eq!(page.status, 200, "{page:?}");
}

/// A store that counts its entries, and has no quota.
#[derive(Debug)]
struct Counting(MemoryReplayStore, Arc<AtomicUsize>);

impl ReplayStore for Counting {
    fn insert<'a>(&'a self, id: &'a ProofId, now: SystemTime, until: SystemTime) -> ReplayFuture<'a> {
        Box::pin(async move {
            let insertion = self.0.insert(id, now, until).await?;
            self.1.fetch_add(usize::from(insertion == Insertion::Fresh), Ordering::SeqCst);
            Ok(insertion)
        })
    }
}

#[tokio::test]
async fn a_link_has_few_entries_in_a_store_without_a_quota() {
    let store = Counting(MemoryReplayStore::with_capacity(1000), Arc::default());
    let entries = Arc::clone(&store.1);
    let world = World::with(|builder| builder.used_tickets(store)).await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    for _ in 0..100 {
        Browser::of(BOB).open(&url).await;
    }
    assert_eq!(entries.load(Ordering::SeqCst), 20 + 20 + 10, "callbacks, logins and their places");
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
