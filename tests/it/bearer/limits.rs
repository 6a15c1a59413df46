//! Size limits: a value at the limit is accepted, and a larger value is rejected.

use auth0_api_core::{Algorithm, ApiClient};
use auth0_api_testing::{SigningKey, TestWorld, TokenBuilder, status_and_label};
use serde_json::json;

use crate::api::Api;

#[tokio::test]
async fn a_token_may_have_16_kib() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let (longest, too_long) = (of_length(&world, 16 * 1024), of_length(&world, 16 * 1024 + 1));
    assert_eq!(outcome_of(&api, &longest).await, "200 accepted");
    assert_eq!(outcome_of(&api, &too_long).await, "400 credentials_too_long");

    let served = Api::start(&api).await;
    let longest = served.get("/api/private", &[("Authorization", &format!("Bearer {longest}"))]).await;
    assert_eq!(longest.status, 200);
    let too_long = served.get("/api/private", &[("Authorization", &format!("Bearer {too_long}"))]).await;
    assert_eq!(
        too_long.lines(),
        [
            "400",
            r#"www-authenticate: Bearer realm="api", error="invalid_request", error_description="the access token is too long""#,
            r#"www-authenticate: DPoP algs="ES256""#,
            "content-type: application/json",
            "",
            r#"{"error":"invalid_request","error_description":"the access token is too long"}"#,
        ]
    );
}

#[tokio::test]
async fn a_key_id_may_have_256_bytes() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let key = SigningKey::generate(Algorithm::RS256);
    for (length, expected) in [(256, "200 accepted"), (257, "401 token_malformed")] {
        let key = key.clone().with_kid("k".repeat(length));
        world.tenant.publish(&key);
        assert_eq!(outcome_of(&api, &world.tenant.mint().key(&key).sign()).await, expected, "{length}");
    }
}

#[tokio::test]
async fn json_may_nest_32_levels() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    // The object of the claims is the first level.
    let nested = |levels: usize| "[".repeat(levels - 1) + &"]".repeat(levels - 1);
    let claims = |levels: usize| {
        let (issuer, nested) = (world.tenant.issuer(), nested(levels));
        format!(
            r#"{{"iss":"{issuer}","aud":"https://api.example.com","iat":1700000000,"exp":1700003600,"x":{nested}}}"#
        )
    };
    let token = |levels| world.tenant.mint().raw_claims(claims(levels)).sign();
    assert_eq!(outcome_of(&api, &token(32)).await, "200 accepted");
    assert_eq!(outcome_of(&api, &token(33)).await, "401 token_malformed");
    assert_eq!(outcome_of(&api, &token(5_000)).await, "401 token_malformed");
}

#[tokio::test]
async fn a_token_has_three_segments_in_canonical_base64url() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let good = world.tenant.mint().sign();
    let (head, signature) = good.rsplit_once('.').unwrap();
    let encrypted = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..5eym8TW_c8SuK0lt.3Uzn.XFBoMYUZodetZdvTiFvSkQ";
    let table = [
        (good.as_str(), "200 accepted"),
        (&format!("{good}="), "401 token_malformed"),
        (&format!("{good}.AA"), "401 token_malformed"),
        (&format!("{head}."), "401 token_signature"),
        (head, "401 token_malformed"),
        (signature, "401 token_opaque"),
        (encrypted, "401 token_encrypted"),
    ];
    for (token, expected) in table {
        assert_eq!(outcome_of(&api, token).await, expected, "{token}");
    }
}

#[tokio::test]
async fn critical_extensions_and_duplicate_claims_are_rejected() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let mint = || world.tenant.mint();
    let issuer = world.tenant.issuer();
    let twice = format!(
        r#"{{"iss":"{issuer}","aud":"https://api.example.com","sub":"a","sub":"b","iat":1700000000,"exp":1700003600}}"#
    );
    let table: [(TokenBuilder, &str); 6] = [
        (mint().header("crit", json!(["exp"])).header("exp", 1), "401 token_extension"),
        (mint().header("crit", json!([])), "401 token_extension"),
        (mint().header("b64", false), "401 token_extension"),
        (mint().header("kid", 5), "401 token_malformed"),
        (mint().raw_claims(twice.clone()), "401 token_malformed"),
        (mint().raw_claims(twice.replace(r#""sub":"a","#, "")), "200 accepted"),
    ];
    for (token, expected) in table {
        assert_eq!(outcome_of(&api, &token.sign()).await, expected, "{token:?}");
    }
}

/// Returns a valid token of exactly this length.
fn of_length(world: &TestWorld, length: usize) -> String {
    crate::world::of_length(length, |claim, header| {
        world.tenant.mint().claim("padding", claim).header("padding", header).sign()
    })
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}
