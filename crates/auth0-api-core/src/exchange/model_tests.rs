//! Models of the cached answers and of the endpoint: see [`sync`](crate::sync).
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::cache::{AnswerCache, Limits};
use super::cache_key::CacheKey;
use super::endpoint::Endpoint;
use super::token_set::{Origin, Tokens};
use super::{
    ClientAuth, EndpointUnavailable, ExchangeCache, ExchangeError, GrantRequest, IssuedToken, TokenSet, TokenType,
};
use crate::clock::Clock;
use crate::http::{BoundedClient, HttpClient, HttpFuture, HttpRequest, HttpResponse};
use crate::issuer::TokenEndpointOf;
use crate::sync::model::check;

/// A clock that only the model moves.
#[derive(Debug, Default)]
struct Manual(AtomicU64);

impl Clock for Manual {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + self.0.load(Ordering::SeqCst))
    }
}

/// A tenant that counts its requests, and answers all of them with this status.
#[derive(Debug)]
struct Tenant {
    status: u16,
    requests: AtomicUsize,
}

impl HttpClient for Tenant {
    fn send(&self, _: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async {
            self.requests.fetch_add(1, Ordering::SeqCst);
            yield_now().await;
            let document =
                r#"{"issuer":"https://tenant.example/","token_endpoint":"https://tenant.example/oauth/token"}"#;
            Ok(HttpResponse { status: self.status, headers: vec![], body: document.into() })
        })
    }
}

fn endpoint(status: u16) -> (Arc<Tenant>, Arc<Endpoint>) {
    let tenant = Arc::new(Tenant { status, requests: AtomicUsize::new(0) });
    let http = Arc::clone(&tenant) as Arc<dyn HttpClient>;
    let http = BoundedClient::new(http, 64 * 1024, Duration::from_secs(5));
    let domain = "tenant.example".parse().unwrap();
    (tenant, Endpoint::new(domain, TokenEndpointOf::Everybody, http, Arc::new(Manual::default())))
}

fn urls(endpoint: &Arc<Endpoint>) -> [Result<Arc<str>, ExchangeError>; 3] {
    let callers = [(); 3].map(|()| {
        let endpoint = Arc::clone(endpoint);
        spawn(async move { endpoint.url().await })
    });
    callers.map(|caller| block_on(caller).unwrap())
}

