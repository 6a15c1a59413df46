//! Boundary values of claims: times, audiences, and claims that the configuration requires.

use auth0_api_core::{ApiClient, ClientAuth};
use auth0_api_testing::{TestWorld, TokenBuilder, status_and_label};
use serde_json::json;

use crate::world::{invalid_token, rejection, seconds};

const EXPIRED: &str = r#"Bearer realm="api", error="invalid_token", error_description="the access token has expired""#;
const NOT_FOR_US: &str =
    r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API""#;

#[tokio::test]
async fn a_token_is_rejected_from_the_second_of_exp() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let token = world.tenant.mint().expires_in(seconds(60)).sign();
    world.pass(59);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    world.pass(1);
    let outcome = api.verify_access_token(&token).await;
    assert_eq!(rejection(&api, outcome), invalid_token("token_expired", EXPIRED));
}

#[tokio::test]
async fn leeway_extends_exp_and_nbf() {
    let world = TestWorld::start().await;
    let api = world.builder().leeway(seconds(600)).build().unwrap();
    let start = world.now();
    let early = world.tenant.mint().not_before(start + seconds(600)).sign();
    let too_early = world.tenant.mint().not_before(start + seconds(601)).sign();
    assert_eq!(outcome_of(&api, &early).await, "200 accepted");
    assert_eq!(outcome_of(&api, &too_early).await, "401 token_not_yet_valid");

    let token = world.tenant.mint().expires_in(seconds(60)).sign();
    world.pass(659);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
    world.pass(1);
    assert_eq!(outcome_of(&api, &token).await, "401 token_expired");
}

#[tokio::test]
async fn a_token_is_rejected_before_nbf() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let start = world.now();
    assert_eq!(outcome_of(&api, &world.tenant.mint().not_before(start).sign()).await, "200 accepted");
    let token = world.tenant.mint().not_before(start + seconds(1)).sign();
    let outcome = api.verify_access_token(&token).await;
    let challenge =
        r#"Bearer realm="api", error="invalid_token", error_description="the access token is not valid yet""#;
    assert_eq!(rejection(&api, outcome), invalid_token("token_not_yet_valid", challenge));
    world.pass(1);
    assert_eq!(outcome_of(&api, &token).await, "200 accepted");
}

#[tokio::test]
async fn a_token_older_than_max_token_age_is_rejected() {
    let world = TestWorld::start().await;
    let (lenient, strict) = (world.api.clone(), world.builder().max_token_age(seconds(300)).build().unwrap());
    let loose = world.builder().max_token_age(seconds(300)).leeway(seconds(10)).build().unwrap();
    let now = world.now();
    let table = [
        (now - seconds(300), "200 accepted", "200 accepted"),
        (now - seconds(301), "401 token_too_old", "200 accepted"),
        (now - seconds(310), "401 token_too_old", "200 accepted"),
        (now - seconds(311), "401 token_too_old", "401 token_too_old"),
        (now + seconds(1), "401 token_issued_in_future", "200 accepted"),
        (now + seconds(10), "401 token_issued_in_future", "200 accepted"),
        (now + seconds(11), "401 token_issued_in_future", "401 token_issued_in_future"),
    ];
    for (issued_at, with_age, with_leeway) in table {
        let token = world.tenant.mint().issued_at(issued_at).sign();
        assert_eq!(outcome_of(&strict, &token).await, with_age, "{issued_at:?}");
        assert_eq!(outcome_of(&loose, &token).await, with_leeway, "{issued_at:?}");
        assert_eq!(outcome_of(&lenient, &token).await, "200 accepted", "{issued_at:?}");
    }
}

#[tokio::test]
async fn times_are_numbers_from_1970_to_9999() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let base = || world.tenant.mint();
    let table = [
        (base().claim("exp", 1_700_000_000.5), "200 accepted"),
        (base().claim("exp", 253_402_300_799_u64), "200 accepted"),
        (base().claim("exp", 253_402_300_800_u64), "401 token_claim_malformed"),
        (base().claim("exp", "1700003600"), "401 token_claim_malformed"),
        (base().claim("exp", json!(null)), "401 token_claim_malformed"),
        (base().claim("exp", -1), "401 token_claim_malformed"),
        (base().claim("exp", 0), "401 token_expired"),
        (base().without_claim("exp"), "401 token_claim_missing"),
        (base().claim("nbf", "soon"), "401 token_claim_malformed"),
        (base().claim("iat", "now"), "401 token_claim_malformed"),
        (base().without_claim("iat"), "401 token_claim_missing"),
    ];
    for (token, expected) in table {
        assert_eq!(outcome_of(&api, &token.sign()).await, expected, "{token:?}");
    }
}

