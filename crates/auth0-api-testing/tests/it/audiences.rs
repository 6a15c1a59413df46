//! The default audience, and tokens that must be bound to a key.

use auth0_api_testing::{Api, Application, Credential, LocalTenant};
use serde_json::json;

use crate::caller::part;
use crate::visitor::{Visitor, authorization, refresh, text};
use crate::world::{ACCESS_TOKEN, CALENDAR, EXCHANGE, Form, PROFILE, SECRET, World};

fn exchange() -> Form {
    Form::new(&[
        ("grant_type", EXCHANGE),
        ("client_id", "web"),
        ("client_secret", SECRET),
        ("subject_token", "session-of-ada"),
        ("subject_token_type", PROFILE),
        ("scope", "openid read:events"),
    ])
}

#[tokio::test]
async fn the_default_audience_applies_where_the_client_names_none() {
    let world = World::with(|builder| builder.default_audience(CALENDAR)).await;
    let tokens = Visitor::new(&world).tokens(&authorization().without("audience")).await;
    assert_eq!(part(text(&tokens, "access_token"), 1)["aud"][0], CALENDAR);
    assert_eq!(tokens["scope"], "openid profile email offline_access read:events");
    let again = world.ask(&refresh(text(&tokens, "refresh_token"))).await.json();
    assert_eq!(part(text(&again, "access_token"), 1)["aud"][0], CALENDAR);
    assert_eq!(world.claims(&exchange()).await["aud"][0], CALENDAR);
    assert_eq!(
        world.claims(&exchange().with("audience", "https://api.example.com")).await["aud"][0],
        "https://api.example.com"
    );
}

#[tokio::test]
async fn a_default_audience_must_be_registered() {
    let error = LocalTenant::builder().default_audience("urn:other").start().await.unwrap_err();
    assert_eq!(error.to_string(), "the default audience urn:other is not a registered API");
    assert!(LocalTenant::builder().default_audience("https://api.example.com").start().await.is_ok());
}

#[tokio::test]
async fn an_api_can_require_bound_tokens() {
    let bound = "https://bound.example.com";
    let world = World::with(|builder| builder.api(Api::new(bound).require_dpop())).await;
    let (key, url) = (world.tenant.dpop_client(), format!("{}/oauth/token", world.tenant.domain()));
    let proof = || key.proof("POST", &url).sign();
    let description = format!("The tokens of {bound} require a DPoP proof");
    let form = exchange().with("audience", bound);
    world.rejects(&form, 400, "invalid_request", &description).await;
    let answer = world.ask_with(&[("dpop", &proof())], &form).await.json();
    let claims = part(text(&answer, "access_token"), 1);
    assert_eq!((&answer["token_type"], &claims["cnf"]["jkt"]), (&json!("DPoP"), &json!(key.thumbprint().to_string())));

    let tokens = Visitor::new(&world).tokens(&authorization()).await;
    let form = refresh(text(&tokens, "refresh_token")).with("audience", bound);
    world.rejects(&form, 400, "invalid_request", &description).await;
    assert_eq!(world.ask_with(&[("dpop", &proof())], &form).await.json()["token_type"], "DPoP");
}

#[tokio::test]
async fn a_client_can_be_required_to_send_proofs() {
    let strict = Application::machine("strict", Credential::from(SECRET)).require_dpop();
    let world = World::with(|builder| builder.application(strict)).await;
    let form = Form::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", "strict"),
        ("client_secret", SECRET),
        ("audience", CALENDAR),
    ]);
    let description = "The client is registered for DPoP: a proof is required";
    world.rejects(&form, 400, "invalid_request", description).await;
    let url = format!("{}/oauth/token", world.tenant.domain());
    let proof = world.tenant.dpop_client().proof("POST", &url).sign();
    assert_eq!(world.ask_with(&[("dpop", &proof)], &form).await.json()["token_type"], "DPoP");
}

#[tokio::test]
async fn a_public_client_exchanges_if_it_is_registered_for_it() {
    use auth0_api_testing::GrantType::{AuthorizationCode, RefreshToken, TokenExchange};
    let scope = "urn:auth0:oauth2:grant-type:token-exchange";
    let page = Application::single_page("exchanging").grants([AuthorizationCode, RefreshToken, TokenExchange]);
    let api = "https://exchange.example.com";
    let world = World::with(|builder| builder.application(page).api(Api::new(api).scopes([scope]))).await;
    let as_page = |id: &str| exchange().with("client_id", id).without("client_secret").with("audience", api);
    let form = as_page("exchanging").with("scope", &format!("openid offline_access {scope}"));
    let answer = world.ask(&form).await.json();
    let granted = json!(format!("openid offline_access {scope}"));
    assert_eq!((&answer["issued_token_type"], &answer["scope"]), (&json!(ACCESS_TOKEN), &granted));
    assert_eq!(part(text(&answer, "access_token"), 1)["scope"], format!("openid offline_access {scope}"));
    let id_token = part(text(&answer, "id_token"), 1);
    assert_eq!((&id_token["aud"], &id_token["auth_time"]), (&json!("exchanging"), &json!(1_700_000_000)));
    let refresh = refresh(text(&answer, "refresh_token")).with("client_id", "exchanging");
    assert!(world.ask(&refresh).await.json()["refresh_token"].is_string());
    let description = format!("Grant type '{EXCHANGE}' not allowed for the client.");
    world.rejects(&as_page("page"), 403, "unauthorized_client", &description).await;
}
