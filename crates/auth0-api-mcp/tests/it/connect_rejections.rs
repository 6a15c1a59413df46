//! Who and what is turned away.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use auth0_api_core::dpop::{MemoryReplayStore, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, ReqwestClient};
use auth0_api_core::{ClientAuth, ExchangeError};
use auth0_api_mcp::connect::{ConnectAccounts, ConnectBuildError, ElicitationError, SignIn};
use auth0_api_testing::{Endpoint, Misbehaviour};

use crate::browser::Browser;
use crate::people::{ADA, BOB, EVE, World, builder_of, key};

#[tokio::test]
async fn another_person_is_turned_away_and_nothing_is_connected() {
    let world = World::new().await;
    let elicitation = world.elicitation(&world.caller(ADA).await).await;
    let bob = Browser::of(BOB);
    let page = bob.open(elicitation.url()).await;
    assert_eq!(page.status, 403, "{page:?}");
    assert!(page.body.contains("This link is for somebody else"), "{page:?}");
    assert!(!page.body.contains("ada"), "{page:?}");
    assert!(!world.is_connected(ADA).await && !world.is_connected(BOB).await);
    // The ticket is not used up: its person can still use it, also in the same browser.
    let again = page.body.split_once("href=\"").unwrap().1.split('"').next().unwrap().replace("&amp;", "&");
    let redirect = bob.get(&again).await;
    assert!(redirect.location().ends_with("&prompt=login"), "{redirect:?}");
    let page = Browser::of(ADA).open(&again).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(world.is_connected(ADA).await && !world.is_connected(BOB).await);
}

/// Bob lets Ada finish the flow that he has begun, so that her account would be connected to him.
#[tokio::test]
async fn a_flow_continues_only_in_the_browser_that_began_it() {
    let world = World::new().await;
    let elicitation = world.elicitation(&world.caller(BOB).await).await;
    let bob = Browser::of(BOB);
    let to_connected = bob.open_until(elicitation.url(), "/connected?").await;
    let page = Browser::of(ADA).get(to_connected.location()).await;
    assert_eq!(page.status, 400, "{page:?}");
    assert!(!world.is_connected(ADA).await && !world.is_connected(BOB).await);
    // The same at the log-in: a link with Bob's code in Ada's browser, which has a flow of its own.
    let ada = Browser::of(ADA);
    let began = ada.get(world.elicitation(&world.caller(ADA).await).await.url()).await;
    assert_eq!(began.status, 302);
    let other = Browser::of(BOB);
    let to_signed_in = other.open_until(world.elicitation(&world.caller(BOB).await).await.url(), "/signed-in").await;
    let page = ada.get(to_signed_in.location()).await;
    assert_eq!((page.status, page.header("set-cookie")), (400, ""), "her flow is still there: {page:?}");
    assert!(ada.cookie().is_some());
}

#[tokio::test]
async fn a_ticket_works_once() {
    let world = World::new().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    assert_eq!(Browser::of(ADA).open(&url).await.status, 200);
    world.tenant.unlink(ADA, crate::people::CALENDAR);
    let page = Browser::of(ADA).open(&url).await;
    assert_eq!(page.status, 410, "{page:?}");
    assert!(page.body.contains("This link has been used"), "{page:?}");
}

#[tokio::test]
async fn a_ticket_and_a_flow_expire() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let url = world.elicitation(&ada).await.url().to_owned();
    let (early, late) = (Browser::of(ADA), Browser::of(ADA));
    world.pass(599);
    let to_signed_in = early.open_until(&url, "/signed-in").await;
    world.pass(1);
    assert_eq!(late.open(&url).await.status, 410);
    let page = early.get(to_signed_in.location()).await;
    assert_eq!(page.status, 410, "the ticket has expired during the log-in: {page:?}");
    // The tenant's flow lasts five minutes.
    let slow = Browser::of(ADA);
    let to_connected = slow.open_until(world.elicitation(&ada).await.url(), "/connected?").await;
    world.pass(300);
    assert_eq!(slow.get(to_connected.location()).await.status, 410);
    assert!(!world.is_connected(ADA).await);
}

