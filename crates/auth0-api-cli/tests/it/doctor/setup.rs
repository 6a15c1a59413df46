//! A good set-up: a tenant that rotates its keys, Redis, and an API whose settings agree with the tenant's record.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use auth0_api_testing::{Api, LocalTenant, LocalTenantBuilder, RedisServer};

use super::outcome::Outcome;

pub(crate) struct Setup {
    pub(crate) tenant: LocalTenant,
    /// `None` if Redis is not installed.
    pub(crate) redis: Option<RedisServer>,
    variables: BTreeMap<String, String>,
    arguments: Vec<String>,
}

/// Texts that no output may contain.
pub(crate) const SECRETS: [&str; 3] = ["planted-api-secret", "planted-management-secret", "planted-redis-password"];

impl Setup {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(options: impl FnOnce(LocalTenantBuilder) -> LocalTenantBuilder) -> Self {
        let api = Api::new("https://api.example.com").scopes(["read:orders", "write:orders"]);
        let builder = LocalTenant::builder().api(api).client("management", "planted-management-secret");
        let tenant = options(builder).start().await.unwrap();
        // Auth0 publishes two keys.
        drop(tenant.mint().sign());
        tenant.rotate_keys();
        let setup =
            Self { tenant, redis: RedisServer::start().await, variables: BTreeMap::new(), arguments: Vec::new() };
        let domain = setup.tenant.domain().to_owned();
        let mut setup = setup
            .set("AUTH0_DOMAIN", &domain)
            .set("AUTH0_AUDIENCE", "https://api.example.com")
            .set("AUTH0_CLIENT_ID", "local-api-client")
            .set("AUTH0_CLIENT_SECRET", "planted-api-secret")
            .set("AUTH0_MANAGEMENT_DOMAIN", &domain)
            .set("AUTH0_MANAGEMENT_CLIENT_ID", "management")
            .set("AUTH0_MANAGEMENT_CLIENT_SECRET", "planted-management-secret")
            .set("SSL_CERT_FILE", &any_authority())
            .flag(&["--scope", "read:orders"]);
        if let Some(url) = setup.redis.as_ref().map(RedisServer::url) {
            setup.tell_redis("CONFIG SET requirepass planted-redis-password");
            setup = setup.set("REDIS_URL", &url.replace("://", "://:planted-redis-password@"));
        }
        setup
    }

    pub(crate) fn set(mut self, variable: &str, value: &str) -> Self {
        self.variables.insert(variable.into(), value.into());
        self
    }

    pub(crate) fn unset(mut self, variable: &str) -> Self {
        self.variables.remove(variable);
        self
    }

    pub(crate) fn flag(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// Gives the doctor no management token. To get one, it needs the discovery document of the tenant.
    pub(crate) fn without_record(self) -> Self {
        self.unset("AUTH0_MANAGEMENT_CLIENT_ID").unset("AUTH0_MANAGEMENT_CLIENT_SECRET")
    }

    /// Changes a member of the tenant's record of the API.
    pub(crate) fn record(self, member: &str, value: serde_json::Value) -> Self {
        self.tenant.set_record_member("https://api.example.com", member, value);
        self
    }

    /// Sends a command to Redis, after a login.
    pub(crate) fn tell_redis(&self, command: &str) {
        let Some(redis) = &self.redis else { return };
        let mut connection = TcpStream::connect(redis.address()).unwrap();
        let mut answer = [0; 256];
        for line in ["AUTH planted-redis-password", command] {
            connection.write_all(format!("{line}\r\n").as_bytes()).unwrap();
            assert!(connection.read(&mut answer).unwrap() > 0, "{line}");
        }
        assert!(answer.starts_with(b"+OK"), "{command}: {}", String::from_utf8_lossy(&answer));
    }

    /// Runs the doctor. Its output contains none of the secrets.
    pub(crate) async fn run(&self) -> Outcome {
        let outcome = Outcome::of(&self.variables, &self.arguments).await;
        for secret in SECRETS {
            assert!(!outcome.text.contains(secret), "{}", outcome.text);
        }
        outcome
    }
}

/// Returns a file with the certificate of an authority that has signed nothing: with it, a test does not depend on the
/// certificates of the system.
fn any_authority() -> String {
    let certificate = rcgen::generate_simple_self_signed(["authority.example".to_owned()]).unwrap();
    file("any-authority.pem", &certificate.cert.pem())
}

/// Writes a file for this process and returns its name.
pub(crate) fn file(name: &str, contents: &str) -> String {
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let path = format!("{}/doctor-{}-{number}-{name}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    std::fs::write(&path, contents).unwrap();
    path
}

static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
