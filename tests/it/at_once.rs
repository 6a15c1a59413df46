//! `Gate::admit_at_once`: which requests wait, and that the others are checked as completely as by `Gate::admit`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_core::adapter::{Admission, Gate};
use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::logout::MemoryRevocationStore;
use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
use auth0_api_core::{
    ApiClient, ApiClientBuilder, CertificateSource, ClientCertificate, LogoutPolicy, Rejection, TokenCache,
    TokenRequest, TrustedDomains,
};
use auth0_api_testing::{EncryptionKey, TestWorld};

use crate::reload::reload;
use crate::world::{of_length, seconds};

const URL: &str = "https://api.example.com/orders";
const WAITS: &str = "waits";
const ACCEPTED: &str = "accepted";

/// Each test runs for a client without and for one with a cache of tokens.
const CACHES: [TokenCache; 2] = [TokenCache::off(), TokenCache::entries(100)];

fn told(outcome: Result<Admission, Rejection>) -> String {
    outcome.map_or_else(|rejection| format!("{} {}", rejection.status(), rejection.label()), |_| ACCEPTED.to_owned())
}

/// Returns the outcome of an attempt, or [`WAITS`].
fn attempt(api: &ApiClient, headers: &[(&str, &str)]) -> String {
    let headers = headers.to_vec();
    let attempt = Gate::new(api.clone()).admit_at_once(&TokenRequest::new("GET", URL, &headers), None);
    attempt.map_or_else(|| WAITS.to_owned(), told)
}

