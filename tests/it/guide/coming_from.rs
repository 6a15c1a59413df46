//! The pages for users of other libraries: each call that they name in the column "here" compiles.

use std::time::Duration;

use auth0_api_axum::{AuthLayer, Claims, Scoped, Token};
use auth0_api_core::issuer::DomainContext;
use auth0_api_core::{
    Algorithm, ApiClient, ApiClientBuilder, Connection, DpopPolicy, ExchangeProfile, KeyPolicy, OnBehalfOf, Rejection,
    Requirement, SubjectToken, TokenRequest, TrustedDomains, TrustedProxies, VerifiedToken, extract, guard,
};
use auth0_api_testing::OfflineTenant;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::request::Parts;

guard!(ReadMessages = Requirement::scope("read:messages"));

#[derive(serde::Deserialize)]
struct Own {}

/// What is no code of this library.
const WORDS: [&str; 11] = [
    "AUTH0_AUDIENCE",
    "AUTH0_DOMAIN",
    "AUTH0_DOMAIN=TENANT",
    "AUTH0_DOMAIN=http://127.0.0.1:4711",
    "Authorization",
    "HS256",
    "OPTIONS",
    "aud",
    "iss",
    "nbf",
    "tracing",
];

/// Compiles each piece of code, and returns the texts that the pages have for it.
macro_rules! compiled {
    ($($text:literal => $code:expr),* $(,)?) => {{
        $({ let _never_called = || { let _value = $code; }; })*
        vec![$($text),*]
    }};
}

