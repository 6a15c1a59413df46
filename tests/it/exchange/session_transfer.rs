//! Session transfer tokens.

use std::time::Duration;

use auth0_api_core::exchange::{InputError, ResponseError, ServerErrorKind, SessionTransfer, SessionTransferToken};
use auth0_api_core::{ApiClient, ClientAuth, Clock as _, Error, ExchangeError, ExchangeProfile, SubjectToken};
use auth0_api_testing::{Application, Credential, Exchanged, HttpAnswer, LocalTenant, ManualClock, User};
use serde_json::{Value, json};

use super::scene::{Scene, server_error};
use super::scripted::{error, tokens};

const TYPE: &str = "urn:auth0:params:oauth:token-type:session_transfer_token";

fn asked() -> SessionTransfer {
    SessionTransfer::new("urn:acme:support-session", "of-the-agent", "urn:acme:support-agent")
}

fn subject() -> SubjectToken {
    SubjectToken::unverified("ticket")
}

async fn ask(scene: &Scene) -> Result<SessionTransferToken, ExchangeError> {
    scene.api.get_session_transfer_token(subject(), asked()).await
}

/// An answer with a session transfer token, and with these members in addition or instead.
fn answer(members: Value) -> HttpAnswer {
    let mut body = json!({ "access_token": "transfer", "issued_token_type": TYPE, "expires_in": 60 });
    let (Some(body_members), Value::Object(members)) = (body.as_object_mut(), members) else { unreachable!() };
    for (name, value) in members {
        body_members.insert(name, value);
    }
    HttpAnswer::json(200, &body)
}

#[tokio::test]
async fn the_quotas_of_the_answer_are_reported() {
    let scene = Scene::new();
    scene.tokens.answer([answer(json!({})).header("auth0-client-quota-limit", "b=per_hour;q=10;r=7;t=59")]);
    let quotas = ask(&scene).await.unwrap().quotas();
    assert_eq!(quotas.client().unwrap().per_hour().unwrap().remaining(), 7);
}

