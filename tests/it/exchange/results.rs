//! What a token set contains, and that its debug output contains no secrets.

use auth0_api_core::exchange::InputError;
use auth0_api_core::token::AuthorizationDetailsError;
use auth0_api_core::{Actor, Connection, ExchangeError, ExchangeProfile, OnBehalfOf, SubjectToken, TokenSet};
use auth0_api_testing::HttpAnswer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::scene::{CALENDAR, Scene};

fn jwt(claims: &Value) -> String {
    let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
    format!("{}.{}.{}", encode(r#"{"alg":"RS256"}"#), encode(&claims.to_string()), encode("signature"))
}

#[tokio::test]
async fn scopes_are_the_requested_scopes_if_the_response_has_no_scope() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let ask = |scope: &str| scene.api.get_token_on_behalf_of(&ada, OnBehalfOf::audience(CALENDAR).scope(scope));

    let tokens = ask("read write").await.unwrap();
    assert_eq!(tokens.scopes().collect::<Vec<_>>(), ["read", "write"]);

    let body = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 60, "scope": "read  other" });
    scene.tokens.answer([HttpAnswer::json(200, &body)]);
    let tokens = ask("read write all").await.unwrap();
    assert_eq!(tokens.scopes().collect::<Vec<_>>(), ["read", "other"]);
    assert!(tokens.require_scopes(&["other", "read"]).is_ok());
    let error = tokens.require_scopes(&["read", "write", "all"]).unwrap_err();
    assert!(matches!(&error, ExchangeError::ScopesMissing { missing } if **missing == *"write all"), "{error:?}");
}

#[tokio::test]
async fn an_empty_scope_grants_nothing() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let body = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 60, "scope": "" });
    scene.tokens.answer([HttpAnswer::json(200, &body)]);
    let asked = Connection::name("google-oauth2").scope("calendar");
    let tokens = scene.api.get_access_token_for_connection(&ada, asked).await.unwrap();
    assert_eq!(tokens.scope(), None);
    assert!(tokens.require_scopes(&["calendar"]).is_err());
}

#[tokio::test]
async fn the_actors_are_read_from_the_exchanged_token() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    for (claims, chain) in [
        (json!({ "act": { "sub": "orders", "act": { "sub": "shop" } } }), Ok(vec!["orders", "shop"])),
        (json!({ "sub": "auth0|ada" }), Ok(vec![])),
        (json!({ "act": "orders" }), Err(())),
        (json!({ "act": null }), Err(())),
    ] {
        scene.tokens.answer([HttpAnswer::json(200, &json!({ "access_token": jwt(&claims), "token_type": "Bearer" }))]);
        let tokens = scene.on_behalf_of(&ada).await.unwrap();
        let found = tokens.delegation_chain().map_err(drop);
        assert_eq!(found.map(|found| found.iter().map(Actor::subject).collect::<Vec<_>>()), chain);
        assert_eq!(current(&tokens), chain.map(|chain| chain.first().copied()));
    }
    for (header, claims, actor) in [
        // The other API may use a shared secret. Its tokens have readable claims.
        (r#"{"alg":"HS256"}"#, r#"{"act":{"sub":"orders"}}"#, Ok(Some("orders"))),
        // Claims that cannot be read may contain an actor.
        (r#"{"alg":"RS256"}"#, r#"{"act":{"sub":"orders"},"act":{"sub":"shop"}}"#, Err(())),
        (r#"{"alg":"RS256"}"#, r#"{"act":{"sub":"orders\ud83d"}}"#, Err(())),
        (r#"{"alg":"RS256"}"#, r#"{"act":{"sub":"orders"},"x":"#, Err(())),
    ] {
        let encode = |json: &str| URL_SAFE_NO_PAD.encode(json);
        let token = format!("{}.{}.AA", encode(header), encode(claims));
        scene.tokens.answer([HttpAnswer::json(200, &json!({ "access_token": token, "token_type": "Bearer" }))]);
        let tokens = scene.on_behalf_of(&ada).await.unwrap();
        assert_eq!(current(&tokens), actor, "{claims}");
    }
    // An opaque token has no readable actor.
    scene.tokens.answer([HttpAnswer::json(200, &json!({ "access_token": "opaque", "token_type": "Bearer" }))]);
    assert_eq!(current(&scene.on_behalf_of(&ada).await.unwrap()), Ok(None));
}

#[tokio::test]
async fn a_vault_token_names_its_connection_and_login_hint() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let connection = Connection::name("google-oauth2").login_hint("ada@work.example");
    let tokens = scene.api.get_access_token_for_connection(&ada, connection).await.unwrap();
    assert_eq!((tokens.connection(), tokens.login_hint()), (Some("google-oauth2"), Some("ada@work.example")));
}

#[tokio::test]
async fn debug_output_and_errors_contain_no_secrets() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let body = json!({ "access_token": "hush-a", "token_type": "Bearer", "expires_in": 60, "refresh_token": "hush-r" });
    scene.tokens.answer([HttpAnswer::json(200, &body)]);
    let tokens = scene.profile().await.unwrap();
    scene.on_behalf_of(&ada).await.unwrap();
    let shown = format!("{tokens:?} {:?} {:?} {:?}", tokens.access_token(), tokens.refresh_token(), scene.api);
    assert!(!shown.contains("hush") && !shown.contains("api-secret"), "{shown}");
    assert!(!format!("{:?}", scene.last_request()).contains("legacy"));

    scene.tokens.answer([HttpAnswer::json(400, &json!({ "error": "invalid_grant", "error_description": "hush" }))]);
    let error = scene.profile().await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(!shown.contains("hush") && !shown.contains("api-secret"), "{shown}");
}

#[tokio::test]
async fn an_optional_member_that_is_null_counts_as_absent() {
    let scene = Scene::new();
    let optional = ["authorization_details", "scope", "expires_in", "id_token", "refresh_token", "issued_token_type"];
    let mut body = json!({ "access_token": "t", "token_type": "Bearer" });
    for member in optional {
        body[member] = json!(null);
    }
    scene.tokens.answer([HttpAnswer::json(200, &body)]);
    let tokens = scene.profile().await.unwrap();
    assert_eq!((tokens.expires_at(), tokens.scope(), tokens.issued_token_type()), (None, None, None));
    assert!(tokens.id_token().is_none() && tokens.refresh_token().is_none());
    assert_eq!(tokens.authorization_details::<Value>(), Ok(vec![]));
    for member in ["access_token", "token_type"] {
        let mut body = json!({ "access_token": "t", "token_type": "Bearer" });
        body[member] = json!(null);
        scene.tokens.answer([HttpAnswer::json(200, &body)]);
        assert!(matches!(scene.profile().await, Err(ExchangeError::Response(_))), "{member}");
    }
}

#[tokio::test]
async fn the_granted_authorization_details_are_read_from_the_answer() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(tag = "type", rename_all = "lowercase")]
    enum Detail {
        Payment {
            amount: u64,
        },
        #[serde(other)]
        Other,
    }
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let (payment, account) = (json!({ "type": "payment", "amount": 5 }), json!({ "type": "account" }));
    let granted = Ok(vec![Detail::Payment { amount: 5 }, Detail::Other]);
    for (details, expected) in [
        (json!([payment, account]), granted),
        (json!([]), Ok(vec![])),
        (json!([account, { "type": "payment" }]), Err(AuthorizationDetailsError::Unsuitable { index: 1 })),
        (json!([{ "amount": 5 }]), Err(AuthorizationDetailsError::Malformed)),
        (json!({ "type": "payment", "amount": 5 }), Err(AuthorizationDetailsError::Malformed)),
        (json!("payment"), Err(AuthorizationDetailsError::Malformed)),
    ] {
        let body = json!({ "access_token": "t", "token_type": "Bearer", "authorization_details": details });
        scene.tokens.answer([HttpAnswer::json(200, &body)]);
        assert_eq!(scene.on_behalf_of(&ada).await.unwrap().authorization_details(), expected, "{details}");
    }
    // A lone surrogate is not text, so the details cannot be told from others.
    let body = r#"{"access_token":"t","token_type":"Bearer","authorization_details":[{"type":"pay\ud83d"}]}"#;
    scene.tokens.answer([HttpAnswer::status(200).header("content-type", "application/json").body(body)]);
    let malformed = Err(AuthorizationDetailsError::Malformed);
    assert_eq!(scene.on_behalf_of(&ada).await.unwrap().authorization_details::<Value>(), malformed);
    scene.tokens.answer([HttpAnswer::json(200, &json!({ "access_token": "t", "token_type": "Bearer" }))]);
    assert_eq!(scene.on_behalf_of(&ada).await.unwrap().authorization_details::<Value>(), Ok(vec![]));
}

