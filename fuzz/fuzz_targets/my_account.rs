//! Any answer to a request about connected accounts, or about an approval on another device, gives a result or an error.
//! An independent JSON parser finds the same values in the answer. Errors repeat no text of the answer.
//!
//! Input: a line with the call and the status, header lines, an empty line, the body of the answer. The header `x-query` is
//! the query of a redirect, in which `$STATE` is the state of the flow.
#![no_main]

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use auth0_api_core::ciba::CibaRequest;
use auth0_api_core::connected_accounts::{
    AccountQuery, Connect, ConnectError, ConnectedAccount, ConnectionQuery, PendingConnection, UserToken,
};
use auth0_api_core::exchange::IssuedToken;
use auth0_api_core::http::{HttpClient, HttpFuture, HttpMethod, HttpRequest, HttpResponse};
use auth0_api_core::{ApiClient, ClientAuth};
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::rejection::assert_shows_only_code;
use auth0_api_fuzz::{AUDIENCE, ISSUER, Message, Stopped, now, run};

libfuzzer_sys::fuzz_target!(
    init: for seed in SEEDS {
        assert!(answers(seed), "{}", String::from_utf8_lossy(seed));
    },
    |data: &[u8]| {
        answers(data);
    }
);

/// The next answer of the tenant. See [`auth0_api_fuzz::Tenant`] for why this is not `ScriptedHttp` of
/// auth0-api-testing.
#[derive(Clone, Debug, Default)]
struct Endpoint(Arc<Mutex<Option<HttpResponse>>>);

struct World {
    api: ApiClient,
    endpoint: Endpoint,
    user: UserToken,
    pending: PendingConnection,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let endpoint = Endpoint::default();
    let builder = ApiClient::builder("tenant.example.com", AUDIENCE).clock(Stopped).http_client(endpoint.clone());
    let api = builder.client_auth(ClientAuth::secret_post("client", "secret")).build().expect("a client");
    let user = UserToken::bearer(&IssuedToken::new("t").expect("a token"));
    endpoint.set(200, Vec::new(), Message::read(SEEDS[2]).body);
    let accounts = api.connected_accounts().expect("a client");
    let pending = run(accounts.connect(&user, Connect::new("google-oauth2", "https://app.example.com/")));
    World { pending: pending.expect("a flow"), api, endpoint, user }
});

/// Returns whether an answer gives a result.
fn answers(data: &[u8]) -> bool {
    let message = Message::read(data);
    let Some((call, status)) = message.first.split_once(' ') else { return false };
    let Ok(status) = status.parse() else { return false };
    let header = |name: &str| {
        let value = message.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        value.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    };
    // A client of the token endpoint waits for as long as `Retry-After` says.
    let retry_after = header("retry-after").filter(|_| call != "ciba");
    let headers = retry_after.map(|value| ("retry-after".to_owned(), value)).into_iter().collect();
    WORLD.endpoint.set(status, headers, message.body);
    let body = Json::read(message.body);
    if call == "ciba" {
        return is_approval(status, body.as_ref());
    }
    let accounts = WORLD.api.connected_accounts().expect("a client");
    let outcome = match call {
        "accounts" => run(accounts.list(&WORLD.user, &AccountQuery::new())).map(|page| {
            let body = body.as_ref().expect("JSON");
            assert_eq!(page.next(), body.text("next").filter(|next| !next.is_empty()));
            let listed = list(body, "accounts");
            assert_eq!(page.accounts().len(), listed.len());
            page.accounts().iter().zip(listed).for_each(|(account, json)| check_account(account, json));
        }),
        "connections" => run(accounts.connections(&WORLD.user, &ConnectionQuery::new())).map(|page| {
            let listed = list(body.as_ref().expect("JSON"), "connections");
            assert_eq!(page.connections().len(), listed.len());
            for (connection, json) in page.connections().iter().zip(listed) {
                assert_eq!(Some(connection.name()), json.text("name"));
                assert_eq!(connection.strategy(), json.text("strategy"));
                assert!(connection.scopes().eq(texts(json, "scopes")));
            }
        }),
        "connect" => run(accounts.connect(&WORLD.user, Connect::new("google-oauth2", "https://app.example.com/")))
            .map(|pending| check_pending(&pending, body.as_ref().expect("JSON"))),
        "complete" => {
            let query = header("x-query").unwrap_or_default().replace("$STATE", WORLD.pending.state());
            run(accounts.complete(&WORLD.user, WORLD.pending.clone(), &query)).map(|account| {
                assert!(query.contains(WORLD.pending.state()) && query.contains("connect_code="), "{query}");
                check_account(&account, body.as_ref().expect("JSON"));
            })
        }
        _ => return false,
    };
    outcome
        .inspect(|()| assert!((200..300).contains(&status)))
        .map_err(|error| check_error(&error, message.body))
        .is_ok()
}

