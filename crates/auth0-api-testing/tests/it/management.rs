//! The Management API: token exchange profiles, and what the token endpoint makes of them.

use std::time::Duration;

use auth0_api_testing::{Endpoint, ExchangeRejection, LocalTenantBuilder, Misbehaviour, User};
use serde_json::{Value, json};

use crate::caller::{Answer, part, send};
use crate::world::{CALENDAR, EXCHANGE, Form, PROFILE, World};

const PATH: &str = "/api/v2/token-exchange-profiles";
const SCOPES: [&str; 5] = [
    "create:token_exchange_profiles",
    "delete:token_exchange_profiles",
    "read:token_exchange_profiles",
    "update:token_exchange_profiles",
    "read:resource_servers",
];
const TYPE: &str = "urn:acme:ticket";

#[tokio::test]
async fn a_profile_has_an_effect_at_once_until_it_is_deleted() {
    let world = World::with(with_action).await;
    let client = Client::new(&world, &SCOPES).await;
    no_such_profile(&world, TYPE).await;

    let created = client.post(&wanted()).await;
    let mut profile = created.json();
    let id = profile["id"].take().as_str().unwrap().to_owned();
    assert_eq!((id.starts_with("tep_"), id.len(), created.status), (true, 20, 201));
    let at = "2023-11-14T22:13:20.000Z";
    let mut expected = wanted();
    for (name, value) in [("id", Value::Null), ("created_at", at.into()), ("updated_at", at.into())] {
        expected[name] = value;
    }
    assert_eq!(profile, expected);
    assert_eq!(world.claims(&exchange(TYPE)).await["sub"], "auth0|ada");

    world.clock.advance(Duration::from_secs(1));
    let path = format!("{PATH}/{id}");
    let changed = client.send("PATCH", &path, &json!({ "subject_token_type": "urn:acme:other" })).await;
    assert_eq!((changed.status, changed.body.as_str()), (204, ""));
    no_such_profile(&world, TYPE).await;
    assert_eq!(world.claims(&exchange("urn:acme:other")).await["sub"], "auth0|ada");
    let shown = client.get(&path).await.json();
    assert_eq!(shown["subject_token_type"], "urn:acme:other");
    assert_eq!((&shown["created_at"], &shown["updated_at"]), (&json!(at), &json!("2023-11-14T22:13:21.000Z")));

    for _ in 0..2 {
        assert_eq!(client.send("DELETE", &path, &Value::Null).await.status, 204);
    }
    no_such_profile(&world, "urn:acme:other").await;
    failed(&client.get(&path).await, 404, "Not Found", "does not exist");
    failed(&client.send("PATCH", &path, &json!({ "name": "gone" })).await, 404, "Not Found", "does not exist");
}

#[tokio::test]
async fn profiles_of_the_builder_are_profiles_too() {
    let world = World::new().await;
    let client = Client::new(&world, &SCOPES).await;
    let listed = client.get(PATH).await.json();
    let profile = &listed["token_exchange_profiles"][0];
    assert_eq!((&profile["subject_token_type"], &profile["name"]), (&json!(PROFILE), &json!(PROFILE)));
    let mut same_action = wanted();
    same_action["action_id"] = profile["action_id"].clone();
    assert_eq!(client.post(&same_action).await.status, 201);
    let form = exchange(TYPE).with("subject_token", "session-of-ada");
    assert_eq!(world.claims(&form).await["sub"], "auth0|ada");
}

