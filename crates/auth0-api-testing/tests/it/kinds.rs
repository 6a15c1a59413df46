//! The kinds of callers: what the tokens of users, visitors, machines and agents contain, and their authorization
//! details.

use auth0_api_testing::{ActorClaim, Api, Application, ExchangeRejection, Exchanged, LocalTenant, OfflineTenant, User};
use serde_json::{Value, json};

use crate::caller::{get, part};
use crate::visitor::{Visitor, authorization, refresh, text};
use crate::world::{ACCESS_TOKEN, CALENDAR, EXCHANGE, Form, SECRET, World};

/// An API that opts in to the claims of the subject, and one with the profile of RFC 9068 that opts in too.
const OPTED_IN: &str = "https://opted-in.example.com";
const RFC9068: &str = "https://rfc9068.example.com";
const DELEGATION: &str = "urn:acme:delegation";
const VISITOR: &str = "anon@6b0a5f3e-8f0e-4c57-9d35-0f6f3c1b2a7d";

async fn world() -> World {
    World::with(|builder| {
        builder
            .api(Api::new(OPTED_IN).agent_subject_claims().authorization_details_types(["payment", "account"]))
            .api(Api::new(RFC9068).agent_subject_claims().rfc9068())
            .application(Application::machine("assistant", SECRET).agent("agt_7"))
            .application(Application::custom_api("concierge", SECRET, CALENDAR).agent("helper"))
            .user(User::new(VISITOR))
            .exchange_profile(DELEGATION, |request| match request.subject_token() {
                "visitor" => Ok(Exchanged::user(User::anonymous())),
                "ada by agent" => {
                    Ok(Exchanged::user(User::new("auth0|ada")).actor(ActorClaim::agent("agt_7").client_id("assistant")))
                }
                "ada by eve" => Ok(Exchanged::user(User::new("auth0|ada")).actor("auth0|eve")),
                _ => Err(ExchangeRejection::reject_subject_token("no such session")),
            })
    })
    .await
}

fn client_credentials(client: &str, audience: &str) -> Form {
    Form::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("client_secret", if client == "local-client" { "local-secret" } else { SECRET }),
        ("audience", audience),
    ])
}

fn exchange(subject: &str, audience: &str) -> Form {
    client_credentials("local-client", audience)
        .with("grant_type", EXCHANGE)
        .with("subject_token", subject)
        .with("subject_token_type", DELEGATION)
}

fn on_behalf_of(client: &str, subject: &str, audience: &str) -> Form {
    client_credentials(client, audience)
        .with("grant_type", EXCHANGE)
        .with("subject_token", subject)
        .with("subject_token_type", ACCESS_TOKEN)
}

/// Returns the claims that say who calls.
fn who(claims: &Value) -> Value {
    let names = ["sub", "azp", "client_id", "gty", "sub_profile", "client_profile", "act"];
    let present = names.into_iter().filter_map(|name| Some((name.to_owned(), claims.get(name)?.clone())));
    Value::Object(present.collect())
}

#[tokio::test]
async fn a_client_gets_a_token_as_a_machine_or_as_the_agent_that_it_is() {
    let world = world().await;
    for (client, audience, expected) in [
        (
            "local-client",
            CALENDAR,
            json!({ "sub": "local-client@clients", "azp": "local-client", "gty": "client-credentials" }),
        ),
        (
            "local-client",
            OPTED_IN,
            json!({ "sub": "local-client@clients", "azp": "local-client", "gty": "client-credentials",
                    "sub_profile": "service", "client_profile": "service" }),
        ),
        (
            "local-client",
            RFC9068,
            json!({ "sub": "local-client@clients", "client_id": "local-client", "sub_profile": "service",
                    "client_profile": "service" }),
        ),
        ("assistant", CALENDAR, json!({ "sub": "agt_7", "azp": "assistant", "gty": "client-credentials" })),
        (
            "assistant",
            OPTED_IN,
            json!({ "sub": "agt_7", "azp": "assistant", "gty": "client-credentials", "sub_profile": "ai_agent",
                    "client_profile": "service ai_agent" }),
        ),
        (
            "concierge",
            RFC9068,
            json!({ "sub": "helper", "client_id": "concierge", "sub_profile": "ai_agent",
                    "client_profile": "service ai_agent" }),
        ),
    ] {
        let claims = world.claims(&client_credentials(client, audience)).await;
        assert_eq!(who(&claims), expected, "{client} {audience}");
    }
}

