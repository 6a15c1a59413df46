//! An unusable configuration is rejected when the client is built, with a list of all problems.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::dpop::{MemoryReplayStore, RotatingNonce};
use auth0_api_core::exchange::ExchangeCache;
use auth0_api_core::{
    Algorithm, ApiClient, CertificateSource, ClientAuth, ConfigProblem, DpopPolicy, KeyPolicy, ProtectedResource,
    TokenCache, TrustedDomains,
};

use auth0_api_testing::TestWorld;

use crate::world::seconds;

#[test]
fn all_configuration_problems_are_reported_at_once() {
    let error = ApiClient::builder("tenant.eu.auth0.com/path", " ")
        .algorithms([])
        .client_auth(ClientAuth::secret_post("client", ""))
        .dpop(DpopPolicy::accept().algorithms([]))
        .leeway(seconds(601))
        .public_url("api.example.com")
        .build()
        .unwrap_err();
    let options: Vec<_> = error.problems().iter().map(ConfigProblem::option).collect();
    assert_eq!(options, ["domain", "algorithms", "audience", "client_auth", "public_url", "dpop", "leeway"]);
    assert_eq!(
        error.to_string(),
        "the configuration is unusable: domain: a domain has no path, query, fragment or credentials; \
         algorithms: at least one is needed; \
         audience: the API's identifier is needed, without white space around it; \
         client_auth: both the client id and its secret are needed, without white space around them; \
         public_url: the URL is not an absolute http or https URL; dpop: at least one proof algorithm is needed; leeway: at most 10 minutes"
    );
}

#[test]
fn problems_are_reported_in_a_fixed_order() {
    let error = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
        .allow_jwks_host("*")
        .client_auth(ClientAuth::tls(" "))
        .client_certificates(CertificateSource::client_cert_header())
        .dpop(DpopPolicy::accept().max_age(seconds(86_401)))
        .exchange_cache(ExchangeCache::entries(0))
        .exchange_domain("")
        .key_policy(KeyPolicy::new().max_keys(0))
        .resource_metadata(ProtectedResource::new("https://other.example.com"))
        .token_cache(TokenCache::entries(0))
        .build()
        .unwrap_err();
    let options: Vec<_> = error.problems().iter().map(ConfigProblem::option).collect();
    let reloadable = ["exchange_domain", "client_auth", "client_auth", "resource_metadata", "allow_jwks_host"];
    let others = ["exchange_cache", "client_certificates", "dpop", "key_policy", "token_cache"];
    assert_eq!(options, [reloadable, others].concat());
}

#[test]
fn each_configuration_problem_is_reported() {
    let good = || ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com");
    let table = vec![
        (ApiClient::builder("", "https://api.example.com"), "domain"),
        (ApiClient::builder("http://127.0.0.1:3000", "https://api.example.com"), "domain"),
        (ApiClient::builder("http://tenant.eu.auth0.com", "a").insecure_http_loopback(), "domain"),
        (good().audiences([""; 0]), "audience"),
        (good().audiences(["https://api.example.com", ""]), "audience"),
        (good().algorithms([]), "algorithms"),
        (good().client_auth(ClientAuth::secret_post(" ", "secret")), "client_auth"),
        (good().leeway(seconds(601)), "leeway"),
        (good().public_url("https://user@api.example.com"), "public_url"),
        (good().dpop(DpopPolicy::accept().algorithms([])), "dpop"),
        (good().dpop(DpopPolicy::accept().max_age(seconds(86_401))), "dpop"),
        (good().dpop(DpopPolicy::accept().leeway(seconds(86_401))), "dpop"),
        (good().dpop(DpopPolicy::accept().accept_bound_tokens_as_bearer()), "dpop"),
        (good().dpop(DpopPolicy::require().accept_bound_tokens_as_bearer()), "dpop"),
    ];
    for (builder, option) in table {
        let error = builder.build().unwrap_err();
        assert_eq!(error.problems().iter().map(ConfigProblem::option).collect::<Vec<_>>(), [option]);
    }
}

