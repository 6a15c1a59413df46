//! Signs a JWT of its own, verifies a token, and records a proof in a Redis with TLS. The arguments: the URL of the
//! Redis, and `ring` if the application chooses its own provider for rustls.

use std::error::Error;
use std::time::{Duration, SystemTime};

use auth0_api_core::ApiClient;
use auth0_api_core::dpop::{Insertion, ProofId, ReplayStore};
use auth0_api_core::jose::Thumbprint;
use auth0_api_redis::RedisReplayStore;
use auth0_api_testing::LocalTenant;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use rustls::crypto::CryptoProvider;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let redis = arguments.next().ok_or("the URL of a Redis is missing")?;
    if arguments.next().as_deref() == Some("ring") {
        rustls::crypto::ring::default_provider().install_default().map_err(|_| "a provider was chosen before main")?;
    }

    sign_own_token()?;
    verify_token().await?;
    record_proof(&redis).await?;

    let provider = CryptoProvider::get_default().map(|provider| format!("{:?}", provider.secure_random));
    println!("provider of the process: {}", provider.as_deref().unwrap_or("none"));
    Ok(())
}

/// With two providers of jsonwebtoken in the build, `encode` panics.
fn sign_own_token() -> Result<(), Box<dyn Error>> {
    let claims = json!({ "sub": "session-1", "exp": 4_102_444_800_u64 });
    let token = jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(b"application"))?;
    let key = DecodingKey::from_secret(b"application");
    let decoded = jsonwebtoken::decode::<Value>(&token, &key, &Validation::default())?;
    assert_eq!(decoded.claims, claims);
    Ok(())
}

async fn verify_token() -> Result<(), Box<dyn Error>> {
    let tenant = LocalTenant::start().await?;
    let api = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback().build()?;
    api.verify_access_token(&tenant.mint().sign()).await?;
    Ok(())
}

async fn record_proof(redis: &str) -> Result<(), Box<dyn Error>> {
    let store = RedisReplayStore::builder(redis).response_timeout(Duration::from_secs(5)).build()?;
    let proof = ProofId::new(Thumbprint::from_bytes([7; 32]), "jti");
    let now = SystemTime::now();
    for expected in [Insertion::Fresh, Insertion::Replayed] {
        assert_eq!(store.insert(&proof, now, now + Duration::from_secs(60)).await?, expected);
    }
    Ok(())
}
