//! Client id metadata documents: clients that nobody has registered log in, and the tenant fetches what describes them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_core::Algorithm;
use auth0_api_testing::{HttpAnswer, LocalTenant, ScriptedHttp, SignIn, SigningKey};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::caller::{Answer, part};
use crate::pages::is_a_safe_page;
use crate::visitor::{Visitor, authorization, parameter, redemption, refresh, text};
use crate::world::{Form, SECRET, World};

const CLIENT: &str = "https://client.example.com/oauth.json";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn document() -> Value {
    json!({
        "client_id": CLIENT,
        "client_name": "A <client>",
        "redirect_uris": ["http://127.0.0.1/callback", "https://client.example.com/back"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    })
}

/// A tenant whose HTTP client finds this document at [`CLIENT`].
async fn world(document: &Value) -> (World, ScriptedHttp) {
    let http = ScriptedHttp::new();
    http.route(CLIENT).answer([HttpAnswer::json(200, document)]);
    let world = World::with(|builder| builder.client_id_metadata_documents_with(http.clone())).await;
    (world, http)
}

fn login() -> Form {
    authorization().with("client_id", CLIENT).with("redirect_uri", "http://127.0.0.1:49152/callback")
}

fn redeem(code: &str) -> Form {
    redemption(code).with("client_id", CLIENT).with("redirect_uri", "http://127.0.0.1:49152/callback")
}

async fn visit(world: &World, form: &Form) -> Answer {
    Visitor::new(world).authorize(form).await
}

/// Asserts that a token request is rejected with this status and description.
async fn rejects(world: &World, form: &Form, status: u16, description: &str) {
    let answer = world.ask(form).await;
    assert_eq!((answer.status, text(&answer.json(), "error_description")), (status, description));
}

async fn code(world: &World, form: &Form) -> String {
    let answer = visit(world, form).await;
    assert_eq!(answer.status, 302, "{}", answer.body);
    parameter(answer.header("location").unwrap(), "code")
}

#[tokio::test]
async fn a_client_with_a_document_logs_in_and_refreshes() {
    let (world, http) = world(&document()).await;
    let tokens = world.ask(&redeem(&code(&world, &login()).await)).await.json();
    let claims = part(text(&tokens, "access_token"), 1);
    assert_eq!((&claims["azp"], &claims["sub"]), (&CLIENT.into(), &"auth0|ada".into()));
    let again = refresh(text(&tokens, "refresh_token")).with("client_id", CLIENT);
    let refreshed = world.ask(&again).await.json();
    assert_ne!(text(&refreshed, "refresh_token"), text(&tokens, "refresh_token"), "its refresh tokens rotate");
    assert_eq!(http.count(), 1);
    for path in ["openid-configuration", "oauth-authorization-server"] {
        let url = format!("{}/.well-known/{path}", world.tenant.domain());
        let discovery = crate::caller::get(&url).await.json();
        assert_eq!(discovery["client_id_metadata_document_supported"], true);
        assert_eq!(discovery.get("registration_endpoint"), None, "dynamic registration has its own switch");
    }
}

#[tokio::test]
async fn without_the_switch_a_url_is_an_unknown_client() {
    let world = World::new().await;
    let answer = visit(&world, &login()).await;
    assert_eq!((answer.status, answer.header("location")), (403, None));
    assert!(answer.body.contains("Unknown client"), "{}", answer.body);
    let discovery = format!("{}/.well-known/openid-configuration", world.tenant.domain());
    assert_eq!(crate::caller::get(&discovery).await.json().get("client_id_metadata_document_supported"), None);
}

#[tokio::test]
async fn a_redirect_uri_is_one_of_the_document_but_for_the_port_of_this_machine() {
    let (world, _) = world(&document()).await;
    for (uri, accepted) in [
        ("http://127.0.0.1/callback", true),
        ("http://127.0.0.1:5173/callback", true),
        ("https://client.example.com/back", true),
        ("http://localhost:5173/callback", false),
        ("http://127.0.0.1:5173/other", false),
        ("https://client.example.com:8443/back", false),
        ("https://client.example.com/back/", false),
        ("https://evil.example.com/back", false),
    ] {
        let answer = visit(&world, &login().with("redirect_uri", uri)).await;
        let location = answer.header("location").unwrap_or_default();
        assert_eq!((answer.status == 302, location.contains("code=")), (accepted, accepted), "{uri}");
    }
}

#[tokio::test]
async fn pkce_with_s256_is_mandatory_also_for_a_client_with_a_key() {
    let key = SigningKey::generate(Algorithm::ES256);
    let mut with_key = document();
    with_key["token_endpoint_auth_method"] = "private_key_jwt".into();
    with_key["jwks"] = json!({ "keys": [key.public_jwk()] });
    for document in [document(), with_key] {
        let (world, _) = world(&document).await;
        let without = login().without("code_challenge").without("code_challenge_method");
        for form in [&without, &login().with("code_challenge_method", "plain")] {
            let answer = visit(&world, form).await;
            assert_eq!(parameter(answer.header("location").unwrap(), "error"), "invalid_request");
        }
    }
}

#[tokio::test]
async fn a_client_with_a_key_authenticates_with_it() {
    let (key, next) = (SigningKey::generate(Algorithm::ES256), SigningKey::generate(Algorithm::RS256));
    let keys = "https://client.example.com/keys";
    for by_url in [false, true] {
        let mut with_key = document();
        let set = json!({ "keys": [key.public_jwk(), next.public_jwk()] });
        with_key["token_endpoint_auth_method"] = "private_key_jwt".into();
        with_key[if by_url { "jwks_uri" } else { "jwks" }] = if by_url { keys.into() } else { set.clone() };
        let (world, http) = world(&with_key).await;
        http.route(keys).answer([HttpAnswer::json(200, &set)]);
        let unauthenticated = redeem(&code(&world, &login()).await);
        let nothing = "The client is registered for private_key_jwt, not for none";
        rejects(&world, &unauthenticated, 401, nothing).await;
        for (signer, accepted) in [(&next, true), (&key, true), (&SigningKey::generate(Algorithm::ES256), false)] {
            let assertion = assertion(&world, signer);
            let form = redeem(&code(&world, &login()).await)
                .with("client_assertion_type", JWT_BEARER)
                .with("client_assertion", &assertion);
            assert_eq!(world.ask(&form).await.status, if accepted { 200 } else { 401 });
        }
        assert_eq!(http.count(), if by_url { 2 } else { 1 });
    }
}

#[tokio::test]
async fn a_client_with_a_document_has_no_secret_and_no_other_grant() {
    let (world, _) = world(&document()).await;
    let with_secret = redeem(&code(&world, &login()).await).with("client_secret", SECRET);
    rejects(&world, &with_secret, 401, "The client is registered for none, not for client_secret_post").await;
    let own_token = Form::new(&[("grant_type", "client_credentials"), ("client_id", CLIENT), ("audience", "urn:a")]);
    rejects(&world, &own_token, 403, "Grant type 'client_credentials' not allowed for the client.").await;
}

#[tokio::test]
async fn an_invalid_document_or_url_is_reported_without_a_redirect() {
    let mut invalid = document();
    invalid["client_secret"] = SECRET.into();
    let (world, http) = world(&invalid).await;
    let reason = "The client id metadata document is invalid: it contains a client_secret";
    let answer = visit(&world, &login()).await;
    assert_eq!((answer.status, answer.header("location")), (400, None));
    assert!(answer.body.contains("invalid_client") && answer.body.contains(reason), "{}", answer.body);
    is_a_safe_page(&answer);
    world.rejects(&redeem("code"), 400, "invalid_client", reason).await;
    let with_query = redeem("code").with("client_id", "https://client.example.com/a?b=c");
    world.rejects(&with_query, 400, "invalid_client", "The client_id has a query").await;
    assert_eq!(http.count(), 2, "nothing is fetched for a URL that breaks the rules");
}

#[tokio::test]
async fn a_person_sees_the_url_and_the_name_of_the_client() {
    let http = ScriptedHttp::new();
    http.route(CLIENT).answer([HttpAnswer::json(200, &document())]);
    let world = World::with(|builder| builder.client_id_metadata_documents_with(http).sign_in(SignIn::Page)).await;
    let visitor = Visitor::new(&world);
    let page = visitor.authorize(&login()).await;
    let page = visitor.visit(page.header("location").unwrap()).await;
    is_a_safe_page(&page);
    assert!(page.body.contains(CLIENT) && page.body.contains("A &lt;client&gt;"), "{}", page.body);
}

/// A host on this machine, with the documents of clients.
struct Host {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Host {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, requests) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let counter = Arc::clone(&requests);
        let server = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                answer(stream, address, &counter).await;
            }
        });
        Self { address, requests, server }
    }
}

