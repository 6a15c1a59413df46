//! Connecting accounts from a server, with a local tenant: as Bearer and with DPoP, and every rejection.

use std::time::Duration;

use auth0_api_core::connected_accounts::{
    AccountQuery, AvailableConnection, Connect, ConnectError, ConnectionQuery, MyAccountClient, PendingConnection,
    UserToken,
};
use auth0_api_core::exchange::{ProofKey, RefreshToken, VaultSubject};
use auth0_api_core::{ApiClient, ClientAuth, Connection, Error};
use auth0_api_testing::{
    Application, GrantType, HttpAnswer, LinkedAccount, LocalTenant, ManualClock, OfflineTenant, RefreshTokenPolicy,
};
use serde_json::{Value, json};

use super::scene::{Scene, server_error};
use crate::log::Log;

struct Setup {
    tenant: LocalTenant,
    clock: ManualClock,
    api: ApiClient,
    accounts: MyAccountClient,
}

impl Setup {
    async fn new() -> Self {
        let clock = ManualClock::new();
        let grants = [GrantType::RefreshToken, GrantType::TokenVault];
        let client = Application::regular_web(CLIENT, "secret").callbacks([CALLBACK]).grants(grants);
        let builder = LocalTenant::builder().clock(clock.clone()).connection(SLACK).connection("google-oauth2");
        let tenant = builder.application(client.refresh_tokens(RefreshTokenPolicy::reusable())).start().await.unwrap();
        let api = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let api = api.clock(clock.clone()).client_auth(ClientAuth::secret_post(CLIENT, "secret")).build().unwrap();
        let accounts = api.connected_accounts().unwrap();
        Self { tenant, clock, api, accounts }
    }

    async fn user(&self, user_id: &str, scope: &str, key: Option<&ProofKey>) -> UserToken {
        let asked = RefreshToken::new(self.tenant.refresh_token(CLIENT, user_id));
        let asked = asked.audience(self.accounts.audience()).scope(scope);
        let asked = key.iter().fold(asked, |asked, key| asked.dpop(key));
        let tokens = self.api.get_token_by_refresh_token(asked).await.unwrap();
        match key {
            Some(key) => UserToken::dpop(tokens.access_token(), key),
            None => UserToken::bearer(tokens.access_token()),
        }
    }

    /// Opens the URL as the user's browser does, and returns the redirect to the application.
    async fn browse(&self, pending: &PendingConnection) -> String {
        let browser =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = browser.get(pending.url()).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    async fn vault(&self, connection: Connection) -> Result<String, Option<Connect>> {
        let subject = VaultSubject::refresh_token(self.tenant.refresh_token(CLIENT, ADA));
        match self.api.get_access_token_for_connection(subject, connection).await {
            Ok(tokens) => Ok(tokens.scope().unwrap_or_default().to_owned()),
            failed => {
                let error = server_error(failed).unwrap();
                Err(error.connect_account().map(|account| Connect::needed(account, CALLBACK)))
            }
        }
    }

    async fn connects_an_account(&self, key: Option<&ProofKey>) {
        let calendar = || Connection::name(SLACK).scope("channels:read");
        let needed = self.vault(calendar()).await.unwrap_err().unwrap();
        let user = self.user(ADA, ALL, key).await;
        let pending = self.accounts.connect(&user, needed).await.unwrap();
        assert!(!format!("{pending:?}").contains("ticket"), "{pending:?}");
        // A replica that did not begin the flow completes it.
        let pending = PendingConnection::from_session(&pending.to_session()).unwrap();
        let redirect = self.browse(&pending).await;
        assert!(redirect.starts_with(CALLBACK), "{redirect}");
        let account = self.accounts.complete(&user, pending, &redirect).await.unwrap();
        assert_eq!((account.connection(), account.access_type()), (SLACK, Some("offline")));
        assert_eq!(account.scopes().collect::<Vec<_>>(), ["channels:read"]);
        assert_eq!(self.vault(calendar()).await.unwrap(), "channels:read");

        let page = self.accounts.list(&user, &AccountQuery::new()).await.unwrap();
        assert_eq!((page.accounts(), page.next()), (&[account.clone()][..], None));
        self.accounts.delete(&user, account.id()).await.unwrap();
        let page = self.accounts.list(&user, &AccountQuery::new()).await.unwrap();
        assert_eq!(page.accounts(), []);
        assert!(self.vault(calendar()).await.is_err());
    }
}

fn label<T>(outcome: Result<T, ConnectError>) -> &'static str {
    outcome.map(drop).unwrap_err().label()
}

