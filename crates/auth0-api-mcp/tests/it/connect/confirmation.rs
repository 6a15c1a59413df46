//! The question to the person.

use crate::browser::Browser;
use crate::faults::Faults;
use crate::people::{ACME, ADA, MALLORY, VERA, World};

#[tokio::test]
async fn the_person_confirms_before_anything_happens() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let question = browser.question(world.elicitation(&ada).await.url()).await;
    assert_eq!(question.status, 200, "{question:?}");
    let reloaded = browser.get(&question.url).await;
    assert_eq!((reloaded.status, &reloaded.body), (200, &question.body), "a reload asks again");
    for text in ["Connect your account?", "You are logged in as auth0|ada.", "google-oauth2", "local-client"] {
        assert!(question.body.contains(text), "{text}: {question:?}");
    }
    let policy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    assert_eq!(question.header("content-security-policy"), policy);
    // A page of another site cannot confirm.
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(browser.confirm(&question, site).await.status, 400, "{site}");
    }
    let cookie = browser.cookie().unwrap();
    assert_eq!(Browser::of(ADA).confirm(&question, "same-origin").await.status, 400, "without the cookie");
    // A person who does not confirm connects nothing, and can open the link later.
    assert!(!world.is_connected(ADA).await);
    assert_eq!(browser.cookie().unwrap(), cookie);
    let page = browser.confirm(&question, "same-origin").await;
    assert_eq!(page.status, 303, "{page:?}");
    // The way to the provider can be reloaded too, by this browser.
    for _ in 0..2 {
        let way = browser.get(page.location()).await;
        assert!(way.status == 200 && way.body.contains("0;url="), "{way:?}");
    }
    assert_eq!(Browser::of(ADA).get(page.location()).await.status, 400);
    assert_eq!(browser.confirm(&question, "same-origin").await.status, 400, "the cookie is that of the next step");
}

/// Somebody who signs up with the address of another person could let that person connect an account for somebody else.
#[tokio::test]
async fn the_page_names_the_person_by_the_id_and_a_verified_address() {
    let world = World::new().await;
    for (person, shown) in [(MALLORY, MALLORY), (VERA, "vera@example.com (auth0|vera)")] {
        let caller = world.caller(person).await;
        let browser = Browser::of(person);
        let question = browser.question(world.elicitation(&caller).await.url()).await;
        assert!(question.body.contains(&format!("You are logged in as {shown}.")), "{question:?}");
        assert!(!question.body.contains("ada@example.com"), "{question:?}");
    }
}

#[tokio::test]
async fn the_page_names_the_organization_and_what_is_asked_for() {
    let world = World::new().await;
    let caller = world.caller_in(ADA, ACME).await;
    let question = Browser::of(ADA).question(world.elicitation(&caller).await.url()).await;
    let text = "You are logged in as auth0|ada in the organization org_acme. The application local-client asks to use \
                your account at google-oauth2, with these permissions: calendar.read.";
    assert!(question.body.contains(text), "{question:?}");
}

/// A browser that keeps its cookies, or a double click, causes one request to Connect Accounts, and no more.
#[tokio::test]
async fn a_confirmation_is_used_once() {
    let faults = Faults::default();
    let world = faults.world().await;
    let ada = world.caller(ADA).await;
    for (lost, first) in [("nothing", 303), ("/connect", 503)] {
        let browser = Browser::of(ADA);
        let question = browser.question(world.elicitation(&ada).await.url()).await;
        let cookie = browser.cookie().unwrap();
        faults.lose_answers_of(lost);
        assert_eq!(browser.confirm(&question, "same-origin").await.status, first);
        for _ in 0..2 {
            browser.set_cookie(&cookie);
            let page = browser.confirm(&question, "same-origin").await;
            assert_eq!((page.status, page.header("set-cookie")), (409, ""), "{page:?}");
            assert!(page.body.contains("already being processed"), "{page:?}");
        }
        assert_eq!(faults.begun(), 1, "{lost}");
    }
}

/// The name of the cookie, and the form, are not sealed: under those of another flow, the cookie confirms nothing.
#[tokio::test]
async fn a_confirmation_counts_only_in_its_own_flow() {
    let faults = Faults::default();
    let world = faults.world().await;
    let ada = world.caller(ADA).await;
    let mut flows = Vec::new();
    for _ in 0..2 {
        let browser = Browser::of(ADA);
        let question = browser.question(world.elicitation(&ada).await.url()).await;
        flows.push((browser.cookie().unwrap(), question));
    }
    let [(first, _), (second, question)] = &flows[..] else { panic!() };
    let (sealed, name) = (first.split_once('=').unwrap().1, second.split_once('=').unwrap().0);
    let browser = Browser::of(ADA);
    browser.set_cookie(&format!("{name}={sealed}"));
    let page = browser.confirm(question, "same-origin").await;
    assert_eq!((page.status, faults.begun()), (400, 0), "{page:?}");
    browser.set_cookie(second);
    assert_eq!(browser.confirm(question, "same-origin").await.status, 303);
}