#[tokio::test]
async fn a_changed_or_foreign_ticket_is_rejected() {
    let world = World::new().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    let browser = Browser::of(ADA);
    let (start, ticket) = url.split_once("?ticket=").unwrap();
    assert_eq!(browser.get(&url).await.status, 302);
    let cookie = browser.cookie().unwrap();
    let flipped: String = ticket.chars().rev().collect();
    for query in [
        String::new(),
        "?ticket=".into(),
        format!("?ticket={flipped}"),
        format!("?ticket={ticket}&ticket={ticket}"),
        // What is sealed for the cookie is no ticket.
        format!("?ticket={}", cookie.split_once('=').unwrap().1),
        format!("?ticket={ticket}&x={}", "x".repeat(8 * 1024)),
    ] {
        let page = browser.get(&format!("{start}{query}")).await;
        assert_eq!((page.status, page.header("set-cookie")), (400, ""), "{query}: {page:?}");
    }
}

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

/// The log-ins of a person count together, whatever the number of links.
#[tokio::test]
async fn many_tickets_of_one_person_do_not_fill_the_store() {
    let store = MemoryReplayStore::with_capacity(8).per_key_quota(2);
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

/// A browser that keeps its cookies, or a double click, causes one request to Connect Accounts, and no more.
#[tokio::test]
async fn a_confirmation_is_used_once() {
    let faults = Faults::default();
    let world = faults.world().await;
    let ada = world.caller(ADA).await;
    for (lost, first) in [("nothing", 200), ("/connect", 503)] {
        let browser = Browser::of(ADA);
        let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
        let question = browser.get(to_signed_in.location()).await;
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
        let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
        let question = browser.get(to_signed_in.location()).await;
        flows.push((browser.cookie().unwrap(), question));
    }
    let [(first, _), (second, question)] = &flows[..] else { panic!() };
    let (sealed, name) = (first.split_once('=').unwrap().1, second.split_once('=').unwrap().0);
    let browser = Browser::of(ADA);
    browser.set_cookie(&format!("{name}={sealed}"));
    let page = browser.confirm(question, "same-origin").await;
    assert_eq!((page.status, faults.begun()), (400, 0), "{page:?}");
    browser.set_cookie(second);
    assert_eq!(browser.confirm(question, "same-origin").await.status, 200);
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
    // A denied log-in, and one that the tenant rejects for another reason.
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

/// A person, or a page that the person was lured to, changes the URL of the log-in.
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

#[tokio::test]
async fn a_flow_that_fits_into_no_cookie_ends() {
    let world = World::new().await;
    let browser = Browser::of(EVE);
    let page = browser.open(world.elicitation(&world.caller(EVE).await).await.url()).await;
    assert_eq!((page.status, browser.cookie()), (503, None), "{page:?}");
    assert!(!world.is_connected(EVE).await);
}

/// A link that would fail when the person opens it is not made.
#[tokio::test]
async fn a_link_that_fits_into_no_cookie_is_rejected() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let asked = |length| SignIn::new(world.tenant.audience()).scopes(["s".repeat(length)]);
    let mut rejected = 0;
    // The sealed texts have a granularity of their own, so each length around the bound is tried.
    for length in (0..4096).step_by(64) {
        match world.accounts.sign_in(&ada, asked(length)) {
            Ok(elicitation) => assert_eq!(Browser::of(ADA).get(elicitation.url()).await.status, 302, "{length}"),
            Err(error) => {
                assert_eq!((error, error.label()), (ElicitationError::TooLong, "elicitation_too_long"));
                rejected += 1;
            }
        }
    }
    assert!((1..64).contains(&rejected), "{rejected}");
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

#[tokio::test]
async fn a_failure_of_the_tenant_connects_nothing_and_says_nothing_of_it() {
    let world = World::new().await;
    let ada = world.caller(ADA).await;
    let browser = Browser::of(ADA);
    let to_signed_in = browser.open_until(world.elicitation(&ada).await.url(), "/signed-in").await;
    world.tenant.misbehave(Endpoint::Token, Misbehaviour::Status(500));
    let page = browser.get(to_signed_in.location()).await;
    assert_eq!((page.status, browser.cookie()), (503, None), "{page:?}");
    assert!(page.body.contains("That did not work") && !page.body.contains("500"), "{page:?}");
}

/// The way to the tenant, on which the answers of one endpoint get lost.
#[derive(Clone, Debug)]
struct Faults {
    client: Arc<ReqwestClient>,
    path: Arc<Mutex<&'static str>>,
    /// How often Connect Accounts was begun.
    begun: Arc<AtomicUsize>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            client: Arc::new(ReqwestClient::new().unwrap()),
            path: Arc::new(Mutex::new("nothing")),
            begun: Arc::default(),
        }
    }
}

impl Faults {
    async fn world(&self) -> World {
        World::with(|builder| builder.login_client(|client| client.http_client(self.clone()))).await
    }

