//! Logout and revocation: the ends of sessions and refresh tokens.

use auth0_api_testing::Application;
use serde_json::json;

use crate::caller::{get, send};
use crate::visitor::{Visitor, authorization, parameter, redemption, refresh, text};
use crate::world::{Form, SECRET, World};

const HOME: &str = "http://localhost:5173/?left=1";

async fn is_signed_in(browser: &Visitor<'_>) -> bool {
    let answer = browser.authorize(&authorization().with("prompt", "none")).await;
    parameter(answer.header("location").unwrap(), "error").is_empty()
}

#[tokio::test]
async fn logout_ends_the_session_and_returns_to_the_page() {
    let world = World::new().await;
    for (federated, location) in [("", HOME), ("&federated", HOME)] {
        let browser = Visitor::new(&world);
        browser.tokens(&authorization()).await;
        let copy = browser.session();
        let form = Form::new(&[("client_id", "page"), ("returnTo", HOME), ("auth0Client", "e30=")]);
        let url = format!("{}/v2/logout?{}{federated}", world.tenant.domain(), form.body());
        let answer = browser.visit(&url).await;
        assert_eq!((answer.status, answer.header("location")), (302, Some(location)));
        assert!(answer.header("set-cookie").unwrap().contains("=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"));
        assert_eq!(browser.session(), None);
        let again = format!("{}/authorize?{}", world.tenant.domain(), authorization().with("prompt", "none").body());
        let with_old_cookie = send("GET", &again, &[("cookie", &copy.unwrap())], "").await.unwrap();
        assert_eq!(parameter(with_old_cookie.header("location").unwrap(), "error"), "login_required");
    }
}

#[tokio::test]
async fn a_logout_url_that_is_not_registered_is_rejected_and_keeps_the_session() {
    let own = || Application::single_page("own");
    let strict = own().logout_urls(["https://shop.example.com/bye", "https://shop.example.com/"]);
    let world = World::with(|builder| builder.application(strict)).await;
    let browser = Visitor::new(&world);
    browser.tokens(&authorization()).await;
    let logout = async |client: &str, url: &str| {
        let form = Form::new(&[]).with("client_id", client).with("returnTo", url);
        let answer = browser.visit(&format!("{}/v2/logout?{}", world.tenant.domain(), form.body())).await;
        (answer.status, answer.header("location").map(str::to_owned))
    };
    for (client, url) in [
        ("page", "https://elsewhere.example.com/"),
        ("page", "http://localhost:1@example.com/"),
        ("", "http://127.0.0.1:x@example.com/"),
        ("own", "http://localhost:5173/"),
        ("own", "https://shop.example.com/bye/"),
        ("", "https://shop.example.com/bye"),
        ("unknown", "http://localhost/"),
    ] {
        assert_eq!(logout(client, url).await, (400, None), "{client} {url}");
    }
    assert!(is_signed_in(&browser).await);
    let with_query = "https://shop.example.com/?a=b#c";
    assert_eq!(logout("own", with_query).await, (302, Some(with_query.into())));
    assert_eq!(logout("own", "").await, (302, Some("https://shop.example.com/bye".into())));
    assert_eq!(logout("page", "").await, (200, None));
    assert_eq!(logout("", "").await, (200, None));
    assert_eq!(logout("", "http://127.0.0.1:5173/").await, (302, Some("http://127.0.0.1:5173/".into())));
}

#[tokio::test]
async fn the_end_session_endpoint_takes_a_client_an_id_token_and_a_state() {
    let world = World::new().await;
    let discovery = format!("{}/.well-known/openid-configuration", world.tenant.domain());
    let endpoint = text(&get(&discovery).await.json(), "end_session_endpoint").to_owned();
    let browser = Visitor::new(&world);
    let tokens = browser.tokens(&authorization()).await;
    let form = Form::new(&[("post_logout_redirect_uri", "http://localhost/"), ("state", "a=b")]);
    let with_hint = form.with("id_token_hint", text(&tokens, "id_token"));
    let of_another = browser.visit(&format!("{endpoint}?{}", with_hint.with("client_id", "web").body())).await;
    assert_eq!((of_another.status, is_signed_in(&browser).await), (400, true));
    let forged = form.with("id_token_hint", &format!("{}A", text(&tokens, "id_token")));
    assert_eq!(browser.visit(&format!("{endpoint}?{}", forged.body())).await.status, 400);
    for form in [with_hint, form.with("client_id", "page")] {
        let answer = browser.visit(&format!("{endpoint}?{}", form.body())).await;
        assert_eq!((answer.status, answer.header("location")), (302, Some("http://localhost/?state=a%3Db")));
        assert!(!is_signed_in(&browser).await);
        browser.tokens(&authorization()).await;
    }
    let posted = browser.submit(&endpoint, &Form::new(&[("client_id", "page")])).await;
    assert_eq!((posted.status, is_signed_in(&browser).await), (200, false));
}

