//! What people see: the whole text of some reports, and that the others fit one screen.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::time::Duration;

use auth0_api_core::jose::DecryptionKey;
use auth0_api_core::{Algorithm, ApiClientBuilder, Clock as _, DpopPolicy};
use auth0_api_testing::{EncryptionKey, OfflineTenant, TokenBuilder};
use serde_json::{Value, json as object};

use super::input::{Presented, Request};
use super::judge::judge;
use super::settings::Settings;
use super::{json, text};
use crate::api_settings::Dpop;
use crate::terminal::{Characters, Terminal};

const URL: &str = "https://api.example.com/orders";

fn settings(tenant: &OfflineTenant, configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Settings {
    Settings {
        audiences: vec![OfflineTenant::AUDIENCE.to_owned()],
        now: tenant.clock().now(),
        ..Settings::of(configure(tenant.builder()).build().unwrap())
    }
}

async fn screen(settings: &Settings, presented: &Presented) -> String {
    let report = judge(settings, presented).await.unwrap();
    let text = text::render(&report, &Terminal::new(80, Characters::Unicode), false);
    anstream::adapter::strip_str(&text).to_string()
}

fn token(tenant: &OfflineTenant) -> TokenBuilder {
    tenant.mint().scope("read:orders").header("kid", "key-1").claim("email", "ada@example.com")
}

async fn of_token(tenant: &OfflineTenant, token: &str) -> String {
    screen(&settings(tenant, |builder| builder), &Presented::Token(token.to_owned())).await
}

#[tokio::test]
async fn an_accepted_token_is_shown_without_personal_data() {
    let tenant = OfflineTenant::new();
    let screen = of_token(&tenant, &tenant.mint().scope("read:orders").claim("email", "ada@example.com").sign()).await;
    assert!(screen.starts_with("✓ Accepted: valid for 1 hour more\n"), "{screen}");
    assert!(screen.contains("✓ claims       ✓ typ  ✓ aud  ✓ exp  ✓ iat\n"), "{screen}");
    assert!(screen.contains("– not needed: decryption, requirement\n"), "{screen}");
    assert!(screen.contains("hidden   email, sub (--claims shows the values)\n"), "{screen}");
    assert!(!screen.contains("ada@example.com") && !screen.contains("auth0|local-user"), "{screen}");
}

#[tokio::test]
async fn an_expired_token_is_shown_with_what_differs() {
    let tenant = OfflineTenant::new();
    let expired = tenant.mint().expires_at(tenant.clock().now() - Duration::from_secs(180)).sign();
    let screen = of_token(&tenant, &expired).await;
    assert!(
        screen.starts_with("✗ Rejected (401 invalid_token, token_expired): the access token has expired\n"),
        "{screen}"
    );
    assert!(screen.contains("3 minutes ago\n"), "{screen}");
    assert!(screen.contains("✗ claims       ✓ typ  ✓ aud  ✗ exp  – iat\n"), "{screen}");
    assert!(screen.contains("– not reached: revocation, binding\n"), "{screen}");
}

#[tokio::test]
async fn the_samples_of_the_documents_are_what_people_see() {
    let tenant = OfflineTenant::new();
    let expired = tenant.mint().expires_at(tenant.clock().now() - Duration::from_secs(180));
    for (document, token) in [
        (include_str!("../../README.md"), tenant.mint().issuer("https://login.example.com/")),
        (include_str!("../../../auth0-api-core/src/guide/operating.md"), expired),
    ] {
        let screen = of_token(&tenant, &token.sign()).await;
        let sample = screen.split("\nToken").next().unwrap().trim_end();
        assert!(document.contains(sample), "{sample}");
    }
}

/// Mistakes that people make, and the words that name the fix.
#[tokio::test]
async fn common_mistakes_fit_one_screen_and_name_the_fix() {
    let tenant = OfflineTenant::new();
    let key = tenant.dpop_client();
    let id_token = tenant.mint().audience("client-id").without_claim("azp").claim("name", "Ada").sign();
    let encrypted = tenant.mint().encrypt(&EncryptionKey::generate().encryption()).sign();
    for (token, words) in [
        ("undefined".to_owned(), "its variable is empty"),
        ("7f2c9a1b44d04c9e".to_owned(), "let the client request this API's identifier as audience"),
        (id_token, "let the client send the access token instead"),
        (encrypted, "--decryption-key FILE"),
        (token(&tenant).sign(), "the tenant does not publish the key of the token"),
        (tenant.mint().issuer("https://login.example.com/").sign(), "check with --domain login.example.com"),
        (tenant.mint().issuer("https://TENANT.example.com").sign(), "only in letter case or in the trailing slash"),
        (tenant.mint().audience("https://api.example.com/").sign(), "the two differ by a trailing slash"),
        (tenant.mint().algorithm(Algorithm::PS256).sign(), "add PS256 with algorithms()"),
        (tenant.mint().header("typ", "logout+jwt").sign(), "the token is not an access token"),
        (tenant.mint().bound_to(&key).sign(), "pass the lines Authorization and DPoP"),
        (tenant.mint().bound_to_certificate(b"der").sign(), "only your API sees the certificate"),
        (tenant.mint().sign().replacen('.', "", 1), "copy it again from its first to its last character"),
    ] {
        let screen = of_token(&tenant, &token).await;
        let unbroken = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unbroken.contains(words), "{screen}");
        // The last of 24 lines is the next prompt of the shell.
        assert!(screen.lines().count() <= 23, "{} lines\n{screen}", screen.lines().count());
    }
}

