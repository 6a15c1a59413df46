//! Requests to APIs that the adapter for axum protects.

use auth0_api_axum::{AuthLayer, Token};
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::exchange::{Grant, GrantRequest, InputError, ProofKey};
use auth0_api_core::{ApiClient, Connection, DpopPolicy, ExchangeProfile};
use auth0_api_fetcher::{FetchCaller, FetchError, FetchToken, Fetcher, UrlError};
use auth0_api_testing::{ExchangeRejection, Exchanged, LinkedAccount, User};
use axum::Router;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::world::{CALENDAR, Server, World, soon};

/// An API that says who calls it, and repeats bodies.
async fn calendar(api: ApiClient) -> Server {
    let who = async |Token(token): Token| {
        let actor = token.current_actor().unwrap().map(|actor| actor.subject().to_owned());
        let scopes: Vec<_> = token.scopes().collect();
        axum::Json(
            json!({ "sub": token.subject(), "act": actor, "scopes": scopes, "bound": token.binding().key().is_some() }),
        )
    };
    let events = get(who).post(async |_: Token, body: String| body);
    let app = Router::new().route("/v1/events", events).route("/v1/echo", post(async |body: String| body));
    Server::start(app.layer(AuthLayer::new(api))).await
}

#[tokio::test]
async fn a_request_is_made_on_behalf_of_its_caller() {
    let world = World::start().await;
    let server = calendar(world.calendar().build().unwrap()).await;
    let fetcher = world.fetcher(&server).build().unwrap();
    for _ in 0..3 {
        for user in ["auth0|ada", "auth0|bob"] {
            let caller = world.caller(user).await;
            let response = fetcher.for_caller(&caller).get("/v1/events").send().await.unwrap();
            assert_eq!(response.status(), 200);
            let who: Value = response.json().await.unwrap();
            let client = world.tenant.api_client_id();
            assert_eq!(who, json!({ "sub": user, "act": client, "scopes": ["read:events"], "bound": false }));
        }
    }
    assert_eq!((world.token_requests(), server.requests()), (2, 6));
}

#[tokio::test]
async fn a_bound_token_gets_a_proof_with_the_nonce_of_the_server() {
    let world = World::start().await;
    let policy = DpopPolicy::require().nonce(RotatingNonce::generate().unwrap());
    let server = calendar(world.calendar().dpop(policy).build().unwrap()).await;
    let fetcher = world.fetcher(&server).proof_key(ProofKey::generate().unwrap()).build().unwrap();
    let ada = world.caller("auth0|ada").await;
    // The first request has to be repeated with the nonce. Its body is sent twice.
    let response = fetcher.for_caller(&ada).post("/v1/events").body("lunch").send().await.unwrap();
    assert_eq!((response.status().as_u16(), server.requests()), (200, 2));
    assert_eq!(response.text().await.unwrap(), "lunch");
    for request in 3..6 {
        let who: Value = fetcher.for_caller(&ada).get("/v1/events").send().await.unwrap().json().await.unwrap();
        assert_eq!((who.get("bound"), server.requests()), (Some(&json!(true)), request));
    }
    // The nonce of an hour ago is too old, and so is the token: both are replaced.
    world.pass(7200);
    let ada = world.caller("auth0|ada").await;
    let response = fetcher.for_caller(&ada).get("/v1/events").send().await.unwrap();
    assert_eq!((response.status().as_u16(), server.requests(), world.token_requests()), (200, 7, 2));
}

#[tokio::test]
async fn the_nonces_of_the_tenant_and_of_the_server_are_kept_apart() {
    let world = World::start().await;
    world.tenant.require_dpop_nonce(true);
    let policy = DpopPolicy::require().nonce(RotatingNonce::generate().unwrap());
    let server = calendar(world.calendar().dpop(policy).build().unwrap()).await;
    let fetcher = world.fetcher(&server).proof_key(ProofKey::generate().unwrap()).build().unwrap();
    for user in ["auth0|ada", "auth0|bob"] {
        let response = fetcher.for_caller(world.caller(user).await).get("/v1/events").send().await.unwrap();
        assert_eq!(response.status(), 200);
    }
    assert_eq!((world.token_requests(), server.requests()), (3, 3));
}

