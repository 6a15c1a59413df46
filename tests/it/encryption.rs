//! Encrypted access tokens: what is accepted, what rejections say, and what the encrypted text is used for.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
use auth0_api_core::{Algorithm, ApiClient, ApiClientBuilder, ClientAuth, OnBehalfOf, TokenCache, VerifiedToken};
use auth0_api_testing::{
    Api, EncryptionAlgorithm, EncryptionKey, HttpAnswer, LocalTenant, ManualClock, OfflineTenant, ScriptedHttp,
    status_and_label,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::world::{get, invalid_token, rejection, seconds};

const URL: &str = "https://api.example.com/orders";

/// A tenant, the key pair of the API, and the API with the private key.
struct World {
    tenant: OfflineTenant,
    key: EncryptionKey,
    api: ApiClient,
}

impl World {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        let (tenant, key) = (OfflineTenant::new(), EncryptionKey::generate());
        let builder = tenant.builder().decryption_keys([decryption_key(&key)]);
        let api = configure(builder).build().unwrap();
        Self { tenant, key, api }
    }

    /// An encrypted token that is valid.
    fn token(&self) -> String {
        self.tenant.mint().encrypt(&self.key.encryption()).sign()
    }

    async fn outcome(&self, token: &str) -> String {
        outcome(&self.api, token).await
    }
}

fn decryption_key(key: &EncryptionKey) -> DecryptionKey {
    DecryptionKey::from_pem(&key.private_key_pem()).unwrap()
}

async fn outcome(api: &ApiClient, token: &str) -> String {
    let verified = timeout(seconds(60), api.verify_access_token(token)).await.unwrap();
    status_and_label(&verified)
}

#[tokio::test]
async fn tokens_of_other_libraries_are_decrypted() {
    let file: Value = serde_json::from_str(include_str!("../foreign/jwe/messages.json")).unwrap();
    let http = ScriptedHttp::new();
    let issuer = file["issuer"].as_str().unwrap();
    let discovery = serde_json::json!({ "issuer": issuer, "jwks_uri": format!("{issuer}jwks.json") });
    http.route(format!("{issuer}.well-known/openid-configuration")).answer([HttpAnswer::json(200, &discovery)]);
    http.route(format!("{issuer}jwks.json")).answer([HttpAnswer::json(200, &file["jwks"])]);
    let clock = ManualClock::at(UNIX_EPOCH + Duration::from_secs(1_800_000_100));
    let with = |keys: Vec<DecryptionKey>| {
        let builder = ApiClient::builder("tenant.example.com", "https://api.example.com").http_client(http.clone());
        builder.algorithms([Algorithm::ES256]).clock(clock.clone()).decryption_keys(keys).build().unwrap()
    };
    let keys = file["keys"].as_array().unwrap();
    let jwk = |key: &Value| DecryptionKey::from_jwk(&key["jwk"].to_string()).unwrap();
    let all = with(keys.iter().map(jwk).collect());
    let mut verified = 0;
    for message in file["messages"].as_array().unwrap() {
        let key = keys.iter().find(|key| key["bits"] == message["bits"]).unwrap();
        let pem = DecryptionKey::from_pem(key["pem"].as_str().unwrap()).unwrap();
        assert_eq!(pem.bits(), usize::try_from(message["bits"].as_u64().unwrap()).unwrap());
        let pem = if let Some(kid) = message["kid"].as_str() { pem.with_key_id(kid) } else { pem };
        for api in [all.clone(), with(vec![pem])] {
            let token = api.verify_access_token(message["jwe"].as_str().unwrap()).await.unwrap();
            assert_eq!(Value::Object(token.claims().clone()), file["claims"], "{message}");
            verified += 1;
        }
    }
    assert_eq!(verified, 2 * 2 * 3 * 3 * 2, "two libraries, three sizes, three algorithms, with and without a kid");
}

#[tokio::test]
async fn encrypted_and_signed_tokens_are_accepted() {
    let world = World::new();
    for algorithm in EncryptionAlgorithm::ALL {
        let encryption = world.key.encryption().algorithm(algorithm);
        assert_eq!(world.outcome(&world.tenant.mint().encrypt(&encryption).sign()).await, "200 accepted");
    }
    assert_eq!(world.outcome(&world.tenant.mint().sign()).await, "200 accepted");
    assert_eq!(outcome(&world.tenant.api(), &world.token()).await, "401 token_encrypted");
}

