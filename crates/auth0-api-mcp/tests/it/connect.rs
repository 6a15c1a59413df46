//! A person connects an account for a tool.

use std::sync::Arc;

use crate::browser::{Browser, Page};
use crate::people::{ADA, MALLORY, VERA, World, builder_of, store};

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
    assert_eq!(browser.cookie(), None, "the flow has ended");
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
    // The first step leads to the log-in, and does not say for whom.
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

#[tokio::test]
async fn over_https_the_cookie_belongs_to_this_host_only() {
    let world = World::new().await;
    let accounts = builder_of(&world.tenant, &world.clock, "https://mcp.example.com/connect").build().unwrap();
    let ada = world.caller(ADA).await;
    let error = world.vault(&ada).await.unwrap_err();
    let elicitation = accounts.for_error(&ada, &error).unwrap().unwrap();
    let uri = elicitation.url().parse().unwrap();
    let answer = accounts.answer(&http::Method::GET, &uri, &http::HeaderMap::new()).await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-mcp-connect-"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure"), "{cookie}");
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
    let question = replica().answer(&http::Method::GET, &uri, &headers).await.unwrap();
    assert_eq!(question.status(), 200, "{question:?}");
    let cookie_of = |answer: &http::Response<String>| {
        answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
    };
    headers.insert("cookie", cookie_of(&question).parse().unwrap());
    let confirm = question.body().split_once("action=\"").unwrap().1.split('"').next().unwrap().parse().unwrap();
    let answer = replica().answer(&http::Method::POST, &confirm, &headers).await.unwrap();
    browser.set_cookie(&cookie_of(&answer));
    let url = answer.body().split_once("0;url=").unwrap().1.split('"').next().unwrap().replace("&amp;", "&");
    let last = browser.open(&url).await;
    assert_eq!(last.status, 200, "{last:?}");
    assert!(first.is_connected(ADA).await);
    // The same answer again, at another replica with the same store.
    assert_eq!(replica().answer(&http::Method::POST, &confirm, &headers).await.unwrap().status(), 409);
}

#[tokio::test]
async fn the_person_confirms_before_anything_happens() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
    let question = browser.get(to_signed_in.location()).await;
    assert_eq!(question.status, 200, "{question:?}");
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
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(browser.confirm(&question, "same-origin").await.status, 400, "the cookie is that of the next step");
}

/// Another application of the same host may set a cookie with any octets.
#[tokio::test]
async fn a_cookie_of_another_application_does_not_hide_the_flow() {
    let world = World::new().await;
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(world.elicitation(&world.caller(ADA).await).await.url(), "/signed-in").await;
    let line = format!("name=J\u{fc}rgen; =; x; {}; y=\u{e9}", browser.cookie().unwrap());
    let latin: Vec<u8> = line.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    let mut headers = http::HeaderMap::new();
    headers.insert("cookie", http::HeaderValue::from_bytes(&latin).unwrap());
    let uri = to_signed_in.location().parse().unwrap();
    let question = world.accounts.answer(&http::Method::GET, &uri, &headers).await.unwrap();
    assert_eq!(question.status(), 200, "{question:?}");
}

/// A browser sends all of its cookies with each request: without a bound, a server rejects the long headers.
#[tokio::test]
async fn a_browser_keeps_the_cookies_of_its_newest_flows_only() {
    let world = World::new().await;
    let uri = world.elicitation(&world.caller(ADA).await).await.url().parse().unwrap();
    let name = |number: usize| format!("mcp-connect-{number:012}");
    let removed = async |lengths: &[usize]| {
        let cookies =
            lengths.iter().enumerate().map(|(number, length)| format!("{}={}", name(number), "v".repeat(*length)));
        let others = ["other=1".to_owned(), "mcp-connect-other=1".to_owned()];
        let line = others.into_iter().chain(cookies).collect::<Vec<_>>().join("; ");
        let mut headers = http::HeaderMap::new();
        headers.insert("cookie", line.parse().unwrap());
        let answer = world.accounts.answer(&http::Method::GET, &uri, &headers).await.unwrap();
        assert_eq!(answer.status(), 302);
        let set = answer.headers().get_all("set-cookie").iter().skip(1);
        set.map(|removal| removal.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let removal = |number| format!("{}=; Path=/connect/; HttpOnly; SameSite=Lax; Max-Age=0", name(number));
    assert!(removed(&[]).await.is_empty());
    assert!(removed(&[1000, 1000]).await.is_empty());
    assert_eq!(removed(&[10, 10, 1000, 1000]).await, [removal(1), removal(0)]);
    assert_eq!(removed(&[10, 3000, 3000]).await, [removal(1), removal(0)], "together they are too long");
    assert_eq!(removed(&[10, 5000]).await, [removal(1), removal(0)]);
    assert_eq!(removed(&[10; 100]).await.len(), 32);
}

/// Somebody who signs up with the address of another person could let that person connect an account for somebody else.
#[tokio::test]
async fn the_page_names_the_person_by_a_verified_address_only() {
    let world = World::new().await;
    for (person, shown) in [(MALLORY, MALLORY), (VERA, "vera@example.com")] {
        let caller = world.caller(person).await;
        let browser = Browser::of(person);
        let to_signed_in = browser.open_until(world.elicitation(&caller).await.url(), "/signed-in").await;
        let question = browser.get(to_signed_in.location()).await;
        assert!(question.body.contains(&format!("You are logged in as {shown}.")), "{question:?}");
        assert!(!question.body.contains("ada@example.com"), "{question:?}");
    }
}

#[tokio::test]
async fn one_browser_can_have_two_flows() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let [first, second] = [world.elicitation(&ada).await, world.elicitation(&ada).await];
    let first_log_in = browser.open_until(first.url(), "/signed-in").await;
    let second_log_in = browser.open_until(second.url(), "/signed-in").await;
    let first_consent = browser.open_until(first_log_in.location(), "/connected?").await;
    let second_consent = browser.open_until(second_log_in.location(), "/connected?").await;
    assert_eq!(browser.get(first_consent.location()).await.status, 200);
    assert_eq!(browser.get(second_consent.location()).await.status, 200);
    assert_eq!(browser.cookie(), None, "both have ended");
}