async fn admit(api: &ApiClient, headers: &[(&str, &str)]) -> String {
    let headers = headers.to_vec();
    told(Gate::new(api.clone()).admit(&TokenRequest::new("GET", URL, &headers), None).await)
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// A client with fresh keys, which remembers this token if it has a cache.
async fn warm(builder: ApiClientBuilder, cache: TokenCache, authorization: &str) -> ApiClient {
    let api = builder.token_cache(cache).build().unwrap();
    api.warm_up().await.unwrap();
    admit(&api, &[("authorization", authorization)]).await;
    api
}

#[tokio::test]
async fn an_attempt_waits_for_no_keys_and_starts_no_fetch() {
    let world = TestWorld::start().await;
    let token = bearer(&world.tenant.mint().sign());
    assert_eq!(attempt(&world.api, &[("authorization", &token)]), WAITS);
    assert_eq!(world.tenant.requests().jwks, 0);
    assert_eq!(admit(&world.api, &[("authorization", &token)]).await, ACCEPTED);
    assert_eq!(attempt(&world.api, &[("authorization", &token)]), ACCEPTED);
    world.tenant.rotate_keys();
    let fetches = world.tenant.requests().jwks;
    let new_key = bearer(&world.tenant.mint().sign());
    assert_eq!(attempt(&world.api, &[("authorization", &new_key)]), WAITS);
    assert_eq!(world.tenant.requests().jwks, fetches);
    assert_eq!(admit(&world.api, &[("authorization", &new_key)]).await, ACCEPTED);
}

#[tokio::test]
async fn with_fresh_keys_an_attempt_decides_as_a_request_that_may_wait() {
    let world = TestWorld::start().await;
    let mint = || world.tenant.mint();
    for cache in CACHES {
        let api = warm(world.builder(), cache, "").await;
        for (authorization, expected) in [
            (mint().sign(), "accepted"),
            (mint().audience("https://other.example.com").sign(), "401 token_audience"),
            (mint().bound_to(&world.tenant.token_holder().key).sign(), "401 dpop_downgrade"),
            ("opaque".to_owned(), "401 token_opaque"),
        ] {
            let headers = bearer(&authorization);
            let waited = admit(&api, &[("authorization", &headers)]).await;
            assert_eq!(waited, expected);
            if cache == TokenCache::off() || waited == ACCEPTED {
                assert_eq!(attempt(&api, &[("authorization", &headers)]), expected);
            }
        }
        assert_eq!(attempt(&api, &[]), "401 credentials_missing");
    }
}

#[tokio::test]
async fn a_token_that_is_not_in_the_cache_waits() {
    let world = TestWorld::start().await;
    let (token, other) = (bearer(&world.tenant.mint().sign()), bearer(&world.tenant.mint().claim("n", 2).sign()));
    let api = warm(world.builder(), TokenCache::entries(100), &token).await;
    assert_eq!(attempt(&api, &[("authorization", &token)]), ACCEPTED);
    assert_eq!(attempt(&api, &[("authorization", &other)]), WAITS);
}

#[tokio::test]
async fn an_attempt_rejects_an_expired_token() {
    let world = TestWorld::start().await;
    for cache in CACHES {
        let token = bearer(&world.tenant.mint().expires_in(seconds(60)).sign());
        let api = warm(world.builder(), cache, &token).await;
        world.pass(59);
        assert_eq!(attempt(&api, &[("authorization", &token)]), ACCEPTED);
        world.pass(1);
        assert_eq!(attempt(&api, &[("authorization", &token)]), "401 token_expired");
    }
}

#[tokio::test]
async fn an_attempt_uses_no_key_that_was_removed_and_no_key_that_is_stale() {
    let world = TestWorld::start().await;
    for cache in CACHES {
        let token = bearer(&world.tenant.mint().sign());
        let api = warm(world.builder(), cache, &token).await;
        assert_eq!(attempt(&api, &[("authorization", &token)]), ACCEPTED);
        world.pass(601);
        assert_eq!(attempt(&api, &[("authorization", &token)]), WAITS);
        let removed = world.tenant.current_kid();
        world.tenant.rotate_keys();
        world.tenant.remove_key(&removed);
        api.refresh_now(&api.issuers()[0]).await.unwrap();
        assert_eq!(attempt(&api, &[("authorization", &token)]), WAITS);
        assert_eq!(admit(&api, &[("authorization", &token)]).await, "401 key_unknown");
    }
}

#[tokio::test]
async fn an_attempt_waits_for_a_revocation_list_and_does_not_ask_it() {
    let world = TestWorld::start().await;
    for cache in CACHES {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let list = move |_: &TokenIdentity| {
            let asked_before = counter.fetch_add(1, Ordering::Relaxed);
            async move { Ok(if asked_before == 0 { TokenStatus::Valid } else { TokenStatus::Revoked }) }
        };
        let token = bearer(&world.tenant.mint().sign());
        let api = warm(world.builder().revocation_list(list), cache, &token).await;
        assert_eq!(attempt(&api, &[("authorization", &token)]), WAITS);
        assert_eq!(asked.load(Ordering::Relaxed), 1, "only the first request asked");
        assert_eq!(admit(&api, &[("authorization", &token)]).await, "401 token_revoked");
    }
}

#[tokio::test]
async fn an_attempt_waits_for_the_store_of_logouts() {
    let world = TestWorld::start().await;
    for cache in CACHES {
        let token = bearer(&world.tenant.mint().sign());
        let policy = LogoutPolicy::new(["client-id"], MemoryRevocationStore::new());
        let api = warm(world.builder().logout(policy), cache, &token).await;
        assert_eq!(attempt(&api, &[("authorization", &token)]), WAITS);
    }
}

#[tokio::test]
async fn an_attempt_waits_for_the_replay_store_and_uses_no_proof() {
    let world = TestWorld::start().await;
    let holder = world.tenant.token_holder();
    for cache in CACHES {
        let api = warm(world.builder(), cache, "").await;
        let (authorization, proof) = (holder.authorization(), holder.proof("GET", URL).sign());
        let headers = [("authorization", authorization.as_str()), ("dpop", proof.as_str())];
        for expected in [ACCEPTED, "401 dpop_replayed"] {
            assert_eq!(attempt(&api, &headers), WAITS);
            assert_eq!(admit(&api, &headers).await, expected);
        }
    }
}

#[tokio::test]
async fn an_attempt_waits_for_a_resolver() {
    let world = TestWorld::start().await;
    let domain = world.tenant.domain().to_owned();
    let resolver = move |_: &auth0_api_core::issuer::DomainContext<'_>| {
        let domain = domain.clone();
        async move { Ok(vec![domain]) }
    };
    let builder = ApiClient::builder(TrustedDomains::resolver(resolver), world.tenant.audience());
    let builder = builder.insecure_http_loopback().clock(world.clock.clone());
    for cache in CACHES {
        let token = bearer(&world.tenant.mint().sign());
        let api = warm(builder.clone(), cache, &token).await;
        assert_eq!(attempt(&api, &[("authorization", &token)]), WAITS);
        assert_eq!(admit(&api, &[("authorization", &token)]).await, ACCEPTED);
    }
}

