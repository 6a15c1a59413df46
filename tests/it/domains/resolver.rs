//! Trusted domains that depend on the request.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use auth0_api_core::http::HttpRequest;
use auth0_api_core::issuer::{
    DomainAnswer, DomainContext, DomainFuture, DomainResolver, DomainResolverFailure, IssuerError,
};
use auth0_api_core::{ApiClient, Reason, ReceivedTarget, TokenCache, TokenRequest, TrustedDomains, TrustedProxies};

use auth0_api_testing::{OfflineTenant, status_and_label};

use super::{Tenants, outcome_of};
use crate::log::Log;
use crate::world::{Rejected, invalid_token, rejection};

#[tokio::test]
async fn a_resolver_selects_the_trusted_tenant_of_each_request() {
    let tenants = Tenants::start().await;
    let (a, b) = (tenants.a.domain().to_owned(), tenants.b.domain().to_owned());
    let by_brand = move |context: &DomainContext<'_>| {
        let domain = if context.header("x-brand") == Some("b") { b.clone() } else { a.clone() };
        async move { Ok(vec![domain]) }
    };
    let api = tenants.builder(TrustedDomains::resolver(by_brand)).build().unwrap();
    assert!(api.issuers().is_empty() && api.is_ready());
    api.warm_up().await.unwrap();
    for (tenant, brand, expected) in [
        (&tenants.a, "a", "200 accepted"),
        (&tenants.b, "b", "200 accepted"),
        // The tenant's keys are cached, but the tenant is not trusted for this request.
        (&tenants.a, "b", "401 issuer_not_trusted"),
        (&tenants.b, "a", "401 issuer_not_trusted"),
        (&tenants.other, "a", "401 issuer_not_trusted"),
    ] {
        let headers = [("authorization", format!("Bearer {}", tenant.mint().sign())), ("x-brand", brand.to_owned())];
        let request = TokenRequest::new("GET", "https://api.example.com/orders", &headers);
        assert_eq!(status_and_label(&api.verify_request(&request).await), expected, "{brand}");
    }
    assert_eq!(tenants.fetches(), [1, 1, 0]);
}