/// Answers one request, and closes the connection.
async fn answer(mut stream: TcpStream, address: SocketAddr, requests: &AtomicUsize) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    requests.fetch_add(1, Ordering::SeqCst);
    let path = String::from_utf8(head).unwrap().split(' ').nth(1).unwrap().to_owned();
    let mut document = document();
    document["client_id"] = format!("http://{address}{path}").into();
    let (status, body) = match path.as_str() {
        "/good" => ("200 OK", document.to_string()),
        "/long" => ("200 OK", document.to_string() + &" ".repeat(64 * 1024)),
        "/moved" => ("302 Found\r\nlocation: /good", String::new()),
        _ => ("404 Not Found", String::new()),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    // A client that has read enough closes the connection earlier.
    drop(stream.write_all(answer.as_bytes()).await);
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tokio::test]
async fn documents_are_fetched_over_http_within_bounds() {
    let host = Host::start().await;
    let world = World::with(auth0_api_testing::LocalTenantBuilder::client_id_metadata_documents).await;
    let at = |path: &str| login().with("client_id", &format!("http://{}{path}", host.address));
    assert!(visit(&world, &at("/good")).await.header("location").unwrap().contains("code="));
    for (path, status, reason) in [
        ("/long", 400, "has more than 5120 bytes"),
        ("/moved", 400, "answers 302, and the tenant follows no redirect"),
        ("/missing", 400, "answers 404, not 200"),
    ] {
        let answer = visit(&world, &at(path)).await;
        assert_eq!((answer.status, answer.header("location")), (status, None), "{path}");
        assert!(answer.body.contains(reason), "{}", answer.body);
    }
    assert_eq!(host.requests.load(Ordering::SeqCst), 4, "the redirect was not followed");
}