#[tokio::test]
async fn a_type_belongs_to_one_profile() {
    let world = World::with(with_action).await;
    let client = Client::new(&world, &SCOPES).await;
    let mut taken = wanted();
    taken["subject_token_type"] = PROFILE.into();
    failed(&client.post(&taken).await, 409, "Conflict", "already exists");
    let id = client.post(&wanted()).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("{PATH}/{id}");
    failed(&client.send("PATCH", &path, &json!({ "subject_token_type": PROFILE })).await, 409, "Conflict", "exists");
    let same = json!({ "subject_token_type": TYPE, "name": "tickets again" });
    assert_eq!(client.send("PATCH", &path, &same).await.status, 204);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_body_is_reported_at_once() {
    let world = World::with(with_action).await;
    let client = Client::new(&world, &SCOPES).await;
    let wrong = json!({ "name": "ab", "subject_token_type": "urn:auth0:mine", "type": "custom", "id": "tep_1" });
    let message = "Payload validation error: action_id is missing; type must be custom_authentication; name must have \
                   3 to 50 characters; subject_token_type is in a reserved namespace; id is not allowed";
    failed(&client.post(&wrong).await, 400, "Bad Request", message);
    let mut unknown = wanted();
    unknown["action_id"] = "another".into();
    failed(&client.post(&unknown).await, 400, "Bad Request", "action_id is not the id of an Action");
    failed(&client.post(&json!([])).await, 400, "Bad Request", "must be a JSON object");
    let id = client.post(&wanted()).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("{PATH}/{id}");
    for (body, message) in [
        (json!({}), "must have name or subject_token_type"),
        (json!({ "action_id": "check-ticket" }), "action_id is not allowed"),
        (json!({ "name": 7 }), "name must be a text"),
    ] {
        failed(&client.send("PATCH", &path, &body).await, 400, "Bad Request", message);
    }
}

#[tokio::test]
async fn the_list_has_pages() {
    let world = World::with(with_action).await;
    let client = Client::new(&world, &SCOPES).await;
    for number in 1..=4 {
        let mut profile = wanted();
        profile["subject_token_type"] = format!("{TYPE}-{number}").into();
        assert_eq!(client.post(&profile).await.status, 201);
    }
    let types = |page: &Value| {
        let profiles = page["token_exchange_profiles"].as_array().unwrap().clone();
        profiles.iter().map(|profile| profile["subject_token_type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = client.get(&format!("{PATH}?take=2")).await.json();
    assert_eq!(types(&first), [PROFILE, "urn:acme:ticket-1"]);
    // The profile at which the next page begins is deleted in the meantime.
    let next = first["next"].as_str().unwrap();
    let second = client.get(&format!("{PATH}?take=2&from={next}")).await.json();
    assert_eq!(types(&second), ["urn:acme:ticket-2", "urn:acme:ticket-3"]);
    let id = second["token_exchange_profiles"][0]["id"].as_str().unwrap();
    assert_eq!(client.send("DELETE", &format!("{PATH}/{id}"), &Value::Null).await.status, 204);
    let second = client.get(&format!("{PATH}?take=2&from={next}")).await.json();
    assert_eq!(
        (types(&second), second.get("next")),
        (vec!["urn:acme:ticket-3".into(), "urn:acme:ticket-4".into()], None)
    );
    for query in ["take=0", "take=101", "take=x", "from=x", "from=-1", "from=0", "from=2"] {
        failed(&client.get(&format!("{PATH}?{query}")).await, 400, "Bad Request", "must be|is not");
    }
}

#[tokio::test]
async fn a_checkpoint_is_opaque_and_good_for_a_day() {
    let world = World::with(with_action).await;
    assert_eq!(Client::new(&world, &SCOPES).await.post(&wanted()).await.status, 201);
    let first = Client::new(&world, &SCOPES).await.get(&format!("{PATH}?take=1")).await.json();
    let next = first["next"].as_str().unwrap();
    assert!(next.len() > 40 && next.parse::<u64>().is_err(), "{next}");
    let at = format!("{PATH}?take=1&from={next}");
    for (pass, status) in [(24 * 3600 - 1, 200), (1, 400)] {
        world.clock.advance(Duration::from_secs(pass));
        assert_eq!(Client::new(&world, &SCOPES).await.get(&at).await.status, status, "{pass}");
    }
}

#[tokio::test]
async fn each_endpoint_needs_its_scope() {
    let world = World::with(with_action).await;
    let id = Client::new(&world, &SCOPES).await.post(&wanted()).await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("{PATH}/{id}");
    for (method, path, scope) in [
        ("POST", PATH, SCOPES[0]),
        ("DELETE", &path, SCOPES[1]),
        ("GET", PATH, SCOPES[2]),
        ("GET", &path, SCOPES[2]),
        ("PATCH", &path, SCOPES[3]),
    ] {
        let others: Vec<_> = SCOPES.iter().copied().filter(|other| *other != scope).collect();
        let answer = Client::new(&world, &others).await.send(method, path, &wanted()).await;
        failed(&answer, 403, "Forbidden", &format!("Insufficient scope, expected any of: {scope}"));
    }
}

#[tokio::test]
async fn a_client_that_requests_no_scope_gets_all_of_them() {
    let world = World::new().await;
    let token = token(&world, &[]).await;
    assert_eq!(part(&token, 1)["scope"], SCOPES.join(" "));
}

#[tokio::test]
async fn only_tokens_for_the_management_api_are_accepted() {
    let world = World::new().await;
    let url = format!("{}{PATH}", world.tenant.domain());
    let answer = send("GET", &url, &[], "").await.unwrap();
    failed(&answer, 401, "Unauthorized", "Missing authentication");
    let for_api = world.tenant.mint().scope(&SCOPES.join(" ")).sign();
    let client = Client { world: &world, token: for_api };
    failed(&client.get(PATH).await, 401, "Unauthorized", "Invalid token");
    let client = Client::new(&world, &SCOPES).await;
    failed(&client.get("/api/v2/users").await, 404, "Not Found", "no such endpoint");
    failed(&client.send("PUT", PATH, &Value::Null).await, 405, "Method Not Allowed", "this method");
}

#[tokio::test]
async fn a_rate_limit_has_the_form_of_the_management_api() {
    let world = World::with(with_action).await;
    let client = Client::new(&world, &SCOPES).await;
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::RateLimited { retry_after: Duration::from_secs(7) });
    let answer = client.post(&wanted()).await;
    failed(&answer, 429, "Too Many Requests", "limit");
    let header = |name| answer.header(name).unwrap().to_owned();
    assert_eq!((header("retry-after"), header("x-ratelimit-remaining")), ("7".into(), "0".into()));
    assert_eq!(header("x-ratelimit-reset"), "1700000007");
    world.tenant.behave_at(Endpoint::Management);
    assert_eq!(client.post(&wanted()).await.status, 201);
    assert_eq!(world.tenant.requests().management, 2);
}

#[tokio::test]
async fn a_change_whose_answer_gets_lost_is_made() {
    let world = World::with(with_action).await;
    let client = Client::new(&world, &SCOPES).await;
    world.tenant.misbehave(Endpoint::Management, Misbehaviour::LoseAnswers);
    let url = format!("{}{PATH}", world.tenant.domain());
    let authorization = format!("Bearer {}", client.token);
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let lost = send("POST", &url, &headers, &wanted().to_string()).await;
    assert!(lost.err().unwrap().is_request());
    // Requests that change nothing are answered.
    let profile = client.get(PATH).await.json()["token_exchange_profiles"][1].clone();
    assert_eq!(profile["subject_token_type"], TYPE);
}

struct Client<'a> {
    world: &'a World,
    token: String,
}

impl<'a> Client<'a> {
    async fn new(world: &'a World, scopes: &[&str]) -> Self {
        Self { world, token: token(world, scopes).await }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &Value::Null).await
    }

    async fn post(&self, body: &Value) -> Answer {
        self.send("POST", PATH, body).await
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.world.tenant.domain());
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        send(method, &url, &headers, &body.to_string()).await.unwrap()
    }
}

