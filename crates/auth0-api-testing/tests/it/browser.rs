//! Browser clients: `/authorize`, codes, refresh tokens, `/userinfo`, and dynamic registration.

use std::time::Duration;

use auth0_api_testing::{Application, LocalTenantBuilder};
use serde_json::{Value, json};

use crate::caller::{Answer, get, part, send};
use crate::visitor::{CALLBACK, Visitor, authorization, parameter, redemption, text};
use crate::world::{CALENDAR, Form, SECRET, World};

#[tokio::test]
async fn authorize_returns_a_code_that_is_exchanged_for_tokens() {
    let world = World::new().await;
    let answer = visit(&world, &authorization()).await;
    assert_eq!(answer.status, 302);
    let location = answer.header("location").unwrap();
    let issuer = world.tenant.issuer().replace(':', "%3A").replace('/', "%2F");
    let code = parameter(location, "code");
    assert_eq!(location, format!("{CALLBACK}?code={code}&state=a+b&iss={issuer}"));

    let body = world.ask(&redemption(&code)).await.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    assert_eq!(body["scope"], "openid profile email offline_access read:events");
    let access = part(text(&body, "access_token"), 1);
    let userinfo = format!("{}/userinfo", world.tenant.domain());
    assert_eq!(access["aud"], json!([CALENDAR, userinfo]));
    assert_eq!((&access["sub"], &access["azp"]), (&json!("auth0|ada"), &json!("page")));
    let id_token = part(text(&body, "id_token"), 1);
    assert_eq!((&id_token["aud"], &id_token["nonce"]), (&json!("page"), &json!("n-1")));
    assert_eq!(id_token["email"], "ada@example.com");

    let info = userinfo_of(&world, text(&body, "access_token")).await;
    let info = (info.status, info.json());
    assert_eq!((info.0, &info.1["sub"], &info.1["email"]), (200, &json!("auth0|ada"), &json!("ada@example.com")));
}

#[tokio::test]
async fn a_code_is_valid_once_and_only_with_its_client_redirect_uri_and_verifier() {
    let world = World::new().await;
    let used = code(&world, &authorization()).await;
    assert_eq!(world.ask(&redemption(&used)).await.status, 200);
    world.rejects(&redemption(&used), 403, "invalid_grant", "Invalid authorization code").await;
    let web = |form: Form| form.with("client_id", "web").with("client_secret", SECRET);
    let cases: [(&dyn Fn(Form) -> Form, &str); 6] = [
        (&web, "Invalid authorization code"),
        (&|form| form.with("redirect_uri", "http://localhost/"), "The redirect URI is wrong"),
        (&|form| form.without("redirect_uri"), "The redirect URI is wrong"),
        (&|form| form.with("code_verifier", "another"), "Failed to verify code verifier"),
        (&|form| form.without("code_verifier"), "Failed to verify code verifier"),
        (&|form| form.with("resource", "https://api.example.com"), "The code was issued for another resource"),
    ];
    for (change, description) in cases {
        let changed = change(redemption(&code(&world, &authorization()).await));
        world.rejects(&changed, 403, "invalid_grant", description).await;
    }
    let late = code(&world, &authorization()).await;
    world.clock.advance(Duration::from_secs(600));
    world.rejects(&redemption(&late), 403, "invalid_grant", "Invalid authorization code").await;
}

#[tokio::test]
async fn login_hint_organization_and_resource_are_applied() {
    let world = World::new().await;
    let asked = authorization().without("audience").with("resource", CALENDAR).with("organization", "acme");
    let claims = claims(&world, &asked.with("login_hint", "ada@example.com")).await;
    assert_eq!((&claims["sub"], &claims["org_id"]), (&json!("auth0|ada"), &json!("org_acme")));
    let bob = authorization().with("login_hint", "auth0|bob");
    assert_eq!(self::claims(&world, &bob).await["sub"], "auth0|bob");
    let opaque = world.ask(&redemption(&code(&world, &authorization().without("audience")).await)).await.json();
    assert!(!text(&opaque, "access_token").contains('.'), "without an audience, no API can read the token");
    assert_eq!(userinfo_of(&world, text(&opaque, "access_token")).await.json()["sub"], "auth0|ada");
}

#[tokio::test]
async fn an_invalid_request_is_reported_to_the_callback() {
    let world = World::new().await;
    for (form, error) in [
        (authorization().with("response_type", "token"), "unsupported_response_type"),
        (authorization().with("response_mode", "fragment"), "invalid_request"),
        (authorization().without("code_challenge"), "invalid_request"),
        (authorization().with("code_challenge_method", "plain"), "invalid_request"),
        (authorization().with("audience", "urn:other"), "access_denied"),
        (authorization().with("login_hint", "unknown"), "access_denied"),
        (authorization().with("organization", "other"), "access_denied"),
        (authorization().with("organization", "unknown"), "invalid_request"),
        (authorization().with("dpop_jkt", "short"), "invalid_request"),
        (authorization().with("client_id", "local-client"), "unauthorized_client"),
    ] {
        let answer = visit(&world, &form).await;
        let location = answer.header("location").unwrap();
        assert_eq!((answer.status, parameter(location, "error").as_str()), (302, error), "{location}");
        assert_eq!(parameter(location, "state"), "a+b");
    }
}