#[tokio::test]
async fn a_proof_is_compared_with_the_request() {
    let tenant = OfflineTenant::new();
    let key = tenant.dpop_client();
    let bound = tenant.mint().bound_to(&key).sign();
    let proof = key.proof("GET", URL).access_token(&bound);
    let sent = |proof: String| {
        let headers = vec![("authorization".to_owned(), format!("DPoP {bound}")), ("dpop".to_owned(), proof)];
        Presented::Request(Request { method: None, url: Some(URL.to_owned()), headers })
    };
    let old = tenant.clock().now() - Duration::from_secs(3_600);
    let other_key = tenant.dpop_client();
    for (proof, found, expected) in [
        (proof.clone().claim("htm", "POST"), "htm = POST".to_owned(), "GET".to_owned()),
        (proof.clone().claim("htu", "http://10.0.0.1/orders"), "htu = http://10.0.0.1/orders".into(), URL.into()),
        (proof.clone().issued_at(old), "1 hour ago".into(), "from ".into()),
        (proof.clone().access_token("other"), "ath = ".into(), super::differences::hash(&bound)),
        (
            other_key.proof("GET", URL).access_token(&bound),
            format!("jkt = {}", other_key.thumbprint()),
            key.thumbprint().to_string(),
        ),
    ] {
        let settings = settings(&tenant, |builder| builder);
        let screen = screen(&settings, &sent(proof.sign())).await;
        assert!(screen.starts_with("✗ Rejected (401") && screen.contains(&found), "{found}\n{screen}");
        assert!(screen.contains(&format!("expected {expected}")), "{expected}\n{screen}");
    }
    let accepted = screen(&settings(&tenant, |builder| builder), &sent(proof.sign())).await;
    assert!(accepted.starts_with("✓ Accepted"), "{accepted}");
    assert!(accepted.contains("whether the proof was used before"), "{accepted}");
    // A mark stays with its check.
    let binding = "✓ htu  ✓ proof_iat\n               ✓ ath  ✓ jkt\n";
    assert!(accepted.contains(binding), "{accepted}");
}

#[tokio::test]
async fn neither_a_query_nor_a_key_in_a_header_is_printed() {
    let tenant = OfflineTenant::new();
    let key = tenant.dpop_client();
    let bound = tenant.mint().bound_to(&key).sign();
    let mut jwk = key.public_jwk();
    jwk.as_object_mut().unwrap().insert("d".to_owned(), "s3cret".into());
    for proof in [
        key.proof("GET", URL).access_token(&bound).claim("htu", format!("{URL}/1?token=s3cret")),
        key.proof("GET", URL).access_token(&bound).header("jwk", jwk),
    ] {
        let headers = [("authorization", format!("DPoP {bound}")), ("dpop", proof.sign())];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
        let request = Request { method: None, url: Some(format!("{URL}?access_token=s3cret#s3cret")), headers };
        let report = judge(&settings(&tenant, |builder| builder), &Presented::Request(request)).await.unwrap();
        let text = text::render(&report, &Terminal::new(80, Characters::Unicode), true);
        let failure = report.failure.as_ref().unwrap();
        assert!(["dpop_htu_mismatch", "dpop_key"].contains(&failure.label), "{failure:?}");
        for printed in [text, json::render(&report, true)] {
            assert!(!printed.contains("s3cret"), "{printed}");
        }
    }
}

