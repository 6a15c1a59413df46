//! More trusted issuers than the client keeps at the same time.

use std::sync::Mutex;
use std::time::Duration;

use auth0_api_core::adapter::Gate;
use auth0_api_core::http::{HttpClient, HttpFuture, HttpRequest};
use auth0_api_core::issuer::DomainContext;
use auth0_api_core::{Algorithm, ApiClient, KeyPolicy, TokenCache, TokenRequest, TrustedDomains};
use auth0_api_testing::{
    Endpoint, HttpAnswer, LocalTenant, Misbehaviour, OfflineTenant, ScriptedHttp, ScriptedRoute, SigningKey,
};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Tenants, outcome_of};
use crate::log::Log;
use crate::world::seconds;

#[tokio::test]
async fn the_least_recently_used_issuer_is_evicted() {
    let tenants = Tenants::start().await;
    let (a, b, c) = (&tenants.a, &tenants.b, &tenants.other);
    let list = || TrustedDomains::list([a, b, c].map(LocalTenant::domain));
    let [domain_a, domain_b, domain_c] = [a, b, c].map(|tenant| tenant.domain().to_owned());
    let all =
        move |_: &DomainContext<'_>| std::future::ready(Ok(vec![domain_a.clone(), domain_b.clone(), domain_c.clone()]));
    for domains in [list(), TrustedDomains::resolver(all)] {
        for tenant in [a, b, c] {
            tenant.reset_requests();
        }
        let api = tenants.builder(domains).key_policy(KeyPolicy::new().max_issuers(2)).build().unwrap();
        for (tenant, fetches) in [
            (a, [1, 0, 0]),
            (b, [1, 1, 0]),
            (a, [1, 1, 0]),
            (c, [1, 1, 1]),
            (a, [1, 1, 1]),
            (b, [1, 2, 1]),
            (c, [1, 2, 2]),
        ] {
            assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
            assert_eq!(tenants.fetches(), fetches);
        }
    }
}

#[tokio::test]
async fn a_probe_that_warms_up_evicts_no_issuer_and_does_not_count_as_use() {
    let tenants = Tenants::start().await;
    let (a, b, c) = (&tenants.a, &tenants.b, &tenants.other);
    for (first, last) in [(a, b), (b, a)] {
        for tenant in [a, b, c] {
            tenant.reset_requests();
        }
        let list = TrustedDomains::list([a, b, c].map(LocalTenant::domain));
        let api = tenants.builder(list).key_policy(KeyPolicy::new().max_issuers(2)).build().unwrap();
        assert!(!api.is_ready());
        api.warm_up().await.unwrap();
        assert_eq!(tenants.fetches(), [1, 1, 0], "the first two have room");
        for tenant in [first, last] {
            assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
        }
        for _ in 0..3 {
            api.warm_up().await.unwrap();
            assert!(api.is_ready());
        }
        assert_eq!(tenants.fetches(), [1, 1, 0]);
        // The first one is the least recently used issuer.
        for tenant in [c, last] {
            assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
        }
        assert_eq!(tenants.fetches(), [1, 1, 1]);
    }
}

#[tokio::test]
async fn forged_tokens_evict_no_verified_issuer() {
    let tenants = Tenants::start().await;
    let (a, b, c) = (&tenants.a, &tenants.b, &tenants.other);
    let policy = KeyPolicy::new().max_issuers(1).newcomers(1, seconds(10));
    let list = TrustedDomains::list([a, b, c].map(LocalTenant::domain));
    let api = tenants.builder(list).key_policy(policy).build().unwrap();
    let good = |tenant: &LocalTenant| tenant.mint().sign();
    for (token, answer, fetches) in [
        (good(a), "200 accepted", [1, 0, 0]),
        (forged(b), "401 token_signature", [1, 1, 0]),
        (good(a), "200 accepted", [1, 1, 0]),
        // `b` uses the only permit. The permit becomes free after the interval, or when a token of `b` verifies.
        (forged(c), "503 key_not_looked_for", [1, 1, 0]),
        (good(c), "503 key_not_looked_for", [1, 1, 0]),
        (good(a), "200 accepted", [1, 1, 0]),
        // A verified token removes its issuer from the newcomers, and frees the permit for the next newcomer.
        (good(b), "200 accepted", [1, 1, 0]),
        (good(c), "200 accepted", [1, 1, 1]),
        (good(a), "200 accepted", [2, 1, 1]),
    ] {
        assert_eq!(outcome_of(&api, &token).await, answer);
        assert_eq!(tenants.fetches(), fetches);
    }
}

