//! Asking a user for approval on another device, with a local tenant and a clock that the test moves.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use auth0_api_core::ciba::{CibaError, CibaRequest, PendingApproval};
use auth0_api_core::exchange::{ProofKey, TokenType};
use auth0_api_core::http::HttpConnection;
use auth0_api_core::{ApiClient, ClientAuth, Clock, Error, Sleep, TokenSet};
use auth0_api_testing::{Api, Application, Endpoint, GrantType, HttpAnswer, LocalTenant, ManualClock, Misbehaviour};
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::scene::{CALENDAR, Scene};
use super::scripted::{error, later, tokens};
use crate::log::Log;

struct Setup {
    tenant: LocalTenant,
    clock: Watched,
    api: ApiClient,
}

impl Setup {
    async fn new() -> Self {
        Self::with_grants([GrantType::Ciba, GrantType::ClientCredentials]).await
    }

    async fn with_grants(grants: [GrantType; 2]) -> Self {
        let clock = Watched::default();
        let client = Application::machine("agent", "secret").grants(grants);
        let builder =
            LocalTenant::builder().clock(clock.clock.clone()).api(Api::new(CALENDAR).scopes(["write:events"]));
        let tenant = builder.application(client).start().await.unwrap();
        let api = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let api = api.clock(clock.clone()).client_auth(ClientAuth::secret_post("agent", "secret")).build().unwrap();
        Self { tenant, clock, api }
    }

    async fn start(&self, asked: CibaRequest) -> Result<PendingApproval, CibaError> {
        self.api.ciba().unwrap().start(asked).await
    }

    async fn run(&self, pending: &mut PendingApproval, seconds: u64) -> Option<Result<TokenSet, CibaError>> {
        self.clock.run(pending, seconds).await
    }

    fn polls(&self) -> usize {
        self.tenant.token_requests().len()
    }
}

/// A clock that a test moves to the next moment for which somebody waits.
#[derive(Clone, Debug, Default)]
struct Watched {
    clock: ManualClock,
    /// The last moment for which somebody began to wait.
    due: Arc<Mutex<Option<SystemTime>>>,
    asleep: Arc<Notify>,
}

impl Clock for Watched {
    fn now(&self) -> SystemTime {
        self.clock.now()
    }

    fn sleep_until(&self, time: SystemTime) -> Sleep {
        *self.due.lock().unwrap() = Some(time);
        self.asleep.notify_one();
        self.clock.sleep_until(time)
    }
}

impl Watched {
    /// Lets the clock run until the waiting has ended, at most for this many seconds.
    async fn run(&self, pending: &mut PendingApproval, seconds: u64) -> Option<Result<TokenSet, CibaError>> {
        let end = self.now() + Duration::from_secs(seconds);
        let mut waiting = pin!(pending.wait());
        loop {
            if let Either::Left((outcome, _)) = select(&mut waiting, pin!(self.asleep.notified())).await {
                return Some(outcome);
            }
            let due = self.due.lock().unwrap().unwrap();
            self.clock.set(due.min(end));
            if due > end {
                return None;
            }
        }
    }
}

fn asked() -> CibaRequest {
    CibaRequest::new(ADA, "Move the meeting 4711").scope("openid write:events").audience(CALENDAR)
}

fn label(outcome: Option<Result<TokenSet, CibaError>>) -> &'static str {
    outcome.unwrap().map(drop).map_or_else(|error| error.label(), |()| "approved")
}

const ADA: &str = "auth0|ada";