/// The client credentials grant ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
struct OwnName;

impl Grant for OwnName {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        Ok(GrantRequest::new("client_credentials").field("audience", CALENDAR).cacheable())
    }
}

#[tokio::test]
async fn a_grant_calls_in_the_name_of_this_api() {
    let world = World::start().await;
    let server = calendar(world.calendar().build().unwrap()).await;
    let auth = auth0_api_core::ClientAuth::secret_post(world.tenant.client_id(), world.tenant.client_secret());
    let machine = ApiClient::builder(world.tenant.domain(), world.tenant.audience()).insecure_http_loopback();
    let machine = machine.clock(world.clock.clone()).client_auth(auth).build().unwrap();
    for (key, bound) in [(None, false), (Some(ProofKey::generate().unwrap()), true)] {
        let builder = Fetcher::with_grant(&machine, &server.url, OwnName).insecure_http().clock(world.clock.clone());
        let builder = if let Some(key) = key { builder.proof_key(key) } else { builder };
        let fetcher = builder.build().unwrap();
        for caller in [FetchCaller::application(), world.caller("auth0|ada").await.into()] {
            let who: Value = fetcher.for_caller(caller).get("/v1/events").send().await.unwrap().json().await.unwrap();
            let expected = format!("{}@clients", world.tenant.client_id());
            assert_eq!((who.get("sub"), who.get("bound")), (Some(&json!(expected)), Some(&json!(bound))));
        }
    }
    assert_eq!(world.token_requests(), 2);
}

#[tokio::test]
async fn a_connected_account_is_called_for_its_user_only() {
    let world = World::start_with(|builder| {
        builder.linked_account("auth0|ada", LinkedAccount::new("google-oauth2").scopes(["calendar"]))
    })
    .await;
    let url = world.tenant.third_party_url("google-oauth2");
    let fetcher = Fetcher::for_connection(&world.api, url, Connection::name("google-oauth2")).insecure_http();
    let fetcher = fetcher.clock(world.clock.clone()).build().unwrap();
    for _ in 0..2 {
        let response = fetcher.for_caller(world.caller("auth0|ada").await).get("").send().await.unwrap();
        assert_eq!(response.json::<Value>().await.unwrap().get("user_id"), Some(&json!("auth0|ada")));
    }
    assert_eq!(world.token_requests(), 1);
    let error = fetcher.for_caller(world.caller("auth0|bob").await).get("").send().await.unwrap_err();
    assert_eq!(error.label(), "exchange_account_not_linked");
}

#[tokio::test]
async fn a_connected_account_that_is_connected_again_is_called_with_its_new_token() {
    let world = World::start_with(|builder| {
        builder.linked_account("auth0|ada", LinkedAccount::new("google-oauth2").scopes(["calendar"]))
    })
    .await;
    // Many providers give no reason.
    for (status, label, exchanges) in [(403, "downstream_insufficient_scope", 1), (401, "downstream_token_rejected", 2)]
    {
        let status = http::StatusCode::from_u16(status).unwrap();
        let server = Server::answering(move |_, _| (status, "{\"message\":\"Bad credentials\"}")).await;
        let fetcher = Fetcher::for_connection(&world.api, &server.url, Connection::name("google-oauth2"));
        let fetcher = fetcher.insecure_http().clock(world.clock.clone()).build().unwrap();
        let before = world.token_requests();
        let ada = world.caller("auth0|ada").await;
        for _ in 0..3 {
            let error = fetcher.for_caller(&ada).post("/").send().await.unwrap_err();
            assert_eq!(error.label(), label);
        }
        assert_eq!(
            world.token_requests() - before,
            2,
            "{status}: the first token was dropped, and within 10 s no other"
        );
        world.pass(11);
        fetcher.for_caller(&ada).get("/").send().await.unwrap_err();
        assert_eq!(world.token_requests() - before, 1 + exchanges, "{status}");
    }
}

