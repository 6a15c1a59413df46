//! Back-channel logouts: which applications receive a logout token, and what is in it.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use auth0_api_testing::{Application, LogoutDelivery, free_address};
use serde_json::{Value, json};

use crate::caller::{get, part, verifies};
use crate::visitor::{Visitor, authorization, parameter, redemption};
use crate::world::{SECRET, World};

/// A server on a loopback port that keeps what it receives, and answers each request in the same way.
struct Receiver {
    url: String,
    received: mpsc::Receiver<String>,
}

impl Receiver {
    fn answering(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/logout?from=tenant", listener.local_addr().unwrap());
        let (sender, received) = mpsc::channel();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let (mut text, mut chunk) = (String::new(), [0; 4096]);
                while let Ok(length @ 1..) = connection.read(&mut chunk) {
                    text += &String::from_utf8_lossy(&chunk[..length]);
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                    if body.len() == length.parse::<usize>().unwrap() {
                        break;
                    }
                }
                // First, so that the request is there when the tenant has the answer.
                if sender.send(text).is_err() {
                    return;
                }
                connection.write_all(answer.as_bytes()).unwrap();
            }
        });
        Self { url, received }
    }

    fn new() -> Self {
        Self::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    }

    /// The requests that have arrived so far.
    fn requests(&self) -> Vec<String> {
        self.received.try_iter().collect()
    }

    /// The logout token of the only request.
    fn token(&self) -> String {
        let request = self.received.recv_timeout(Duration::from_secs(10)).unwrap();
        assert!(request.starts_with("POST /logout?from=tenant HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
        assert_eq!(self.requests(), [""; 0]);
        request.split_once("\r\n\r\nlogout_token=").unwrap().1.to_owned()
    }
}

fn answered(delivery: &LogoutDelivery) -> (&str, Option<u16>) {
    (delivery.client_id(), delivery.status())
}

#[tokio::test]
async fn a_logout_reaches_the_clients_of_the_session_and_no_others() {
    let (page, web) = (Receiver::new(), Receiver::new());
    let world = World::with(|builder| {
        let page = Application::single_page("app").back_channel_logout_url(&page.url);
        builder
            .application(page)
            .application(Application::regular_web("site", SECRET).back_channel_logout_url(&web.url))
    })
    .await;
    let browser = Visitor::new(&world);
    let answer = browser.authorize(&authorization().with("client_id", "app")).await;
    let code = parameter(answer.header("location").unwrap(), "code");
    let tokens = world.ask(&redemption(&code).with("client_id", "app")).await.json();
    let id_token = part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!(browser.visit(&format!("{}/v2/logout?client_id=app", world.tenant.domain())).await.status, 200);

    let token = page.token();
    let jwks = get(&format!("{}/.well-known/jwks.json", world.tenant.domain())).await.json();
    assert!(verifies(&token, &jwks));
    assert_eq!(part(&token, 0)["typ"], "logout+jwt");
    let mut claims = part(&token, 1);
    let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
    assert!(jti.as_str().unwrap().len() > 20, "{jti}");
    let issued_at = claims["iat"].as_u64().unwrap();
    let expected = json!({
        "iss": world.tenant.issuer(),
        "sub": id_token["sub"],
        "sid": id_token["sid"],
        "aud": "app",
        "iat": issued_at,
        "exp": issued_at + 120,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    assert_eq!(claims, expected);
    assert_eq!(web.requests(), [""; 0]);
    // There is no session left.
    browser.visit(&format!("{}/v2/logout?client_id=app", world.tenant.domain())).await;
    assert_eq!(page.requests(), [""; 0]);
}

#[tokio::test]
async fn a_user_without_a_session_is_logged_out_at_all_clients() {
    let (page, web) = (Receiver::new(), Receiver::new());
    let world = World::with(|builder| {
        let page = Application::single_page("app").back_channel_logout_url(&page.url);
        builder
            .application(page)
            .application(Application::regular_web("site", SECRET).back_channel_logout_url(&web.url))
    })
    .await;
    let deliveries = world.tenant.log_out("auth0|ada").await;
    assert_eq!(deliveries.iter().map(answered).collect::<Vec<_>>(), [("app", Some(200)), ("site", Some(200))]);
    for (receiver, client) in [(&page, "app"), (&web, "site")] {
        let claims = part(&receiver.token(), 1);
        assert_eq!((&claims["sub"], &claims["aud"]), (&json!("auth0|ada"), &json!(client)));
        assert_eq!(claims["sid"], Value::Null);
    }
}

#[tokio::test]
async fn a_user_with_a_session_is_logged_out_everywhere() {
    let receiver = Receiver::new();
    let page = Application::single_page("app").back_channel_logout_url(&receiver.url);
    let world = World::with(|builder| builder.application(page)).await;
    let browsers = [Visitor::new(&world), Visitor::new(&world)];
    let form = authorization().with("client_id", "app");
    for browser in &browsers {
        browser.authorize(&form).await;
    }
    assert_eq!(world.tenant.log_out("auth0|bob").await.len(), 1, "who has no session");
    let deliveries = world.tenant.log_out("auth0|ada").await;
    assert_eq!(deliveries.iter().map(answered).collect::<Vec<_>>(), [("app", Some(200)); 2]);
    for browser in &browsers {
        let answer = browser.authorize(&form.with("prompt", "none")).await;
        assert!(answer.header("location").unwrap().contains("login_required"));
    }
}

#[tokio::test]
async fn only_the_configured_url_is_called() {
    let elsewhere = Receiver::new();
    let location =
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", elsewhere.url);
    let redirecting = Receiver::answering(location.leak());
    let gone = free_address();
    let world = World::with(|builder| {
        let page = |id, url: String| Application::single_page(id).back_channel_logout_url(url);
        builder.application(page("app", redirecting.url.clone())).application(page("gone", format!("http://{gone}/")))
    })
    .await;
    let deliveries = world.tenant.log_out("auth0|ada").await;
    assert_eq!(deliveries.iter().map(answered).collect::<Vec<_>>(), [("app", Some(307)), ("gone", None)]);
    assert_eq!((redirecting.requests().len(), elsewhere.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_url_that_the_tenant_cannot_call_is_reported_at_the_start() {
    let page = Application::single_page("app").back_channel_logout_url("https://shop.example.com/logout");
    let error = auth0_api_testing::LocalTenant::builder().application(page).start().await.unwrap_err();
    assert!(error.to_string().contains("must begin with http://"), "{error}");
}