#[tokio::test]
async fn an_approval_gives_tokens_of_the_user() {
    let setup = Setup::new().await;
    let mut pending = setup.start(asked()).await.unwrap();
    let open = setup.tenant.ciba().open();
    assert_eq!((open[0].user_id.as_str(), open[0].binding_message.as_str()), (ADA, "Move the meeting 4711"));
    assert!(setup.run(&mut pending, 11).await.is_none(), "the user has not answered");
    assert_eq!(setup.polls(), 2, "one poll each five seconds");
    assert_eq!(setup.tenant.ciba().approve(ADA), 1);
    let answer = setup.run(&mut pending, 6).await.unwrap().unwrap();
    assert_eq!((answer.scope(), setup.polls()), (Some("openid write:events"), 3));
    assert!(answer.id_token().is_some());
    let calendar = ApiClient::builder(setup.tenant.domain(), CALENDAR).insecure_http_loopback();
    let calendar = calendar.clock(setup.clock.clone()).build().unwrap();
    let token = calendar.verify_access_token(answer.access_token().expose()).await.unwrap();
    assert_eq!(token.subject(), Some(ADA));
    // The tokens are handed out once.
    assert_eq!(label(setup.run(&mut pending, 6).await), "ciba_exchange");
}

#[tokio::test]
async fn a_start_does_not_get_lost_on_a_connection_that_died_while_it_was_idle() {
    let setup = Setup::new().await;
    setup.tenant.misbehave(Endpoint::Ciba, Misbehaviour::CutKeptConnections);
    // The discovery document comes over the first connection, which is then kept.
    for open in [1, 2] {
        assert_eq!(setup.start(asked()).await.map(drop).map_err(|error| error.label()), Ok(()));
        assert_eq!(setup.tenant.ciba().open().len(), open);
    }
}

#[tokio::test]
async fn a_denial_and_an_expiry_end_the_waiting() {
    let setup = Setup::new().await;
    let mut denied = setup.start(asked()).await.unwrap();
    assert_eq!(setup.tenant.ciba().deny(ADA), 1);
    assert_eq!(label(setup.run(&mut denied, 6).await), "ciba_denied");

    let mut expired = setup.start(asked().expires_in(Duration::from_secs(12))).await.unwrap();
    let before = setup.polls();
    assert_eq!(label(setup.run(&mut expired, 13).await), "ciba_expired");
    assert_eq!(setup.polls() - before, 2, "nothing is sent after the expiry");
}

#[tokio::test]
async fn the_interval_grows_after_slow_down() {
    let setup = Setup::new().await;
    let mut pending = setup.start(asked()).await.unwrap();
    setup.tenant.ciba().slow_down(Duration::from_secs(8));
    assert!(setup.run(&mut pending, 14).await.is_none());
    assert_eq!(setup.polls(), 1, "the next poll is ten seconds after the first");
    setup.tenant.ciba().approve(ADA);
    assert_eq!(label(setup.run(&mut pending, 3).await), "approved");
    assert_eq!(setup.polls(), 2);
}

#[tokio::test]
async fn an_outage_delays_the_answer_and_does_not_lose_it() {
    let setup = Setup::new().await;
    let mut pending = setup.start(asked()).await.unwrap();
    setup.tenant.misbehave(Endpoint::Token, Misbehaviour::RateLimited { retry_after: Duration::from_secs(20) });
    setup.tenant.ciba().approve(ADA);
    assert!(setup.run(&mut pending, 24).await.is_none());
    assert_eq!(setup.tenant.requests().token, 1, "no poll before the time that the tenant asked for");
    setup.tenant.behave();
    assert_eq!(label(setup.run(&mut pending, 3).await), "approved");
}

