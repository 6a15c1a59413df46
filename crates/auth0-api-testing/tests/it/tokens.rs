//! Client credentials without DPoP, and the errors of the token endpoint.

use std::time::Duration;

use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::{Algorithm, ApiClient};
use auth0_api_testing::{Api, EncryptionKey, LocalTenant, ManualClock, TokenEncryption};
use serde_json::json;

use crate::caller::{get, part, post_form, send, verifies};

const FORM: &str = "application/x-www-form-urlencoded";
const GOOD: &str = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret&audience=https%3A%2F%2Fapi.example.com";

#[tokio::test]
async fn client_credentials_give_a_token_that_verifies() {
    let tenant = LocalTenant::builder().clock(ManualClock::new()).start().await.unwrap();
    let body = format!("{GOOD}&scope=read%3Aorders+write%3Aorders");
    let answer = post_form(&format!("{}/oauth/token", tenant.domain()), &[], &body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.header("dpop-nonce"), None);
    let json = answer.json();
    assert_eq!(
        (&json["token_type"], &json["expires_in"], &json["scope"]),
        (&json!("Bearer"), &json!(86_400), &json!("read:orders write:orders"))
    );
    let token = json["access_token"].as_str().unwrap();
    assert_eq!(part(token, 0), json!({ "alg": "RS256", "kid": tenant.current_kid(), "typ": "JWT" }));
    assert_eq!(
        part(token, 1),
        json!({
            "iss": tenant.issuer(),
            "sub": "local-client@clients",
            "aud": "https://api.example.com",
            "azp": "local-client",
            "iat": 1_700_000_000,
            "exp": 1_700_086_400,
            "gty": "client-credentials",
            "scope": "read:orders write:orders",
        })
    );
    assert!(verifies(token, &get(&format!("{}/.well-known/jwks.json", tenant.domain())).await.json()));
}

#[tokio::test]
async fn an_api_chooses_the_profile_and_the_algorithm_of_its_tokens() {
    let api = Api::new("https://api.example.com").rfc9068().algorithm(Algorithm::PS256);
    let api = api.token_lifetime(Duration::from_secs(60)).scopes(["read:orders"]);
    let tenant = LocalTenant::builder().clock(ManualClock::new()).api(api).start().await.unwrap();
    let body = format!("{GOOD}&scope=read%3Aorders+write%3Aorders");
    let answer = post_form(&format!("{}/oauth/token", tenant.domain()), &[], &body).await.json();
    let token = answer["access_token"].as_str().unwrap();
    let header = part(token, 0);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("PS256")));
    let mut claims = part(token, 1);
    assert!(claims["jti"].take().is_string());
    assert_eq!(
        claims,
        json!({
            "iss": tenant.issuer(),
            "sub": "local-client@clients",
            "aud": "https://api.example.com",
            "client_id": "local-client",
            "iat": 1_700_000_000,
            "exp": 1_700_000_060,
            "jti": null,
            "scope": "read:orders",
        })
    );
}