    /// Returns how often Connect Accounts was begun since the last call.
    fn begun(&self) -> usize {
        self.begun.swap(0, Ordering::Relaxed)
    }

    fn lose_answers_of(&self, path: &'static str) {
        *self.path.lock().unwrap() = path;
    }
}

impl HttpClient for Faults {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let is_lost = request.url.ends_with(*self.path.lock().unwrap());
            self.begun.fetch_add(usize::from(request.url.ends_with("/connect")), Ordering::Relaxed);
            let answer = self.client.send(request).await;
            if is_lost { Err(HttpError::Timeout) } else { answer }
        })
    }
}

/// A person whose flow failed at the tenant can open the same link again.
#[tokio::test]
async fn a_failure_before_the_provider_does_not_use_the_ticket_up() {
    let faults = Faults::default();
    let world = faults.world().await;
    let url = world.elicitation(&world.caller(ADA).await).await.url().to_owned();
    faults.lose_answers_of("/connect");
    let page = Browser::of(ADA).open(&url).await;
    assert_eq!((page.status, page.header("retry-after")), (503, "30"), "{page:?}");
    assert!(page.body.contains("Nothing was connected"), "{page:?}");
    faults.lose_answers_of("nothing");
    assert_eq!(Browser::of(ADA).open(&url).await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_of_the_last_step_is_not_called_a_failure() {
    let faults = Faults::default();
    let world = faults.world().await;
    let browser = Browser::of(ADA);
    let to_connected = browser.open_until(world.elicitation(&world.caller(ADA).await).await.url(), "/connected?").await;
    faults.lose_answers_of("/complete");
    let page = browser.get(to_connected.location()).await;
    assert_eq!((page.status, browser.cookie()), (503, None), "{page:?}");
    assert!(page.body.contains("it is unknown whether your account is connected"), "{page:?}");
    assert!(world.is_connected(ADA).await, "the tenant did what was asked");
}

#[tokio::test]
async fn only_get_is_answered_and_other_paths_are_not_taken() {
    let world = World::new().await;
    let (uri, other) = (world.accounts.paths()[0].parse().unwrap(), "/connect/start/".parse().unwrap());
    let headers = http::HeaderMap::new();
    let answer = world.accounts.answer(&http::Method::POST, &uri, &headers).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, "GET"));
    let confirm = world.accounts.paths()[2].parse().unwrap();
    let answer = world.accounts.answer(&http::Method::GET, &confirm, &headers).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, "POST"));
    assert!(world.accounts.answer(&http::Method::GET, &other, &headers).await.is_none());
}

#[tokio::test]
async fn only_people_of_the_tenant_get_a_url() {
    let world = World::new().await;
    let error = world.vault(&world.caller(ADA).await).await.unwrap_err();
    let machine = world.tenant.mint().machine("nightly").sign();
    let anonymous = world.tenant.mint().anonymous().sign();
    for token in [machine, anonymous] {
        let caller = world.api.verify_access_token(&token).await.unwrap();
        let elicitation = world.accounts.for_error(&caller, &error);
        assert_eq!(elicitation.err(), Some(ElicitationError::NotAPerson));
    }
    let ada = world.caller(ADA).await;
    assert!(world.accounts.for_error(&ada, &ExchangeError::ClientAuthMissing).unwrap().is_none());
    // Another tenant, which the API also trusts.
    let foreign = World::new().await;
    let elicitation = foreign.accounts.for_error(&ada, &error);
    assert_eq!(elicitation.err(), Some(ElicitationError::OtherIssuer));
}

#[tokio::test]
async fn settings_are_checked() {
    let world = World::new().await;
    let build = |base: &str, seconds| {
        let builder = builder_of(&world.tenant, &world.clock, base);
        builder.ticket_lifetime(std::time::Duration::from_secs(seconds)).build()
    };
    assert!(build("https://mcp.example.com/connect", 10).is_ok());
    assert!(matches!(build("http://mcp.example.com", 10), Err(ConnectBuildError::BaseUrl)));
    assert!(matches!(build("https://mcp.example.com", 9), Err(ConnectBuildError::TicketLifetime)));
    assert!(matches!(build("https://mcp.example.com", 3601), Err(ConnectBuildError::TicketLifetime)));
    let login = ClientAuth::secret_post("id", "secret");
    let plain = ConnectAccounts::builder("http://tenant.example.com", login, "https://mcp.example.com", &key()).build();
    assert!(matches!(plain, Err(ConnectBuildError::Login(_))));
}