#[tokio::test]
async fn users_and_visitors_sign_in_and_only_a_user_has_a_profile() {
    let world = world().await;
    for (user, audience, expected) in [
        ("auth0|ada", CALENDAR, json!({ "sub": "auth0|ada", "azp": "page" })),
        (
            "auth0|ada",
            OPTED_IN,
            json!({ "sub": "auth0|ada", "azp": "page", "sub_profile": "user", "client_profile": "browser_app" }),
        ),
        (VISITOR, CALENDAR, json!({ "sub": VISITOR, "azp": "page" })),
        (VISITOR, RFC9068, json!({ "sub": VISITOR, "client_id": "page", "client_profile": "browser_app" })),
    ] {
        let request = authorization().with("login_hint", user).with("audience", audience);
        let tokens = Visitor::new(&world).tokens(&request).await;
        assert_eq!(who(&part(text(&tokens, "access_token"), 1)), expected, "{user} {audience}");
    }
    let claims = world.claims(&exchange("visitor", CALENDAR)).await;
    let (prefix, id) = text(&claims, "sub").split_once('@').unwrap();
    let (lengths, starts): (Vec<_>, Vec<_>) =
        id.split('-').map(|group| (group.len(), group.chars().next().unwrap())).unzip();
    assert_eq!((prefix, lengths), ("anon", vec![8, 4, 4, 4, 12]), "{id}");
    // RFC 9562 §4.1 and §4.2: the variant and the version.
    assert!(starts[2] == '4' && "89ab".contains(starts[3]), "{id}");
    assert!(id.bytes().all(|octet| octet == b'-' || octet.is_ascii_hexdigit()), "{id}");
    assert_ne!(User::anonymous().id(), User::anonymous().id());
}

#[tokio::test]
async fn an_actor_acts_for_a_user() {
    let world = world().await;
    let agent = json!({ "sub": "agt_7", "sub_profile": "ai_agent", "client_profile": "service ai_agent",
                        "client_id": "assistant" });
    let by_agent = world.claims(&exchange("ada by agent", CALENDAR)).await;
    assert_eq!((&by_agent["sub"], &by_agent["act"]), (&json!("auth0|ada"), &agent));
    let by_eve = world.claims(&exchange("ada by eve", RFC9068)).await;
    assert_eq!((&by_eve["sub"], &by_eve["act"]), (&json!("auth0|ada"), &json!({ "sub": "auth0|eve" })));

    // The custom API client is an agent with an id of the customer's choice, and acts on behalf of the caller.
    let subject = world.tenant.mint().subject("auth0|ada").audience(CALENDAR).actor("auth0|eve").sign();
    for (audience, actor) in [
        (CALENDAR, json!({ "sub": "helper", "client_id": "concierge", "act": { "sub": "auth0|eve" } })),
        (
            OPTED_IN,
            json!({ "sub": "helper", "client_id": "concierge", "sub_profile": "ai_agent",
                    "client_profile": "service ai_agent", "act": { "sub": "auth0|eve" } }),
        ),
    ] {
        let claims = world.claims(&on_behalf_of("concierge", &subject, audience)).await;
        assert_eq!((&claims["sub"], &claims["act"]), (&json!("auth0|ada"), &actor), "{audience}");
    }
    // The subject stays an agent, although its id does not say so.
    let subject = world.tenant.mint().audience(CALENDAR).agent("robot", "bot").profiles("ai_agent", "service ai_agent");
    let claims = world.claims(&on_behalf_of("calendar-client", &subject.sign(), OPTED_IN)).await;
    assert_eq!((&claims["sub"], &claims["sub_profile"]), (&json!("robot"), &json!("ai_agent")));
}

