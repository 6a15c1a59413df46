//! The cookies of the flows.

use crate::browser::Browser;
use crate::people::{ADA, CALENDAR, World, builder_of};

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
    for consent in [first_consent, second_consent] {
        let page = browser.open(consent.location()).await;
        assert!(page.body.contains("Your account is connected"), "{page:?}");
    }
}

/// The name of a cookie is not sealed: under that of another flow, it shows and continues nothing.
#[tokio::test]
async fn a_cookie_counts_only_in_its_own_flow() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    for path in ["/continue?", "/done?"] {
        let mut flows = Vec::new();
        for _ in 0..2 {
            let browser = Browser::of(ADA);
            let next = browser.open_until(world.elicitation(&ada).await.url(), path).await.location().to_owned();
            world.tenant.unlink(ADA, CALENDAR);
            flows.push((browser.cookie().unwrap(), next));
        }
        let [(first, _), (second, next)] = &flows[..] else { panic!() };
        let (sealed, name) = (first.split_once('=').unwrap().1, second.split_once('=').unwrap().0);
        let browser = Browser::of(ADA);
        browser.set_cookie(&format!("{name}={sealed}"));
        assert_eq!(browser.get(next).await.status, 400, "{path}");
        browser.set_cookie(second);
        assert_eq!(browser.get(next).await.status, 200, "{path}");
    }
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
    let signed_in = world.accounts.answer(&http::Method::GET, &uri, &headers).await.unwrap();
    assert_eq!(signed_in.status(), 302, "{signed_in:?}");
}

/// A browser sends all of its cookies with each request: without a bound, a server rejects the long headers.
#[tokio::test]
async fn a_browser_keeps_the_cookies_of_its_newest_flows_only() {
    let world = World::new().await;
    let uri = world.elicitation(&world.caller(ADA).await).await.url().parse().unwrap();
    let prefix = prefix(&world).await;
    let name = |number: usize| format!("{prefix}{number:012}");
    let removed = async |lengths: &[usize]| {
        let cookies =
            lengths.iter().enumerate().map(|(number, length)| format!("{}={}", name(number), "v".repeat(*length)));
        // Those of another application, and of another server of the same host.
        let others = ["other=1", "mcp-connect-other=1", "mcp-connect-AAAAAAAA-000000000000=1"].map(str::to_owned);
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

/// What the names of the server's cookies begin with.
async fn prefix(world: &World) -> String {
    let browser = Browser::of(ADA);
    browser.get(world.elicitation(&world.caller(ADA).await).await.url()).await;
    let cookie = browser.cookie().unwrap();
    let (name, _) = cookie.split_once('=').unwrap();
    name.split_at(name.len() - 12).0.to_owned()
}

/// Whoever makes a browser open links cannot remove the flow that a person is about to confirm.
#[tokio::test]
async fn a_flow_that_goes_on_stays_longer_than_newer_log_ins() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let question = browser.question(world.elicitation(&ada).await.url()).await;
    let cookie = browser.cookie().unwrap();
    for _ in 0..5 {
        // As a browser does it: the oldest first.
        let uri = world.elicitation(&ada).await.url().parse().unwrap();
        let prefix = prefix(&world).await;
        let line = format!("{cookie}; {prefix}000000000001=b1; {prefix}000000000002=b2; {prefix}000000000003=b3");
        let mut headers = http::HeaderMap::new();
        headers.insert("cookie", line.parse().unwrap());
        let answer = world.accounts.answer(&http::Method::GET, &uri, &headers).await.unwrap();
        let removed = answer.headers().get_all("set-cookie").iter().skip(1);
        let removed: Vec<_> = removed.map(|line| line.to_str().unwrap().split('=').next().unwrap()).collect();
        assert_eq!(removed, [format!("{prefix}000000000002"), format!("{prefix}000000000001")]);
    }
    assert_eq!(browser.confirm(&question, "same-origin").await.status, 303);
}

/// The cookie of a flow grows after the login: three of them would fill the headers.
#[tokio::test]
async fn a_flow_that_grows_removes_others() {
    let world = World::new().await;
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(world.elicitation(&world.caller(ADA).await).await.url(), "/signed-in").await;
    let prefix = prefix(&world).await;
    let others = [1, 2].map(|number| format!("{prefix}{number:012}"));
    for name in &others {
        browser.set_cookie(&format!("{name}=l{}", "v".repeat(3000)));
    }
    let grown = browser.get(to_signed_in.location()).await;
    let removed = grown.headers.get_all("set-cookie").iter().skip(1).map(|line| line.to_str().unwrap());
    let removed: Vec<_> = removed.filter(|line| line.ends_with("Max-Age=0")).collect();
    assert_eq!(removed.len(), 1, "{grown:?}");
    assert!(others.iter().any(|name| removed[0].starts_with(name)), "{grown:?}");
}

/// Servers with the same key: a link or a flow of one begins and continues nothing at another.
#[tokio::test]
async fn another_server_with_the_same_key_opens_nothing() {
    let world = World::new().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    let ticket = url.split_once('?').unwrap().1;
    let mut names = Vec::new();
    for (base, status) in [("https://mcp.example.com/a", 400), ("https://mcp.example.com/b", 400)] {
        let other = builder_of(&world.tenant, &world.clock, base).build().unwrap();
        let uri = format!("{base}/start?{ticket}").parse().unwrap();
        let answer = other.answer(&http::Method::GET, &uri, &http::HeaderMap::new()).await.unwrap();
        assert_eq!(answer.status(), status, "{base}");
        let own = other.for_error(&world.caller(ADA).await, &world.vault(&world.caller(ADA).await).await.unwrap_err());
        let uri = own.unwrap().unwrap().url().parse().unwrap();
        let answer = other.answer(&http::Method::GET, &uri, &http::HeaderMap::new()).await.unwrap();
        assert_eq!(answer.status(), 302, "{base}");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        names.push(cookie.strip_prefix("__Host-mcp-connect-").unwrap().split_at(8).0.to_owned());
    }
    assert_ne!(names[0], names[1], "the cookies of two servers of one host differ in their prefix");
}
