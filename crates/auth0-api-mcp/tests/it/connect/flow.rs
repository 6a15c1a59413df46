//! A person connects an account for a tool.

use std::sync::Arc;

use crate::browser::{Browser, Page};
use crate::people::{ADA, World, builder_of, store};

#[tokio::test]
async fn the_person_who_called_connects_the_account_and_the_tool_gets_its_token() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let elicitation = world.elicitation(&ada).await;
    assert_eq!(elicitation.message(), "Connect your account at google-oauth2 to continue.");
    let browser = Browser::of(ADA);
    let page = browser.open(elicitation.url()).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("<h1>Your account is connected</h1>"), "{page:?}");
    // The same page again, as often as the person likes. It has no code in its URL.
    assert!(page.url.contains("/connect/done?state="), "{page:?}");
    let again = browser.get(&page.url).await;
    assert_eq!((again.status, &again.body), (200, &page.body));
    assert_eq!(Browser::of(ADA).get(&page.url).await.status, 400, "another browser knows of nothing");
    world.pass(600);
    assert_eq!(browser.get(&page.url).await.status, 410);
    let tokens = world.vault(&ada).await.unwrap();
    assert_eq!(tokens.scope(), Some("calendar.read"), "the scopes that the tool asked for");
}

#[tokio::test]
async fn the_url_says_nothing_about_the_person_and_grants_nothing() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let url = world.elicitation(&ada).await.url().to_owned();
    assert_ne!(url, world.elicitation(&ada).await.url());
    let ticket = url.split_once("?ticket=").unwrap().1;
    assert!(ticket.len() >= 256 && ticket.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet)));
    // The first step leads to the login, and does not say for whom.
    let page = Browser::of(ADA).get(&url).await;
    let location = page.location();
    assert!(location.starts_with(&format!("{}authorize?", world.tenant.issuer())), "{location}");
    for part in
        ["code_challenge_method=S256", "state=", "nonce=", "scope=openid+email+create%3Ame%3Aconnected_accounts"]
    {
        assert!(location.contains(part), "{part}: {location}");
    }
    assert!(!location.contains("ada") && !location.contains(ticket), "{location}");
    assert!(!world.is_connected(ADA).await);
}

#[tokio::test]
async fn each_response_is_safe_against_framing_storing_and_leaking() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let redirect = browser.get(world.elicitation(&ada).await.url()).await;
    let cookie = redirect.header("set-cookie");
    assert!(cookie.ends_with("; Path=/connect/; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
    let last = browser.open(world.elicitation(&ada).await.url()).await;
    assert_eq!(last.header("content-type"), "text/html; charset=utf-8");
    let rejected = browser.get(&world.accounts.callback_urls()[0]).await;
    for page in [redirect, last, rejected] {
        assert_safe(&page);
    }
}

fn assert_safe(page: &Page) {
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-security-policy", policy),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(page.header(name), value, "{page:?}");
    }
}

/// Each request of the browser may reach another replica: the state is in the ticket and the cookie.
#[tokio::test]
async fn replicas_that_share_the_key_continue_each_others_flows() {
    let (first, used) = (World::new().await, store());
    let base = first.accounts.callback_urls()[0].strip_suffix("/signed-in").unwrap().to_owned();
    let replica = || {
        let builder = builder_of(&first.tenant, &first.clock, &base);
        builder.used_tickets(Arc::clone(&used)).build().unwrap()
    };
    let ada = first.caller(ADA).await;
    let error = first.vault(&ada).await.unwrap_err();
    let elicitation = replica().for_error(&ada, &error).unwrap().unwrap();
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(elicitation.url(), "/signed-in").await;
    let mut headers = http::HeaderMap::new();
    headers.insert("cookie", browser.cookie().unwrap().parse().unwrap());
    let uri = to_signed_in.location().parse().unwrap();
    let signed_in = replica().answer(&http::Method::GET, &uri, &headers).await.unwrap();
    assert_eq!(signed_in.status(), 302, "{signed_in:?}");
    let cookie_of = |answer: &http::Response<String>| {
        answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
    };
    let location_of = |answer: &http::Response<String>| answer.headers()["location"].to_str().unwrap().to_owned();
    headers.insert("cookie", cookie_of(&signed_in).parse().unwrap());
    let confirm = location_of(&signed_in).parse().unwrap();
    let question = replica().answer(&http::Method::GET, &confirm, &headers).await.unwrap();
    assert!(question.body().contains("Connect your account?"), "{question:?}");
    let answer = replica().answer(&http::Method::POST, &confirm, &headers).await.unwrap();
    browser.set_cookie(&cookie_of(&answer));
    let last = browser.open(&location_of(&answer)).await;
    assert_eq!(last.status, 200, "{last:?}");
    assert!(first.is_connected(ADA).await);
    // The same answer again, at another replica with the same store.
    assert_eq!(replica().answer(&http::Method::POST, &confirm, &headers).await.unwrap().status(), 409);
}