#[tokio::test]
async fn an_attempt_waits_for_a_decryption() {
    let world = TestWorld::start().await;
    let key = EncryptionKey::generate();
    let private = || DecryptionKey::from_pem(&key.private_key_pem()).unwrap();
    for cache in CACHES {
        let signed = bearer(&world.tenant.mint().sign());
        let encrypted = bearer(&world.tenant.mint().encrypt(&key.encryption()).sign());
        let api = warm(world.builder().decryption_keys([private()]), cache, "").await;
        // Every request waits, because only the text of the token says whether it is encrypted.
        for authorization in [signed, encrypted] {
            let headers = [("authorization", authorization.as_str())];
            assert_eq!(attempt(&api, &headers), WAITS);
            assert_eq!(admit(&api, &headers).await, ACCEPTED);
        }
    }
}

#[tokio::test]
async fn an_attempt_checks_the_certificate() {
    let world = TestWorld::start().await;
    let token = bearer(&world.tenant.mint().bound_to_certificate(b"of the client").sign());
    let headers = [("authorization", token.as_str())];
    let request = TokenRequest::new("GET", URL, &headers);
    let (own, other) = (ClientCertificate::from_der(b"of the client"), ClientCertificate::from_der(b"of another"));
    for cache in CACHES {
        let builder = world.builder().client_certificates(CertificateSource::of_connection());
        let gate = Gate::new(warm(builder, cache, "").await);
        gate.admit(&request.client_certificate(&own), None).await.unwrap();
        for (presented, expected) in [
            (request.client_certificate(&own), "accepted"),
            (request.client_certificate(&other), "401 mtls_certificate_mismatch"),
            (request, "401 mtls_certificate_missing"),
        ] {
            assert_eq!(told(gate.admit_at_once(&presented, None).unwrap()), expected);
        }
    }
}

#[tokio::test]
async fn an_attempt_uses_the_settings_in_force() {
    let world = TestWorld::start().await;
    for cache in CACHES {
        let token = bearer(&world.tenant.mint().sign());
        let api = warm(world.builder(), cache, &token).await;
        assert_eq!(attempt(&api, &[("authorization", &token)]), ACCEPTED);
        reload(&api, |settings| settings.audiences(["https://other.example.com"])).await;
        assert_ne!(attempt(&api, &[("authorization", &token)]), ACCEPTED);
        assert_eq!(admit(&api, &[("authorization", &token)]).await, "401 token_audience");
    }
}

#[tokio::test]
async fn a_token_longer_than_4_kib_waits() {
    let world = TestWorld::start().await;
    let api = warm(world.builder(), TokenCache::off(), "").await;
    for (length, expected) in [(4096, ACCEPTED), (4097, WAITS)] {
        let padded = |claims: String, header: String| world.tenant.mint().claim("p", claims).header("p", header).sign();
        let token = bearer(&of_length(length, padded));
        assert_eq!(attempt(&api, &[("authorization", &token)]), expected);
        assert_eq!(admit(&api, &[("authorization", &token)]).await, ACCEPTED);
    }
}
