//! Sessions of browsers at `/authorize`: `prompt`, `max_age`, `login_hint`, the cookie, and the sign-in page.

use std::time::Duration;

use auth0_api_testing::{Application, LocalTenantBuilder, SignIn};

use crate::visitor::{CALLBACK, Visitor, authorization, parameter};
use crate::world::{Form, World};

fn silent() -> Form {
    authorization().with("prompt", "none")
}

#[tokio::test]
async fn without_a_session_a_silent_request_needs_a_login() {
    let world = World::new().await;
    let answer = Visitor::new(&world).authorize(&silent()).await;
    let location = answer.header("location").unwrap();
    assert_eq!((answer.status, parameter(location, "error").as_str()), (302, "login_required"));
    assert_eq!(parameter(location, "error_description"), "Login+required");
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn a_silent_request_gets_the_user_and_the_login_of_the_session() {
    let world = World::new().await;
    let (browser, other) = (Visitor::new(&world), Visitor::new(&world));
    let bob = browser.id_token(&authorization().with("login_hint", "auth0|bob")).await;
    other.id_token(&authorization()).await;
    world.clock.advance(Duration::from_secs(60));
    let again = browser.id_token(&silent()).await;
    assert_eq!((&again["sub"], &again["auth_time"]), (&bob["sub"], &bob["auth_time"]));
    assert_eq!((again["sub"].as_str(), again["auth_time"].as_u64()), (Some("auth0|bob"), Some(1_700_000_000)));
    assert_eq!(again["sid"], bob["sid"]);
    let hinted = browser.id_token(&silent().with("login_hint", "auth0|ada")).await;
    assert_eq!(hinted["sub"], "auth0|bob");
}

#[tokio::test]
async fn the_cookie_is_http_only_and_named_after_host_and_port() {
    let world = World::new().await;
    let answer = Visitor::new(&world).authorize(&authorization()).await;
    let cookie = answer.header("set-cookie").unwrap();
    let name = format!("local-tenant-{}=", world.tenant.domain().trim_start_matches("http://").replace(':', "-"));
    assert!(cookie.starts_with(&name), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"), "{cookie}");
    let world = World::with(|builder| builder.public_url("https://login.example.com")).await;
    let url = format!("{}/authorize?{}", world.tenant.local_url(), authorization().body());
    let answer = Visitor::new(&world).visit(&url).await;
    assert!(answer.header("set-cookie").unwrap().ends_with("; SameSite=Lax; Secure"));
}

#[tokio::test]
async fn prompt_login_and_an_old_login_start_a_new_session() {
    let world = World::new().await;
    for (name, value) in [("prompt", "login"), ("max_age", "0"), ("max_age", "59")] {
        let browser = Visitor::new(&world);
        let first = browser.id_token(&authorization().with("login_hint", "auth0|bob")).await;
        let cookie = browser.session();
        world.clock.advance(Duration::from_secs(60));
        let kept = browser.id_token(&authorization()).await;
        assert_eq!((&kept["sid"], &kept["auth_time"]), (&first["sid"], &first["auth_time"]));
        let again = browser.id_token(&authorization().with(name, value)).await;
        assert_eq!(again["sub"], "auth0|bob", "the user signs in again");
        assert_eq!(again["auth_time"].as_u64(), first["auth_time"].as_u64().map(|time| time + 60), "{name}={value}");
        assert_ne!((&again["sid"], &browser.session()), (&first["sid"], &cookie));
    }
}

#[tokio::test]
async fn a_silent_request_with_an_older_login_than_max_age_needs_a_login() {
    let world = World::new().await;
    let browser = Visitor::new(&world);
    browser.id_token(&authorization()).await;
    world.clock.advance(Duration::from_secs(60));
    let error = async |form: &Form| parameter(browser.authorize(form).await.header("location").unwrap(), "error");
    assert_eq!(error(&silent().with("max_age", "59")).await, "login_required");
    assert_eq!(error(&silent().with("max_age", "0")).await, "login_required");
    assert_eq!(error(&silent().with("max_age", "60")).await, "");
    assert_eq!(error(&silent().with("max_age", "a minute")).await, "invalid_request");
    assert_eq!(error(&silent().with("prompt", "none login")).await, "invalid_request");
}

#[tokio::test]
async fn a_hint_at_another_user_changes_the_user() {
    let world = World::new().await;
    let browser = Visitor::new(&world);
    assert_eq!(browser.id_token(&authorization()).await["sub"], "auth0|ada");
    assert_eq!(browser.id_token(&authorization().with("login_hint", "bob@example.com")).await["sub"], "auth0|bob");
    assert_eq!(browser.id_token(&silent()).await["sub"], "auth0|bob");
}

#[tokio::test]
async fn a_session_ends_after_three_days_without_use_and_after_seven_days() {
    let world = World::new().await;
    let day = Duration::from_secs(86_400);
    let browser = Visitor::new(&world);
    browser.id_token(&authorization()).await;
    for _ in 0..2 {
        world.clock.advance(Duration::from_secs(3 * 86_400 - 1));
        browser.id_token(&silent()).await;
    }
    world.clock.advance(day + Duration::from_secs(2));
    let late = browser.authorize(&silent()).await;
    assert_eq!(parameter(late.header("location").unwrap(), "error"), "login_required");
    browser.id_token(&authorization()).await;
    world.clock.advance(3 * day);
    let idle = browser.authorize(&silent()).await;
    assert_eq!(parameter(idle.header("location").unwrap(), "error"), "login_required");
}

#[tokio::test]
async fn a_frame_and_a_popup_get_a_message_for_the_origin_of_the_callback() {
    let world = World::new().await;
    let browser = Visitor::new(&world);
    let message = silent().with("response_mode", "web_message").with("state", "</script>&=");
    let rejected = browser.authorize(&message).await;
    let issuer = world.tenant.issuer();
    assert_eq!((rejected.status, rejected.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(rejected.header("content-security-policy").is_none() && rejected.header("x-frame-options").is_none());
    assert_eq!(
        posted(&rejected.body),
        format!(
            r#"(window.opener || window.parent).postMessage({{"response":{{"error":"login_required","error_description":"Login required","iss":"{issuer}","state":"\u003c/script\u003e\u0026="}},"type":"authorization_response"}}, "http://localhost:5173");"#
        )
    );
    let signed_in = browser.authorize(&message.without("prompt")).await;
    assert!(signed_in.header("set-cookie").is_some() && posted(&signed_in.body).contains("\"code\":\""));
    let again = browser.authorize(&message).await;
    assert!(posted(&again.body).contains("\"code\":\""), "{}", again.body);
}

#[tokio::test]
async fn every_rejection_reaches_the_page_that_waits_for_a_message() {
    let world = World::new().await;
    let message = authorization().with("response_mode", "web_message");
    for (form, error) in [
        (message.with("organization", "unknown"), "invalid_request"),
        (message.with("organization", "other"), "access_denied"),
        (message.with("audience", "urn:other"), "access_denied"),
        (message.with("response_type", "token"), "unsupported_response_type"),
    ] {
        let answer = Visitor::new(&world).authorize(&form).await;
        assert!(posted(&answer.body).contains(&format!("\"error\":\"{error}\"")), "{}", answer.body);
    }
    let native = Application::single_page("native").callbacks(["com.example.app://callback"]);
    let world = World::with(|builder| builder.application(native)).await;
    let form = message.with("client_id", "native").with("redirect_uri", "com.example.app://callback");
    let answer = Visitor::new(&world).authorize(&form).await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with("com.example.app://callback?error=invalid_request&"), "no page could get a message");
}

#[tokio::test]
async fn an_unknown_client_or_callback_gets_a_page_that_no_frame_may_show() {
    let world = World::new().await;
    for (form, text) in [
        (authorization().with("client_id", "<b>"), "Unknown client"),
        (authorization().with("redirect_uri", "https://<b>.example/"), "https://&lt;b&gt;.example/ is not registered"),
    ] {
        let answer = Visitor::new(&world).authorize(&form.with("response_mode", "web_message")).await;
        assert_eq!((answer.status, answer.header("content-type")), (403, Some("text/html; charset=utf-8")));
        assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
        assert!(answer.body.contains(text) && !answer.body.contains("<b>"), "{}", answer.body);
    }
}

fn with_page(builder: LocalTenantBuilder) -> LocalTenantBuilder {
    builder.sign_in(SignIn::Page)
}

#[tokio::test]
async fn with_the_page_a_person_chooses_the_user() {
    let world = World::with(with_page).await;
    let browser = Visitor::new(&world);
    let answer = browser.authorize(&authorization().with("login_hint", "auth0|bob")).await;
    let page = answer.header("location").unwrap().to_owned();
    assert!(page.starts_with(&format!("{}/u/login?state=", world.tenant.domain())), "{page}");
    let shown = browser.visit(&page).await;
    assert!(shown.status == 200 && shown.body.contains("auth0|ada") && shown.body.contains("auth0|bob"));
    assert_eq!(browser.session(), None, "nobody has signed in yet");

    let ticket = parameter(&page, "state");
    let choice = Form::new(&[("state", &ticket), ("user", "auth0|bob")]);
    let url = format!("{}/u/login", world.tenant.domain());
    assert_eq!(browser.submit(&url, &choice.with("user", "auth0|eve")).await.status, 400);
    let chosen = browser.submit(&url, &choice).await;
    let location = chosen.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?code=")) && chosen.status == 302, "{location}");
    assert_eq!(browser.submit(&url, &choice).await.status, 400, "a ticket is for one sign-in");
    assert_eq!(browser.id_token(&silent()).await["sub"], "auth0|bob");
    assert_eq!(browser.id_token(&authorization()).await["sub"], "auth0|bob", "the session suffices");
}

#[tokio::test]
async fn with_the_page_a_person_denies_or_is_too_late() {
    let world = World::with(with_page).await;
    let browser = Visitor::new(&world);
    let form = authorization().with("response_mode", "web_message");
    let ticket = async || parameter(browser.authorize(&form).await.header("location").unwrap(), "state");
    let url = format!("{}/u/login", world.tenant.domain());
    let denied = Form::new(&[("state", &ticket().await), ("decision", "deny")]);
    let answer = browser.submit(&url, &denied).await;
    assert!(posted(&answer.body).contains("\"error\":\"access_denied\""), "{}", answer.body);
    let ticket = ticket().await;
    world.clock.advance(Duration::from_secs(600));
    let late = browser.submit(&url, &Form::new(&[("state", &ticket), ("user", "auth0|ada")])).await;
    assert_eq!((late.status, browser.visit(&format!("{url}?state={ticket}")).await.status), (400, 400));
    assert_eq!(browser.session(), None);
}

#[tokio::test]
async fn with_the_page_an_invalid_request_is_rejected_before_anybody_signs_in() {
    let world = World::with(with_page).await;
    let browser = Visitor::new(&world);
    for (form, error) in [
        (silent(), "login_required"),
        (authorization().with("audience", "urn:other"), "access_denied"),
        (authorization().without("code_challenge"), "invalid_request"),
    ] {
        let location = browser.authorize(&form).await.header("location").unwrap().to_owned();
        assert_eq!(parameter(&location, "error"), error);
    }
}

fn posted(html: &str) -> &str {
    html.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0
}