fn current(tokens: &TokenSet) -> Result<Option<&str>, ()> {
    tokens.current_actor().map_err(drop).map(|actor| actor.map(|actor| actor.subject()))
}

#[tokio::test]
async fn requested_authorization_details_are_one_json_array_in_the_form() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    let (payment, account) = (json!({ "type": "payment", "amount": 5 }), json!({ "type": "account" }));
    let asked = OnBehalfOf::audience(CALENDAR).authorization_detail(payment.clone());
    scene.api.get_token_on_behalf_of(&ada, asked.clone()).await.unwrap();
    assert_eq!(scene.last_form()["authorization_details"], r#"[{"amount":5,"type":"payment"}]"#);
    // Other details are another request, so the cached answer is not theirs.
    scene.api.get_token_on_behalf_of(&ada, asked.clone().authorization_detail(account.clone())).await.unwrap();
    assert_eq!(scene.last_form()["authorization_details"], r#"[{"amount":5,"type":"payment"},{"type":"account"}]"#);
    scene.api.get_token_on_behalf_of(&ada, asked).await.unwrap();
    assert_eq!(scene.sent(), 2);

    let legacy = || SubjectToken::unverified("legacy");
    let profile = ExchangeProfile::new("urn:acme:legacy-session", CALENDAR).authorization_detail(account);
    scene.api.get_token_by_exchange_profile(legacy(), profile.clone()).await.unwrap();
    assert_eq!(scene.last_form()["authorization_details"], r#"[{"type":"account"}]"#);

    let reserved = profile.clone().extra("authorization_details", "[]");
    let reserved = scene.api.get_token_by_exchange_profile(legacy(), reserved).await.unwrap_err();
    assert_eq!(reserved.to_string(), "reserved parameters cannot be set: authorization_details");
    for detail in [json!(null), json!("payment"), json!([payment]), json!({}), json!({ "type": " " })] {
        let by_profile =
            scene.api.get_token_by_exchange_profile(legacy(), profile.clone().authorization_detail(detail.clone()));
        let asked = OnBehalfOf::audience(CALENDAR).authorization_detail(detail.clone());
        for outcome in [by_profile.await, scene.api.get_token_on_behalf_of(&ada, asked).await] {
            assert!(matches!(outcome, Err(ExchangeError::Input(InputError::AuthorizationDetail))), "{detail}");
        }
    }
    assert_eq!(scene.sent(), 3);
}