#[tokio::test]
async fn an_outage_until_the_expiry_is_not_taken_for_the_silence_of_the_user() {
    let setup = Setup::new().await;
    let mut pending = setup.start(asked().expires_in(Duration::from_secs(12))).await.unwrap();
    setup.tenant.ciba().approve(ADA);
    setup.tenant.misbehave(Endpoint::Token, Misbehaviour::RateLimited { retry_after: Duration::from_secs(600) });
    let limited = Error::from(setup.run(&mut pending, 13).await.unwrap().unwrap_err());
    assert_eq!((limited.status(), limited.label()), (503, "exchange_rate_limited"));

    // The tenant can be asked again, and says that the request has expired.
    let clock = Watched::default();
    let scene = Scene::with(|builder| builder.clock(clock.clone()));
    let begun = HttpAnswer::json(200, &json!({ "auth_req_id": "id", "expires_in": 120 }));
    scene.tokens.answer([begun, HttpAnswer::status(502), error(400, "expired_token")]);
    let mut pending = scene.api.ciba().unwrap().start(asked()).await.unwrap();
    let error = Error::from(clock.run(&mut pending, 60).await.unwrap().unwrap_err());
    assert_eq!((error.status(), error.label()), (503, "exchange_unavailable"));
}

#[tokio::test]
async fn the_waiting_can_be_stopped_from_elsewhere() {
    let setup = Setup::new().await;
    let mut pending = setup.start(asked()).await.unwrap();
    let stop = pending.stop_handle();
    {
        let mut waiting = pin!(pending.wait());
        assert!((&mut waiting).now_or_never().is_none());
        stop.stop();
        assert!(matches!(waiting.now_or_never(), Some(Err(CibaError::Stopped))));
    }
    assert!(matches!(pending.wait().now_or_never(), Some(Err(CibaError::Stopped))));
    assert_eq!(setup.polls(), 0);
}

#[tokio::test]
async fn a_dropped_waiting_can_be_continued() {
    let setup = Setup::new().await;
    let mut pending = setup.start(asked()).await.unwrap();
    assert!(pending.wait().now_or_never().is_none());
    setup.tenant.ciba().approve(ADA);
    assert_eq!(label(setup.run(&mut pending, 6).await), "approved");
    assert!(!format!("{pending:?}").contains("auth_req_id"), "{pending:?}");
}

#[tokio::test]
async fn a_start_that_the_tenant_rejects_is_no_error_of_the_caller() {
    let setup = Setup::with_grants([GrantType::ClientCredentials, GrantType::TokenExchange]).await;
    let rejected = setup.start(asked()).await.unwrap_err();
    let error = Error::from(rejected);
    assert_eq!((error.status(), error.label()), (500, "exchange_client_rejected"));
    let other_api = setup.start(asked().audience("https://unknown.example.com")).await.unwrap_err();
    assert_eq!(other_api.label(), "ciba_exchange");
    assert_eq!(setup.start(CibaRequest::new(ADA, "<b>")).await.unwrap_err().label(), "ciba_binding_message");
}

#[tokio::test]
async fn each_code_of_a_poll_continues_or_ends_the_waiting() {
    for (answer, expected) in [
        (error(400, "authorization_pending"), "approved"),
        (error(400, "slow_down"), "approved"),
        (error(503, "temporarily_unavailable"), "approved"),
        (later(429, 30), "approved"),
        (HttpAnswer::status(502), "approved"),
        (error(400, "access_denied"), "ciba_denied"),
        (error(403, "access_denied"), "ciba_denied"),
        (error(401, "access_denied"), "ciba_exchange"),
        (error(429, "access_denied"), "approved"),
        (error(500, "expired_token"), "approved"),
        (error(400, "expired_token"), "ciba_expired"),
        (error(403, "invalid_grant"), "ciba_exchange"),
        (error(401, "invalid_client"), "ciba_exchange"),
        (HttpAnswer::json(200, &json!({})), "ciba_exchange"),
    ] {
        let clock = Watched::default();
        let scene = Scene::with(|builder| builder.clock(clock.clone()));
        let begun = json!({ "auth_req_id": "id", "expires_in": 120, "interval": 2 });
        scene.tokens.answer([HttpAnswer::json(200, &begun), answer, tokens("approved")]);
        let mut pending = scene.api.ciba().unwrap().start(asked()).await.unwrap();
        let outcome = clock.run(&mut pending, 60).await;
        assert_eq!(label(outcome), expected);
    }
}