#[test]
fn callers_share_one_discovery() {
    check(|| {
        let (tenant, endpoint) = endpoint(200);
        assert!(urls(&endpoint).iter().all(Result::is_ok));
        assert_eq!(tenant.requests.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn callers_share_one_failed_discovery() {
    check(|| {
        let (tenant, endpoint) = endpoint(500);
        assert!(urls(&endpoint).iter().all(Result::is_err));
        assert_eq!(tenant.requests.load(Ordering::SeqCst), 1);
    });
}

/// A cache, and a tenant whose answers are valid for 1000 s.
#[derive(Clone)]
struct Answers {
    clock: Arc<Manual>,
    cache: Arc<AnswerCache>,
    asked: Arc<AtomicUsize>,
}

impl Answers {
    fn new() -> Self {
        let (clock, size) = (Arc::new(Manual::default()), ExchangeCache::entries(10).check().unwrap());
        let cache = AnswerCache::new(size, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        Self { clock, cache, asked: Arc::default() }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Starts a call, and returns the text of its token. The tenant counts its answers, and writes the count into them.
    fn call(&self, tenant: Health) -> JoinHandle<Option<String>> {
        let (all, limits) = (self.clone(), Limits { subject_expires_at: None });
        spawn(async move {
            let answer = all.cache.get(key(), limits, || all.ask(tenant)).await;
            Some(answer.ok()?.access_token().expose().to_owned())
        })
    }

    fn ask(&self, tenant: Health) -> impl Future<Output = Result<TokenSet, ExchangeError>> + Send + use<> {
        let all = self.clone();
        async move {
            let count = all.asked.fetch_add(1, Ordering::SeqCst) + 1;
            yield_now().await;
            match tenant {
                Health::Down => Err(EndpointUnavailable::given_up().into()),
                Health::Up => Ok(tokens(&count.to_string(), all.clock.now() + Duration::from_secs(1000))),
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Health {
    Down,
    Up,
}

fn key() -> CacheKey {
    CacheKey::of(&GrantRequest::new("grant"), &ClientAuth::secret_post("id", "secret"), "https://tenant.example/")
}

fn tokens(text: &str, expires_at: SystemTime) -> TokenSet {
    let tokens = Tokens {
        access_token: IssuedToken::new(text).unwrap(),
        token_type: TokenType::Bearer,
        expires_at: Some(expires_at),
        scope: None,
        issued_token_type: None,
        id_token: None,
        refresh_token: None,
        act: None,
        authorization_details: None,
        bound_to: None,
        quotas: super::ReportedQuotas::default(),
    };
    let origin = Origin { audience: None, cache_key: Some(key()), connection: None, login_hint: None };
    TokenSet::new(tokens, origin)
}

#[test]
fn callers_share_one_answer() {
    check(|| {
        let answers = Answers::new();
        let calls = [(); 3].map(|()| answers.call(Health::Up));
        assert!(calls.map(|call| block_on(call).unwrap()).iter().all(|text| text.as_deref() == Some("1")));
        assert_eq!(answers.asked(), 1);
    });
}

#[test]
fn a_cancelled_caller_strands_nobody() {
    check(|| {
        let answers = Answers::new();
        let [first, second] = [(); 2].map(|()| answers.call(Health::Up));
        first.abort();
        assert_eq!(block_on(second).unwrap().as_deref(), Some("1"));
        _ = block_on(first);
        assert_eq!(answers.asked(), 1);
    });
}

#[test]
fn an_error_is_not_cached() {
    check(|| {
        let answers = Answers::new();
        let calls = [(); 2].map(|()| answers.call(Health::Down));
        for call in calls {
            assert_eq!(block_on(call).unwrap(), None);
        }
        let failures = answers.asked();
        let after = block_on(answers.call(Health::Up)).unwrap();
        assert_eq!(after, Some((failures + 1).to_string()));
    });
}

#[test]
fn callers_share_one_renewal() {
    check(|| {
        let answers = Answers::new();
        block_on(answers.call(Health::Up)).unwrap();
        answers.clock.0.store(900, Ordering::SeqCst);
        let calls = [(); 3].map(|()| answers.call(Health::Up));
        assert!(calls.map(|call| block_on(call).unwrap()).iter().all(Option::is_some));
        assert!(answers.asked() <= 2, "{} requests", answers.asked());
    });
}

#[test]
fn a_failed_renewal_is_not_repeated_during_the_pause() {
    check(|| {
        let answers = Answers::new();
        block_on(answers.call(Health::Up)).unwrap();
        answers.clock.0.store(900, Ordering::SeqCst);
        let calls = [(); 3].map(|()| answers.call(Health::Down));
        assert!(calls.map(|call| block_on(call).unwrap()).iter().all(|text| text.as_deref() == Some("1")));
        assert!(answers.asked() <= 2, "{} requests", answers.asked());
    });
}

#[test]
fn a_forgotten_answer_does_not_come_back() {
    check(|| {
        let answers = Answers::new();
        let first = {
            let (all, limits) = (answers.clone(), Limits { subject_expires_at: None });
            block_on(answers.cache.get(key(), limits, || all.ask(Health::Up))).unwrap()
        };
        answers.clock.0.store(900, Ordering::SeqCst);
        let renewing = answers.call(Health::Down);
        answers.cache.forget(&first);
        // What began before may get the answer; a later call does not.
        let after = block_on(answers.call(Health::Up)).unwrap();
        assert_ne!(after.as_deref(), Some("1"));
        _ = block_on(renewing).unwrap();
    });
}