#[tokio::test]
async fn a_revoked_refresh_token_ends_with_its_family() {
    let world = World::new().await;
    let url = format!("{}/oauth/revoke", world.tenant.domain());
    let form = "application/x-www-form-urlencoded";
    for content_type in [form, "application/json"] {
        let browser = Visitor::new(&world);
        let first = text(&browser.tokens(&authorization()).await, "refresh_token").to_owned();
        let second = text(&world.ask(&refresh(&first)).await.json(), "refresh_token").to_owned();
        let fields = [("client_id", "page"), ("token_type_hint", "refresh_token"), ("token", &second)];
        let body = match content_type {
            "application/json" => json!(std::collections::BTreeMap::from(fields)).to_string(),
            _ => Form::new(&fields).body(),
        };
        for _ in 0..2 {
            assert_eq!(send("POST", &url, &[("content-type", content_type)], &body).await.unwrap().status, 200);
        }
        world.rejects(&refresh(&second), 403, "invalid_grant", "Unknown or invalid refresh token.").await;
        assert!(is_signed_in(&browser).await, "an offline token does not end the session");
    }
}

#[tokio::test]
async fn a_client_revokes_only_its_own_refresh_tokens() {
    let world = World::new().await;
    let url = format!("{}/oauth/revoke", world.tenant.domain());
    let tokens = Visitor::new(&world).tokens(&authorization()).await;
    let form = Form::new(&[("client_id", "page"), ("token", text(&tokens, "refresh_token"))]);
    let as_web = form.with("client_id", "web").with("client_secret", SECRET);
    for (form, status, error) in [
        (as_web, 400, "invalid_request"),
        (form.with("client_id", "unknown"), 401, "invalid_client"),
        (form.with("client_id", "web"), 401, "invalid_client"),
        (form.without("token"), 400, "invalid_request"),
        (form.with("token", text(&tokens, "access_token")), 400, "unsupported_token_type"),
    ] {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = send("POST", &url, &headers, &form.body()).await.unwrap();
        assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some(error)), "{}", answer.body);
    }
    assert_eq!(world.ask(&refresh(text(&tokens, "refresh_token"))).await.status, 200);
}

#[tokio::test]
async fn an_online_refresh_token_and_its_session_end_together() {
    let world = World::new().await;
    let (key, url) = (world.tenant.dpop_client(), format!("{}/oauth/token", world.tenant.domain()));
    let form = authorization().with("scope", "openid online_access");
    let ask = async |form: &Form| world.ask_with(&[("dpop", &key.proof("POST", &url).sign())], form).await;
    let sign_in = async |browser: &Visitor<'_>| {
        let code = parameter(browser.authorize(&form).await.header("location").unwrap(), "code");
        text(&ask(&redemption(&code)).await.json(), "refresh_token").to_owned()
    };
    let browser = Visitor::new(&world);
    let token = sign_in(&browser).await;
    let revocation = Form::new(&[("client_id", "page"), ("token", &token)]).body();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let revoke = format!("{}/oauth/revoke", world.tenant.domain());
    assert_eq!(send("POST", &revoke, &headers, &revocation).await.unwrap().status, 200);
    assert!(!is_signed_in(&browser).await);

    let token = sign_in(&browser).await;
    assert_eq!(ask(&refresh(&token)).await.status, 200);
    browser.visit(&format!("{}/v2/logout", world.tenant.domain())).await;
    assert_eq!(ask(&refresh(&token)).await.json()["error"], "invalid_grant");
}
