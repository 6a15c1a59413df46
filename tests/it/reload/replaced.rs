//! Each setting that a reload replaces.

use auth0_api_core::issuer::DomainContext;
use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::{Algorithm, ClientAuth, KeyPolicy, OnBehalfOf, ProtectedResource, TokenCache, TrustedDomains};
use auth0_api_testing::{EncryptionKey, HttpAnswer, LocalTenant, ManualClock, OfflineTenant, SigningKey};

use super::{outcome_of, reload};
use crate::world::{get, seconds};

const OTHER: &str = "https://other.example.com";
const CALENDAR: &str = "https://calendar.example.com";

#[tokio::test]
async fn audiences_are_replaced_also_for_clones_and_remembered_tokens() {
    let tenant = OfflineTenant::new();
    let api = tenant.builder().token_cache(TokenCache::entries(100)).build().unwrap();
    let (clone, old, new) = (api.clone(), tenant.mint().sign(), tenant.mint().audience(OTHER).sign());
    assert_eq!(outcome_of(&clone, &old).await, "200 accepted");
    assert_eq!(outcome_of(&clone, &new).await, "401 token_audience");
    reload(&api, |settings| settings.audiences([OTHER])).await;
    assert_eq!(outcome_of(&clone, &old).await, "401 token_audience", "a remembered token");
    assert_eq!(outcome_of(&clone, &new).await, "200 accepted");
    assert!(api.is_same_client(&clone));
    reload(&clone, |settings| settings.audiences([OTHER, OfflineTenant::AUDIENCE])).await;
    assert_eq!(outcome_of(&api, &old).await, "200 accepted");
}

#[tokio::test]
async fn a_new_algorithm_has_its_keys_before_the_first_token() {
    let tenant = OfflineTenant::new();
    let key = SigningKey::generate(Algorithm::ES256);
    let keys = serde_json::json!({ "keys": [key.public_jwk()] });
    tenant.http().route(OfflineTenant::JWKS_URL).answer([HttpAnswer::json(200, &keys)]);
    let api = tenant.api();
    let token = tenant.mint().key(&key).sign();
    assert_eq!(outcome_of(&api, &token).await, "401 token_alg_not_allowed");
    reload(&api, |settings| settings.algorithms([Algorithm::RS256, Algorithm::ES256])).await;
    let fetched = tenant.http().count();
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    reload(&api, |settings| settings.algorithms([Algorithm::ES256])).await;
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    assert_eq!(tenant.http().count(), fetched, "no fetch for the token, and none for fewer algorithms");
    reload(&api, |settings| settings.algorithms([Algorithm::RS256])).await;
    assert_eq!(outcome_of(&api, &token).await, "401 token_alg_not_allowed");
}

#[tokio::test]
async fn a_client_secret_is_replaced_and_cached_answers_stay() {
    let clock = ManualClock::new();
    let tenant =
        LocalTenant::builder().clock(clock.clone()).api(auth0_api_testing::Api::new(CALENDAR)).start().await.unwrap();
    let builder = auth0_api_core::ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let builder = builder.clock(clock).client_auth(ClientAuth::secret_post(tenant.api_client_id(), "of yesterday"));
    let api = builder.build().unwrap();
    let caller = api.verify_access_token(&tenant.mint().sign()).await.unwrap();
    let asked = || OnBehalfOf::audience(CALENDAR);
    let before = api.get_token_on_behalf_of(&caller, asked()).await.unwrap_err();
    assert_eq!(auth0_api_core::Error::from(before).label(), "exchange_client_rejected");
    let (id, secret) = (tenant.api_client_id().to_owned(), tenant.api_client_secret().to_owned());
    reload(&api, |settings| settings.client_auth(ClientAuth::secret_post(id.clone(), secret.clone()))).await;
    let tokens = api.get_token_on_behalf_of(&caller, asked()).await.unwrap();
    let (requests, discoveries) = (tenant.requests().token, tenant.requests().discovery);
    let auth = ClientAuth::secret_post(id, secret);
    reload(&api, |settings| settings.client_auth(auth).required_claims(["sub"])).await;
    let again = api.get_token_on_behalf_of(&caller, asked()).await.unwrap();
    assert_eq!(again.access_token().expose(), tokens.access_token().expose());
    assert_eq!((tenant.requests().token, tenant.requests().discovery), (requests, discoveries));
}