fn is_approval(status: u16, body: Option<&Json>) -> bool {
    let ciba = WORLD.api.ciba().expect("a client");
    match run(ciba.start(CibaRequest::new("auth0|ada", "Transfer 4711"))) {
        Ok(pending) => {
            let body = body.expect("JSON");
            assert!(status == 200 && body.text("auth_req_id").is_some_and(|id| !id.is_empty()));
            let seconds = body.number("expires_in").expect("expires_in").min(604_800.0);
            assert_eq!(pending.expires_at(), now() + Duration::from_secs_f64(seconds));
            true
        }
        Err(error) => {
            assert!(error.to_string().len() <= 300, "{error}");
            false
        }
    }
}

fn check_account(account: &ConnectedAccount, json: &Json) {
    assert_eq!(Some(account.id()), json.text("id"));
    assert_eq!(Some(account.connection()), json.text("connection"));
    assert_eq!(account.access_type(), json.text("access_type"));
    assert_eq!(account.expires_at(), json.text("expires_at"));
    assert!(account.scopes().eq(texts(json, "scopes")));
}

/// The browser opens a page of the tenant. The session can be stored, and `Debug` shows no ticket.
fn check_pending(pending: &PendingConnection, body: &Json) {
    let url = url::Url::parse(pending.url()).expect("a URL");
    assert_eq!((url.scheme(), url.host_str(), url.port()), ("https", Some("tenant.example.com"), None), "{url}");
    assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None), "{url}");
    let ticket = body.get("connect_params").and_then(|params| params.text("ticket"));
    let named = url.query_pairs().filter(|(name, _)| name == "ticket").last().map(|(_, value)| value.into_owned());
    assert_eq!(named.as_deref(), ticket);
    assert!(!format!("{pending:?}").contains('?'), "{pending:?}");
    let stored = pending.to_session();
    let restored = PendingConnection::from_session(&stored).expect("a stored flow");
    assert_eq!((restored.url(), restored.state(), restored.to_session()), (pending.url(), pending.state(), stored));
}

fn check_error(error: &ConnectError, body: &[u8]) {
    // The code of a redirect is shown. Its text can be in the answer too.
    let code = if let ConnectError::Denied { code } = error { code } else { "" };
    assert_shows_only_code(error, code, body);
    assert!(error.to_string().len() <= 200, "{error}");
    assert!(error.retry_after().is_none_or(|wait| wait <= Duration::from_secs(3600)));
    if let ConnectError::Rejected(problem) | ConnectError::Token(problem) | ConnectError::CodeRejected(problem) = error
    {
        let detail = problem.detail().unwrap_or_default();
        assert!(detail.len() <= 512 && detail.bytes().all(|octet| matches!(octet, b' '..=b'~')), "{detail:?}");
    }
}

fn list<'j>(json: &'j Json, name: &str) -> &'j [Json] {
    if let Some(Json::List(values)) = json.get(name) { values } else { panic!("no list") }
}

fn texts<'j>(json: &'j Json, name: &str) -> Vec<&'j str> {
    let Some(Json::List(values)) = json.get(name) else { return Vec::new() };
    values.iter().map(|value| if let Json::Text(text) = value { text.as_str() } else { panic!("{value:?}") }).collect()
}

impl Endpoint {
    fn set(&self, status: u16, headers: Vec<(String, String)>, body: &[u8]) {
        *self.0.lock().expect("one thread") = Some(HttpResponse { status, headers, body: body.to_vec() });
    }
}

impl HttpClient for Endpoint {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let response = if request.method == HttpMethod::Get && request.url.contains("/.well-known/") {
            let body = format!(
                r#"{{"issuer":"{ISSUER}","token_endpoint":"{ISSUER}oauth/token",
                    "backchannel_authentication_endpoint":"{ISSUER}bc-authorize"}}"#
            );
            HttpResponse { status: 200, headers: Vec::new(), body: body.into() }
        } else {
            self.0.lock().expect("one thread").clone().expect("an answer")
        };
        Box::pin(std::future::ready(Ok(response)))
    }
}

const SEEDS: [&[u8]; 5] = [
    include_bytes!("../seeds/my_account/accounts"),
    include_bytes!("../seeds/my_account/connections"),
    include_bytes!("../seeds/my_account/connect"),
    include_bytes!("../seeds/my_account/complete"),
    include_bytes!("../seeds/my_account/ciba"),
];
