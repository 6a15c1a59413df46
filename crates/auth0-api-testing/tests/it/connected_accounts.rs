//! Connect Accounts: the My Account API, the page of the third party, and what Token Vault has afterwards.

use std::time::Duration;

use auth0_api_testing::{Connection, LinkedAccount, SignIn, TokenBuilder};
use serde_json::{Value, json};

use crate::caller::{Answer, send};
use crate::pages::is_a_safe_page;
use crate::visitor::{CALLBACK, CHALLENGE, VERIFIER, Visitor, authorization, parameter, refresh, text};
use crate::world::{ACCESS_TOKEN, Form, VAULT, VAULT_TOKEN, World};

const CREATE: &str = "create:me:connected_accounts";
const ACCOUNTS: &str = "/me/v1/connected-accounts/accounts";
const COMPLETE: &str = "/me/v1/connected-accounts/complete";
const CONNECT: &str = "/me/v1/connected-accounts/connect";
const CONNECTIONS: &str = "/me/v1/connected-accounts/connections";

#[tokio::test]
async fn a_connected_account_gives_its_tokens_through_token_vault() {
    let world = World::new().await;
    let client = Client::new(&world, CREATE);
    assert_eq!(vault(&world).await.json()["error"], "federated_connection_refresh_token_not_found");
    let begun = client.post(CONNECT, &connect()).await;
    let flow = begun.json();
    assert_eq!(
        (begun.status, &flow["connect_uri"], &flow["expires_in"]),
        (201, &json!(format!("{}/connected-accounts/connect", world.tenant.domain())), &json!(300))
    );
    let location = client.open(&flow).await;
    assert_eq!(parameter(&location, "state"), "a+b%3D");
    let completed = client.post(COMPLETE, &completion(&flow, &location)).await;
    let mut account = completed.json();
    let (id, created_at) = (account["id"].take(), account["created_at"].take());
    assert!(text(&json!({ "id": id }), "id").starts_with("cac_"));
    assert_eq!(created_at, "2023-11-14T22:13:20.000Z");
    let expected = json!({
        "id": null, "connection": "slack", "access_type": "offline", "scopes": ["channels:read"], "created_at": null,
    });
    assert_eq!((completed.status, account), (201, expected));
    let answer = vault(&world).await;
    assert_eq!((answer.status, &answer.json()["scope"]), (200, &json!("channels:read")));
    let authorization = format!("Bearer {}", text(&answer.json(), "access_token"));
    let url = world.tenant.third_party_url("slack");
    let shown = send("GET", &url, &[("authorization", &authorization)], "").await.unwrap();
    assert_eq!((shown.status, &shown.json()["account"]), (200, &json!("ada@example.com")));
}

#[tokio::test]
async fn a_page_gets_its_token_with_its_refresh_token() {
    let world = World::new().await;
    let signed_in = Visitor::new(&world).tokens(&authorization()).await;
    let audience = format!("{}/me/", world.tenant.domain());
    let scope = format!("openid profile email offline_access {CREATE}");
    let form = refresh(text(&signed_in, "refresh_token")).with("audience", &audience).with("scope", &scope);
    let tokens = world.ask(&form).await.json();
    assert_eq!(crate::caller::part(text(&tokens, "access_token"), 1)["scope"], scope);
    let client = Client { world: &world, token: text(&tokens, "access_token").to_owned() };
    assert_eq!(client.post(CONNECT, &connect()).await.status, 201);
}