#[tokio::test]
async fn forged_tokens_of_many_issuers_cause_no_more_fetches_than_permits() {
    let tenants = Tenants::start().await;
    let all: Vec<_> = [&tenants.a, &tenants.b, &tenants.other].map(|tenant| tenant.domain().to_owned()).into();
    let resolver = move |_: &DomainContext<'_>| std::future::ready(Ok(all.clone()));
    let policy = KeyPolicy::new().newcomers(1, seconds(10));
    let api = tenants.builder(TrustedDomains::resolver(resolver)).key_policy(policy).build().unwrap();
    assert_eq!(outcome_of(&api, &tenants.a.mint().sign()).await, "200 accepted");
    // The keys of both newcomers are kept, so there are no further fetches.
    for (pass, fetches) in [(0, 2), (9, 2), (1, 3), (10, 3), (60, 3)] {
        tenants.clock.advance(seconds(pass));
        for _ in 0..20 {
            for tenant in [&tenants.b, &tenants.other] {
                let answer = outcome_of(&api, &forged(tenant)).await;
                assert!(["401 token_signature", "503 key_not_looked_for"].contains(&&*answer), "{answer}");
            }
            assert_eq!(outcome_of(&api, &tenants.a.mint().sign()).await, "200 accepted");
        }
        assert_eq!(tenants.fetches().iter().sum::<usize>(), fetches, "after {pass} s more");
    }
}

/// Otherwise a leaked key could be used for a day after the tenant has removed it.
#[tokio::test]
async fn strangers_who_take_all_permits_do_not_keep_a_removed_key_in_use() {
    let tenants = Tenants::start().await;
    let (a, b) = (&tenants.a, &tenants.b);
    let all = [a, b].map(|tenant| tenant.domain().to_owned()).to_vec();
    let resolver = move |_: &DomainContext<'_>| std::future::ready(Ok(all.clone()));
    let policy = KeyPolicy::new().newcomers(1, seconds(3600)).jitter_percent(0);
    let api = tenants.builder(TrustedDomains::resolver(resolver)).key_policy(policy).build().unwrap();
    assert_eq!(outcome_of(&api, &forged(a)).await, "401 token_signature");
    assert_eq!(outcome_of(&api, &forged(b)).await, "503 key_not_looked_for", "`a` has the only permit");
    let (leaked, kid) = (a.mint().expires_in(seconds(10_000)).sign(), a.current_kid());
    a.rotate_keys();
    a.remove_key(&kid);
    tenants.clock.advance(seconds(601));
    assert_eq!(outcome_of(&api, &leaked).await, "401 key_unknown");
    assert_eq!(tenants.fetches(), [2, 0, 0]);
}

/// The permit comes shortly before the request would stop waiting, and the answer after that. Or strangers have taken all
/// places in which requests wait for a permit.
#[tokio::test(start_paused = true)]
async fn strangers_who_delay_a_permit_do_not_keep_a_removed_key_in_use() {
    for places_taken in [0, 1024] {
        let unproven = Unproven::with_keys(KeyPolicy::new().newcomers(1, seconds(1)).jitter_percent(0)).await;
        let Unproven { tenant, api, leaked, next, .. } = &unproven;
        tenant.clock().advance(seconds(601));
        assert_eq!(outcome_of(api, &unproven.forged("https://other.example/")).await, "401 token_signature");
        tenant.clock().advance(Duration::from_millis(50));

        let (arrival, answer) = first_waits(&unproven.jwks, keys(&[next]), keys(&[next]));
        let (stranger, token) = (unproven.forged(OfflineTenant::ISSUER), unproven.token(leaked));
        let start = |token: &String| {
            let (api, token) = (api.clone(), token.clone());
            tokio::spawn(async move { outcome_of(&api, &token).await })
        };
        let strangers: Vec<_> = (0..places_taken).map(|_| start(&stranger)).collect();
        // A stranger without a place does not wait.
        let another = timeout(Duration::from_millis(100), start(&stranger)).await;
        assert_eq!(another.is_ok(), places_taken == 1024);
        let waiting = start(&token);
        timeout(seconds(60), arrival).await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        answer.send(()).unwrap();
        assert_eq!(timeout(seconds(60), waiting).await.unwrap().unwrap(), "401 key_unknown", "{places_taken}");
        for stranger in strangers {
            assert!(timeout(seconds(60), stranger).await.unwrap().unwrap().starts_with("401 "));
        }
    }
}