async fn token(world: &World, scopes: &[&str]) -> String {
    let mut form = Form::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", "local-client"),
        ("client_secret", "local-secret"),
        ("audience", &world.tenant.management_audience()),
    ]);
    if !scopes.is_empty() {
        form = form.with("scope", &scopes.join(" "));
    }
    world.ask(&form).await.json()["access_token"].as_str().unwrap().to_owned()
}

fn with_action(builder: LocalTenantBuilder) -> LocalTenantBuilder {
    builder.action("check-ticket", |request| match request.subject_token() {
        "ticket-of-ada" => Ok(User::new("auth0|ada")),
        _ => Err(ExchangeRejection::reject_subject_token("no such ticket")),
    })
}

fn wanted() -> Value {
    json!({
        "name": "tickets", "subject_token_type": TYPE, "action_id": "check-ticket", "type": "custom_authentication",
    })
}

fn exchange(subject_token_type: &str) -> Form {
    Form::new(&[
        ("grant_type", EXCHANGE),
        ("client_id", "local-client"),
        ("client_secret", "local-secret"),
        ("subject_token", "ticket-of-ada"),
        ("subject_token_type", subject_token_type),
        ("audience", CALENDAR),
    ])
}

async fn no_such_profile(world: &World, subject_token_type: &str) {
    let description = format!("No profile for the subject_token_type {subject_token_type}");
    world.rejects(&exchange(subject_token_type), 400, "invalid_request", &description).await;
}

/// Asserts that an answer is an error in Auth0's form. The message contains one of the alternatives.
fn failed(answer: &Answer, status: u16, error: &str, message: &str) {
    let body = answer.json();
    assert_eq!((answer.status, &body["statusCode"], &body["error"]), (status, &json!(status), &json!(error)), "{body}");
    let told = body["message"].as_str().unwrap();
    assert!(message.split('|').any(|part| told.contains(part)), "{told}");
    assert!(body["errorCode"].is_string(), "{body}");
}