#[tokio::test]
async fn requested_authorization_details_are_in_the_token_and_in_the_answer() {
    let world = world().await;
    let details = json!([{ "type": "payment", "amount": 5 }, { "type": "account" }]);
    let subject = world.tenant.mint().audience(CALENDAR).sign();
    for form in [
        client_credentials("local-client", OPTED_IN),
        exchange("ada by eve", OPTED_IN),
        on_behalf_of("calendar-client", &subject, OPTED_IN),
        // An API without a list accepts every type.
        client_credentials("local-client", RFC9068),
    ] {
        let without = world.ask(&form).await.json();
        assert!(without.get("authorization_details").is_none(), "{without}");
        assert!(part(text(&without, "access_token"), 1).get("authorization_details").is_none());
        let answer = world.ask(&form.with("authorization_details", &details.to_string())).await.json();
        let claims = part(text(&answer, "access_token"), 1);
        assert_eq!((&answer["authorization_details"], &claims["authorization_details"]), (&details, &details));
    }
    let request = authorization().with("audience", OPTED_IN).with("authorization_details", &details.to_string());
    let first = Visitor::new(&world).tokens(&request).await;
    assert_eq!(part(text(&first, "access_token"), 1)["authorization_details"], details);
    // The consent is also for the tokens of the refresh token, and for no other API.
    let again = world.ask(&refresh(text(&first, "refresh_token"))).await.json();
    assert_eq!(part(text(&again, "access_token"), 1)["authorization_details"], details);
    let other = world.ask(&refresh(text(&again, "refresh_token")).with("audience", CALENDAR)).await.json();
    assert!(part(text(&other, "access_token"), 1).get("authorization_details").is_none());
}

#[tokio::test]
async fn discovery_lists_the_types_of_authorization_details() {
    let world = world().await;
    let discovery = get(&format!("{}/.well-known/openid-configuration", world.tenant.domain())).await.json();
    assert_eq!(discovery["authorization_details_types_supported"], json!(["account", "payment"]));
    let plain = World::new().await;
    let discovery = get(&format!("{}/.well-known/openid-configuration", plain.tenant.domain())).await.json();
    assert!(discovery.get("authorization_details_types_supported").is_none());
}

#[tokio::test]
async fn authorization_details_that_the_api_does_not_know_are_rejected() {
    let world = world().await;
    for (details, description) in [
        (r#"[{"type":"payment"},{"type":"transfer"}]"#, "The API has no authorization details of the type transfer"),
        (r#"{"type":"payment"}"#, "authorization_details is not a JSON array"),
        ("payment", "authorization_details is not a JSON array"),
        (r#"["payment"]"#, "An authorization detail is not an object with a type"),
        (r#"[{"type":["payment"]}]"#, "An authorization detail is not an object with a type"),
    ] {
        let form = client_credentials("local-client", OPTED_IN).with("authorization_details", details);
        world.rejects(&form, 400, "invalid_authorization_details", description).await;
    }
}

#[test]
fn a_token_of_each_kind_can_be_minted() {
    let tenant = OfflineTenant::new();
    let mint = || tenant.mint();
    for (token, expected) in [
        (mint().anonymous(), json!({ "sub": "anon@0b8f1c62-5d0e-4f7a-9a3c-2f6f0a4d9e11", "azp": "local-client" })),
        (mint().machine("nightly"), json!({ "sub": "nightly@clients", "azp": "nightly", "gty": "client-credentials" })),
        // The profile of RFC 9068 is the last step, wherever it is called.
        (mint().rfc9068().machine("nightly"), json!({ "sub": "nightly@clients", "client_id": "nightly" })),
        (
            mint().agent("agt_7", "bot").profiles("ai_agent", "service ai_agent"),
            json!({ "sub": "agt_7", "azp": "bot", "gty": "client-credentials", "sub_profile": "ai_agent",
                    "client_profile": "service ai_agent" }),
        ),
        (
            mint().actor(ActorClaim::new("api").issuer("https://a.example/").earlier("auth0|eve")).rfc9068(),
            json!({ "sub": "auth0|local-user", "client_id": "local-client",
                    "act": { "sub": "api", "iss": "https://a.example/", "act": { "sub": "auth0|eve" } } }),
        ),
    ] {
        assert_eq!(who(&part(&token.sign(), 1)), expected);
    }
    let token = mint().rfc9068().authorization_details([json!({ "type": "payment" })]).sign();
    let (header, claims) = (part(&token, 0), part(&token, 1));
    assert_eq!((&header["typ"], &claims["authorization_details"]), (&json!("at+jwt"), &json!([{ "type": "payment" }])));
    assert!(claims["jti"].is_string());
}

#[tokio::test]
async fn an_agent_has_another_id_than_its_client() {
    for id in ["bot", " "] {
        let tenant = LocalTenant::builder().application(Application::machine("bot", SECRET).agent(id));
        let error = tenant.start().await.unwrap_err();
        assert_eq!(error.to_string(), "the agent of the application bot needs an id that is not the client id");
    }
}
