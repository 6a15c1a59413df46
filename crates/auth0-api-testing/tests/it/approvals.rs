//! The page on which a person answers a request for approval (CIBA), and what another person or page cannot do.

use auth0_api_testing::{Api, Application, GrantType};
use serde_json::{Value, json};

use crate::caller::{Answer, part, post_form, send};
use crate::pages::is_a_safe_page;
use crate::visitor::{Visitor, authorization, text};
use crate::world::{CALENDAR, Form, SECRET, World};

const ADA: &str = "auth0|ada";
/// A client whose id needs escaping.
const TILL: &str = "<till>";

/// An API with a list of types of authorization details.
const BANK: &str = "https://bank.example.com";

async fn world() -> World {
    World::with(|builder| {
        let till = Application::machine(TILL, SECRET).grants([GrantType::Ciba]);
        builder.application(till).api(Api::new(BANK).authorization_details_types(["payment"]))
    })
    .await
}

fn client() -> Form {
    Form::new(&[("client_id", TILL), ("client_secret", SECRET)])
}

/// Asks for Ada's approval, and returns the id of the request.
async fn ask(world: &World, message: &str) -> String {
    let answer = start(world, &request(world, message)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    text(&answer.json(), "auth_req_id").to_owned()
}

async fn start(world: &World, form: &Form) -> Answer {
    post_form(&format!("{}/bc-authorize", world.tenant.domain()), &[], &form.body()).await
}

/// A request for Ada's approval that the tenant accepts.
fn request(world: &World, message: &str) -> Form {
    let hint = json!({ "format": "iss_sub", "iss": world.tenant.issuer(), "sub": ADA }).to_string();
    client()
        .with("scope", "openid write:events <script>")
        .with("audience", CALENDAR)
        .with("binding_message", message)
        .with("login_hint", &hint)
}

async fn poll(world: &World, id: &str) -> Value {
    world.clock.advance(std::time::Duration::from_secs(5));
    let form = client().with("grant_type", "urn:openid:params:grant-type:ciba").with("auth_req_id", id);
    world.ask(&form).await.json()
}

fn url(world: &World) -> String {
    format!("{}/u/approvals", world.tenant.domain())
}

/// A browser in which a user is signed in.
async fn browser_of<'w>(world: &'w World, user: &str) -> Visitor<'w> {
    let visitor = Visitor::new(world);
    visitor.authorize(&authorization().with("login_hint", user)).await;
    assert!(visitor.session().is_some());
    visitor
}