#[test]
fn a_number_below_its_bound_is_reported() {
    let good = || ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com");
    let table = [
        (good().dpop(DpopPolicy::accept().replay_store(MemoryReplayStore::with_capacity(0))), "dpop"),
        (good().dpop(DpopPolicy::accept().replay_store(Arc::new(MemoryReplayStore::new().per_key_quota(0)))), "dpop"),
        (
            good()
                .dpop(DpopPolicy::accept().nonce(RotatingNonce::generate().unwrap().step(Duration::from_millis(999)))),
            "dpop",
        ),
        (good().token_cache(TokenCache::entries(0)), "token_cache"),
        (good().exchange_cache(ExchangeCache::entries(0)), "exchange_cache"),
    ];
    for (builder, option) in table {
        let error = builder.build().unwrap_err();
        assert_eq!(error.problems().iter().map(ConfigProblem::option).collect::<Vec<_>>(), [option]);
    }
}

#[test]
fn own_hosts_are_at_least_one_host_without_a_scheme() {
    for hosts in [&[][..], &["api.example.com", "https://api.example.com"], &[""]] {
        let builder = ApiClient::builder("tenant.eu.auth0.com", "a").own_hosts(hosts.iter().copied());
        let error = builder.build().unwrap_err();
        assert_eq!(error.problems().iter().map(ConfigProblem::option).collect::<Vec<_>>(), ["own_hosts"], "{hosts:?}");
    }
}

#[test]
fn a_public_url_has_no_query_and_no_fragment() {
    for url in ["https://api.example.com/v1?page=2", "https://api.example.com/?", "https://api.example.com#top"] {
        let error = ApiClient::builder("tenant.eu.auth0.com", "a").public_url(url).build().unwrap_err();
        assert!(matches!(error.problems(), [ConfigProblem::PublicUrlQuery]), "{url}: {error}");
    }
}

#[test]
fn values_at_their_limits_are_accepted() {
    let good = || ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com");
    for builder in [
        good(),
        good().leeway(seconds(600)),
        good().algorithms(Algorithm::ALL),
        good().dpop(DpopPolicy::accept().max_age(seconds(86_400)).leeway(seconds(86_400))),
        good().dpop(DpopPolicy::ignore().accept_bound_tokens_as_bearer()),
        good().dpop(DpopPolicy::accept().replay_store(MemoryReplayStore::with_capacity(1).per_key_quota(1))),
        good().dpop(DpopPolicy::accept().nonce(RotatingNonce::generate().unwrap().step(seconds(1)))),
        good().token_cache(TokenCache::entries(1)).exchange_cache(ExchangeCache::entries(1)),
        good().token_cache(TokenCache::off()).exchange_cache(ExchangeCache::off()),
        ApiClient::builder("http://localhost:3000", "a").insecure_http_loopback(),
        ApiClient::builder("https://login.example.com/", "a"),
    ] {
        assert!(builder.build().is_ok());
    }
}

#[tokio::test]
async fn a_client_with_more_issuers_than_max_issuers_becomes_and_stays_ready() {
    let world = TestWorld::start().await;
    let unreachable = "http://127.0.0.1:1";
    let api = ApiClient::builder(TrustedDomains::list([world.tenant.domain(), unreachable]), world.tenant.audience())
        .insecure_http_loopback()
        .clock(world.clock.clone())
        .key_policy(KeyPolicy::new().max_issuers(1))
        .build()
        .unwrap();
    assert!(!api.is_ready());
    for _ in 0..3 {
        api.warm_up().await.unwrap();
        assert!(api.is_ready());
    }
    assert_eq!(
        (world.tenant.requests().discovery, world.tenant.requests().jwks),
        (1, 1),
        "the cached issuer is not evicted"
    );
}

#[tokio::test]
async fn keys_are_not_fetched_until_warm_up() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    assert!(!api.is_ready());
    assert_eq!(world.tenant.requests().discovery, 0);
    api.warm_up().await.unwrap();
    assert!(api.is_ready());
    assert_eq!((world.tenant.requests().discovery, world.tenant.requests().jwks), (1, 1));
}