#[tokio::test]
async fn a_denial_of_this_api_itself_is_not_its_callers_fault() {
    let world = World::start().await;
    let challenge = [("www-authenticate", "Bearer error=\"insufficient_scope\", scope=\"write:events\"")];
    let server = Server::answering(move |_, _| (http::StatusCode::FORBIDDEN, challenge)).await;
    let auth = auth0_api_core::ClientAuth::secret_post(world.tenant.client_id(), world.tenant.client_secret());
    let machine = ApiClient::builder(world.tenant.domain(), world.tenant.audience()).insecure_http_loopback();
    let machine = machine.clock(world.clock.clone()).client_auth(auth).build().unwrap();
    let fetcher = Fetcher::with_grant(&machine, &server.url, OwnName).insecure_http().build().unwrap();
    let error = fetcher.for_caller(world.caller("auth0|ada").await).get("/").send().await.unwrap_err();
    assert_eq!(error.label(), "downstream_application_denied");
    let error = auth0_api_core::Error::from(error);
    assert_eq!(error.status(), 500);
    assert!(error.to_string().contains("write:events"), "{error}");
}

#[tokio::test]
async fn an_exchange_profile_takes_a_token_that_auth0_did_not_issue_and_is_asked_each_time() {
    let profile = "urn:acme:legacy-session";
    let world = World::start_with(|builder| {
        builder.exchange_profile(profile, |request| match request.subject_token() {
            "session-of-ada" => Ok(Exchanged::user(User::new("auth0|ada"))),
            _ => Err(ExchangeRejection::reject_subject_token("nobody has this session")),
        })
    })
    .await;
    let server = calendar(world.calendar().build().unwrap()).await;
    let asked = ExchangeProfile::new(profile, CALENDAR).scope("read:events");
    for (key, bound) in [(None, false), (Some(ProofKey::generate().unwrap()), true)] {
        let builder = Fetcher::by_exchange_profile(&world.api, &server.url, asked.clone()).insecure_http();
        let builder = if let Some(key) = key { builder.proof_key(key) } else { builder };
        let fetcher = builder.clock(world.clock.clone()).build().unwrap();
        let session = fetcher.for_caller(FetchCaller::unverified("session-of-ada"));
        for _ in 0..2 {
            let who: Value = session.get("/v1/events").send().await.unwrap().json().await.unwrap();
            assert_eq!((who.get("sub"), who.get("bound")), (Some(&json!("auth0|ada")), Some(&json!(bound))));
        }
        let error = fetcher.for_caller(FetchCaller::unverified("another")).get("/v1/events").send().await.unwrap_err();
        assert_eq!(error.label(), "exchange_subject_rejected");
    }
    assert_eq!((world.token_requests(), server.requests()), (6, 4));
}

#[tokio::test]
async fn a_token_of_a_profile_is_never_replaced() {
    let profile = "urn:acme:legacy-session";
    let world =
        World::start_with(|builder| builder.exchange_profile(profile, |_| Ok(Exchanged::user(User::new("auth0|ada")))))
            .await;
    let challenge = [("www-authenticate", "Bearer error=\"invalid_token\"")];
    let server = Server::answering(move |_, _| (http::StatusCode::UNAUTHORIZED, challenge)).await;
    let asked = ExchangeProfile::new(profile, CALENDAR);
    let fetcher = Fetcher::by_exchange_profile(&world.api, &server.url, asked).insecure_http().build().unwrap();
    let error = fetcher.for_caller(FetchCaller::unverified("session")).get("/").send().await.unwrap_err();
    assert_eq!((error.label(), world.token_requests(), server.requests()), ("downstream_token_rejected", 1, 1));
}