#[tokio::test]
async fn accounts_are_listed_in_pages_and_removed() {
    let world = World::new().await;
    for (connection, name) in [("google-oauth2", "work"), ("google-oauth2", "home"), ("slack", "work")] {
        world.tenant.link("auth0|ada", LinkedAccount::new(connection).name(name));
    }
    // The same account again.
    world.tenant.link("auth0|ada", LinkedAccount::new("slack").name("work").scopes(["channels:read"]));
    let reader = Client::new(&world, "read:me:connected_accounts");
    let first = reader.get(&format!("{ACCOUNTS}?take=2")).await.json();
    assert_eq!(first["accounts"].as_array().unwrap().len(), 2, "{first}");
    let second = reader.get(&format!("{ACCOUNTS}?take=2&from={}", text(&first, "next"))).await.json();
    assert_eq!((second["accounts"].as_array().unwrap().len(), second.get("next")), (1, None), "{second}");
    assert_eq!(second["accounts"][0]["scopes"], json!(["channels:read"]));
    let of_google = reader.get(&format!("{ACCOUNTS}?connection=google-oauth2")).await.json();
    assert_eq!(of_google["accounts"].as_array().unwrap().len(), 2);
    for take in ["0", "21", "many"] {
        problem(&reader.get(&format!("{ACCOUNTS}?take={take}")).await, 400, "take must be a number from 1 to 20");
    }

    let account = format!("{ACCOUNTS}/{}", second["accounts"][0]["id"].as_str().unwrap());
    let deleter = Client::new(&world, "delete:me:connected_accounts");
    let other = Client::of(&world, &me(&world).subject("auth0|bob").scope("delete:me:connected_accounts"));
    problem(&other.delete(&account).await, 404, "The user has no connected account with this id");
    assert_eq!(deleter.delete(&account).await.status, 204);
    assert_eq!(vault(&world).await.json()["error"], "federated_connection_refresh_token_not_found");
    problem(&deleter.delete(&account).await, 404, "The user has no connected account with this id");
}

#[tokio::test]
async fn a_connection_without_offline_access_cannot_be_connected() {
    let world = World::with(|builder| {
        let calendar = Connection::new("work-calendar").strategy("oauth2").scopes(["read:events", "write:events"]);
        builder.connection(Connection::new("dropbox").without_offline_access()).connection(calendar)
    })
    .await;
    let client = Client::new(&world, CREATE);
    let detail = "The connection dropbox has no offline access, so accounts of it cannot be connected";
    problem(&client.post(CONNECT, &with(connect(), "connection", "dropbox")).await, 400, detail);
    problem(&client.post(CONNECT, &with(connect(), "connection", "x")).await, 400, "Connection not found: x");

    let listed = Client::new(&world, "read:me:connected_accounts").get(CONNECTIONS).await.json();
    let listed = listed["connections"].as_array().unwrap().clone();
    let names: Vec<_> = listed.iter().map(|known| text(known, "name")).collect();
    assert_eq!(names, ["slack", "work-calendar", "google-oauth2", "github"]);
    let scopes = json!(["read:events", "write:events"]);
    assert_eq!(listed[1], json!({ "name": "work-calendar", "strategy": "oauth2", "scopes": scopes }));

    // The third party grants only the scopes that it has.
    let mut body = with(connect(), "connection", "work-calendar");
    body["scopes"] = json!(["read:events", "read:mail"]);
    let flow = client.post(CONNECT, &body).await.json();
    let location = client.open(&flow).await;
    let account = client.post(COMPLETE, &completion(&flow, &location)).await.json();
    assert_eq!(account["scopes"], json!(["read:events"]));
}