const ADA: &str = "auth0|ada";
const ALL: &str = "create:me:connected_accounts read:me:connected_accounts delete:me:connected_accounts";
const CALLBACK: &str = "https://app.example.com/connected";
const CLIENT: &str = "backend";
const SLACK: &str = "slack";

#[tokio::test]
async fn an_account_is_connected_used_listed_and_removed_with_a_bearer_token() {
    Setup::new().await.connects_an_account(None).await;
}

#[tokio::test]
async fn an_account_is_connected_used_listed_and_removed_with_proofs_and_nonces() {
    let setup = Setup::new().await;
    setup.tenant.require_dpop_nonce(true);
    setup.connects_an_account(Some(&ProofKey::generate().unwrap())).await;
}

#[tokio::test]
async fn a_nonce_that_has_changed_costs_one_repetition_only() {
    let setup = Setup::new().await;
    let key = ProofKey::generate().unwrap();
    let user = setup.user(ADA, ALL, Some(&key)).await;
    for _ in 0..3 {
        setup.tenant.require_dpop_nonce(true);
        assert!(setup.accounts.list(&user, &AccountQuery::new()).await.is_ok());
    }
    let thief = ProofKey::generate().unwrap();
    let tokens = RefreshToken::new(setup.tenant.refresh_token(CLIENT, ADA)).audience(setup.accounts.audience());
    let tokens = setup.api.get_token_by_refresh_token(tokens.scope(ALL).dpop(&key)).await.unwrap();
    let stolen = UserToken::dpop(tokens.access_token(), &thief);
    assert_eq!(label(setup.accounts.list(&stolen, &AccountQuery::new()).await), "connect_token_rejected");
    let bare = UserToken::bearer(tokens.access_token());
    assert_eq!(label(setup.accounts.list(&bare, &AccountQuery::new()).await), "connect_token_rejected");
}

#[tokio::test]
async fn a_redirect_of_another_flow_or_another_user_connects_nothing() {
    let setup = Setup::new().await;
    let (ada, bob) = (setup.user(ADA, ALL, None).await, setup.user("auth0|bob", ALL, None).await);
    let begin = |user| setup.accounts.connect(user, Connect::new(SLACK, CALLBACK));
    // An attacker connects an account, and sends the redirect to the victim's browser.
    let of_attacker = begin(&bob).await.unwrap();
    let redirect = setup.browse(&of_attacker).await;
    let of_victim = begin(&ada).await.unwrap();
    assert_eq!(label(setup.accounts.complete(&ada, of_victim, &redirect).await), "connect_state");
    // The flow of one user with the token of another.
    let error = setup.accounts.complete(&ada, of_attacker, &redirect).await.unwrap_err();
    assert_eq!(error.label(), "connect_code_rejected");
    let detail = match &error {
        ConnectError::CodeRejected(problem) => problem.detail(),
        _ => None,
    };
    assert_eq!(detail, Some("The connect_code was issued for another user or another client"));
    assert!(!format!("{error:?} {error}").contains("another user"));
    for user in [&ada, &bob] {
        assert_eq!(setup.accounts.list(user, &AccountQuery::new()).await.unwrap().accounts(), []);
    }
}