#[tokio::test]
async fn the_token_inside_passes_every_check() {
    let world = World::new();
    let mint = || world.tenant.mint().encrypt(&world.key.encryption());
    let other = auth0_api_testing::SigningKey::generate(Algorithm::RS256);
    for (token, expected) in [
        (mint(), "200 accepted"),
        (mint().expires_in(seconds(0)), "401 token_expired"),
        (mint().audience("https://other.example.com"), "401 token_audience"),
        (mint().issuer("https://evil.example/"), "401 issuer_not_trusted"),
        (mint().key(&other), "401 key_unknown"),
        (mint().raw_signature("AAAA"), "401 token_signature"),
        (mint().header("alg", "none").raw_signature(""), "401 token_alg_unknown"),
        (mint().header("typ", "dpop+jwt"), "401 token_type"),
        (mint().bound_to(&world.tenant.dpop_client()), "401 dpop_downgrade"),
        (mint().raw_claims("{}"), "401 issuer_missing"),
    ] {
        assert_eq!(world.outcome(&token.sign()).await, expected);
    }
}

#[tokio::test]
async fn headers_of_other_encryptions_are_rejected() {
    let world = World::new();
    for (name, value, expected) in [
        ("alg", "RSA1_5", "401 token_encryption_unsupported"),
        ("alg", "RSA-OAEP", "401 token_encryption_unsupported"),
        ("alg", "dir", "401 token_encryption_unsupported"),
        ("alg", "PBES2-HS512+A256KW", "401 token_encryption_unsupported"),
        ("enc", "A128CBC-HS256", "401 token_encryption_unsupported"),
        ("zip", "DEF", "401 token_encryption_unsupported"),
        ("crit", "exp", "401 token_encryption_unsupported"),
        ("cty", "JWE", "401 token_encryption_unsupported"),
        ("alg", "RSA-OAEP-512", "401 token_decryption"),
        ("kid", "unknown", "401 decryption_key_unknown"),
        ("typ", "at+jwt", "200 accepted"),
    ] {
        let token = world.tenant.mint().encrypt(&world.key.encryption().header(name, value)).sign();
        assert_eq!(world.outcome(&token).await, expected, "{name}: {value}");
    }
    let twice = world.key.encryption().encrypt(&world.token());
    assert_eq!(world.outcome(&twice).await, "401 token_encrypted_content");
    assert_eq!(world.outcome(&world.key.encryption().encrypt("opaque")).await, "401 token_encrypted_content");
}

#[tokio::test]
async fn each_failed_decryption_has_the_same_response() {
    let world = World::new();
    let token = world.token();
    let other = world.tenant.mint().encrypt(&EncryptionKey::generate().encryption()).sign();
    let parts: Vec<&str> = token.split('.').collect();
    let with = |index: usize, text: &str| {
        let mut changed = parts.clone();
        changed[index] = text;
        changed.join(".")
    };
    let flipped = |index: usize| {
        let (first, rest) = parts[index].split_at(1);
        with(index, &format!("{}{rest}", if first == "B" { "C" } else { "B" }))
    };
    let description = "the access token cannot be decrypted";
    let challenge = format!(r#"Bearer realm="api", error="invalid_token", error_description="{description}""#);
    for token in [other, flipped(1), flipped(2), flipped(3), flipped(4), with(1, ""), with(1, &"A".repeat(340))] {
        let headers = [("authorization", &*format!("Bearer {token}"))];
        let rejected = rejection(&world.api, get(&world.api, URL, &headers).await);
        assert_eq!(rejected, invalid_token("token_decryption", &challenge));
    }
}

#[tokio::test]
async fn during_a_rotation_both_keys_decrypt() {
    let (tenant, old, new) = (OfflineTenant::new(), EncryptionKey::generate(), EncryptionKey::generate());
    let both = [decryption_key(&new).with_key_id("new"), decryption_key(&old).with_key_id("old")];
    let api = tenant.builder().decryption_keys(both).build().unwrap();
    for (encryption, expected) in [
        (new.encryption().key_id("new"), "200 accepted"),
        (old.encryption().key_id("old"), "200 accepted"),
        (old.encryption(), "200 accepted"),
        (new.encryption(), "200 accepted"),
        (old.encryption().key_id("new"), "401 token_decryption"),
        (old.encryption().key_id("older"), "401 decryption_key_unknown"),
        (EncryptionKey::generate().encryption(), "401 token_decryption"),
    ] {
        assert_eq!(outcome(&api, &tenant.mint().encrypt(&encryption).sign()).await, expected, "{encryption:?}");
    }
}

#[tokio::test]
async fn the_proof_names_the_hash_of_the_encrypted_token() {
    let world = World::new();
    let key = world.tenant.dpop_client();
    let mint = || world.tenant.mint().bound_to(&key);
    let holder = key.clone().holding(mint().encrypt(&world.key.encryption()).sign());
    let accepted = holder.get(&world.api, URL, &holder.proof("GET", URL)).await.unwrap();
    assert!(accepted.access_token().expose().starts_with("eyJ"));
    assert_eq!(accepted.access_token().expose().split('.').count(), 5);
    // A proof for the signed text inside.
    let inside = key.proof("GET", URL).access_token(&mint().sign());
    assert_eq!(status_and_label(&holder.get(&world.api, URL, &inside).await), "401 dpop_ath_mismatch");
}

#[tokio::test]
async fn a_remembered_token_is_not_decrypted_again() {
    let world = World::with(|builder| builder.token_cache(TokenCache::entries(10)));
    let share = |one: &VerifiedToken, other: &VerifiedToken| std::ptr::eq(one.access_token(), other.access_token());
    let token = world.token();
    let first = world.api.verify_access_token(&token).await.unwrap();
    let second = world.api.verify_access_token(&token).await.unwrap();
    assert!(share(&first, &second));
    assert_eq!(first.access_token().expose(), token);
    let (again, other) = (world.token(), world.api.verify_access_token(&world.token()).await.unwrap());
    assert!(again != token && !share(&first, &other), "another encryption of the same claims");
    world.tenant.clock().advance(seconds(3600));
    assert_eq!(world.outcome(&token).await, "401 token_expired");
}

#[tokio::test]
async fn the_revocation_list_sees_the_claims_inside() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = {
        let seen = Arc::clone(&seen);
        move |token: &TokenIdentity| {
            seen.lock().unwrap().push(token.subject().map(str::to_owned));
            async { Ok(TokenStatus::Revoked) }
        }
    };
    let world = World::with(|builder| builder.revocation_list(list));
    assert_eq!(world.outcome(&world.token()).await, "401 token_revoked");
    assert_eq!(*seen.lock().unwrap(), [Some("auth0|local-user".to_owned())]);
}