#[tokio::test]
async fn a_person_allows_or_denies_on_a_page() {
    let world = World::with(|builder| builder.sign_in(SignIn::Page)).await;
    let client = Client::new(&world, CREATE);
    let flow = client.post(CONNECT, &connect()).await.json();
    let browser = Visitor::new(&world);
    let page_url = client.start(&browser, &flow).await;
    let page = browser.visit(&page_url).await;
    is_a_safe_page(&page);
    for shown in ["Connect your account at slack", "page", "auth0|ada", "channels:read"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    let action = page_url.split('?').next().unwrap();
    let form = Form::new(&[("state", &parameter(&page_url, "state")), ("decision", "allow")]);
    // Another browser was not shown this page.
    assert_eq!(Visitor::new(&world).submit(action, &form).await.status, 403);
    let answer = browser.submit(action, &form).await;
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(client.post(COMPLETE, &completion(&flow, &location)).await.status, 201);
    assert_eq!(browser.submit(action, &form).await.status, 400);

    let flow = client.post(CONNECT, &connect()).await.json();
    let page_url = client.start(&browser, &flow).await;
    let form = Form::new(&[("state", &parameter(&page_url, "state")), ("decision", "deny")]);
    let answer = browser.submit(action, &form).await;
    let location = answer.header("location").unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?error=access_denied&error_description=")), "{location}");
    assert_eq!(parameter(location, "state"), "a+b%3D");
}

#[tokio::test]
async fn a_ticket_and_a_code_are_good_once_and_for_five_minutes() {
    let world = World::new().await;
    let client = Client::new(&world, CREATE);
    let flow = client.post(CONNECT, &connect()).await.json();
    let location = client.open(&flow).await;
    assert_eq!(Visitor::new(&world).visit(&connect_url(&flow)).await.status, 400);
    assert_eq!(client.post(COMPLETE, &completion(&flow, &location)).await.status, 201);
    let used = "The connect_code is invalid or has expired";
    problem(&client.post(COMPLETE, &completion(&flow, &location)).await, 400, used);

    let flow = client.post(CONNECT, &connect()).await.json();
    let location = client.open(&flow).await;
    world.clock.advance(Duration::from_secs(300));
    problem(&client.post(COMPLETE, &completion(&flow, &location)).await, 400, used);
    let flow = client.post(CONNECT, &connect()).await.json();
    world.clock.advance(Duration::from_secs(300));
    assert_eq!(Visitor::new(&world).visit(&connect_url(&flow)).await.status, 400);
}

#[tokio::test]
async fn no_page_can_fetch_the_code_of_a_connection() {
    let world = World::new().await;
    let client = Client::new(&world, CREATE);
    let flow = client.post(CONNECT, &connect()).await.json();
    let answer = send("GET", &connect_url(&flow), &[("origin", "https://evil.example")], "").await.unwrap();
    assert!(answer.header("location").unwrap().contains("connect_code="));
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (302, None));
}

#[tokio::test]
async fn a_completion_with_one_fault_is_rejected() {
    let world = World::new().await;
    let client = Client::new(&world, CREATE);
    let other_user = Client::of(&world, &me(&world).subject("auth0|bob").scope(CREATE));
    let other_client = Client::of(&world, &me(&world).claim("azp", "web").scope(CREATE));
    let of_another = "The connect_code was issued for another user or another client";
    let verifier = "The code_verifier does not match the code_challenge";
    for (caller, name, value, detail) in [
        (&client, "auth_session", "x", "The connect_code belongs to another auth_session"),
        (&client, "redirect_uri", "http://localhost/", "The redirect_uri is not that of the connect request"),
        (&client, "code_verifier", "x", verifier),
        (&client, "code_verifier", "", verifier),
        (&client, "connect_code", "x", "The connect_code is invalid or has expired"),
        (&other_user, "x", "x", of_another),
        (&other_client, "x", "x", of_another),
    ] {
        let flow = client.post(CONNECT, &connect()).await.json();
        let location = client.open(&flow).await;
        let body = with(completion(&flow, &location), name, value);
        problem(&caller.post(COMPLETE, &body).await, 400, detail);
    }
    assert_eq!(vault(&world).await.status, 401);
}