/// Returns the tickets of the forms of a page, in order.
fn tickets(page: &Answer) -> Vec<String> {
    let fields = page.body.split("name=\"state\" value=\"").skip(1);
    fields.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn decision(ticket: &str, decision: &str) -> Form {
    Form::new(&[("state", ticket), ("decision", decision)])
}

#[tokio::test]
async fn the_user_who_is_asked_approves_one_request_and_denies_another() {
    let world = world().await;
    let first = ask(&world, "Move meeting 4711").await;
    world.clock.advance(std::time::Duration::from_secs(1));
    let second = ask(&world, "Delete meeting 4712").await;
    let ada = browser_of(&world, ADA).await;
    let page = ada.visit(&url(&world)).await;
    is_a_safe_page(&page);
    for shown in
        [ADA, "Move meeting 4711", "Delete meeting 4712", "&lt;till&gt;", CALENDAR, "write:events", "&lt;script&gt;"]
    {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(!page.body.contains(&first), "the id of the request is the client's secret");
    assert!(page.header("content-security-policy").unwrap().contains("form-action 'self'"));
    let [approved, denied] = tickets(&page).try_into().unwrap();
    for (ticket, chosen, shown) in [(approved, "approve", "You have approved"), (denied, "deny", "You have denied")] {
        let answer = ada.submit(&url(&world), &decision(&ticket, chosen)).await;
        assert!(answer.status == 200 && answer.body.contains(shown), "{}", answer.body);
        is_a_safe_page(&answer);
        // Only the first answer counts.
        assert_eq!(ada.submit(&url(&world), &decision(&ticket, "approve")).await.status, 400);
    }
    let tokens = poll(&world, &first).await;
    let claims = part(text(&tokens, "access_token"), 1);
    assert_eq!((&claims["sub"], &claims["azp"]), (&ADA.into(), &TILL.into()));
    assert_eq!(poll(&world, &second).await["error"], "access_denied");
    let page = ada.visit(&url(&world)).await;
    assert!(page.body.contains("No application asks for your approval"), "{}", page.body);
}

#[tokio::test]
async fn approved_authorization_details_are_in_the_token_and_in_the_answer() {
    let world = world().await;
    let details = json!([{ "type": "payment", "amount": 5, "to": "<script>&\"" }, { "type": "payment" }]);
    let form = request(&world, "Pay 5").with("audience", BANK).with("authorization_details", &details.to_string());
    let id = text(&start(&world, &form).await.json(), "auth_req_id").to_owned();
    assert_eq!(json!(world.tenant.ciba().open()[0].authorization_details), details);

    let ada = browser_of(&world, ADA).await;
    let page = ada.visit(&url(&world)).await;
    is_a_safe_page(&page);
    for shown in ["&quot;amount&quot;: 5", "&lt;script&gt;&amp;\\&quot;"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    ada.submit(&url(&world), &decision(&tickets(&page)[0], "approve")).await;
    let answer = poll(&world, &id).await;
    let claims = part(text(&answer, "access_token"), 1);
    assert_eq!((&answer["authorization_details"], &claims["authorization_details"]), (&details, &details));
}

#[tokio::test]
async fn authorization_details_that_the_api_does_not_know_start_no_request() {
    let world = world().await;
    let of = |audience: &str, details: &str| {
        request(&world, "Pay 5").with("audience", audience).with("authorization_details", details)
    };
    for (form, description) in [
        (of(BANK, r#"[{"type":"transfer"}]"#), "The API has no authorization details of the type transfer"),
        (of(BANK, r#"{"type":"payment"}"#), "authorization_details is not a JSON array"),
        (of("", r#"[{"type":"payment"}]"#), "The API has no authorization details of the type payment"),
    ] {
        let answer = start(&world, &form).await;
        let json = answer.json();
        let actual = (answer.status, &json["error"], &json["error_description"]);
        assert_eq!(actual, (400, &json!("invalid_authorization_details"), &json!(description)));
    }
    assert!(world.tenant.ciba().open().is_empty());
    // An API without a list accepts every type.
    assert_eq!(start(&world, &of(CALENDAR, r#"[{"type":"transfer"}]"#)).await.status, 200);
}

#[tokio::test]
async fn another_user_sees_nothing_and_cannot_answer() {
    let world = world().await;
    let id = ask(&world, "Move meeting 4711").await;
    let (ada, bob) = (browser_of(&world, ADA).await, browser_of(&world, "auth0|bob").await);
    let page = bob.visit(&url(&world)).await;
    assert!(tickets(&page).is_empty() && !page.body.contains("4711"), "{}", page.body);
    let ticket = tickets(&ada.visit(&url(&world)).await).remove(0);
    assert_eq!(bob.submit(&url(&world), &decision(&ticket, "approve")).await.status, 403);
    // Bob signs in with Ada's browser, whose page is still open.
    ada.authorize(&authorization().with("login_hint", "auth0|bob").with("prompt", "login")).await;
    let answer = ada.submit(&url(&world), &decision(&ticket, "approve")).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("Only the user who is asked may answer"), "{}", answer.body);
    assert_eq!(poll(&world, &id).await["error"], "authorization_pending");
}

#[tokio::test]
async fn nobody_answers_without_a_session() {
    let world = world().await;
    let id = ask(&world, "Move meeting 4711").await;
    let answer = Visitor::new(&world).visit(&url(&world)).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("login_required") && !answer.body.contains("4711"), "{}", answer.body);
    is_a_safe_page(&answer);
    assert_eq!(poll(&world, &id).await["error"], "authorization_pending");
}

#[tokio::test]
async fn a_form_of_a_foreign_page_or_without_a_decision_is_rejected() {
    let world = world().await;
    let id = ask(&world, "Move meeting 4711").await;
    let ada = browser_of(&world, ADA).await;
    let page = ada.visit(&url(&world)).await;
    let ticket = tickets(&page).remove(0);
    let guard = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let session = ada.session().unwrap();
    let both = format!("{session}; {guard}");
    for (cookie, site, form, status) in [
        // A foreign page: `SameSite` keeps the cookie of the form back, or the browser says where the form comes from.
        (&session, None, decision(&ticket, "approve"), 403),
        (&both, Some("cross-site"), decision(&ticket, "approve"), 403),
        (&both, Some("same-site"), decision(&ticket, "approve"), 403),
        // The cookie of the form alone is no session.
        (&guard, Some("same-origin"), decision(&ticket, "approve"), 400),
        (&both, Some("same-origin"), decision("unknown", "approve"), 400),
        (&both, Some("same-origin"), decision(&ticket, "yes"), 400),
        (&both, Some("same-origin"), decision(&ticket, ""), 400),
    ] {
        let mut headers = vec![("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        headers.extend(site.map(|site| ("sec-fetch-site", site)));
        let answer = send("POST", &url(&world), &headers, &form.body()).await.unwrap();
        assert_eq!(answer.status, status, "{cookie} {site:?} {}", form.body());
        is_a_safe_page(&answer);
    }
    assert_eq!(poll(&world, &id).await["error"], "authorization_pending");
    assert_eq!(ada.submit(&url(&world), &decision(&ticket, "approve")).await.status, 200);
}

#[tokio::test]
async fn an_expired_request_can_no_longer_be_approved() {
    let world = world().await;
    let id = ask(&world, "Move meeting 4711").await;
    let ada = browser_of(&world, ADA).await;
    world.clock.advance(std::time::Duration::from_secs(299));
    let ticket = tickets(&ada.visit(&url(&world)).await).remove(0);
    world.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(ada.submit(&url(&world), &decision(&ticket, "approve")).await.status, 400);
    assert!(tickets(&ada.visit(&url(&world)).await).is_empty());
    assert_eq!(poll(&world, &id).await["error"], "expired_token");
}