/// The permit was there at once, so the tenant is the reason why there are no newer keys.
#[tokio::test(start_paused = true)]
async fn the_first_valid_token_waits_for_a_slow_tenant_for_one_second() {
    let unproven = Unproven::with_keys(KeyPolicy::new()).await;
    unproven.tenant.clock().advance(seconds(601));
    let (_arrival, _answer) = first_waits(&unproven.jwks, keys(&[&unproven.next]), keys(&[&unproven.next]));
    let token = unproven.token(&unproven.leaked);
    let outcome = timeout(Duration::from_millis(1_100), outcome_of(&unproven.api, &token));
    assert_eq!(outcome.await.unwrap(), "200 accepted");
}

/// A client with a resolver, which has the keys of a tenant without a verified token.
struct Unproven {
    tenant: OfflineTenant,
    jwks: ScriptedRoute,
    api: ApiClient,
    leaked: SigningKey,
    next: SigningKey,
}

impl Unproven {
    async fn with_keys(policy: KeyPolicy) -> Self {
        let tenant = OfflineTenant::new();
        let [leaked, next] = [(); 2].map(|()| SigningKey::generate(Algorithm::ES256));
        let jwks = tenant.http().route(OfflineTenant::JWKS_URL);
        jwks.answer([keys(&[&leaked])]);
        publish_other(&tenant, &leaked);
        let both = vec![OfflineTenant::DOMAIN.to_owned(), "other.example".to_owned()];
        let resolver = move |_: &DomainContext<'_>| std::future::ready(Ok(both.clone()));
        let builder = ApiClient::builder(TrustedDomains::resolver(resolver), OfflineTenant::AUDIENCE);
        let builder = builder.algorithms([Algorithm::ES256]).key_policy(policy);
        let api = builder.clock(tenant.clock().clone()).http_client(tenant.http().clone()).build().unwrap();
        let unproven = Self { tenant, jwks, api, leaked, next };
        let forged = unproven.forged(OfflineTenant::ISSUER);
        assert_eq!(outcome_of(&unproven.api, &forged).await, "401 token_signature");
        unproven
    }

    fn token(&self, key: &SigningKey) -> String {
        self.tenant.mint().key(key).expires_in(seconds(10_000)).sign()
    }

    fn forged(&self, issuer: &str) -> String {
        let [one, two] = [1, 2].map(|id| self.tenant.mint().issuer(issuer).key(&self.leaked).claim("n", id).sign());
        format!("{}.{}", one.rsplit_once('.').unwrap().0, two.rsplit_once('.').unwrap().1)
    }
}

/// Strangers cause no refresh without a permit. A user causes one, and waits for no permit.
#[tokio::test]
async fn the_first_valid_token_refreshes_stale_keys_without_a_permit() {
    let tenants = Tenants::start().await;
    let (a, domain) = (&tenants.a, vec![tenants.a.domain().to_owned()]);
    let resolver = move |_: &DomainContext<'_>| std::future::ready(Ok(domain.clone()));
    for is_down in [false, true] {
        a.reset_requests();
        let policy = KeyPolicy::new().newcomers(1, seconds(3600)).jitter_percent(0);
        let domains = TrustedDomains::resolver(resolver.clone());
        let api = tenants.builder(domains).key_policy(policy).build().unwrap();
        let good = a.mint().expires_in(seconds(10_000)).sign();
        for pass in [0, 601, 1200] {
            tenants.clock.advance(seconds(pass));
            assert_eq!(outcome_of(&api, &forged(a)).await, "401 token_signature");
            assert_eq!(a.requests().discovery, 1, "after {pass} s more");
        }
        if is_down {
            a.misbehave(Endpoint::Discovery, Misbehaviour::Status(500));
        }
        for _ in 0..2 {
            assert_eq!(outcome_of(&api, &good).await, "200 accepted");
            assert_eq!(a.requests().discovery, 2);
        }
    }
}

/// An older generation of the settings keeps the state of the issuer.
#[tokio::test]
async fn no_cached_token_of_an_issuer_that_was_evicted_outlives_its_key() {
    let tenants = Tenants::start().await;
    let (a, b) = (&tenants.a, &tenants.b);
    for refreshes in [true, false] {
        let list = TrustedDomains::list([a, b].map(LocalTenant::domain));
        let builder = tenants.builder(list).token_cache(TokenCache::entries(10));
        let api = builder.key_policy(KeyPolicy::new().max_issuers(1).jitter_percent(0)).build().unwrap();
        // A request that lasts keeps the settings with which it began, and with them the keys of `a`.
        let (leaked, kid) = (a.mint().sign(), a.current_kid());
        let headers = [("authorization", format!("Bearer {leaked}"))];
        let request = TokenRequest::new("GET", "https://api.example.com/orders", &headers);
        let lasting = Gate::new(api.clone()).admit(&request, None).await.unwrap();
        api.reload(|settings| settings).await.unwrap();
        assert_eq!(outcome_of(&api, &leaked).await, "200 accepted");
        assert_eq!(outcome_of(&api, &b.mint().sign()).await, "200 accepted", "evicts `a`");
        a.rotate_keys();
        a.remove_key(&kid);
        if refreshes {
            api.refresh_now(a.issuer()).await.unwrap();
        } else {
            assert_eq!(outcome_of(&api, &a.mint().sign()).await, "200 accepted");
        }
        assert_eq!(outcome_of(&api, &leaked).await, "401 key_unknown");
        drop(lasting);
    }
}