fn calls(api: &ApiClient, builder: fn() -> ApiClientBuilder, token: &VerifiedToken) -> Vec<&'static str> {
    let subject = || SubjectToken::unverified("a");
    compiled! {
        "ApiClient::builder" => ApiClient::builder("a", "b"),
        "ApiClient::builder(\"TENANT\", \"…\")" => ApiClient::builder("TENANT", "…"),
        "ApiClient::builder(domain, audience)" => ApiClient::builder("a", "b"),
        "ApiClient::builder(domain, audience).build()?" => ApiClient::builder("a", "b").build(),
        "ApiClient::from_env()" => ApiClient::from_env(),
        "from_env()" => ApiClient::from_env(),
        "ApiClient::from_env().build()?" => ApiClient::from_env().build(),
        ".algorithms([…])" => builder().algorithms([Algorithm::RS256]),
        ".audiences([…])" => builder().audiences(["a"]),
        ".dpop(DpopPolicy::accept())" => builder().dpop(DpopPolicy::accept()),
        ".dpop(DpopPolicy::require())" => builder().dpop(DpopPolicy::require()),
        "require()" => DpopPolicy::require(),
        "ignore()" => DpopPolicy::ignore(),
        ".dpop(DpopPolicy::{accept, require, ignore}())" => [DpopPolicy::accept(), DpopPolicy::require()],
        "DpopPolicy::max_age(…)" => DpopPolicy::accept().max_age(Duration::ZERO),
        "leeway(…)" => DpopPolicy::accept().leeway(Duration::ZERO),
        ".key_policy(KeyPolicy::new().fresh_for(…))" => builder().key_policy(KeyPolicy::new().fresh_for(Duration::ZERO)),
        ".key_policy(KeyPolicy…)" => builder().key_policy(KeyPolicy::new()),
        ".leeway(…)" => builder().leeway(Duration::ZERO),
        ".max_token_age(…)" => builder().max_token_age(Duration::ZERO),
        ".own_hosts(…)" => builder().own_hosts(["a"]),
        ".public_url(…)" => builder().public_url("a"),
        ".required_claim(…)" => builder().required_claim("a"),
        ".strict_rfc9068()" => builder().strict_rfc9068(),
        ".trusted_proxies(…)" => builder().trusted_proxies(TrustedProxies::hops(1)),
        "TrustedDomains::list([…])" => TrustedDomains::list(["a"]),
        "TrustedDomains::resolver(…)" => TrustedDomains::resolver(|_: &DomainContext<'_>| async { Ok(vec!["a".to_owned()]) }),
        "Requirement" => Requirement::user(),
        "Requirement::any_scope([\"a\", \"b\"])" => Requirement::any_scope(["a", "b"]),
        "Requirement::claim(…)" => Requirement::claim("a"),
        "Requirement::claim_includes(\"https://example.com/roles\", \"editor\")" =>
            Requirement::claim_includes("https://example.com/roles", "editor"),
        "Requirement::claim_includes(\"roles\", [\"a\", \"b\"])" => Requirement::claim_includes("roles", ["a", "b"]),
        "Requirement::claim_includes(…)" => Requirement::claim_includes("a", "b"),
        "claim_includes_any" => Requirement::claim_includes_any("a", ["b"]),
        "Requirement::permission(\"read:messages\")" => Requirement::permission("read:messages"),
        "Requirement::predicate(…)" => Requirement::predicate("a", |_| true),
        "Requirement::scope(\"read:messages\")" => Requirement::scope("read:messages"),
        "Requirement::scopes([\"a\", \"b\"])" => Requirement::scopes(["a", "b"]),
        "Requirement::{claim_equals, predicate}" => Requirement::claim_equals("a", "b"),
        "guard!(ReadMessages = Requirement::scope(\"read:messages\"))" => ReadMessages,
        "Scoped<ReadMessages>" => async |_: Scoped<ReadMessages>| (),
        "Claims<T>" => async |_: Claims<Own>| (),
        "Token(token): Token" => async |Token(_): Token| (),
        "AuthLayer" => AuthLayer::new(api.clone()),
        "AuthLayer::new(client)" => AuthLayer::new(api.clone()),
        ".layer(AuthLayer::new(api))" => Router::<()>::new().layer(AuthLayer::new(api.clone())),
        ".layer(auth)" => Router::<()>::new().layer(AuthLayer::new(api.clone())),
        ".optional()" => AuthLayer::new(api.clone()).optional(),
        ".rejection_body(hook)" => AuthLayer::new(api.clone())
            .rejection_body(|rejection: &Rejection, _: &Parts| ("text/plain", Body::from(rejection.label()))),
        ".route(\"/messages\", get(list).route_layer(auth.require(Requirement::scope(\"read:messages\"))))" => {
            let (auth, list) = (AuthLayer::new(api.clone()), async || "");
            Router::<()>::new()
                .route("/messages", get(list).route_layer(auth.require(Requirement::scope("read:messages"))))
        },
        "VerifiedToken::claims()" => token.claims().len(),
        "token.claims().get(\"…\")" => token.claims().get("…").is_some(),
        "claims_as::<T>()" => token.claims_as::<Own>(),
        "token.claims_as::<T>()" => token.claims_as::<Own>(),
        "access_token()" => token.access_token(),
        "token.subject()" => token.subject(),
        "extract::extract_token(…)" => extract::extract_token(&[("a", "b")], None, None),
        "verify_access_token(token)" => api.verify_access_token("a"),
        "verify_request(&request)" => async || api.verify_request(&TokenRequest::new("GET", "a", &[("a", "b")])).await,
        "get_access_token_for_connection(…)" => api.get_access_token_for_connection(token, Connection::name("a")),
        "get_token_by_exchange_profile(…)" =>
            api.get_token_by_exchange_profile(subject(), ExchangeProfile::new("a", "b")),
        "get_token_on_behalf_of(…)" => api.get_token_on_behalf_of(token, OnBehalfOf::audience("a")),
        "warm_up()" => api.warm_up(),
        "OfflineTenant::new().token(\\|token\\| token.scope(\"read:messages\"))" =>
            OfflineTenant::new().token(|token| token.scope("read:messages")),
    }
}

#[test]
fn each_call_that_the_pages_name_compiles() {
    let builder = || ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com");
    let (api, token) = (builder().build().unwrap(), OfflineTenant::new().token(|token| token));
    let known = [&calls(&api, builder, &token)[..], &WORDS].concat();
    let mut named = Vec::new();
    for page in [
        include_str!("../../../docs/from-aspnet-core.md"),
        include_str!("../../../docs/from-express-oauth2-jwt-bearer.md"),
        include_str!("../../../docs/from-go-jwt-middleware.md"),
        include_str!("../../../docs/from-jwt-authorizer.md"),
        include_str!("../../../docs/from-spring-security.md"),
        include_str!("../../../docs/from-auth0-api-js.md").split("## Differences").next().unwrap(),
    ] {
        // A bar in code is escaped.
        let rows = page.lines().filter(|line| line.starts_with("| ")).map(|row| row.replace(r"\|", "\0"));
        for row in rows {
            let here = row.split('|').nth(2).unwrap().replace('\0', r"\|");
            named.extend(here.split('`').skip(1).step_by(2).map(ToOwned::to_owned));
        }
    }
    let unknown: Vec<_> = named.iter().filter(|text| !known.contains(&text.as_str())).collect();
    assert!(unknown.is_empty() && named.len() > 100, "{unknown:?}");
    let unused: Vec<_> = known.iter().filter(|text| !named.iter().any(|name| name == *text)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}