#[tokio::test]
async fn an_unregistered_client_or_redirect_uri_gets_no_redirect() {
    let world = World::with(|builder| {
        builder.application(Application::single_page("strict").callbacks(["https://shop.example.com/back"]))
    })
    .await;
    for form in [
        authorization().with("client_id", "unknown"),
        authorization().with("redirect_uri", "https://elsewhere.example.com/"),
        // The host is example.com: what precedes the @ is a user name with a password.
        authorization().with("redirect_uri", "http://localhost:1@example.com/"),
        authorization().with("client_id", "strict"),
        authorization().without("redirect_uri"),
    ] {
        let answer = visit(&world, &form).await;
        assert!(answer.status >= 400 && answer.header("location").is_none(), "{}", answer.status);
    }
}

#[tokio::test]
async fn a_confidential_client_may_omit_pkce() {
    let world = World::new().await;
    let asked = authorization().with("client_id", "web").without("code_challenge").without("code_challenge_method");
    let code = code(&world, &asked).await;
    let form = redemption(&code).with("client_id", "web").with("client_secret", SECRET).without("code_verifier");
    assert_eq!(world.ask(&form).await.status, 200);
}

#[tokio::test]
async fn a_public_clients_code_and_refresh_token_are_bound_to_its_key() {
    let world = World::new().await;
    let (key, other) = (world.tenant.dpop_client(), world.tenant.dpop_client());
    let endpoint = format!("{}/oauth/token", world.tenant.domain());
    let bound = authorization().with("dpop_jkt", &key.thumbprint().to_string());
    for proof in [None, Some(other.proof("POST", &endpoint).sign())] {
        let headers: Vec<_> = proof.iter().map(|proof| ("dpop", proof.as_str())).collect();
        let rejected = world.ask_with(&headers, &redemption(&code(&world, &bound).await)).await;
        assert_eq!(rejected.json()["error_description"], "The code is bound to another DPoP key");
    }
    let proof = key.proof("POST", &endpoint).sign();
    let issued = world.ask_with(&[("dpop", &proof)], &redemption(&code(&world, &bound).await)).await.json();
    assert_eq!(issued["token_type"], "DPoP");
    let form = Form::new(&[
        ("grant_type", "refresh_token"),
        ("client_id", "page"),
        ("refresh_token", text(&issued, "refresh_token")),
    ]);
    let description = "The refresh token is bound to another DPoP key";
    world.rejects(&form, 403, "invalid_grant", description).await;
    let proof = key.proof("POST", &endpoint).sign();
    assert_eq!(world.ask_with(&[("dpop", &proof)], &form).await.json()["token_type"], "DPoP");
}

#[tokio::test]
async fn userinfo_rejects_a_token_for_another_audience_and_a_bound_token_without_a_proof() {
    let world = World::new().await;
    let userinfo = format!("{}/userinfo", world.tenant.domain());
    let bound = world.tenant.mint().audience(&userinfo).bound_to(&world.tenant.dpop_client());
    let challenge = "Bearer error=\"invalid_token\", DPoP error=\"invalid_token\", algs=\"ES256\"";
    for token in [world.tenant.mint().sign(), bound.sign(), "nonsense".to_owned()] {
        let answer = userinfo_of(&world, &token).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some(challenge)));
    }
}

#[tokio::test]
async fn userinfo_accepts_a_bound_token_only_with_its_proof() {
    let world = World::new().await;
    let userinfo = format!("{}/userinfo", world.tenant.domain());
    let (key, other) = (world.tenant.dpop_client(), world.tenant.dpop_client());
    let token = world.tenant.mint().subject("auth0|ada").scope("openid").audience(&userinfo).bound_to(&key).sign();
    let authorization = format!("DPoP {token}");
    let good = || key.proof("GET", &userinfo).access_token(&token);
    for (proof, status) in [
        (good(), 200),
        (other.proof("GET", &userinfo).access_token(&token), 401),
        (key.proof("POST", &userinfo).access_token(&token), 401),
        (key.proof("GET", &userinfo), 401),
        (good().access_token("another"), 401),
    ] {
        let headers = [("authorization", authorization.as_str()), ("dpop", &proof.sign())];
        assert_eq!(send("GET", &userinfo, &headers, "").await.unwrap().status, status, "{proof:?}");
    }
}