#[tokio::test]
async fn a_flow_that_is_too_old_denied_or_used_is_an_error() {
    let setup = Setup::new().await;
    let ada = setup.user(ADA, ALL, None).await;
    let pending = setup.accounts.connect(&ada, Connect::new(SLACK, CALLBACK)).await.unwrap();
    let redirect = setup.browse(&pending).await;
    let state = redirect.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let denied = format!("{CALLBACK}?error=access_denied&error_description=secret&state={state}");
    let error = setup.accounts.complete(&ada, pending.clone(), &denied).await.unwrap_err();
    assert_eq!(error.to_string(), "the account was not connected: access_denied");
    setup.accounts.complete(&ada, pending.clone(), &redirect).await.unwrap();
    assert_eq!(label(setup.accounts.complete(&ada, pending.clone(), &redirect).await), "connect_code_rejected");
    setup.clock.advance(Duration::from_secs(300));
    assert_eq!(label(setup.accounts.complete(&ada, pending, &redirect).await), "connect_expired");
}

#[tokio::test]
async fn missing_scopes_and_wrong_input_are_told_apart() {
    let setup = Setup::new().await;
    let reader = setup.user(ADA, "read:me:connected_accounts", None).await;
    let creator = setup.user(ADA, "create:me:connected_accounts", None).await;
    let connect = |user, connection, redirect| setup.accounts.connect(user, Connect::new(connection, redirect));
    assert_eq!(label(connect(&reader, SLACK, CALLBACK).await), "connect_forbidden");
    assert_eq!(label(connect(&creator, "x", CALLBACK).await), "connect_rejected");
    assert_eq!(label(connect(&creator, SLACK, "https://evil.example.com/").await), "connect_rejected");
    assert_eq!(label(connect(&creator, " ", CALLBACK).await), "connect_input");
    assert_eq!(label(setup.accounts.list(&creator, &AccountQuery::new()).await), "connect_forbidden");
    assert_eq!(label(setup.accounts.list(&reader, &AccountQuery::new().take(21)).await), "connect_input");
    let deleter = setup.user(ADA, ALL, None).await;
    for id in ["", "../connect", "cac_1/x", "cac_1?x", "é", &"a".repeat(129)] {
        assert_eq!(label(setup.accounts.delete(&deleter, id).await), "connect_input", "{id}");
    }
    assert_eq!(label(setup.accounts.delete(&deleter, "cac_unknown").await), "connect_not_found");
    assert_eq!(label(PendingConnection::from_session("{}")), "connect_input");
}

#[tokio::test]
async fn accounts_are_listed_in_pages_and_by_connection() {
    let setup = Setup::new().await;
    for name in ["work", "home", "club"] {
        setup.tenant.link(ADA, LinkedAccount::new("google-oauth2").name(name));
    }
    setup.tenant.link(ADA, LinkedAccount::new(SLACK));
    let reader = setup.user(ADA, "read:me:connected_accounts", None).await;
    let google = AccountQuery::new().connection("google-oauth2").take(2);
    let first = setup.accounts.list(&reader, &google).await.unwrap();
    let second = setup.accounts.list(&reader, &google.from(first.next().unwrap())).await.unwrap();
    assert_eq!((first.accounts().len(), second.accounts().len(), second.next()), (2, 1, None));
}