#[tokio::test]
async fn the_resolver_receives_the_called_url_and_the_headers() {
    let tenants = Tenants::start().await;
    let spy = Spy::answering(vec![tenants.a.domain().to_owned()]);
    let builder = tenants.builder(TrustedDomains::resolver(spy.clone())).trusted_proxies(TrustedProxies::hops(1));
    let api = builder.build().unwrap();
    let token = tenants.a.mint().sign();
    let headers = [
        ("authorization", format!("Bearer {token}")),
        ("host", "internal".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
        ("x-forwarded-host", "api.example.com".to_owned()),
        ("x-brand", "b".to_owned()),
        ("x-twice", "1".to_owned()),
        ("x-twice", "2".to_owned()),
    ];
    let target = ReceivedTarget { scheme: "http", authority: None, target: "/orders?page=2", peer: None };
    for request in [
        TokenRequest::received("GET", target, &headers),
        TokenRequest::new("GET", "https://api.example.com/orders?page=2", &headers),
    ] {
        api.verify_request(&request).await.unwrap();
        let expected = format!(
            "url Some(\"https://api.example.com/orders?page=2\"), brand Some(\"b\"), twice None, headers true, issuer {}",
            tenants.a.issuer()
        );
        assert_eq!(spy.last(), expected);
    }
    api.verify_access_token(&token).await.unwrap();
    assert_eq!(spy.last(), format!("url None, brand None, twice None, headers false, issuer {}", tenants.a.issuer()));
    assert_eq!(spy.times(), 3);
}

#[tokio::test]
async fn the_resolver_is_not_called_for_malformed_tokens() {
    let tenants = Tenants::start().await;
    let spy = Spy::answering(vec![tenants.a.domain().to_owned()]);
    let api = tenants.builder(TrustedDomains::resolver(spy.clone())).build().unwrap();
    let mint = || tenants.a.mint();
    for (token, expected) in [
        ("opaque".to_owned(), "401 token_opaque"),
        ("a.b.c".to_owned(), "401 token_malformed"),
        (mint().header("alg", "HS256").sign(), "401 token_alg_symmetric"),
        (mint().header("alg", "none").sign(), "401 token_alg_unknown"),
        (mint().header("alg", "ES256").sign(), "401 token_alg_not_allowed"),
        (mint().header("kid", "k".repeat(257)).sign(), "401 token_malformed"),
        (mint().issuer("").sign(), "401 issuer_missing"),
        (mint().without_claim("iss").sign(), "401 issuer_missing"),
        (mint().claim("iss", 5).sign(), "401 issuer_missing"),
    ] {
        assert_eq!(outcome_of(&api, &token).await, expected);
    }
    assert_eq!((spy.times(), tenants.fetches()), (0, [0, 0, 0]));
}

#[tokio::test]
async fn an_error_of_the_resolver_is_a_server_error() {
    let tenants = Tenants::start().await;
    let domain = tenants.a.domain();
    let token = tenants.a.mint().sign();
    let of = |domains: &[&str]| Spy::answering(domains.iter().map(|domain| (*domain).to_owned()).collect::<Vec<_>>());
    let numbered: Vec<String> = (0..1001).map(|number| format!("tenant-{number}.example")).collect();
    for (spy, reason) in [
        (Spy::failing(), "the domain resolver failed"),
        (of(&[]), "the domain resolver named no domain"),
        (of(&["  "]), "the domain resolver named \"  \", which is not a valid domain"),
        (
            of(&[domain, "tenant.example/path"]),
            "the domain resolver named \"tenant.example/path\", which is not a valid domain",
        ),
        (
            of(&["http://tenant.example", domain]),
            "the domain resolver named \"http://tenant.example\", which is not a valid domain",
        ),
        (Spy::answering(numbered), "the domain resolver named more than 1000 domains"),
    ] {
        let api = tenants.builder(TrustedDomains::resolver(spy)).build().unwrap();
        let error = api.verify_access_token(&token).await.unwrap_err();
        assert!(error.hint().is_some_and(|hint| hint.contains("DomainResolver")), "{reason}");
        assert_eq!(error.to_string(), reason);
        assert!(!api.reject(&error).body().contains("secret"));
        assert_eq!(rejection(&api, Err(error)), Rejected { status: 500, label: "resolver_failed", challenges: vec![] });
    }
    assert_eq!(tenants.fetches(), [0, 0, 0]);
}

#[tokio::test]
async fn a_request_for_which_the_resolver_trusts_nobody_is_401() {
    let tenants = Tenants::start().await;
    let spy = Spy::answering(DomainAnswer::Nobody);
    let builder = tenants.builder(TrustedDomains::resolver(spy.clone())).token_cache(TokenCache::entries(10));
    let api = builder.build().unwrap();
    let token = tenants.a.mint().sign();
    let challenge = r#"Bearer realm="api", error="invalid_token", error_description="the issuer of the access token is not trusted""#;
    let (log, subscribed) = Log::subscribe();
    let error = api.verify_access_token(&token).await.unwrap_err();
    drop(subscribed);
    assert_eq!(log.rejections(), ["INFO issuer_not_trusted"]);
    assert!(error.hint().is_some_and(|hint| hint.contains("DomainAnswer::Nobody")));
    assert!(matches!(error.reason(), Reason::Issuer(IssuerError::NobodyTrusted)), "{error:?}");
    assert_eq!(rejection(&api, Err(error)), invalid_token("issuer_not_trusted", challenge));
    assert_eq!(tenants.fetches(), [0, 0, 0]);

    // The answer also counts for a token that was accepted before.
    spy.answer_with(vec![tenants.a.domain().to_owned()]);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    spy.answer_with(DomainAnswer::Nobody);
    assert_eq!(outcome_of(&api, &token).await, "401 issuer_not_trusted");
}

#[tokio::test]
async fn a_closure_may_trust_nobody() {
    let tenants = Tenants::start().await;
    let domain = tenants.a.domain().to_owned();
    let by_host = move |context: &DomainContext<'_>| {
        let known = context.header("host") == Some("a.example");
        let answer = if known { vec![domain.clone()].into() } else { DomainAnswer::Nobody };
        std::future::ready(Ok(answer))
    };
    let api = tenants.builder(TrustedDomains::resolver(by_host)).build().unwrap();
    for (host, expected) in [("a.example", "200 accepted"), ("scanner.example", "401 issuer_not_trusted")] {
        let headers = [("authorization", format!("Bearer {}", tenants.a.mint().sign())), ("host", host.to_owned())];
        let request = TokenRequest::new("GET", "https://a.example/orders", &headers);
        assert_eq!(status_and_label(&api.verify_request(&request).await), expected, "{host}");
    }
}

#[tokio::test]
async fn a_resolver_may_return_a_thousand_domains() {
    let tenants = Tenants::start().await;
    let mut domains: Vec<String> = (0..999).map(|number| format!("tenant-{number}.example")).collect();
    domains.push(tenants.a.domain().to_owned());
    let api = tenants.builder(TrustedDomains::resolver(Spy::answering(domains))).build().unwrap();
    assert_eq!(outcome_of(&api, &tenants.a.mint().sign()).await, "200 accepted");
}

