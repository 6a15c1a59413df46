//! The grants of a backend: client credentials, refresh token and privileged worker, with a local tenant that checks the
//! requests, and with scripted errors.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth0_api_core::exchange::{
    ClientCredentials, InputError, IssuedToken, PrivilegedWorker, ProofKey, RefreshToken, ServerErrorKind, TokenType,
    VaultSubject,
};
use auth0_api_core::http::{HttpClient, HttpConnection, HttpFuture, HttpRequest, ReqwestClient};
use auth0_api_core::jose::PrivateKey;
use auth0_api_core::{Algorithm, ApiClient, ClientAuth, Connection, Error, ExchangeError, TokenSet};
use auth0_api_testing::{
    Api, Application, Credential, GrantType, HttpAnswer, LinkedAccount, LocalTenant, ManualClock, RefreshTokenPolicy,
    SigningKey,
};

use serde_json::{Value, json};

use super::scene::{CALENDAR, Scene, server_error, text};
use super::scripted::{error, tokens};

struct Setup {
    tenant: LocalTenant,
    clock: ManualClock,
    key: PrivateKey,
    api: ApiClient,
}

impl Setup {
    /// The client authenticates with a private key, so that it can also sign as a privileged worker.
    async fn new() -> Self {
        let (clock, signing_key) = (ManualClock::new(), SigningKey::generate(Algorithm::ES256));
        let grants = [GrantType::ClientCredentials, GrantType::RefreshToken, GrantType::TokenVault];
        let policy = RefreshTokenPolicy::rotating().audience(CALENDAR, ["read:events"]);
        let client = Application::machine(CLIENT, Credential::private_key_jwt(&signing_key));
        let builder = LocalTenant::builder().clock(clock.clone()).connection(GOOGLE).organization("org_acme", "acme");
        let builder = builder.api(Api::new(CALENDAR).scopes(["read:events", "write:events"]));
        let builder = builder.application(client.grants(grants).refresh_tokens(policy));
        let tenant = builder.start().await.unwrap();
        let key = PrivateKey::from_pem(&signing_key.private_key_pem()).unwrap();
        let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let auth = ClientAuth::private_key_jwt(CLIENT, key.clone());
        let api = builder.clock(clock.clone()).client_auth(auth).build().unwrap();
        Self { tenant, clock, key, api }
    }

    fn sent(&self) -> usize {
        self.tenant.token_requests().len()
    }

    fn import(&self) -> PrivilegedWorker {
        self.worker("nightly import")
    }

    fn worker(&self, context: &str) -> PrivilegedWorker {
        PrivilegedWorker::new(GOOGLE, ADA, context, &self.key)
    }

    async fn work(&self, asked: PrivilegedWorker) -> Result<TokenSet, ExchangeError> {
        self.api.get_access_token_as_privileged_worker(asked).await
    }
}

fn new_key() -> PrivateKey {
    PrivateKey::from_pem(&SigningKey::generate(Algorithm::ES256).private_key_pem()).unwrap()
}

fn label(outcome: Result<TokenSet, ExchangeError>) -> String {
    let error = Error::from(outcome.unwrap_err());
    format!("{} {}", error.status(), error.label())
}

const ADA: &str = "auth0|ada";
const CLIENT: &str = "backend";
const GOOGLE: &str = "google-oauth2";
const NO_TOKENS: &str = "the token endpoint answered 200 without a token response or an OAuth error";

#[tokio::test]
async fn a_token_of_the_client_itself_is_cached_until_it_is_about_to_expire() {
    let setup = Setup::new().await;
    let asked = || ClientCredentials::audience(CALENDAR).scope("read:events");
    let first = setup.api.get_token_by_client_credentials(asked()).await.unwrap();
    assert_eq!((first.scope(), first.token_type()), (Some("read:events"), TokenType::Bearer));
    let again = setup.api.get_token_by_client_credentials(asked()).await.unwrap();
    assert_eq!(again.access_token().expose(), first.access_token().expose());
    assert_eq!(setup.sent(), 1);
    let all = setup.api.get_token_by_client_credentials(ClientCredentials::audience(CALENDAR)).await.unwrap();
    assert_eq!((all.scope(), setup.sent()), (Some("read:events write:events"), 2));

    let calendar = ApiClient::builder(setup.tenant.domain(), CALENDAR).insecure_http_loopback();
    let calendar = calendar.clock(setup.clock.clone()).build().unwrap();
    let token = calendar.verify_access_token(first.access_token().expose()).await.unwrap();
    assert_eq!(token.subject(), Some(format!("{CLIENT}@clients").as_str()));

    setup.clock.advance(Duration::from_secs(86_400));
    let renewed = setup.api.get_token_by_client_credentials(asked()).await.unwrap();
    assert_ne!(renewed.access_token().expose(), first.access_token().expose());
    setup.api.invalidate(&renewed);
    setup.api.get_token_by_client_credentials(asked()).await.unwrap();
    assert_eq!(setup.sent(), 4);
}