#[tokio::test]
async fn the_request_has_the_audience_of_the_domain_and_the_actor() {
    let scene = Scene::new();
    scene.tokens.answer([answer(json!({}))]);
    let with_more = asked().organization("org_acme").extra("ticket", "4711");
    let token = scene.api.get_session_transfer_token(subject(), with_more).await.unwrap();
    assert_eq!(token.expose(), "transfer");
    assert_eq!(token.to_query(), "session_transfer_token=transfer");
    assert_eq!(token.expires_at(), Some(scene.tenant.clock().now() + Duration::from_secs(60)));

    let issuer = scene.api.issuers().remove(0);
    let host = issuer.trim_start_matches("https://").trim_end_matches('/');
    let audience = format!("urn:{host}:session_transfer");
    let expected = [
        ("actor_token", "of-the-agent"),
        ("actor_token_type", "urn:acme:support-agent"),
        ("audience", audience.as_str()),
        ("client_id", "api-client"),
        ("client_secret", "api-secret"),
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("organization", "org_acme"),
        ("subject_token", "ticket"),
        ("subject_token_type", "urn:acme:support-session"),
        ("ticket", "4711"),
    ];
    let form: Vec<_> = scene.last_form().into_iter().collect();
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn the_audience_is_that_of_the_custom_domain_if_the_api_calls_it() {
    let scene = Scene::with(|builder| builder.exchange_domain("login.example.com"));
    let discovery = json!({
        "issuer": "https://login.example.com/",
        "token_endpoint": "https://login.example.com/oauth/token",
        "jwks_uri": "https://login.example.com/.well-known/jwks.json",
    });
    scene.tokens.answer([HttpAnswer::json(200, &discovery), answer(json!({}))]);
    ask(&scene).await.unwrap();
    assert_eq!(scene.last_form()["audience"], "urn:login.example.com:session_transfer");
}

#[tokio::test]
async fn every_call_gets_a_token_of_its_own() {
    let scene = Scene::new();
    for text in ["first", "second"] {
        scene.tokens.answer([answer(json!({ "access_token": text }))]);
        assert_eq!(ask(&scene).await.unwrap().expose(), text);
    }
    assert_eq!(scene.sent(), 2);
    // The token is for one use, so a request whose answer is lost is not repeated.
    scene.tokens.answer([HttpAnswer::disconnected()]);
    assert!(matches!(ask(&scene).await, Err(ExchangeError::Unavailable(_))));
    assert_eq!(scene.sent(), 3);
}

#[tokio::test]
async fn only_a_session_transfer_token_is_accepted() {
    let scene = Scene::new();
    for (members, problem) in [
        (json!({}), None),
        (json!({ "token_type": "N_A" }), None),
        (json!({ "token_type": "n_a" }), None),
        (json!({ "token_type": null }), None),
        (json!({ "token_type": "Bearer" }), Some("token_type")),
        (json!({ "token_type": "DPoP" }), Some("token_type")),
        (json!({ "token_type": 1 }), Some("token_type")),
        (json!({ "token_type": "" }), Some("token_type")),
        (json!({ "issued_token_type": "urn:ietf:params:oauth:token-type:access_token" }), Some("issued_token_type")),
        (json!({ "issued_token_type": TYPE.to_uppercase() }), Some("issued_token_type")),
        (json!({ "issued_token_type": null }), Some("issued_token_type")),
        (json!({ "access_token": null }), Some("access_token")),
        (json!({ "access_token": "a\r\nb" }), Some("access_token")),
        (json!({ "expires_in": "soon" }), Some("expires_in")),
    ] {
        scene.tokens.answer([answer(members.clone())]);
        let found = match ask(&scene).await {
            Ok(token) => Ok(token.expose().to_owned()),
            Err(ExchangeError::Response(ResponseError::Member { member })) => Err(member),
            Err(other) => unreachable!("{other:?}"),
        };
        assert_eq!(found, problem.map_or(Ok("transfer".to_owned()), Err), "{members}");
    }
    // An access token, as for any other exchange.
    scene.tokens.answer([tokens("access")]);
    assert!(matches!(ask(&scene).await, Err(ExchangeError::Response(_))));
}

#[tokio::test]
async fn a_profile_exchange_cannot_return_a_session_transfer_token() {
    let scene = Scene::new();
    for audience in ["urn:tenant.example:session_transfer", "URN:other.example:Session_Transfer"] {
        let profile = ExchangeProfile::new("urn:acme:support-session", audience);
        let error = scene.api.get_token_by_exchange_profile(subject(), profile).await.unwrap_err();
        assert!(matches!(error, ExchangeError::Input(InputError::SessionTransferAudience)), "{error:?}");
    }
    assert_eq!(scene.sent(), 0);
    scene.tokens.answer([answer(json!({}))]);
    let error = scene.profile().await.unwrap_err();
    assert!(matches!(error, ExchangeError::Response(ResponseError::Member { member: "token_type" })), "{error:?}");
}

#[tokio::test]
async fn an_actor_is_mandatory() {
    let scene = Scene::new();
    for (token, token_type) in [(" ", "urn:acme:agent"), ("Bearer a", "urn:acme:agent"), ("a", " ")] {
        let asked = SessionTransfer::new("urn:acme:support-session", token, token_type);
        let outcome = scene.api.get_session_transfer_token(subject(), asked).await;
        assert!(matches!(outcome, Err(ExchangeError::Input(_))), "{token:?} {token_type:?}");
    }
    assert_eq!(scene.sent(), 0);
}

#[tokio::test]
async fn the_errors_of_session_transfer_are_mistakes_of_the_configuration() {
    for (code, kind, label) in [
        ("setactor_required", ServerErrorKind::ActorNotSet, "exchange_actor_not_set"),
        ("session_transfer_disabled", ServerErrorKind::SessionTransferDisabled, "exchange_session_transfer_disabled"),
    ] {
        let scene = Scene::new();
        scene.tokens.answer([error(400, code)]);
        let error = server_error_of(ask(&scene).await);
        assert_eq!(error.kind(), kind);
        let error = Error::from(ExchangeError::from(error));
        let rejection = scene.api.reject(&error);
        assert_eq!((rejection.status(), error.label()), (500, label));
        assert!(error.hint().is_some() && !rejection.body().contains(code));
    }
}

#[tokio::test]
async fn debug_output_shows_no_token() {
    let scene = Scene::new();
    scene.tokens.answer([answer(json!({ "access_token": "hush" }))]);
    let token = ask(&scene).await.unwrap();
    assert!(!format!("{token:?}").contains("hush"));
    let asked = SessionTransfer::new("urn:acme:support-session", "hush-actor", "urn:acme:agent").extra("a", "hush");
    assert!(!format!("{asked:?}").contains("hush"));
}

#[tokio::test]
async fn the_local_tenant_issues_session_transfer_tokens() {
    let clock = ManualClock::new();
    let application = |id: &str| Application::machine(id, Credential::secret_post("secret"));
    let tenant = LocalTenant::builder()
        .clock(clock.clone())
        .application(application("support").session_transfer())
        .application(application("other"))
        .exchange_profile("urn:acme:support-session", |request| {
            let exchanged = Exchanged::user(User::new("auth0|ada"));
            Ok::<_, auth0_api_testing::ExchangeRejection>(match request.actor_token() {
                Some("of-the-agent") => exchanged.actor("agent|7"),
                _ => exchanged,
            })
        })
        .start()
        .await
        .unwrap();
    let ask = async |id: &str, actor: &str| {
        let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let auth = ClientAuth::secret_post(id, "secret");
        let api = builder.clock(clock.clone()).client_auth(auth).build().unwrap();
        let asked = SessionTransfer::new("urn:acme:support-session", actor, "urn:acme:support-agent");
        api.get_session_transfer_token(subject(), asked).await
    };
    let token = ask("support", "of-the-agent").await.unwrap();
    assert_eq!(token.expires_at(), Some(clock.now() + Duration::from_secs(60)));
    assert_eq!(server_error_of(ask("support", "of-nobody").await).kind(), ServerErrorKind::ActorNotSet);
    let disabled = server_error_of(ask("other", "of-the-agent").await);
    assert_eq!(disabled.kind(), ServerErrorKind::SessionTransferDisabled);
}

fn server_error_of(outcome: Result<SessionTransferToken, ExchangeError>) -> auth0_api_core::exchange::ServerError {
    server_error(Err(outcome.unwrap_err())).unwrap()
}