#[tokio::test]
async fn any_configured_audience_matches_exactly() {
    let world = TestWorld::start().await;
    let api = world.builder().audiences(["https://a.example.com", "urn:b"]).build().unwrap();
    for good in [json!("https://a.example.com"), json!("urn:b"), json!(["urn:x", "urn:b"]), json!(["urn:b"])] {
        assert_eq!(
            outcome_of(&api, &world.tenant.mint().claim("aud", good.clone()).sign()).await,
            "200 accepted",
            "{good}"
        );
    }
    for bad in
        [json!("https://api.example.com"), json!("https://a.example.com/"), json!("URN:B"), json!("urn"), json!([])]
    {
        let outcome = api.verify_access_token(&world.tenant.mint().claim("aud", bad.clone()).sign()).await;
        assert_eq!(rejection(&api, outcome), invalid_token("token_audience", NOT_FOR_US), "{bad}");
    }
    for malformed in [json!(5), json!(["urn:b", 5]), json!({ "urn:b": true }), json!(null)] {
        let token = world.tenant.mint().claim("aud", malformed.clone()).sign();
        assert_eq!(outcome_of(&api, &token).await, "401 token_claim_malformed", "{malformed}");
    }
}

#[tokio::test]
async fn an_id_token_is_rejected_with_a_hint_for_the_operator() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    let id_token = world.tenant.mint().audience("local-client").claim("nonce", "n").sign();
    let error = api.verify_access_token(&id_token).await.unwrap_err();
    assert_eq!((error.status(), error.label()), (401, "token_audience"));
    let hint = Some("this is an ID token: the client must send the access token instead");
    assert_eq!(error.hint().as_deref(), hint);

    // The audience of an ID token is a client, here the client of this API.
    let exchanging = world.builder().client_auth(ClientAuth::secret_post("local-client", "secret")).build().unwrap();
    for (audience, is_id_token) in [("local-client", true), ("https://other.example.com", false)] {
        let error = exchanging.verify_access_token(&world.tenant.mint().audience(audience).sign()).await.unwrap_err();
        assert_eq!(error.hint().as_deref() == hint, is_id_token, "{audience}");
    }
}

#[tokio::test]
async fn a_token_of_another_issuer_is_rejected_without_a_fetch() {
    let (world, other) = (TestWorld::start().await, TestWorld::start().await);
    let api = world.api.clone();
    let own = world.tenant.issuer();
    let challenge = r#"Bearer realm="api", error="invalid_token", error_description="the issuer of the access token is not trusted""#;
    for (issuer, nearly) in [(other.tenant.issuer(), false), (world.tenant.domain(), true), (&own.to_uppercase(), true)]
    {
        let token = other.tenant.mint().issuer(issuer).sign();
        let error = api.verify_access_token(&token).await.unwrap_err();
        assert_eq!(error.hint().is_some_and(|hint| hint.starts_with("iss differs")), nearly, "{issuer}");
        assert_eq!(rejection(&api, Err(error)), invalid_token("issuer_not_trusted", challenge), "{issuer}");
    }
    assert_eq!(outcome_of(&api, &world.tenant.mint().without_claim("iss").sign()).await, "401 issuer_missing");
    assert_eq!((world.tenant.requests().discovery, other.tenant.requests().discovery), (0, 0));
}

#[tokio::test]
async fn only_the_typ_values_of_access_tokens_are_accepted() {
    let world = TestWorld::start().await;
    let api = world.api.clone();
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
        assert_eq!(outcome_of(&api, &world.tenant.mint().header("typ", typ).sign()).await, "200 accepted", "{typ}");
    }
    assert_eq!(outcome_of(&api, &world.tenant.mint().without_header("typ").sign()).await, "200 accepted");
    for typ in ["dpop+jwt", "logout+jwt", "secevent+jwt", "", "JOSE", "at+jwt ", "x/at+jwt"] {
        assert_eq!(outcome_of(&api, &world.tenant.mint().header("typ", typ).sign()).await, "401 token_type", "{typ}");
    }
}

#[tokio::test]
async fn strict_rfc9068_requires_its_typ_and_claims() {
    let world = TestWorld::start().await;
    let api = world.builder().strict_rfc9068().build().unwrap();
    let full = || world.tenant.mint().header("typ", "at+jwt").claim("client_id", "c").claim("jti", "j");
    let table: [(TokenBuilder, &str); 9] = [
        (full(), "200 accepted"),
        (full().header("typ", "application/at+jwt"), "200 accepted"),
        (full().header("typ", "JWT"), "401 token_type"),
        (full().without_header("typ"), "401 token_type"),
        (full().without_claim("sub"), "401 token_claim_missing"),
        (full().without_claim("client_id"), "401 token_claim_missing"),
        (full().without_claim("jti"), "401 token_claim_missing"),
        (full().claim("jti", 5), "401 token_claim_malformed"),
        (full().claim("client_id", json!(null)), "401 token_claim_malformed"),
    ];
    for (token, expected) in table {
        assert_eq!(outcome_of(&api, &token.sign()).await, expected, "{token:?}");
    }
}

#[tokio::test]
async fn a_configured_required_claim_must_be_present() {
    let world = TestWorld::start().await;
    let api = world.builder().required_claim("org_id").required_claim("https://example.com/tier").build().unwrap();
    let both = || world.tenant.mint().claim("org_id", "org_1").claim("https://example.com/tier", json!(null));
    assert_eq!(outcome_of(&api, &both().sign()).await, "200 accepted");
    for claim in ["org_id", "https://example.com/tier"] {
        let outcome = api.verify_access_token(&both().without_claim(claim).sign()).await;
        let challenge =
            r#"Bearer realm="api", error="invalid_token", error_description="a claim is missing in the access token""#;
        assert_eq!(rejection(&api, outcome), invalid_token("token_claim_missing", challenge), "{claim}");
    }
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}