#[tokio::test]
async fn an_outage_of_the_host_is_temporary() {
    let host = Host::start().await;
    let world = World::with(auth0_api_testing::LocalTenantBuilder::client_id_metadata_documents).await;
    let url = format!("http://{}/good", host.address);
    host.server.abort();
    // Until the server's port is closed, the host may still answer.
    let closed = async { while TcpStream::connect(host.address).await.is_ok() {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), closed).await.unwrap();
    let reason = "The client id metadata document is not available: its host cannot be reached";
    let answer = visit(&world, &login().with("client_id", &url)).await;
    assert_eq!((answer.status, answer.header("location")), (503, None));
    assert!(answer.body.contains(reason), "{}", answer.body);
    world.rejects(&redeem("code").with("client_id", &url), 503, "temporarily_unavailable", reason).await;
}

#[tokio::test]
async fn every_request_at_the_same_time_is_served_by_one_fetch() {
    let host = Host::start().await;
    let tenant = LocalTenant::builder().client_id_metadata_documents().start().await.unwrap();
    let form = login().with("client_id", &format!("http://{}/good", host.address)).without("audience");
    let url = format!("{}/authorize?{}", tenant.domain(), form.body());
    let visits = (0..20).map(|_| crate::caller::get(&url));
    for answer in futures_util::future::join_all(visits).await {
        assert!(answer.header("location").unwrap().contains("code="));
    }
    assert_eq!(host.requests.load(Ordering::SeqCst), 1);
}

fn assertion(world: &World, key: &SigningKey) -> String {
    let token = world.tenant.mint().subject(CLIENT).issuer(CLIENT).claim("jti", unique()).key(key);
    token.audience(world.tenant.issuer()).expires_in(std::time::Duration::from_secs(60)).sign()
}

fn unique() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("assertion-{}", NEXT.fetch_add(1, Ordering::SeqCst))
}