#[tokio::test]
async fn an_answer_that_is_not_of_the_tenant_opens_no_url() {
    let scene = Scene::new();
    let user = scene.profile().await.map(|tokens| UserToken::bearer(tokens.access_token())).unwrap();
    let accounts = scene.api.connected_accounts().unwrap();
    let ticket = json!({ "ticket": "t&x" });
    let answer = |uri: &str| {
        let body = json!({ "auth_session": "s", "connect_uri": uri, "connect_params": ticket, "expires_in": 300 });
        HttpAnswer::json(201, &body)
    };
    let issuer = OfflineTenant::DISCOVERY_URL.strip_suffix(".well-known/openid-configuration").unwrap();
    let own = format!("{issuer}connected-accounts/connect");
    scene.tokens.answer([answer(&own)]);
    let connect = || accounts.connect(&user, Connect::new(SLACK, CALLBACK));
    assert_eq!(connect().await.unwrap().url(), format!("{own}?ticket=t%26x"));
    for uri in ["https://evil.example.com/", "javascript:alert(1)", &format!("{own}#"), "http://x", ""] {
        scene.tokens.answer([answer(uri)]);
        assert_eq!(label(connect().await), "connect_response", "{uri}");
    }
    let seven = Some(Duration::from_secs(7));
    for (status, expected, retry_after) in
        [(500, "connect_unavailable", seven), (429, "connect_rate_limited", seven), (302, "connect_response", None)]
    {
        scene.tokens.answer([HttpAnswer::status(status).header("retry-after", "7")]);
        let error = connect().await.unwrap_err();
        assert_eq!((error.label(), error.retry_after()), (expected, retry_after));
        let rejection = scene.api.reject(&Error::from(error));
        let header = rejection.headers().find(|(name, _)| *name == "retry-after").map(|(_, value)| value.into_owned());
        assert_eq!(header.as_deref(), Some(if retry_after.is_some() { "7" } else { "1" }));
    }
    scene.tokens.answer([HttpAnswer::unreachable()]);
    assert_eq!(label(connect().await), "connect_unavailable");
}

#[tokio::test]
async fn the_connections_that_a_user_can_connect_are_listed_in_pages() {
    let setup = Setup::new().await;
    let reader = setup.user(ADA, "read:me:connected_accounts", None).await;
    let (mut names, mut query, mut pages) = (vec![], ConnectionQuery::new().take(1), 0);
    loop {
        let page = setup.accounts.connections(&reader, &query).await.unwrap();
        names.extend(page.connections().iter().map(|connection| connection.name().to_owned()));
        pages += 1;
        assert!(pages < 4, "{names:?}");
        match page.next() {
            Some(next) => query = query.from(next),
            None => break,
        }
    }
    assert_eq!((names, pages), (vec![SLACK.to_owned(), "google-oauth2".to_owned()], 2));
    let all = setup.accounts.connections(&reader, &ConnectionQuery::new()).await.unwrap();
    let google = &all.connections()[1];
    assert_eq!((google.strategy(), all.next()), (Some("google-oauth2"), None));
    // The name is what a flow takes.
    let creator = setup.user(ADA, "create:me:connected_accounts", None).await;
    assert!(setup.accounts.connect(&creator, Connect::new(google.name(), CALLBACK)).await.is_ok());
    assert_eq!(label(setup.accounts.connections(&creator, &ConnectionQuery::new()).await), "connect_forbidden");
    let first = ConnectionQuery::new;
    for (take, query) in [(0, first().take(0)), (21, first().take(21)), (1, first().from(" ")), (1, first().from(""))] {
        assert_eq!(label(setup.accounts.connections(&reader, &query).await), "connect_input", "{take}");
    }
}