#[tokio::test]
async fn the_tokens_of_an_api_are_encrypted_in_both_profiles() {
    let key = EncryptionKey::generate();
    let encryption = TokenEncryption::from_pem(&key.public_key_pem()).unwrap().key_id("k");
    for rfc9068 in [false, true] {
        let api = Api::new("https://api.example.com").token_encryption(encryption.clone());
        let api = if rfc9068 { api.rfc9068() } else { api };
        let tenant = LocalTenant::builder().api(api).api(Api::new("https://other.example.com")).start().await.unwrap();
        let url = format!("{}/oauth/token", tenant.domain());
        let token = post_form(&url, &[], GOOD).await.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(part(&token, 0), json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT", "kid": "k" }));

        let client = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let key = DecryptionKey::from_pem(&key.private_key_pem()).unwrap().with_key_id("k");
        let client = client.decryption_keys([key]).build().unwrap();
        let verified = client.verify_access_token(&token).await.unwrap();
        assert_eq!(verified.subject(), Some("local-client@clients"));
        assert_eq!(verified.client_id(), Some("local-client"));
        assert_eq!(verified.claims().contains_key("azp"), !rfc9068);

        let other = GOOD.replace("api.example.com", "other.example.com");
        let token = post_form(&url, &[], &other).await.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(token.split('.').count(), 3, "another API");
    }
}

#[test]
fn only_a_public_rsa_key_encrypts() {
    let key = EncryptionKey::generate();
    for pem in ["", &key.private_key_pem(), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
        assert!(TokenEncryption::from_pem(pem).is_none());
    }
    assert!(TokenEncryption::from_pem(&key.public_key_pem()).is_some());
}

#[tokio::test]
async fn every_way_to_send_the_client_secret_is_accepted() {
    let tenant = LocalTenant::builder().client("a b", "s:e=c&r%t").start().await.unwrap();
    let url = format!("{}/oauth/token", tenant.domain());
    let form = "grant_type=client_credentials&audience=https://api.example.com";
    let in_body = format!("{form}&client_id=a+b&client_secret=s%3Ae%3Dc%26r%25t");
    let json = r#"{"grant_type":"client_credentials","audience":"https://api.example.com","client_id":"a b","client_secret":"s:e=c&r%t"}"#;
    // a+b:s%3Ae%3Dc%26r%25t, as RFC 6749 requires; then "a b:s:e=c&r%t", as curl -u sends it.
    let (encoded, plain) = ("Basic YStiOnMlM0FlJTNEYyUyNnIlMjV0", "basic YSBiOnM6ZT1jJnIldA==");
    for (content_type, authorization, body) in [
        (FORM, None, in_body.as_str()),
        ("application/x-www-form-urlencoded; charset=utf-8", None, in_body.as_str()),
        ("application/json", None, json),
        ("Application/JSON;charset=utf-8", None, json),
        (FORM, Some(encoded), form),
        (FORM, Some(plain), form),
        (FORM, Some(encoded), &format!("{form}&client_id=a+b")),
    ] {
        let mut headers = vec![("content-type", content_type)];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let answer = send("POST", &url, &headers, body).await.unwrap();
        assert_eq!(answer.status, 200, "{content_type} {authorization:?} {body}: {}", answer.body);
        assert!(answer.json().get("scope").is_none());
    }
}

#[tokio::test]
async fn an_invalid_request_is_rejected_with_status_and_wording() {
    let tenant = LocalTenant::start().await.unwrap();
    let url = format!("{}/oauth/token", tenant.domain());
    for (content_type, body, status, expected) in [
        (
            FORM,
            "client_id=local-client&client_secret=local-secret",
            400,
            r#"{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}"#,
        ),
        (
            FORM,
            "grant_type=client_credentials&audience=https://api.example.com",
            400,
            r#"{"error":"invalid_request","error_description":"Missing required parameter: client_id"}"#,
        ),
        (
            FORM,
            "grant_type=client_credentials&client_id=local-client&client_secret=wrong&audience=https://api.example.com",
            401,
            r#"{"error":"access_denied","error_description":"Unauthorized"}"#,
        ),
        (
            FORM,
            "grant_type=client_credentials&client_id=local-client&audience=https://api.example.com",
            401,
            r#"{"error":"access_denied","error_description":"The client is registered for client_secret_basic or client_secret_post, not for none"}"#,
        ),
        (
            FORM,
            "grant_type=client_credentials&client_id=other&client_secret=local-secret&audience=https://api.example.com",
            401,
            r#"{"error":"access_denied","error_description":"Unauthorized"}"#,
        ),
        (
            FORM,
            "grant_type=client_credentials&client_id=local-client&client_secret=local-secret&audience=https://other.example.com",
            403,
            r#"{"error":"access_denied","error_description":"Service not found: https://other.example.com"}"#,
        ),
        (
            FORM,
            "grant_type=client_credentials&client_id=local-client&client_secret=local-secret",
            403,
            r#"{"error":"access_denied","error_description":"No audience parameter was provided, and no default audience has been configured"}"#,
        ),
        (
            FORM,
            "grant_type=password&client_id=local-client&client_secret=local-secret",
            403,
            r#"{"error":"unsupported_grant_type","error_description":"Unsupported grant type: password"}"#,
        ),
        (
            FORM,
            "grant_type=client_credentials&grant_type=client_credentials",
            400,
            r#"{"error":"invalid_request","error_description":"Repeated parameter: grant_type"}"#,
        ),
        (
            "application/json",
            r#"{"grant_type":5}"#,
            400,
            r#"{"error":"invalid_request","error_description":"Not a string: grant_type"}"#,
        ),
        (
            "application/json",
            "[]",
            400,
            r#"{"error":"invalid_request","error_description":"The body is not a JSON object"}"#,
        ),
        (
            "text/plain",
            GOOD,
            400,
            r#"{"error":"invalid_request","error_description":"Content-Type must be application/x-www-form-urlencoded or application/json"}"#,
        ),
    ] {
        let answer = send("POST", &url, &[("content-type", content_type)], body).await.unwrap();
        assert_eq!((answer.status, answer.json()), (status, serde_json::from_str(expected).unwrap()), "{body}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn failed_basic_authentication_gets_a_basic_challenge() {
    let tenant = LocalTenant::start().await.unwrap();
    let url = format!("{}/oauth/token", tenant.domain());
    let form = "grant_type=client_credentials&audience=https://api.example.com";
    // A wrong secret, no colon, no base64, another scheme, and the right credentials with another client_id in the
    // form.
    for (authorization, body) in [
        ("Basic bG9jYWwtY2xpZW50Ondyb25n", form.to_owned()),
        ("Basic bG9jYWwtY2xpZW50", form.to_owned()),
        ("Basic ?", form.to_owned()),
        ("Bearer bG9jYWwtY2xpZW50OmxvY2FsLXNlY3JldA==", form.to_owned()),
        ("Basic bG9jYWwtY2xpZW50OmxvY2FsLXNlY3JldA==", format!("{form}&client_id=other")),
    ] {
        let answer = post_form(&url, &[("authorization", authorization)], &body).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Basic realm=\"tenant\"")));
        assert_eq!(answer.json()["error"], "access_denied");
    }
    let both = post_form(&url, &[("authorization", "Basic bG9jYWwtY2xpZW50OmxvY2FsLXNlY3JldA==")], GOOD).await;
    assert_eq!((both.status, both.json()["error"].as_str()), (400, Some("invalid_request")));
}