#[tokio::test]
async fn the_token_endpoint_is_discovered_again_only_for_another_domain() {
    let clock = ManualClock::new();
    let calendar = || auth0_api_testing::Api::new(CALENDAR);
    let start = || async { LocalTenant::builder().clock(clock.clone()).api(calendar()).start().await.unwrap() };
    let (a, b) = (start().await, start().await);
    let auth = |tenant: &LocalTenant| ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
    let builder = auth0_api_core::ApiClient::builder(a.domain(), a.audience()).insecure_http_loopback();
    let api = builder.clock(clock.clone()).client_auth(auth(&a)).build().unwrap();
    let ask = async |tenant: &LocalTenant, subject: &str| {
        let caller = api.verify_access_token(&tenant.mint().subject(subject).sign()).await.unwrap();
        api.get_token_on_behalf_of(&caller, OnBehalfOf::audience(CALENDAR)).await.unwrap();
    };
    let count = |tenant: &LocalTenant| (tenant.requests().token, tenant.requests().discovery);
    ask(&a, "auth0|ada").await;
    let (tokens, discoveries) = count(&a);
    let same = auth(&a);
    reload(&api, |settings| settings.client_auth(same)).await;
    ask(&a, "auth0|eve").await;
    assert_eq!(count(&a), (tokens + 1, discoveries));

    let (domain, of_b) = (b.domain().to_owned(), auth(&b));
    reload(&api, |settings| settings.domains(domain).client_auth(of_b)).await;
    ask(&b, "auth0|ada").await;
    assert_eq!(count(&a), (tokens + 1, discoveries));
    assert_eq!(b.requests().token, 1);
}

#[tokio::test]
async fn decryption_keys_are_replaced() {
    let tenant = OfflineTenant::new();
    let (old, new) = (EncryptionKey::generate(), EncryptionKey::generate());
    let private = |key: &EncryptionKey| DecryptionKey::from_pem(&key.private_key_pem()).unwrap();
    let api = tenant.builder().decryption_keys([private(&old)]).build().unwrap();
    let encrypted = |key: &EncryptionKey| tenant.mint().encrypt(&key.encryption()).sign();
    let outcomes = async || [outcome_of(&api, &encrypted(&old)).await, outcome_of(&api, &encrypted(&new)).await];
    assert_eq!(outcomes().await, ["200 accepted", "401 token_decryption"]);
    reload(&api, |settings| settings.decryption_keys([private(&new), private(&old)])).await;
    assert_eq!(outcomes().await, ["200 accepted", "200 accepted"]);
    reload(&api, |settings| settings.decryption_keys([private(&new)])).await;
    assert_eq!(outcomes().await, ["401 token_decryption", "200 accepted"]);
    reload(&api, auth0_api_core::Reloadable::without_decryption_keys).await;
    assert_eq!(outcomes().await, ["401 token_encrypted", "401 token_encrypted"]);
}

#[tokio::test]
async fn requirements_of_every_token_are_replaced() {
    let tenant = OfflineTenant::new();
    let api = tenant.api();
    let (plain, rfc9068) = (tenant.mint().sign(), tenant.mint().rfc9068().sign());
    let with_claim = tenant.mint().claim("region", "eu").sign();
    reload(&api, |settings| settings.required_claims(["region"])).await;
    assert_eq!(outcome_of(&api, &plain).await, "401 token_claim_missing");
    assert_eq!(outcome_of(&api, &with_claim).await, "200 accepted");
    let none: [&str; 0] = [];
    reload(&api, |settings| settings.required_claims(none).strict_rfc9068(true)).await;
    assert_eq!(outcome_of(&api, &plain).await, "401 token_type");
    assert_eq!(outcome_of(&api, &rfc9068).await, "200 accepted");
    reload(&api, |settings| settings.strict_rfc9068(false).max_token_age(seconds(60))).await;
    tenant.clock().advance(seconds(61));
    assert_eq!(outcome_of(&api, &plain).await, "401 token_too_old");
    reload(&api, |settings| settings.max_token_age(None)).await;
    assert_eq!(outcome_of(&api, &plain).await, "200 accepted");
}

#[tokio::test]
async fn domains_are_added_and_removed_and_the_others_keep_their_keys() {
    let clock = ManualClock::new();
    let start = || async { LocalTenant::builder().clock(clock.clone()).start().await.unwrap() };
    let (a, b) = (start().await, start().await);
    let domains = |tenants: &[&LocalTenant]| TrustedDomains::list(tenants.iter().map(|tenant| tenant.domain()));
    let builder = auth0_api_core::ApiClient::builder(domains(&[&a]), a.audience()).insecure_http_loopback();
    let resource = ProtectedResource::new(a.audience());
    let api = builder.clock(clock.clone()).resource_metadata(resource).build().unwrap();
    let outcomes = async || [outcome_of(&api, &a.mint().sign()).await, outcome_of(&api, &b.mint().sign()).await];
    assert_eq!(outcomes().await, ["200 accepted", "401 issuer_not_trusted"]);

    let of_both = domains(&[&b, &a]);
    reload(&api, |settings| settings.domains(of_both)).await;
    assert_eq!((a.requests().jwks, b.requests().jwks), (1, 1), "only the new issuer's keys are fetched");
    assert_eq!(outcomes().await, ["200 accepted", "200 accepted"]);
    assert_eq!(api.issuers(), [b.issuer(), a.issuer()]);
    let metadata = api.resource_metadata().unwrap();
    assert!(metadata.body().contains(a.issuer()) && metadata.body().contains(b.issuer()), "{}", metadata.body());

    let of_b = domains(&[&b]);
    reload(&api, |settings| settings.domains(of_b)).await;
    assert_eq!(outcomes().await, ["401 issuer_not_trusted", "200 accepted"]);
    assert_eq!((a.requests().jwks, b.requests().jwks), (1, 1));
    assert!(!api.resource_metadata().unwrap().body().contains(a.issuer()));
    assert!(api.is_ready());
}