#[tokio::test]
async fn a_list_of_connections_is_read_strictly_and_a_checkpoint_is_escaped() {
    let scene = Scene::new();
    let user = scene.profile().await.map(|tokens| UserToken::bearer(tokens.access_token())).unwrap();
    let accounts = scene.api.connected_accounts().unwrap();
    let known = json!({ "name": "crm", "strategy": "oidc", "scopes": ["read"], "later": 1 });
    scene.tokens.answer([HttpAnswer::json(200, &json!({ "connections": [known, { "name": "bare" }], "next": "" }))]);
    let page = accounts.connections(&user, &ConnectionQuery::new().from("a&take=99")).await.unwrap();
    let shown = |connection: &AvailableConnection| {
        format!("{} {:?} {:?}", connection.name(), connection.strategy(), connection.scopes().collect::<Vec<_>>())
    };
    let shown: Vec<_> = page.connections().iter().map(shown).collect();
    assert_eq!(
        (shown, page.next()),
        (vec![r#"crm Some("oidc") ["read"]"#.to_owned(), "bare None []".to_owned()], None)
    );
    assert!(scene.last_request().url.ends_with("/me/v1/connected-accounts/connections?from=a%26take%3D99"));
    for body in
        ["{}", r#"{"connections":{}}"#, r#"{"connections":[{}]}"#, r#"{"connections":[],"connections":[]}"#, "["]
    {
        scene.tokens.answer([HttpAnswer::status(200).body(body)]);
        assert_eq!(label(accounts.connections(&user, &ConnectionQuery::new()).await), "connect_response", "{body}");
    }
}

#[tokio::test]
async fn parameters_for_the_login_of_the_provider_are_sent_if_there_are_any() {
    let scene = Scene::new();
    let user = scene.profile().await.map(|tokens| UserToken::bearer(tokens.access_token())).unwrap();
    let accounts = scene.api.connected_accounts().unwrap();
    let sent = async |asked: Connect| {
        scene.tokens.answer([HttpAnswer::status(500)]);
        assert_eq!(label(accounts.connect(&user, asked).await), "connect_unavailable");
        serde_json::from_slice::<Value>(&scene.last_request().body).unwrap()
    };
    let asked = || Connect::new(SLACK, CALLBACK);
    assert_eq!(sent(asked()).await.get("authorization_params"), None);
    let body = sent(asked().authorization_param("prompt", "login").authorization_param("prompt", "consent")).await;
    assert_eq!(body["authorization_params"], json!({ "prompt": "consent" }));
    let before = scene.sent();
    assert_eq!(label(accounts.connect(&user, asked().authorization_param(" ", 1)).await), "connect_input");
    assert_eq!(scene.sent(), before, "nothing is sent");
    // The local tenant takes them too.
    let setup = Setup::new().await;
    let creator = setup.user(ADA, "create:me:connected_accounts", None).await;
    assert!(setup.accounts.connect(&creator, asked().authorization_param("login_hint", "ada")).await.is_ok());
}

#[tokio::test]
async fn calls_are_logged_without_the_user_and_a_handler_can_return_their_errors() {
    async fn handler(accounts: &MyAccountClient, user: &UserToken, id: &str) -> Result<(), Error> {
        Ok(accounts.delete(user, id).await?)
    }
    let scene = Scene::new();
    let user = scene.profile().await.map(|tokens| UserToken::bearer(tokens.access_token())).unwrap();
    let accounts = scene.api.connected_accounts().unwrap();
    let (log, subscribed) = Log::subscribe();
    let problem = |status| HttpAnswer::json(status, &json!({ "detail": "hush" }));
    let mut answers = vec![];
    for answer in [HttpAnswer::status(204), problem(404), problem(403), problem(401), problem(429), problem(503)] {
        scene.tokens.answer([answer]);
        if let Err(error) = handler(&accounts, &user, "cac_hush").await {
            let rejection = scene.api.reject(&error);
            let challenges = rejection.challenges().len();
            answers.push(format!("{} {} {challenges}", rejection.status(), rejection.label()));
        }
    }
    let rejection = scene.api.reject(&handler(&accounts, &user, "../hush").await.unwrap_err());
    answers.push(format!("{} {} {}", rejection.status(), rejection.label(), rejection.challenges().len()));
    drop(subscribed);
    let expected = [
        "403 connect_not_found 0",
        "500 connect_forbidden 0",
        "500 connect_token_rejected 0",
        "503 connect_rate_limited 0",
        "503 connect_unavailable 0",
        "403 connect_input 0",
    ];
    assert_eq!(answers, expected);
    let (events, texts) = log.read();
    let expected = [
        "connected_accounts_answered",
        "connected_accounts_denied",
        "request_rejected",
        "connected_accounts_failed",
        "connected_accounts_failed",
        "connected_accounts_failed",
        "connected_accounts_failed",
        "connected_accounts_denied",
        "request_rejected",
    ];
    assert_eq!(events, expected);
    assert!(!texts.contains("hush"), "{texts}");
}