#[tokio::test]
async fn every_fault_of_a_body_is_reported_at_once() {
    let world = World::new().await;
    let client = Client::new(&world, CREATE);
    let body = json!({
        "connection": 7, "redirect_uri": "https://example.com/", "scopes": [1], "authorization_params": "x",
        "state": "x".repeat(4097), "code_challenge": CHALLENGE, "code_challenge_method": "plain",
    });
    let answer = client.post(CONNECT, &body).await;
    problem(&answer, 400, "The body of the request is invalid");
    let errors = answer.json()["validation_errors"].as_array().unwrap().clone();
    let fields: Vec<_> = errors.iter().map(|error| text(error, "field")).collect();
    let faulty = ["connection", "state", "scopes", "authorization_params", "redirect_uri", "code_challenge_method"];
    assert_eq!(fields, faulty);
    assert_eq!(
        errors[4],
        json!({
            "detail": "redirect_uri is not a registered callback URL of the client",
            "field": "redirect_uri", "pointer": "/redirect_uri", "source": "body",
        })
    );
    let missing = client.post(COMPLETE, &json!({})).await.json();
    assert_eq!(missing["validation_errors"].as_array().unwrap().len(), 3);
    problem(&client.post(CONNECT, &json!([])).await, 400, "The body of the request is not a JSON object");
    problem(&client.get(CONNECT).await, 405, "The endpoint does not have this method");
    problem(&client.get("/me/v1/factors").await, 404, "This tenant has no such endpoint of the My Account API");
}

#[tokio::test]
async fn a_request_needs_a_token_for_this_api_with_the_scope() {
    let world = World::new().await;
    let invalid = "Bearer error=\"invalid_token\", DPoP error=\"invalid_token\", algs=\"ES256\"";
    let of_api = Client::of(&world, &world.tenant.mint().scope(CREATE)).post(CONNECT, &connect()).await;
    problem(&of_api, 401, "The access token is rejected: it is for another audience");
    assert_eq!(of_api.header("www-authenticate"), Some(invalid));
    let none = send("POST", &url(&world, CONNECT), &[], "{}").await.unwrap();
    problem(&none, 401, "The request has no access token");
    assert_eq!(none.header("www-authenticate"), Some("Bearer, DPoP algs=\"ES256\""));
    let reader = Client::new(&world, "read:me:connected_accounts");
    let denied = reader.post(CONNECT, &connect()).await;
    problem(&denied, 403, "The token does not have the scope create:me:connected_accounts");
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"create:me:connected_accounts\"";
    assert_eq!(denied.header("www-authenticate"), Some(challenge));
    for (method, path) in [("POST", COMPLETE), ("GET", ACCOUNTS), ("GET", CONNECTIONS), ("DELETE", "/x")] {
        let path = if path == "/x" { format!("{ACCOUNTS}/x") } else { path.to_owned() };
        let without = Client::new(&world, "profile");
        assert_eq!(without.send(method, &path, "{}").await.status, 403, "{method} {path}");
    }
}

#[tokio::test]
async fn a_bound_token_needs_a_proof_with_the_nonce_of_this_api() {
    let world = World::new().await;
    let key = world.tenant.dpop_client();
    let token = me(&world).scope(CREATE).claim("cnf", json!({ "jkt": key.thumbprint().to_string() })).sign();
    let (url, body) = (url(&world, CONNECT), connect().to_string());
    let ask = async |scheme: &str, proof: Option<&str>| {
        let authorization = format!("{scheme} {token}");
        let headers = proof.map(|proof| ("dpop", proof)).into_iter().chain([("authorization", authorization.as_str())]);
        send("POST", &url, &headers.collect::<Vec<_>>(), &body).await.unwrap()
    };
    let proof = || key.proof("POST", &url).access_token(&token);
    let accepted = ask("DPoP", Some(&proof().sign())).await;
    assert_eq!((accepted.status, accepted.header("dpop-nonce")), (201, None));
    let bearer = "The access token is rejected: it is bound to a key, so the scheme must be DPoP";
    problem(&ask("Bearer", None).await, 401, bearer);
    problem(&ask("DPoP", None).await, 401, "The DPoP proof is rejected: the proof is missing");
    let other = world.tenant.dpop_client().proof("POST", &url).access_token(&token).sign();
    problem(&ask("DPoP", Some(&other)).await, 401, "The access token is rejected: it is bound to another key");
    let unbound = proof().without_claim("ath").sign();
    let reason = "The DPoP proof is rejected: ath is not the hash of the token";
    problem(&ask("DPoP", Some(&unbound)).await, 401, reason);

    world.tenant.require_dpop_nonce(true);
    let token_url = format!("{}/oauth/token", world.tenant.domain());
    let proof_there = key.proof("POST", &token_url).sign();
    let answer = world.ask_with(&[("dpop", &proof_there)], &refresh("x")).await;
    let of_token_endpoint = answer.header("dpop-nonce").unwrap();
    for proof in [proof(), proof().nonce(of_token_endpoint)] {
        let answer = ask("DPoP", Some(&proof.sign())).await;
        problem(&answer, 401, "The DPoP proof needs a nonce");
        assert_eq!(answer.header("www-authenticate"), Some("DPoP error=\"use_dpop_nonce\", algs=\"ES256\""));
    }
    let nonce = ask("DPoP", Some(&proof().sign())).await.header("dpop-nonce").unwrap().to_owned();
    let accepted = ask("DPoP", Some(&proof().nonce(&nonce).sign())).await;
    assert_eq!((accepted.status, accepted.header("dpop-nonce")), (201, Some(nonce.as_str())));
}