#[tokio::test]
async fn an_answer_without_a_scope_grants_what_was_asked_for() {
    let clock = Watched::default();
    let scene = Scene::with(|builder| builder.clock(clock.clone()));
    let begun = json!({ "auth_req_id": "id", "expires_in": 120 });
    scene.tokens.answer([HttpAnswer::json(200, &begun), tokens("approved")]);
    let request = asked().audience(CALENDAR).scope("openid write:events");
    let mut pending = scene.api.ciba().unwrap().start(request).await.unwrap();
    let tokens = clock.run(&mut pending, 60).await.unwrap().unwrap();
    assert_eq!(tokens.scopes().collect::<Vec<_>>(), ["openid", "write:events"]);
    assert_eq!(tokens.audience(), Some(CALENDAR));
}

#[tokio::test]
async fn a_malformed_start_is_an_error_and_a_missing_interval_is_five_seconds() {
    for (begun, member) in [
        (json!({ "expires_in": 120 }), "auth_req_id"),
        (json!({ "auth_req_id": "", "expires_in": 120 }), "auth_req_id"),
        (json!({ "auth_req_id": "id" }), "expires_in"),
        (json!({ "auth_req_id": "id", "expires_in": "soon" }), "expires_in"),
        (json!({ "auth_req_id": "id", "expires_in": 120, "interval": -1 }), "interval"),
    ] {
        let scene = Scene::new();
        scene.tokens.answer([HttpAnswer::json(200, &begun)]);
        let error = scene.api.ciba().unwrap().start(asked()).await.unwrap_err();
        assert!(matches!(error, CibaError::Response { member: found } if found == member), "{begun} {error:?}");
        // The grant type is a parameter of the polls.
        assert_eq!(scene.last_form().get("grant_type"), None);
    }
    let clock = Watched::default();
    let scene = Scene::with(|builder| builder.clock(clock.clone()));
    scene.tokens.answer([HttpAnswer::json(200, &json!({ "auth_req_id": "id", "expires_in": u64::MAX })), tokens("t")]);
    let mut pending = scene.api.ciba().unwrap().start(asked()).await.unwrap();
    assert!(clock.run(&mut pending, 4).await.is_none());
    assert_eq!((label(clock.run(&mut pending, 2).await), scene.sent()), ("approved", 2));
    let form = scene.last_form();
    assert_eq!(form.get("auth_req_id").map(String::as_str), Some("id"));
}

#[tokio::test]
async fn an_approval_can_give_a_token_that_is_bound_to_a_key() {
    let setup = Setup::new().await;
    setup.tenant.require_dpop_nonce(true);
    let key = ProofKey::generate().unwrap();
    let mut pending = setup.start(asked().dpop(&key)).await.unwrap();
    assert!(setup.run(&mut pending, 6).await.is_none(), "the user has not answered");
    setup.tenant.ciba().approve(ADA);
    let answer = setup.run(&mut pending, 11).await.unwrap().unwrap();
    assert_eq!((answer.token_type(), answer.bound_to()), (TokenType::Dpop, Some(key.thumbprint())));

    let clock = Watched::default();
    let scene = Scene::with(|builder| builder.clock(clock.clone()));
    scene.tokens.answer([HttpAnswer::json(200, &json!({ "auth_req_id": "id", "expires_in": 120 })), tokens("bare")]);
    let mut pending = scene.api.ciba().unwrap().start(asked().dpop(&key)).await.unwrap();
    let has_proof =
        |request: &auth0_api_core::http::HttpRequest| request.headers.iter().any(|(name, _)| name == "dpop");
    assert!(!has_proof(&scene.last_request()), "the start gets no token");
    let error = Error::from(clock.run(&mut pending, 60).await.unwrap().unwrap_err());
    assert_eq!((error.status(), error.label()), (503, "exchange_response"));
    assert!(has_proof(&scene.last_request()));
}