#[tokio::test]
async fn the_challenge_names_what_the_new_settings_offer() {
    let tenant = OfflineTenant::new();
    let resource = ProtectedResource::new(OfflineTenant::AUDIENCE);
    let api = tenant.builder().resource_metadata(resource).build().unwrap();
    let before = api.challenges(None);
    reload(&api, |settings| settings.audiences([OfflineTenant::AUDIENCE, OTHER])).await;
    let challenges = |challenges: &[auth0_api_core::Challenge]| -> Vec<String> {
        challenges.iter().map(ToString::to_string).collect()
    };
    assert_eq!(challenges(&api.challenges(None)), challenges(&before));
    let outcome = get(&api, "https://api.example.com/orders", &[]).await;
    assert_eq!(challenges(api.reject(&outcome.unwrap_err()).challenges()), challenges(&before));
}

#[tokio::test]
async fn with_more_domains_than_are_held_the_issuers_in_use_keep_their_keys() {
    let clock = ManualClock::new();
    let start = || async { LocalTenant::builder().clock(clock.clone()).start().await.unwrap() };
    let (a, b, c) = (start().await, start().await, start().await);
    let domains = TrustedDomains::list([&a, &b, &c].map(|tenant| tenant.domain().to_owned()));
    let builder = auth0_api_core::ApiClient::builder(domains, a.audience()).insecure_http_loopback();
    let api = builder.clock(clock.clone()).key_policy(KeyPolicy::new().max_issuers(2)).build().unwrap();
    for tenant in [&b, &c] {
        assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    }
    reload(&api, |settings| settings.required_claims(["sub"])).await;
    for tenant in [&b, &c] {
        assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    }
    assert_eq!([&a, &b, &c].map(|tenant| tenant.requests().jwks), [0, 1, 1]);

    let with_another = TrustedDomains::list(
        [&a, &b, &c].map(|tenant| tenant.domain().to_owned()).into_iter().chain(["http://127.0.0.1:1".to_owned()]),
    );
    let outcome = api.reload(|settings| settings.domains(with_another)).await;
    assert!(matches!(outcome, Err(auth0_api_core::ReloadError::Keys(_))), "{outcome:?}");
    for tenant in [&b, &c] {
        assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    }
    assert_eq!([&a, &b, &c].map(|tenant| tenant.requests().jwks), [0, 1, 1]);

    let added = start().await;
    let all = [&a, &b, &c, &added].map(|tenant| tenant.domain().to_owned());
    reload(&api, |settings| settings.domains(TrustedDomains::list(all))).await;
    assert_eq!([&a, &b, &c, &added].map(|tenant| tenant.requests().jwks), [0, 1, 1, 1]);
    // The added issuer keeps its keys, although it has no verified token yet.
    reload(&api, |settings| settings.required_claims(["sub", "iss"])).await;
    for tenant in [&b, &c, &added] {
        assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    }
    assert_eq!([&a, &b, &c, &added].map(|tenant| tenant.requests().jwks), [0, 1, 1, 1]);
}

#[tokio::test]
async fn a_long_list_takes_over_the_keys_of_a_resolver() {
    let clock = ManualClock::new();
    let start = || async { LocalTenant::builder().clock(clock.clone()).start().await.unwrap() };
    let (a, b, c) = (start().await, start().await, start().await);
    let all = [&a, &b, &c].map(|tenant| tenant.domain().to_owned());
    let named = all.clone();
    let resolver = move |_: &DomainContext<'_>| std::future::ready(Ok(named.to_vec()));
    let builder = auth0_api_core::ApiClient::builder(TrustedDomains::resolver(resolver), a.audience());
    let builder = builder.insecure_http_loopback().clock(clock.clone());
    let api = builder.key_policy(KeyPolicy::new().max_issuers(2)).build().unwrap();
    assert_eq!(outcome_of(&api, &a.mint().sign()).await, "200 accepted");

    reload(&api, |settings| settings.domains(TrustedDomains::list(all))).await;
    assert_eq!([&a, &b, &c].map(|tenant| tenant.requests().jwks), [1, 1, 1], "the others are fetched");
    api.warm_up().await.unwrap();
    for tenant in [&a, &b, &c] {
        assert_eq!(outcome_of(&api, &tenant.mint().sign()).await, "200 accepted");
    }
    assert_eq!([&a, &b, &c].map(|tenant| tenant.requests().jwks), [1, 1, 1]);
}
