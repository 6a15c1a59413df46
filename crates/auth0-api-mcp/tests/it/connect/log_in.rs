//! Which answers of the tenant to a login are rejected.

use crate::browser::Browser;
use crate::people::{ADA, World};

#[tokio::test]
async fn a_callback_without_its_flow_is_rejected() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let url = world.elicitation(&ada).await.url().to_owned();
    let browser = Browser::of(ADA);
    let began = browser.get(&url).await;
    let state = began.location().split_once("&state=").unwrap().1.split('&').next().unwrap();
    let (name, sealed) = browser.cookie().map(|cookie| cookie.split_once('=').map(own).unwrap()).unwrap();
    let ticket = url.split_once('=').unwrap().1;
    for callback in world.accounts.callback_urls() {
        let is_log_in = callback.ends_with("signed-in");
        for (cookie, query) in [
            ("", format!("?code=a&state={state}")),
            ("nonsense", format!("?code=a&state={state}")),
            (ticket, format!("?code=a&state={state}")),
            (&sealed, "?code=a".to_owned()),
            (&sealed, "?code=a&state=".to_owned()),
            (&sealed, "?code=a&state=other".to_owned()),
            (&sealed, format!("?code=a&state={state}&state={state}")),
            (&sealed, format!("?{}=a&state={state}", if is_log_in { "connect_code" } else { "code" })),
        ] {
            browser.set_cookie(&format!("{name}={cookie}"));
            let page = browser.get(&format!("{callback}{query}")).await;
            assert_eq!(page.status, 400, "{query}: {page:?}");
        }
    }
    assert_eq!(world.tenant.token_requests().len(), 1, "only that of the tool");
}

fn own((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// RFC 9207: an answer that says it is of another tenant.
#[tokio::test]
async fn an_answer_of_another_issuer_is_not_used() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
    // The tenant says who it is.
    let (url, _) = to_signed_in.location().split_once("&iss=").unwrap();
    for iss in ["https://other.example.com/", "", world.tenant.domain()] {
        let page = browser.get(&format!("{url}&iss={iss}")).await;
        assert_eq!(page.status, 400, "{iss}: {page:?}");
    }
    let page = browser.open(&format!("{url}&iss={}", world.tenant.issuer())).await;
    assert_eq!(page.status, 200, "{page:?}");
}

#[tokio::test]
async fn a_person_who_does_not_allow_it_connects_nothing() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::denying(ADA);
    let page = browser.open(world.elicitation(&ada).await.url()).await;
    assert_eq!((page.status, browser.cookie()), (403, None), "{page:?}");
    assert!(page.body.contains("Nothing was connected"), "{page:?}");
    // A denied login, and one that the tenant rejects for another reason.
    let to_login = browser.open_until(world.elicitation(&ada).await.url(), "/authorize").await;
    let state = to_login.location().split_once("state=").unwrap().1.split('&').next().unwrap();
    let callback = &world.accounts.callback_urls()[0];
    let page = browser.get(&format!("{callback}?error=access_denied&state={state}")).await;
    assert_eq!((page.status, browser.cookie()), (403, None), "{page:?}");
    let to_login = browser.open_until(world.elicitation(&ada).await.url(), "/authorize").await;
    let state = to_login.location().split_once("state=").unwrap().1.split('&').next().unwrap();
    let page = browser.get(&format!("{callback}?error=unauthorized_client&state={state}")).await;
    assert_eq!((page.status, browser.cookie()), (503, None), "{page:?}");
    assert!(!page.body.contains("unauthorized_client"), "{page:?}");
    assert!(!world.is_connected(ADA).await);
}

/// A person, or a page that the person was lured to, changes the URL of the login.
#[tokio::test]
async fn a_changed_log_in_connects_nothing() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    for (name, value) in [
        ("scope", "openid"),
        ("scope", "create%3Ame%3Aconnected_accounts"),
        ("audience", "https%3A%2F%2Fapi.example.com"),
        ("nonce", "other"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ] {
        let browser = Browser::of(ADA);
        let redirect = browser.get(world.elicitation(&ada).await.url()).await;
        let (before, after) = redirect.location().split_once(&format!("&{name}=")).unwrap();
        let rest = after.split_once('&').map_or(String::new(), |(_, rest)| format!("&{rest}"));
        let page = browser.open(&format!("{before}&{name}={value}{rest}")).await;
        assert_eq!((page.status, browser.cookie()), (503, None), "{name}={value}: {page:?}");
        assert!(!world.is_connected(ADA).await, "{name}={value}");
    }
}