#[tokio::test]
async fn an_exchange_sends_the_signed_token() {
    let key = EncryptionKey::generate();
    let api = Api::new("https://api.example.com").token_encryption(key.encryption());
    let tenant = LocalTenant::builder().api(api).api(Api::new("https://next.example.com")).start().await.unwrap();
    let client = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let client = client.client_auth(ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret()));
    let client = client.decryption_keys([decryption_key(&key)]).build().unwrap();
    let encrypted = tenant.mint().encrypt(&key.encryption()).sign();
    let token = client.verify_access_token(&encrypted).await.unwrap();
    let asked = OnBehalfOf::audience("https://next.example.com");
    let exchanged = client.get_token_on_behalf_of(&token, asked).await.unwrap();
    assert_eq!(exchanged.access_token().expose().split('.').count(), 3);
}

/// The work runs on other threads. A client that closes its connection does not free its place.
#[tokio::test]
async fn a_limited_number_of_tokens_is_decrypted_at_once() {
    let world = World::with(|builder| builder.decryptions_at_once(1));
    let token = world.token();
    assert_eq!(world.outcome(&token).await, "200 accepted");
    let mut requests = JoinSet::new();
    for _ in 0..50 {
        let (api, token) = (world.api.clone(), token.clone());
        // On a runtime with one thread, each request takes its place before the next begins.
        requests.spawn(async move { outcome(&api, &token).await });
    }
    let mut outcomes = requests.join_all().await;
    outcomes.sort_unstable();
    assert_eq!(
        (outcomes.first().unwrap().as_str(), outcomes.last().unwrap().as_str()),
        ("200 accepted", "503 decryption_busy")
    );
    // The others do not wait, and a token that is not encrypted needs no place.
    assert_eq!(world.outcome(&token).await, "200 accepted");
}

#[tokio::test]
async fn a_rejection_because_of_many_decryptions_names_a_time_and_no_challenge() {
    let world = World::with(|builder| builder.decryptions_at_once(1));
    let (first, second) = (world.token(), world.token());
    let requests = [world.api.verify_access_token(&first), world.api.verify_access_token(&second)];
    let outcomes = futures_util::future::join_all(requests).await;
    let error = outcomes.into_iter().find_map(Result::err).unwrap();
    let rejection = world.api.reject(&error);
    assert_eq!((rejection.status(), rejection.label(), rejection.challenges().len()), (503, "decryption_busy", 0));
    assert!(rejection.headers().any(|(name, value)| name == "retry-after" && value == "1"));
    assert!(error.hint().is_some_and(|hint| hint.contains("decryptions_at_once")));
}