#[tokio::test]
async fn a_closure_is_a_source_of_tokens() {
    let world = World::start().await;
    let server = calendar(world.calendar().build().unwrap()).await;
    let token = world.tenant.mint().subject("partner|1").audience(CALENDAR).sign();
    let source = move |caller: FetchCaller| {
        let token = token.clone();
        async move {
            let is_ada = caller.token().is_some_and(|token| token.subject() == Some("auth0|ada"));
            if is_ada { FetchToken::bearer(token) } else { Err(FetchError::source("nobody knows this user")) }
        }
    };
    let fetcher = Fetcher::with_source(&server.url, source).insecure_http().build().unwrap();
    let who = fetcher.for_caller(world.caller("auth0|ada").await).get("/v1/events").send().await.unwrap();
    assert_eq!(who.json::<Value>().await.unwrap().get("sub"), Some(&json!("partner|1")));
    let error = fetcher.for_caller(world.caller("auth0|bob").await).get("/v1/events").send().await.unwrap_err();
    assert_eq!((error.label(), server.requests()), ("downstream_unavailable", 1));
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_before_any_request() {
    let world = World::start().await;
    let server = calendar(world.calendar().build().unwrap()).await;
    let fetcher = world.fetcher(&server).build().unwrap();
    let ada = world.caller("auth0|ada").await;
    let fetcher_of_ada = fetcher.for_caller(&ada);
    for request in [
        fetcher_of_ada.get("https://attacker.example/v1/events"),
        fetcher_of_ada.get("/v1/../admin"),
        fetcher_of_ada.get("/v1/events").header("x-note", "two\r\nlines"),
        fetcher_of_ada.get("/v1/events").header("x note", "a"),
        fetcher_of_ada.post("/v1/events").json(&std::collections::BTreeMap::from([((1, 2), 3)])),
        fetcher.for_application().get("/v1/events"),
        fetcher.for_caller(FetchCaller::unverified("any text")).get("/v1/events"),
    ] {
        let shown = format!("{request:?}");
        let error = soon(request.send()).await.unwrap_err();
        assert_eq!(error.label(), "downstream_request", "{shown}");
    }
    assert_eq!((world.token_requests(), server.requests()), (0, 0));
    let plain = Fetcher::with_source(&server.url, |_: FetchCaller| async { FetchToken::bearer("t") }).build();
    assert!(matches!(plain, Err(auth0_api_fetcher::FetcherBuildError::Url(UrlError::Unencrypted))));
}

#[tokio::test]
async fn the_code_cannot_change_the_headers_of_the_token() {
    let server = Server::answering(|_, request| {
        let values =
            ["authorization", "dpop", "host", "x-note"].map(|name| crate::world::header(&request, name).to_owned());
        values.join("|") + &format!("|{}", request.uri())
    })
    .await;
    let fetcher = Fetcher::with_source(&server.url, |_: FetchCaller| async { FetchToken::bearer("right") });
    let fetcher = fetcher.insecure_http().build().unwrap();
    let request = fetcher.for_application().get("/a?b=c").query(&[("d", "e f&g"), ("h", "é")]);
    let request = request.header("authorization", "Bearer wrong").header("dpop", "wrong").header("host", "wrong");
    let seen = request.header("x-note", "kept").send().await.unwrap().text().await.unwrap();
    let host = server.url.strip_prefix("http://").unwrap();
    assert_eq!(seen, format!("Bearer right||{host}|kept|/a?b=c&d=e+f%26g&h=%C3%A9"));
}

#[tokio::test]
async fn a_bound_token_without_its_key_is_not_sent() {
    let server = Server::answering(|_, _| "").await;
    let source = |_: FetchCaller| async { FetchToken::dpop("bound") };
    let fetcher = Fetcher::with_source(&server.url, source).insecure_http().build().unwrap();
    let error = fetcher.for_application().get("/").send().await.unwrap_err();
    assert!(matches!(error, FetchError::ProofKey), "{error:?}");
    assert_eq!(server.requests(), 0);
}