#[tokio::test(start_paused = true)]
async fn a_resolver_times_out_after_5_s() {
    let tenants = Tenants::start().await;
    let never = |_: &DomainContext<'_>| std::future::pending::<Result<DomainAnswer, DomainResolverFailure>>();
    let api = tenants.builder(TrustedDomains::resolver(never)).build().unwrap();
    let five_seconds = std::time::Duration::from_millis(5_001);
    let verified = tokio::time::timeout(five_seconds, api.verify_access_token(&tenants.a.mint().sign())).await;
    assert_eq!(status_and_label(&verified.unwrap()), "500 resolver_failed");
}

#[tokio::test]
async fn the_resolver_is_called_for_each_request() {
    let tenants = Tenants::start().await;
    let spy = Spy::answering(vec![tenants.a.domain().to_owned()]);
    let api = tenants.builder(TrustedDomains::resolver(spy.clone())).build().unwrap();
    let token = tenants.a.mint().sign();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    spy.answer_with(vec![tenants.b.domain().to_owned()]);
    assert_eq!(outcome_of(&api, &token).await, "401 issuer_not_trusted");
    assert_eq!(spy.times(), 2);
}

#[tokio::test]
async fn with_a_resolver_only_cached_issuers_can_be_refreshed() {
    let tenants = Tenants::start().await;
    let spy = Spy::answering(vec![tenants.a.domain().to_owned()]);
    let api: ApiClient = tenants.builder(TrustedDomains::resolver(spy)).build().unwrap();
    let unknown = api.refresh_now(tenants.a.issuer()).await.unwrap_err();
    assert!(matches!(unknown, IssuerError::NotTrusted { .. }), "{unknown:?}");
    assert_eq!(outcome_of(&api, &tenants.a.mint().sign()).await, "200 accepted");
    api.refresh_now(tenants.a.issuer()).await.unwrap();
    assert_eq!(tenants.fetches(), [2, 0, 0]);
}

/// The issuer is not held, so there is nothing to drop. But a cache on the way may have its old keys.
#[tokio::test]
async fn no_cache_may_answer_the_first_fetch_after_refresh_now() {
    let tenant = OfflineTenant::new();
    let [discovery, jwks] = [OfflineTenant::DISCOVERY_URL, OfflineTenant::JWKS_URL].map(|url| tenant.http().route(url));
    let domains = TrustedDomains::resolver(Spy::answering(vec![OfflineTenant::DOMAIN.to_owned()]));
    let builder = ApiClient::builder(domains, OfflineTenant::AUDIENCE);
    let api = builder.http_client(tenant.http().clone()).clock(tenant.clock().clone()).build().unwrap();
    api.refresh_now(OfflineTenant::ISSUER).await.unwrap_err();
    assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    let is_past_caches = |request: &HttpRequest| request.headers.contains(&("cache-control".into(), "no-cache".into()));
    for route in [discovery, jwks] {
        let requests = route.requests();
        assert_eq!((requests.len(), requests.iter().all(is_past_caches)), (1, true), "{requests:?}");
    }
}

/// Records the context of each call. Clones share the records and the answer.
#[derive(Clone)]
struct Spy {
    answer: Arc<Mutex<Option<DomainAnswer>>>,
    last: Arc<Mutex<String>>,
    times: Arc<AtomicUsize>,
}

impl Spy {
    fn answering(answer: impl Into<DomainAnswer>) -> Self {
        Self { answer: Arc::new(Mutex::new(Some(answer.into()))), last: Arc::default(), times: Arc::default() }
    }

    fn failing() -> Self {
        Self { answer: Arc::default(), ..Self::answering(DomainAnswer::Nobody) }
    }

    fn answer_with(&self, answer: impl Into<DomainAnswer>) {
        *self.answer.lock().unwrap() = Some(answer.into());
    }

    fn last(&self) -> String {
        self.last.lock().unwrap().clone()
    }

    fn times(&self) -> usize {
        self.times.load(Ordering::SeqCst)
    }
}

impl DomainResolver for Spy {
    fn domains<'a>(&'a self, context: &'a DomainContext<'a>) -> DomainFuture<'a> {
        Box::pin(async move {
            self.times.fetch_add(1, Ordering::SeqCst);
            *self.last.lock().unwrap() = format!(
                "url {:?}, brand {:?}, twice {:?}, headers {}, issuer {}",
                context.url(),
                context.header("x-brand"),
                context.header("x-twice"),
                context.headers().is_some(),
                context.unverified_issuer()
            );
            let answer = self.answer.lock().unwrap().clone();
            answer.ok_or_else(|| "the secret of a database".into())
        })
    }
}