#[tokio::test]
async fn the_requested_authorization_details_are_in_the_start_and_the_granted_ones_in_the_answer() {
    let clock = Watched::default();
    let scene = Scene::with(|builder| builder.clock(clock.clone()));
    let (payment, granted) = (json!({ "type": "payment", "amount": 4711 }), json!({ "type": "payment", "amount": 11 }));
    let answer = json!({ "access_token": "t", "token_type": "Bearer", "authorization_details": [granted] });
    let begun = json!({ "auth_req_id": "id", "expires_in": 120 });
    scene.tokens.answer([HttpAnswer::json(200, &begun), HttpAnswer::json(200, &answer)]);
    let request = asked().authorization_detail(payment.clone()).authorization_detail(json!({ "type": "other" }));
    let mut pending = scene.api.ciba().unwrap().start(request).await.unwrap();
    let sent: Value = serde_json::from_str(&scene.last_form()["authorization_details"]).unwrap();
    assert_eq!(sent, json!([payment, { "type": "other" }]));
    let tokens = clock.run(&mut pending, 60).await.unwrap().unwrap();
    assert_eq!(tokens.authorization_details::<Value>().unwrap(), [granted]);
    assert!(!scene.last_form().contains_key("authorization_details"), "the questions do not repeat it");
    assert_eq!(scene.last_request().connection, HttpConnection::New, "the tokens are handed out once");
}

#[tokio::test]
async fn approvals_are_logged_without_the_user_and_the_message() {
    let clock = Watched::default();
    let scene = Scene::with(|builder| builder.clock(clock.clone()));
    let (log, subscribed) = Log::subscribe();
    let begun = || HttpAnswer::json(200, &json!({ "auth_req_id": "hush-id", "expires_in": 120 }));
    let description = json!({ "error": "access_denied", "error_description": "hush" });
    for answers in [
        [begun(), error(400, "authorization_pending"), later(429, 30), tokens("hush-token")].to_vec(),
        [begun(), HttpAnswer::json(400, &description)].to_vec(),
        [begun(), error(403, "invalid_grant")].to_vec(),
    ] {
        scene.tokens.answer(answers);
        let mut pending = scene.api.ciba().unwrap().start(asked()).await.unwrap();
        _ = clock.run(&mut pending, 60).await;
    }
    assert!(scene.api.ciba().unwrap().start(CibaRequest::new(ADA, "<b>")).await.is_err());
    drop(subscribed);
    let (events, texts) = log.read();
    let expected = [
        "approval_requested",
        "approval_delayed",
        "approval_granted",
        "approval_requested",
        "approval_absent",
        "approval_requested",
        "approval_failed",
        "approval_failed",
    ];
    assert_eq!(events, expected);
    for part in ["ciba_denied", "exchange_rejected", "ciba_binding_message", "answered 403 invalid_grant"] {
        assert!(texts.contains(part), "{part} {texts}");
    }
    for secret in ["hush", "api-secret", ADA, "meeting"] {
        assert!(!texts.contains(secret), "{secret} {texts}");
    }
}

#[tokio::test]
async fn a_handler_can_return_the_error_of_an_approval() {
    async fn handler(api: &ApiClient) -> Result<(), Error> {
        let mut pending = api.ciba()?.start(asked()).await?;
        pending.stop_handle().stop();
        pending.wait().await?;
        Ok(())
    }
    let scene = Scene::new();
    scene.tokens.answer([HttpAnswer::status(502)]);
    let outage = handler(&scene.api).await.unwrap_err();
    assert_eq!((outage.status(), outage.label()), (503, "exchange_unavailable"));
    scene.tokens.answer([HttpAnswer::json(200, &json!({ "auth_req_id": "id", "expires_in": 120 }))]);
    let stopped = scene.api.reject(&handler(&scene.api).await.unwrap_err());
    assert_eq!((stopped.status(), stopped.label(), stopped.challenges().len()), (503, "ciba_stopped", 0));
}