#[tokio::test]
async fn a_token_of_the_client_itself_can_be_bound_to_a_key() {
    let setup = Setup::new().await;
    let key = ProofKey::generate().unwrap();
    let bound = setup.api.get_token_by_client_credentials(ClientCredentials::audience(CALENDAR).dpop(&key)).await;
    assert_eq!(bound.unwrap().bound_to(), Some(key.thumbprint()));
    // The cached answer for one key is not the answer for another, or for none.
    setup.api.get_token_by_client_credentials(ClientCredentials::audience(CALENDAR)).await.unwrap();
    assert_eq!(setup.sent(), 2);
}

#[tokio::test]
async fn the_errors_of_client_credentials_are_those_of_this_api() {
    let setup = Setup::new().await;
    let of = |audience: &str| setup.api.get_token_by_client_credentials(ClientCredentials::audience(audience));
    assert_eq!(label(of("https://unknown.example.com").await), "500 exchange_client_rejected");
    let before = setup.sent();
    assert_eq!(label(of(" ").await), "500 exchange_input");
    assert_eq!(setup.sent(), before, "nothing is sent");
    for (status, code, expected) in [
        (403, "access_denied", "500 exchange_client_rejected"),
        (401, "invalid_client", "500 exchange_client_rejected"),
        (403, "unauthorized_client", "500 exchange_client_rejected"),
        (403, "invalid_grant", "500 exchange_rejected"),
        (400, "invalid_scope", "500 exchange_rejected"),
        (429, "too_many_requests", "503 exchange_rate_limited"),
        (503, "temporarily_unavailable", "503 exchange_server_trouble"),
    ] {
        let scene = Scene::new();
        scene.tokens.answer([error(status, code)]);
        let asked = ClientCredentials::audience(CALENDAR);
        assert_eq!(label(scene.api.get_token_by_client_credentials(asked).await), expected, "{status} {code}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_sent_on_a_new_connection() {
    let scene = Scene::new();
    scene.api.get_token_by_refresh_token(RefreshToken::new("token")).await.unwrap();
    assert_eq!(scene.last_request().connection, HttpConnection::New);
    scene.api.get_token_by_client_credentials(ClientCredentials::audience(CALENDAR)).await.unwrap();
    assert_eq!(scene.last_request().connection, HttpConnection::Any);
}

#[tokio::test]
async fn a_refresh_token_rotates_and_its_successor_is_handed_back() {
    let setup = Setup::new().await;
    let first = setup.tenant.refresh_token(CLIENT, ADA);
    let refresh = |token: &str| setup.api.get_token_by_refresh_token(RefreshToken::new(token));
    let answer = refresh(&first).await.unwrap();
    let second = answer.refresh_token().unwrap().expose().to_owned();
    assert_ne!(second, first);
    let answer = refresh(&second).await.unwrap();
    let third = answer.refresh_token().unwrap().expose().to_owned();
    assert_eq!(setup.sent(), 2, "no answer is cached");
    // The first token was used before: the tenant takes it for stolen, and ends the whole family.
    setup.clock.advance(Duration::from_secs(3600));
    assert_eq!(label(refresh(&first).await), "403 exchange_interaction_required");
    assert_eq!(label(refresh(&third).await), "403 exchange_interaction_required");
}

#[tokio::test]
async fn the_successor_of_a_refresh_token_survives_each_check_that_fails() {
    let good = json!({ "access_token": "t", "token_type": "DPoP", "expires_in": 60, "refresh_token": "hush-next" });
    let with = |member: &str, value: Value| {
        let mut body = good.clone();
        body[member] = value;
        HttpAnswer::json(200, &body)
    };
    let text = |text: String| HttpAnswer::status(200).body(text);
    let good_text = good.to_string();
    let open = good_text.trim_end_matches('}');
    for (answer, cause) in [
        (with("access_token", json!(null)), "access_token in the token response is missing or malformed"),
        (with("access_token", json!("a\nb")), "access_token in the token response is missing or malformed"),
        (with("token_type", json!("mac")), "token_type in the token response is missing or malformed"),
        (with("token_type", json!("Bearer")), "the token is not bound to the key of the request"),
        (with("expires_in", json!("soon")), "expires_in in the token response is missing or malformed"),
        (with("scope", json!(["read"])), "scope in the token response is missing or malformed"),
        (with("id_token", json!("not a token")), "the ID token in the token response is not valid"),
        (with("id_token", json!(5)), "id_token in the token response is missing or malformed"),
        // A repeated member, octets after the JSON, text that is not UTF-8, and another status.
        (text(format!(r#"{open},"scope":"a","scope":"b"}}"#)), NO_TOKENS),
        (text(format!("{good_text}<!-- a proxy -->")), NO_TOKENS),
        (HttpAnswer::status(200).body([open.as_bytes(), b",\"scope\":\"\xff\"}"].concat()), NO_TOKENS),
        (HttpAnswer::json(201, &good), "the token endpoint answered 201 without a token response or an OAuth error"),
    ] {
        let scene = Scene::new();
        scene.tokens.answer([answer]);
        let asked = RefreshToken::new("stored").dpop(&ProofKey::generate().unwrap());
        let error = scene.api.get_token_by_refresh_token(asked).await.unwrap_err();
        assert_eq!(error.successor().map(IssuedToken::expose), Some("hush-next"), "{cause}");
        assert_eq!(error.to_string(), cause);
        assert!(error.hint().is_some() && !format!("{error:?}").contains("hush"), "{error:?}");
        assert_eq!(label(Err(error)), "503 exchange_response", "{cause}");
        assert_eq!(scene.sent(), 1, "a used refresh token is not sent again");
    }
}

/// A proxy that damages the first token response.
#[derive(Debug)]
struct DamagingProxy {
    network: ReqwestClient,
    is_repaired: AtomicBool,
}

impl HttpClient for DamagingProxy {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let is_token_request = request.url.ends_with("/oauth/token");
            let mut response = self.network.send(request).await?;
            if is_token_request && !self.is_repaired.swap(true, Ordering::SeqCst) {
                response.body = String::from_utf8(response.body).unwrap().replace("Bearer", "Unknown").into();
            }
            Ok(response)
        })
    }
}

#[tokio::test]
async fn an_answer_that_is_damaged_on_its_way_costs_no_user_their_login() {
    let setup = Setup::new().await;
    let proxy = DamagingProxy { network: ReqwestClient::new().unwrap(), is_repaired: AtomicBool::new(false) };
    let api = ApiClient::builder(setup.tenant.domain(), setup.tenant.audience()).insecure_http_loopback();
    let api = api.clock(setup.clock.clone()).client_auth(ClientAuth::private_key_jwt(CLIENT, setup.key.clone()));
    let api = api.http_client(proxy).build().unwrap();
    let first = setup.tenant.refresh_token(CLIENT, ADA);
    let error = api.get_token_by_refresh_token(RefreshToken::new(first)).await.unwrap_err();
    assert_eq!(error.to_string(), "token_type in the token response is missing or malformed");
    // The login goes on with the successor.
    let stored = error.successor().unwrap().expose().to_owned();
    let tokens = api.get_token_by_refresh_token(RefreshToken::new(stored)).await.unwrap();
    assert!(tokens.refresh_token().is_some());
}

#[tokio::test]
async fn an_answer_that_fails_has_a_successor_only_for_a_refresh_token() {
    let answer = |body: &str| HttpAnswer::status(200).body(body.to_owned());
    let refresh = async |body: &str| {
        let scene = Scene::new();
        scene.tokens.answer([answer(body)]);
        scene.api.get_token_by_refresh_token(RefreshToken::new("stored")).await.unwrap_err()
    };
    for body in [
        "{}",
        "<html>",
        r#"{"refresh_token":null}"#,
        r#"{"refresh_token":""}"#,
        r#"{"refresh_token":5}"#,
        r#"{"refresh_token":"a\nb"}"#,
        // It is unclear which one is meant.
        r#"{"refresh_token":"a","refresh_token":"b"}"#,
    ] {
        let error = refresh(body).await;
        assert!(error.successor().is_none() && matches!(error, ExchangeError::Response(_)), "{body} {error:?}");
    }
    let scene = Scene::new();
    scene.tokens.answer([answer(r#"{"refresh_token":"next"}"#)]);
    assert!(scene.profile().await.unwrap_err().successor().is_none());
    scene.tokens.answer([HttpAnswer::json(400, &json!({ "error": "invalid_grant", "refresh_token": "next" }))]);
    let outcome = scene.api.get_token_by_refresh_token(RefreshToken::new("stored")).await;
    assert!(matches!(outcome, Err(ExchangeError::Server(_))));
}

#[tokio::test]
async fn a_refresh_token_gives_a_token_for_another_api() {
    let setup = Setup::new().await;
    let (stored, key) = (setup.tenant.refresh_token(CLIENT, ADA), ProofKey::generate().unwrap());
    let asked = RefreshToken::new(stored).audience(CALENDAR).scope("read:events write:events").dpop(&key);
    let answer = setup.api.get_token_by_refresh_token(asked).await.unwrap();
    // The policy of the client does not include `write:events`.
    assert_eq!((answer.scope(), answer.bound_to()), (Some("read:events"), Some(key.thumbprint())));
    let missing = answer.require_scopes(&["write:events"]).unwrap_err();
    assert_eq!(missing.to_string(), "the scopes write:events are not granted");
    let next = answer.refresh_token().unwrap().expose();
    let other = RefreshToken::new(next).audience(setup.tenant.management_audience());
    assert_eq!(label(setup.api.get_token_by_refresh_token(other).await), "403 exchange_denied");
}

#[tokio::test]
async fn a_refresh_token_is_sent_once_and_checked_before() {
    let setup = Setup::new().await;
    assert_eq!(
        label(setup.api.get_token_by_refresh_token(RefreshToken::new("Bearer abc")).await),
        "500 exchange_input"
    );
    assert_eq!(setup.sent(), 0);
    for (status, code, expected) in [
        (403, "invalid_grant", "403 exchange_interaction_required"),
        (403, "mfa_required", "403 exchange_mfa_required"),
        (403, "access_denied", "403 exchange_denied"),
        (400, "invalid_scope", "500 exchange_rejected"),
        (500, "server_error", "503 exchange_server_trouble"),
    ] {
        let scene = Scene::new();
        scene.tokens.answer([error(status, code)]);
        let outcome = scene.api.get_token_by_refresh_token(RefreshToken::new("stored")).await;
        assert_eq!((label(outcome), scene.sent()), (expected.to_owned(), 1), "{status} {code}");
    }
}

#[tokio::test]
async fn a_privileged_worker_gets_a_token_for_an_absent_user() {
    let setup = Setup::new().await;
    setup.tenant.link(ADA, LinkedAccount::new(GOOGLE).scopes(["calendar.read"]));
    let answer = setup.work(setup.import().scope("calendar.read")).await.unwrap();
    assert_eq!((answer.scope(), answer.connection()), (Some("calendar.read"), Some(GOOGLE)));
    assert_eq!(answer.issued_token_type(), Some("http://auth0.com/oauth/token-type/token-vault-access-token"));
    // The JWT differs each time, the cache key does not.
    let again = setup.work(setup.import().scope("calendar.read")).await.unwrap();
    assert_eq!((again.access_token().expose(), setup.sent()), (answer.access_token().expose(), 1));
    // Each audit context, organization and user gets its own request.
    setup.work(setup.worker("support case 4711")).await.unwrap();
    setup.work(setup.worker("support case 4711").organization("org_acme")).await.unwrap();
    assert_eq!(setup.sent(), 3);
    let bob = PrivilegedWorker::new(GOOGLE, "auth0|bob", "nightly import", &setup.key);
    assert_eq!(label(setup.work(bob).await), "403 exchange_account_not_linked");
    assert_eq!(setup.tenant.requests().token, 4);
}

#[tokio::test]
async fn each_attempt_of_a_privileged_worker_has_a_new_jwt() {
    let scene = Scene::new();
    scene.tokens.answer([super::scripted::later(503, 0), tokens("google")]);
    let key = new_key();
    let asked = PrivilegedWorker::new(GOOGLE, ADA, "nightly import", &key);
    assert_eq!(text(&scene.api.get_access_token_as_privileged_worker(asked).await), Ok("google"));
    let forms: Vec<Vec<(String, String)>> = scene
        .tokens
        .requests()
        .iter()
        .map(|request| form_urlencoded::parse(&request.body).into_owned().collect())
        .collect();
    let jwt = |form: &Vec<(String, String)>| {
        form.iter().find(|(name, _)| name == "subject_token").map(|(_, value)| value.clone()).unwrap()
    };
    let [first, second]: [_; 2] = forms.try_into().unwrap();
    assert_ne!(jwt(&first), jwt(&second));
}

#[tokio::test]
async fn a_privileged_worker_with_another_key_is_rejected_as_a_mistake_of_this_api() {
    let setup = Setup::new().await;
    setup.tenant.link(ADA, LinkedAccount::new(GOOGLE));
    setup.work(setup.import()).await.unwrap();
    // An answer of the cache would hide the wrong key.
    let other = new_key();
    let asked = PrivilegedWorker::new(GOOGLE, ADA, "nightly import", &other);
    let rejected = server_error(setup.work(asked).await).unwrap();
    assert_eq!((rejected.kind(), rejected.status()), (ServerErrorKind::Request, 400));
    for (context, expected) in
        [(String::new(), InputError::Blank { parameter: "audit_context" }), ("é".repeat(257), InputError::AuditContext)]
    {
        let error = setup.work(setup.worker(&context)).await.unwrap_err();
        assert!(matches!(&error, ExchangeError::Input(found) if *found == expected), "{error:?}");
    }
    assert!(setup.work(setup.worker(&"é".repeat(256))).await.is_ok());
}

#[tokio::test]
async fn an_organization_an_account_or_an_audience_that_is_blank_is_not_sent() {
    let (scene, key) = (Scene::new(), new_key());
    for blank in ["", " ", "\t"] {
        let worker = || PrivilegedWorker::new(GOOGLE, ADA, "nightly import", &key);
        let ada = VaultSubject::refresh_token("stored");
        let outcomes = [
            scene.api.get_access_token_as_privileged_worker(worker().organization(blank)).await,
            scene.api.get_access_token_as_privileged_worker(worker().login_hint(blank)).await,
            scene.api.get_access_token_for_connection(ada, Connection::name(GOOGLE).login_hint(blank)).await,
            scene.api.get_token_by_refresh_token(RefreshToken::new("stored").audience(blank)).await,
        ];
        for (outcome, parameter) in outcomes.into_iter().zip(["org_id", "login_hint", "login_hint", "audience"]) {
            let error = outcome.unwrap_err();
            let expected = InputError::Blank { parameter };
            assert!(matches!(&error, ExchangeError::Input(found) if *found == expected), "{error:?}");
        }
    }
    assert_eq!(scene.sent(), 0);
}

#[tokio::test]
async fn an_account_that_is_not_linked_says_what_to_connect() {
    let setup = Setup::new().await;
    let rejected = server_error(setup.work(setup.import().scope("calendar.read mail.read")).await).unwrap();
    let needed = rejected.connect_account().unwrap();
    assert_eq!(needed.connection(), GOOGLE);
    assert_eq!(needed.scopes().collect::<Vec<_>>(), ["calendar.read", "mail.read"]);
    let scene = Scene::new();
    scene.tokens.answer([error(403, "access_denied")]);
    let asked = ClientCredentials::audience(CALENDAR);
    let rejected = server_error(scene.api.get_token_by_client_credentials(asked).await).unwrap();
    assert_eq!(rejected.connect_account(), None);
}