#[tokio::test]
async fn a_proof_without_a_url_cannot_be_judged() {
    let tenant = OfflineTenant::new();
    let headers = vec![("authorization".to_owned(), "DPoP a.b.c".to_owned())];
    let presented = Presented::Request(Request { method: None, url: None, headers });
    let problem = judge(&settings(&tenant, |builder| builder), &presented).await.unwrap_err();
    assert!(problem.contains("set --url and --method"), "{problem}");
    let ignoring = Settings { dpop: Dpop::Ignore, ..settings(&tenant, |builder| builder.dpop(DpopPolicy::ignore())) };
    assert!(screen(&ignoring, &presented).await.contains("scheme_not_offered"));
}

#[tokio::test]
async fn an_encrypted_token_is_shown_once_it_is_decrypted() {
    let (tenant, key) = (OfflineTenant::new(), EncryptionKey::generate());
    let decryption_key = DecryptionKey::from_pem(&key.private_key_pem()).unwrap();
    let presented = Presented::Token(tenant.mint().encrypt(&key.encryption()).sign());
    let with_key = settings(&tenant, |builder| builder.decryption_keys([decryption_key]));
    let decrypted = screen(&with_key, &presented).await;
    assert!(decrypted.starts_with("✓ Accepted"), "{decrypted}");
    assert!(
        decrypted.contains("✓ decryption\n") && decrypted.contains("aud      https://api.example.com\n"),
        "{decrypted}"
    );
    let without_key = screen(&settings(&tenant, |builder| builder), &presented).await;
    assert!(without_key.contains("✗ decryption\n") && without_key.contains("claims   encrypted\n"), "{without_key}");
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let tenant = OfflineTenant::new();
    let presented = Presented::Token(tenant.mint().scope("read:orders").sign());
    let settings = Settings { scopes: vec!["write:orders".to_owned()], ..settings(&tenant, |builder| builder) };
    let screen = screen(&settings, &presented).await;
    assert!(screen.starts_with("✗ Rejected (403 insufficient_scope, requirement_scope)"), "{screen}");
    assert!(screen.contains("found    scope = read:orders\n"), "{screen}");
    assert!(screen.contains("expected write:orders\n"), "{screen}");
    assert!(screen.contains("✗ requirement\n"), "{screen}");
}

#[tokio::test]
async fn json_has_every_check_and_hides_personal_data() {
    let tenant = OfflineTenant::new();
    let token = tenant.mint().audience("https://other.example.com").claim("email", "ada@example.com").sign();
    let report = judge(&settings(&tenant, |builder| builder), &Presented::Token(token)).await.unwrap();
    let printed: Value = serde_json::from_str(&json::render(&report, false)).unwrap();
    let failure = printed.get("failure").unwrap();
    for (name, value) in
        [("stage", "claims"), ("check", "aud"), ("label", "token_audience"), ("error", "invalid_token")]
    {
        assert_eq!(failure.get(name).unwrap(), value);
    }
    assert_eq!(failure.get("status").unwrap(), 401);
    let difference = object!([{
        "name": "aud", "found": "https://other.example.com", "expected": "https://api.example.com"
    }]);
    assert_eq!(failure.get("differences").unwrap(), &difference);
    let result = |name: &str| {
        let checks = printed.get("checks").unwrap().as_array().unwrap().iter();
        let check = checks.clone().find(|check| check.get("check").unwrap() == name).unwrap();
        check.get("result").unwrap().as_str().unwrap().to_owned()
    };
    assert_eq!(["typ", "aud", "exp", "htu"].map(result), ["passed", "failed", "not_reached", "not_needed"]);
    let token = printed.get("token").unwrap();
    assert!(token.get("claims").unwrap().get("email").is_none());
    assert_eq!(token.get("hidden_claims").unwrap(), &object!(["email", "sub"]));
    assert_eq!(printed.get("token_is_signed").unwrap(), true);
    let with_claims: Value = serde_json::from_str(&json::render(&report, true)).unwrap();
    assert_eq!(with_claims.get("token").unwrap().get("claims").unwrap().get("email").unwrap(), "ada@example.com");
}