/// The fetch of an issuer that was evicted may end after `refresh_now`, with the keys of before.
#[tokio::test]
async fn a_token_of_an_issuer_that_was_evicted_meanwhile_is_not_cached() {
    let tenant = OfflineTenant::new();
    let [key, leaked, other] = [(); 3].map(|()| SigningKey::generate(Algorithm::ES256));
    let jwks = tenant.http().route(OfflineTenant::JWKS_URL);
    jwks.answer([keys(&[&key])]);
    publish_other(&tenant, &other);
    let list = TrustedDomains::list([OfflineTenant::DOMAIN, "other.example"]);
    let builder = ApiClient::builder(list, OfflineTenant::AUDIENCE).algorithms([Algorithm::ES256]);
    let builder = builder.clock(tenant.clock().clone()).http_client(tenant.http().clone());
    let policy = KeyPolicy::new().max_issuers(1);
    let api = builder.token_cache(TokenCache::entries(10)).key_policy(policy).build().unwrap();

    // A request that lasts keeps the state of the issuer.
    let headers = [("authorization", format!("Bearer {}", tenant.mint().key(&key).sign()))];
    let request = TokenRequest::new("GET", "https://api.example.com/orders", &headers);
    let lasting = Gate::new(api.clone()).admit(&request, None).await.unwrap();
    api.reload(|settings| settings).await.unwrap();

    let (arrival, answer) = first_waits(&jwks, keys(&[&key, &leaked]), keys(&[&key]));
    let (waiting, token) = (api.clone(), tenant.mint().key(&leaked).sign());
    let waiting = tokio::spawn({
        let token = token.clone();
        async move { outcome_of(&waiting, &token).await }
    });
    timeout(seconds(60), arrival).await.unwrap().unwrap();
    let of_other = tenant.mint().issuer("https://other.example/").key(&other).sign();
    assert_eq!(outcome_of(&api, &of_other).await, "200 accepted", "evicts the tenant");
    api.refresh_now(OfflineTenant::ISSUER).await.unwrap();
    answer.send(()).unwrap();
    assert_eq!(timeout(seconds(60), waiting).await.unwrap().unwrap(), "200 accepted", "began before");
    assert_eq!(outcome_of(&api, &token).await, "401 key_unknown");
    drop(lasting);
}

/// The request that waited has the state of an issuer that `refresh_now` could not reach.
#[tokio::test]
async fn an_issuer_that_was_evicted_meanwhile_does_not_come_back_with_a_removed_key() {
    let tenant = OfflineTenant::new();
    let [key, leaked, other] = [(); 3].map(|()| SigningKey::generate(Algorithm::ES256));
    let jwks = tenant.http().route(OfflineTenant::JWKS_URL);
    jwks.answer([keys(&[&key])]);
    publish_other(&tenant, &other);
    let both = vec![OfflineTenant::DOMAIN.to_owned(), "other.example".to_owned()];
    let resolver = move |_: &DomainContext<'_>| std::future::ready(Ok(both.clone()));
    let builder = ApiClient::builder(TrustedDomains::resolver(resolver), OfflineTenant::AUDIENCE);
    let builder =
        builder.algorithms([Algorithm::ES256]).clock(tenant.clock().clone()).http_client(tenant.http().clone());
    let policy = KeyPolicy::new().max_issuers(1);
    let api = builder.token_cache(TokenCache::entries(10)).key_policy(policy).build().unwrap();

    let [good, token] = [&key, &leaked].map(|key| tenant.mint().key(key).sign());
    let ((signed, _), (_, signature)) = (good.rsplit_once('.').unwrap(), token.rsplit_once('.').unwrap());
    assert_eq!(outcome_of(&api, &format!("{signed}.{signature}")).await, "401 token_signature");
    let (arrival, answer) = first_waits(&jwks, keys(&[&key, &leaked]), keys(&[&key]));
    let waiting = tokio::spawn({
        let (api, token) = (api.clone(), token.clone());
        async move { outcome_of(&api, &token).await }
    });
    timeout(seconds(60), arrival).await.unwrap().unwrap();
    assert_eq!(outcome_of(&api, &good).await, "200 accepted");
    let of_other = tenant.mint().issuer("https://other.example/").key(&other).sign();
    assert_eq!(outcome_of(&api, &of_other).await, "200 accepted", "evicts the tenant");
    // The request keeps the state, whose keys the cached token was verified with.
    let fetches = jwks.count();
    assert_eq!(outcome_of(&api, &good).await, "200 accepted");
    assert_eq!(jwks.count(), fetches + 1, "verified anew");
    assert_eq!(outcome_of(&api, &of_other).await, "200 accepted", "evicts the tenant again");
    api.refresh_now(OfflineTenant::ISSUER).await.unwrap_err();
    answer.send(()).unwrap();
    assert_eq!(timeout(seconds(60), waiting).await.unwrap().unwrap(), "200 accepted", "began before");
    assert_eq!(outcome_of(&api, &token).await, "401 key_unknown");
    assert_eq!(outcome_of(&api, &good).await, "200 accepted");
}

