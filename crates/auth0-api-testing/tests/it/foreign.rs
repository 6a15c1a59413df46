//! Foreign clients: two npm packages call the tenant. The test shows that the tenant also works with clients from
//! outside this repository. The code that calls the packages is in `tests/foreign`.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use auth0_api_core::Algorithm;
use auth0_api_testing::{
    Api, Application, Credential, ExchangeRejection, LinkedAccount, LocalTenant, SigningKey, User,
};
use tokio::task::spawn_blocking;

#[tokio::test(flavor = "multi_thread")]
async fn npm_clients_get_tokens_and_rejections() {
    if let Some(missing) = missing() {
        return skip(&missing);
    }
    let key = SigningKey::generate(Algorithm::ES256);
    let tenant = tenant(&key).await;
    tenant.require_dpop_nonce(true);
    let mut client = command(&tenant, &key);
    let output = spawn_blocking(move || client.output()).await.unwrap().unwrap();
    let (printed, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}{error}");
    assert_eq!(printed.lines().filter(|line| line.starts_with("ok ")).count(), CHECKS, "{printed}");
}

/// The number of checks in `tests/foreign`. The test fails if another number of checks ran.
const CHECKS: usize = 26;

/// Starts a tenant with the machine's clock, because the clients use that clock too.
async fn tenant(key: &SigningKey) -> LocalTenant {
    let ada = User::new("auth0|ada").claim("email", "ada@example.com").member_of("org_acme");
    let google = || LinkedAccount::new("google-oauth2").name("ada@work.example").scopes(["calendar.readonly"]);
    let builder = LocalTenant::builder();
    let audience = "https://api.example.com";
    builder
        .api(Api::new(CALENDAR).scopes(["read:events"]))
        .application(Application::custom_api("signer", Credential::private_key_jwt(key), audience))
        .application(Application::regular_web("web", WEB_SECRET))
        .application(Application::single_page("page"))
        .client_registration()
        .organization("org_acme", "acme")
        .organization("org_other", "other")
        .user(ada)
        .linked_account("auth0|ada", google())
        .linked_account("auth0|local-user", google())
        .connection("slack")
        .exchange_profile("urn:acme:legacy-session", |request| match request.subject_token() {
            "session-of-ada" => Ok(User::new("auth0|ada")),
            _ => Err(ExchangeRejection::reject_subject_token("no such session")),
        })
        .start()
        .await
        .unwrap()
}

fn command(tenant: &LocalTenant, key: &SigningKey) -> Command {
    let mut command = Command::new("node");
    command
        .arg("client.mjs")
        .current_dir(FOLDER)
        .env("TENANT", tenant.domain())
        .env("AUDIENCE", tenant.audience())
        .env("CALENDAR", CALENDAR)
        .env("API_CLIENT_ID", tenant.api_client_id())
        .env("API_CLIENT_SECRET", tenant.api_client_secret())
        .env("WEB_SECRET", WEB_SECRET)
        .env("SIGNER_PEM", key.private_key_pem())
        .env("SUBJECT_TOKEN", tenant.mint().sign())
        .env("THIRD_PARTY", tenant.third_party_url("google-oauth2"));
    command
}

/// Returns what is missing on this machine for running the foreign clients.
fn missing() -> Option<String> {
    match Command::new("node").arg("--version").stdout(Stdio::null()).status() {
        Err(error) if error.kind() == ErrorKind::NotFound => Some("node is not installed".into()),
        _ if !Path::new(FOLDER).join("node_modules").is_dir() => Some(format!("run npm ci in {FOLDER}")),
        _ => None,
    }
}

#[expect(clippy::disallowed_methods, reason = "only tests read STRICT")]
fn skip(missing: &str) {
    let strict = std::env::var_os("STRICT").is_some_and(|value| value == "1");
    assert!(!strict, "STRICT=1 does not allow the test to be skipped: {missing}");
    eprintln!("skipped: {missing}");
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign");
const CALENDAR: &str = "https://calendar.example.com";
const WEB_SECRET: &str = "s3cret";