/// A client with a token for the My Account API.
struct Client<'w> {
    world: &'w World,
    token: String,
}

impl<'w> Client<'w> {
    fn new(world: &'w World, scope: &str) -> Self {
        Self::of(world, &me(world).scope(scope))
    }

    fn of(world: &'w World, token: &TokenBuilder) -> Self {
        Self { world, token: token.sign() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, "").await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &body.to_string()).await
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        send(method, &url(self.world, path), &headers, body).await.unwrap()
    }

    /// Opens the page of the third party, and returns where the browser goes.
    async fn start(&self, browser: &Visitor<'_>, flow: &Value) -> String {
        let answer = browser.visit(&connect_url(flow)).await;
        assert_eq!(answer.status, 302, "{}", answer.body);
        answer.header("location").unwrap().to_owned()
    }

    async fn open(&self, flow: &Value) -> String {
        self.start(&Visitor::new(self.world), flow).await
    }
}

/// A token of Ada and the page for the My Account API.
fn me(world: &World) -> TokenBuilder {
    let audience = format!("{}/me/", world.tenant.domain());
    world.tenant.mint().audience(&audience).subject("auth0|ada").claim("azp", "page")
}

fn url(world: &World, path: &str) -> String {
    format!("{}{path}", world.tenant.domain())
}

fn connect() -> Value {
    json!({
        "connection": "slack", "scopes": ["channels:read"], "redirect_uri": CALLBACK, "state": "a b=",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256", "authorization_params": { "prompt": "consent" },
    })
}

fn connect_url(flow: &Value) -> String {
    format!("{}?ticket={}", text(flow, "connect_uri"), text(&flow["connect_params"], "ticket"))
}

fn completion(flow: &Value, location: &str) -> Value {
    json!({
        "auth_session": flow["auth_session"], "connect_code": parameter(location, "connect_code"),
        "redirect_uri": CALLBACK, "code_verifier": VERIFIER,
    })
}

/// Returns a body with one member set, or removed if the value is empty.
fn with(mut body: Value, name: &str, value: &str) -> Value {
    if value.is_empty() {
        body.as_object_mut().unwrap().remove(name);
    } else {
        body[name] = value.into();
    }
    body
}

async fn vault(world: &World) -> Answer {
    let form = [
        ("grant_type", VAULT),
        ("client_id", "local-api-client"),
        ("client_secret", "local-api-secret"),
        ("subject_token", &world.tenant.mint().subject("auth0|ada").sign()),
        ("subject_token_type", ACCESS_TOKEN),
        ("requested_token_type", VAULT_TOKEN),
        ("connection", "slack"),
    ];
    world.ask(&Form::new(&form)).await
}

/// Asserts that the answer is a problem (RFC 9457) with this status and detail.
fn problem(answer: &Answer, status: u16, detail: &str) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.body);
    let body = answer.json();
    let actual = (answer.status, body["status"].as_u64(), text(&body, "detail"), text(&body, "type"));
    assert_eq!(actual, (status, Some(u64::from(status)), detail, "about:blank"));
    assert!(!text(&body, "title").is_empty());
}