/// The answer to the first request waits for the test; the others get another one at once.
fn first_waits(
    route: &ScriptedRoute,
    first_answer: HttpAnswer,
    later_answer: HttpAnswer,
) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
    let ((arrived, arrival), (answer, answered)) = (oneshot::channel(), oneshot::channel());
    let (first, later) = (ScriptedHttp::new(), ScriptedHttp::new());
    first.other_urls().answer([first_answer]);
    later.other_urls().answer([later_answer]);
    route.forward_to(FirstWaits { test: Mutex::new(Some((arrived, answered))), first, later });
    (arrival, answer)
}

/// Publishes the documents of another tenant, with one key.
fn publish_other(tenant: &OfflineTenant, key: &SigningKey) {
    let document = json!({ "issuer": "https://other.example/", "jwks_uri": "https://other.example/jwks.json" });
    let discovery = tenant.http().route("https://other.example/.well-known/openid-configuration");
    discovery.answer([HttpAnswer::json(200, &document)]);
    tenant.http().route("https://other.example/jwks.json").answer([keys(&[key])]);
}

fn keys(keys: &[&SigningKey]) -> HttpAnswer {
    HttpAnswer::json(200, &json!({ "keys": keys.iter().map(|key| key.public_jwk()).collect::<Vec<_>>() }))
}

/// Forwards the first request when the test says so, and the others at once, to another client.
#[derive(Debug)]
struct FirstWaits {
    test: Mutex<Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>>,
    first: ScriptedHttp,
    later: ScriptedHttp,
}

impl HttpClient for FirstWaits {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let Some((arrived, answered)) = self.test.lock().unwrap().take() else { return self.later.send(request) };
        arrived.send(()).unwrap();
        Box::pin(async move {
            answered.await.unwrap();
            self.first.send(request).await
        })
    }
}

#[tokio::test]
async fn a_request_whose_key_is_not_looked_for_is_logged_with_the_limit() {
    let tenants = Tenants::start().await;
    let (a, b, c) = (&tenants.a, &tenants.b, &tenants.other);
    let list = TrustedDomains::list([a, b, c].map(LocalTenant::domain));
    let policy = KeyPolicy::new().max_issuers(1).newcomers(1, seconds(10)).unknown_key_fetches(1, seconds(10));
    let api = tenants.builder(list).key_policy(policy).build().unwrap();
    let with_kid = |kid: &str| a.mint().header("kid", kid).sign();
    for (token, answer, event) in [
        (a.mint().sign(), "200 accepted", None),
        (with_kid("one"), "401 key_unknown", None),
        (with_kid("other"), "503 key_not_looked_for", Some("unknown_key_throttled")),
        (forged(b), "401 token_signature", None),
        (forged(c), "503 key_not_looked_for", Some("issuer_throttled")),
    ] {
        let (log, subscribed) = Log::subscribe();
        assert_eq!(outcome_of(&api, &token).await, answer);
        drop(subscribed);
        let (mut events, _) = log.read();
        events.retain(|event| event.ends_with("_throttled"));
        assert_eq!(events, Vec::from_iter(event), "{answer}");
    }
}

/// Returns a token with an invalid signature. An attacker can write such a token from the tenant's name and the `kid`
/// of its key.
fn forged(tenant: &LocalTenant) -> String {
    let signed = tenant.mint().sign();
    let (signed, signature) = signed.rsplit_once('.').unwrap();
    format!("{signed}.{}", "A".repeat(signature.len()))
}
