//! `auth0-api check` with settings that only the environment has: the host and the URL of the API, its decryption keys, and the
//! secrets of its nonces. Each request is judged with the setting and without it.

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{ApiClient, DpopPolicy, TokenRequest};
use auth0_api_testing::{DpopClient, EncryptionKey, LocalTenant};

use crate::check::{check, printed, problem};
use crate::profiles::file;

const AUDIENCE: &str = "https://api.example.com";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A tenant, and a client with a key.
struct World {
    tenant: LocalTenant,
    client: DpopClient,
}

impl World {
    async fn new() -> Self {
        let tenant = LocalTenant::start().await.unwrap();
        let client = tenant.dpop_client();
        Self { tenant, client }
    }

    /// Returns the text of a request for `called` with a proof for `proven`.
    fn request(&self, called: &str, proven: &str, nonce: Option<&str>) -> String {
        let token = self.tenant.mint().bound_to(&self.client).sign();
        let proof = self.client.proof("GET", proven).access_token(&token);
        let proof = nonce.map_or_else(|| proof.clone(), |nonce| proof.clone().nonce(nonce)).sign();
        let (host, path) = called.split_once('/').unwrap();
        format!("GET /{path} HTTP/1.1\nHost: {host}\nAuthorization: DPoP {token}\nDPoP: {proof}\n")
    }

    /// Runs the program with these variables, and returns its exit status and its text.
    fn judge(&self, input: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
        let all = [&[("AUTH0_DOMAIN", self.tenant.domain()), ("AUTH0_AUDIENCE", AUDIENCE)], variables].concat();
        let output = check(input, &[], &all);
        (output.status.code(), printed(&output) + &problem(&output))
    }
}

/// Asserts the exit status and each text.
#[track_caller]
fn assert_told((status, text): (Option<i32>, String), expected: i32, told: &[&str]) {
    assert_eq!(status, Some(expected), "{text}");
    for part in told {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn own_hosts_decide_which_host_a_proof_may_be_for() {
    let world = World::new().await;
    let url = "https://api.example.com/orders";
    let request = world.request("api.example.com/orders", url, None);
    for name in ["AUTH0_OWN_HOSTS", "OWN_HOSTS"] {
        assert_told(world.judge(&request, &[(name, "api.example.com")]), 0, &["✓ Accepted", "✓ url"]);
        let other = world.judge(&request, &[(name, "other.example.com")]);
        assert_told(other, 1, &["✗ Rejected (400 invalid_request, dpop_host_foreign)", "✗ url"]);
    }
    assert_told(world.judge(&request, &[]), 0, &["✓ Accepted", "✓ url"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_url_is_the_url_that_a_proof_must_be_for() {
    let world = World::new().await;
    // A proxy strips the path of the public URL, and calls the API by another name.
    let request = world.request("10.0.0.1/orders", "https://api.example.com/v1/orders", None);
    for name in ["AUTH0_PUBLIC_URL", "PUBLIC_URL"] {
        assert_told(world.judge(&request, &[(name, "https://api.example.com/v1")]), 0, &["✓ Accepted", "✓ htu"]);
    }
    let found = "found    htu = https://api.example.com/v1/orders";
    let without = world.judge(&request, &[]);
    assert_told(without, 1, &["✗ htu", found, "expected https://10.0.0.1/orders"]);
    let other = world.judge(&request, &[("PUBLIC_URL", "https://other.example.com")]);
    assert_told(other, 1, &["✗ htu", found, "expected https://other.example.com/orders"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decryption_key_of_the_environment_opens_the_token() {
    let world = World::new().await;
    let (key, other) = (EncryptionKey::generate(), EncryptionKey::generate());
    let token = world.tenant.mint().scope("read:orders").encrypt(&key.encryption()).sign();
    let own = file("own-key", &key.private_key_pem());
    let strange = file("strange-key", &other.private_key_pem());
    for (variable, value) in [
        ("AUTH0_DECRYPTION_KEY_FILE", own.clone()),
        ("AUTH0_DECRYPTION_KEY_FILE", format!("{strange},{own}")),
        ("AUTH0_DECRYPTION_KEY", key.private_key_pem()),
    ] {
        assert_told(world.judge(&token, &[(variable, &value)]), 0, &["✓ Accepted", "✓ decryption", "read:orders"]);
    }
    let without = world.judge(&token, &[]);
    assert_told(without, 1, &["✗ Rejected (401 invalid_token, ", "✗ decryption"]);
    let strange_key = world.judge(&token, &[("AUTH0_DECRYPTION_KEY_FILE", &strange)]);
    assert_told(strange_key, 1, &["✗ Rejected (401 invalid_token, ", "✗ decryption"]);
    let missing = world.judge(&token, &[("AUTH0_DECRYPTION_KEY_FILE", "/no/such/key.pem")]);
    assert_told(missing, 2, &["AUTH0_DECRYPTION_KEY_FILE: the file cannot be"]);
    // In quotation marks, as some files with variables have it. No message shows the key.
    let quoted = world.judge(&token, &[("AUTH0_DECRYPTION_KEY", &format!("\"{}\"", key.private_key_pem()))]);
    let pem = key.private_key_pem();
    assert!(pem.lines().skip(1).take(3).all(|line| !quoted.1.contains(line)), "{}", quoted.1);
    assert_told(quoted, 2, &["AUTH0_DECRYPTION_KEY: remove the quotation"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_secrets_of_the_nonces_a_nonce_is_judged() {
    let world = World::new().await;
    let (called, url) = ("api.example.com/orders", "https://api.example.com/orders");
    let nonce = nonce_of_the_api(&world, url).await;
    let secrets = [("AUTH0_DPOP_NONCE_SECRETS", SECRET)];
    let with_nonce = world.request(called, url, Some(&nonce));
    assert_told(world.judge(&with_nonce, &secrets), 0, &["✓ Accepted", "✓ nonce"]);
    for (nonce, label) in [(None, "dpop_nonce_wanted"), (Some("made-up"), "dpop_nonce")] {
        let request = world.request(called, url, nonce);
        assert_told(world.judge(&request, &secrets), 1, &["✗ Rejected (401 use_dpop_nonce, ", label, "✗ nonce"]);
    }
    // Without the secrets, only the API knows.
    for variables in [&[][..], &[("AUTH0_DPOP_NONCE", "on")]] {
        let (status, text) = world.judge(&with_nonce, variables);
        assert!(!text.contains("✓ nonce") && !text.contains("✗ nonce"), "{text}");
        assert_told((status, text), 0, &["✓ Accepted", "nonce"]);
    }
}

/// Asks an API with the same secrets for a nonce.
async fn nonce_of_the_api(world: &World, url: &str) -> String {
    let nonces = RotatingNonce::new([SECRET.as_bytes()]).unwrap();
    let api = ApiClient::builder(world.tenant.domain(), AUDIENCE).insecure_http_loopback();
    let api = api.dpop(DpopPolicy::accept().nonce(nonces)).build().unwrap();
    let token = world.tenant.mint().bound_to(&world.client).sign();
    let proof = world.client.proof("GET", url).access_token(&token).sign();
    let headers = vec![("authorization".to_owned(), format!("DPoP {token}")), ("dpop".to_owned(), proof)];
    let error = api.verify_request(&TokenRequest::new("GET", url, &headers)).await.unwrap_err();
    let rejection = api.reject(&error);
    let nonce = rejection.headers().find(|(name, _)| name.eq_ignore_ascii_case("dpop-nonce")).unwrap();
    nonce.1.into_owned()
}