#[tokio::test]
async fn userinfo_checks_scheme_and_proof_of_an_opaque_token() {
    let world = World::new().await;
    let (key, other) = (world.tenant.dpop_client(), world.tenant.dpop_client());
    let (endpoint, userinfo) =
        (format!("{}/oauth/token", world.tenant.domain()), format!("{}/userinfo", world.tenant.domain()));
    let proof = key.proof("POST", &endpoint).sign();
    let redeem = redemption(&code(&world, &authorization().without("audience")).await);
    let bound = world.ask_with(&[("dpop", &proof)], &redeem).await.json();
    assert_eq!(bound["token_type"], "DPoP");
    let bound = text(&bound, "access_token");
    let unbound = opaque(&world, "openid").await;
    let good = || key.proof("GET", &userinfo).access_token(bound);
    for (scheme, token, proof, status) in [
        ("DPoP", bound, Some(good()), 200),
        ("DPoP", bound, Some(other.proof("GET", &userinfo).access_token(bound)), 401),
        ("DPoP", bound, Some(good().access_token("another")), 401),
        ("DPoP", bound, None, 401),
        ("Bearer", bound, Some(good()), 401),
        ("Bearer", bound, None, 401),
        ("Bearer", &unbound, None, 200),
        ("DPoP", &unbound, Some(key.proof("GET", &userinfo).access_token(&unbound)), 401),
    ] {
        let (authorization, proof) = (format!("{scheme} {token}"), proof.map(|proof| proof.sign()));
        let mut headers = vec![("authorization", authorization.as_str())];
        headers.extend(proof.iter().map(|proof| ("dpop", proof.as_str())));
        let answer = send("GET", &userinfo, &headers, "").await.unwrap();
        assert_eq!(answer.status, status, "{authorization} {proof:?}");
    }
}

#[tokio::test]
async fn an_opaque_token_expires_with_its_lifetime() {
    let world = World::new().await;
    let token = opaque(&world, "openid").await;
    world.clock.advance(Duration::from_secs(86_399));
    assert_eq!(userinfo_of(&world, &token).await.status, 200);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(userinfo_of(&world, &token).await.status, 401);
}

#[tokio::test]
async fn userinfo_rejects_a_token_without_the_scope_openid() {
    let world = World::new().await;
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"openid\", \
                     DPoP error=\"insufficient_scope\", scope=\"openid\", algs=\"ES256\"";
    let userinfo = format!("{}/userinfo", world.tenant.domain());
    for token in [
        opaque(&world, "profile email").await,
        opaque(&world, "").await,
        world.tenant.mint().audience(&userinfo).scope("profile email").sign(),
    ] {
        let answer = userinfo_of(&world, &token).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (403, Some(challenge)));
        assert!(answer.body.is_empty(), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_public_client_can_register_itself_if_enabled() {
    let metadata = json!({ "client_name": "an agent", "redirect_uris": [CALLBACK] }).to_string();
    let closed = World::new().await;
    let url = format!("{}/oidc/register", closed.tenant.domain());
    assert_eq!(send("POST", &url, &[], &metadata).await.unwrap().status, 404);

    let open = World::with(LocalTenantBuilder::client_registration).await;
    let discovery = format!("{}/.well-known/oauth-authorization-server", open.tenant.domain());
    let url = get(&discovery).await.json()["registration_endpoint"].as_str().unwrap().to_owned();
    let answer = send("POST", &url, &[], &metadata).await.unwrap();
    let mut client = answer.json();
    let id = client["client_id"].take();
    assert_eq!(answer.status, 201);
    assert_eq!(
        client,
        json!({
            "client_id": null,
            "client_id_issued_at": 1_700_000_000,
            "client_name": "an agent",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        })
    );
    let id = id.as_str().unwrap();
    let code = code(&open, &authorization().with("client_id", id)).await;
    assert_eq!(open.ask(&redemption(&code).with("client_id", id)).await.status, 200);
    let elsewhere =
        visit(&open, &authorization().with("client_id", id).with("redirect_uri", "http://localhost/")).await;
    assert_eq!(elsewhere.status, 403);
    for body in ["{}", r#"{"redirect_uris":[]}"#, "nonsense"] {
        let rejected = send("POST", &url, &[], body).await.unwrap();
        assert_eq!((rejected.status, rejected.json()["error"].as_str()), (400, Some("invalid_redirect_uri")), "{body}");
    }
}

async fn visit(world: &World, form: &Form) -> Answer {
    Visitor::new(world).authorize(form).await
}

async fn code(world: &World, form: &Form) -> String {
    parameter(visit(world, form).await.header("location").unwrap(), "code")
}

/// Signs Ada in without an audience, and returns the access token.
async fn opaque(world: &World, scope: &str) -> String {
    let form = authorization().without("audience").with("scope", scope);
    let answer = world.ask(&redemption(&code(world, &form).await)).await.json();
    text(&answer, "access_token").to_owned()
}

async fn claims(world: &World, form: &Form) -> Value {
    let client_code = code(world, form).await;
    world.claims(&redemption(&client_code)).await
}

async fn userinfo_of(world: &World, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let url = format!("{}/userinfo", world.tenant.domain());
    send("GET", &url, &[("authorization", &authorization)], "").await.unwrap()
}