/// A remembered token takes no place, also while the tenant is unavailable and its keys are old.
#[tokio::test]
async fn remembered_tokens_are_accepted_while_the_place_is_taken_and_the_tenant_is_down() {
    let world = World::with(|builder| builder.decryptions_at_once(1).token_cache(TokenCache::entries(10)));
    let (token, new) = (world.token(), world.token());
    assert_eq!(world.outcome(&token).await, "200 accepted");
    world.tenant.http().route(OfflineTenant::JWKS_URL).answer([HttpAnswer::json(500, &json!({}))]);
    for pass in [481, 300] {
        world.tenant.clock().advance(seconds(pass));
        // This request takes the place, or finds it taken.
        let mut busy = Box::pin(world.api.verify_access_token(&new));
        _ = futures_util::poll!(&mut busy);
        for _ in 0..5 {
            assert_eq!(world.outcome(&token).await, "200 accepted");
        }
    }
}

#[tokio::test]
async fn a_cancelled_request_keeps_its_place_until_the_work_ends() {
    let world = World::with(|builder| builder.decryptions_at_once(1));
    let token = world.token();
    {
        let mut cancelled = Box::pin(world.api.verify_access_token(&token));
        assert!(futures_util::poll!(&mut cancelled).is_pending());
    }
    // The work of the cancelled request may have ended: then the place is free. Otherwise the request is rejected.
    let next = world.outcome(&token).await;
    assert!(["200 accepted", "503 decryption_busy"].contains(&next.as_str()), "{next}");
    let freed = async {
        while world.outcome(&token).await != "200 accepted" {
            tokio::task::yield_now().await;
        }
    };
    timeout(seconds(60), freed).await.unwrap();
}

#[tokio::test]
async fn an_encrypted_token_may_have_16_kib() {
    let world = World::new();
    let sealed = |claim: usize, header: usize| {
        let encryption = world.key.encryption().header("pad", "p".repeat(header));
        world.tenant.mint().claim("pad", "p".repeat(claim)).encrypt(&encryption).sign()
    };
    // Padding in the claims is encoded twice. Padding in the header makes up for the lengths between.
    let of_length = |length: usize| {
        let header = (length - sealed(8000, 0).len()) / 4 * 3;
        let fits = |claim: usize| (header - 6..=header).map(move |header| (claim, header));
        let mut texts = (8000..8004).flat_map(fits).map(|(claim, header)| sealed(claim, header));
        texts.find(|text| text.len() == length).unwrap()
    };
    for (length, expected) in [(16 * 1024, "200 accepted"), (16 * 1024 + 1, "400 credentials_too_long")] {
        let token = of_length(length);
        assert_eq!((token.len(), world.outcome(&token).await.as_str()), (length, expected));
    }
}

#[tokio::test]
async fn hostile_encrypted_texts_are_rejected() {
    let world = World::new();
    let (dots, hundred) = (".".repeat(4), "a.".repeat(99) + "a");
    let recipients = format!(r#"{{"recipients":[{}]}}"#, vec![r#"{"encrypted_key":"AA"}"#; 100].join(","));
    let long = format!("eyJhbGciOiJkaXIifQ.{}.AA.AA.AA", "A".repeat(16_000));
    for (token, expected) in [
        (dots.as_str(), "401 token_malformed"),
        (&hundred, "401 token_malformed"),
        (&recipients, "401 token_opaque"),
        (&long, "401 token_encryption_unsupported"),
    ] {
        assert_eq!(world.outcome(token).await, expected, "{token:.40}");
    }
    // The JSON serialization is not even a token in a header.
    let headers = [("authorization", &*format!("Bearer {recipients}"))];
    assert_eq!(status_and_label(&get(&world.api, URL, &headers).await), "400 credentials_malformed");
}

#[test]
fn keys_that_cannot_be_used_together_are_reported() {
    let (tenant, key) = (OfflineTenant::new(), decryption_key(&EncryptionKey::generate()));
    let problem = |builder: ApiClientBuilder| builder.build().unwrap_err().to_string();
    let with = |keys: Vec<DecryptionKey>| problem(tenant.builder().decryption_keys(keys));
    assert_eq!(with(vec![]), "the configuration is unusable: decryption_keys: at least one is needed");
    let twice = vec![key.clone().with_key_id("k"), key.with_key_id("k")];
    assert_eq!(with(twice), "the configuration is unusable: decryption_keys: two keys have the same kid");
    for outside in [0, 10_001] {
        let message = problem(tenant.builder().decryptions_at_once(outside));
        assert_eq!(message, "the configuration is unusable: decryptions_at_once: set 1 to 10000");
    }
    for inside in [1, 10_000] {
        assert!(tenant.builder().decryptions_at_once(inside).build().is_ok());
    }
}
