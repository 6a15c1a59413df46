//! Makes access tokens, and logout tokens. They are valid by default. A test can give a token any fault.

use std::time::{Duration, SystemTime};

use auth0_api_core::Algorithm;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::clock::numeric_date;
use crate::jws::{Draft, draft_setters};
use crate::key_ring::{DEFAULT_ALGORITHM, KeyRing};
use crate::must::random_text;
use crate::{DpopClient, SigningKey, TokenEncryption};

/// The builder of an access token, or of a logout token. [`LocalTenant::mint`](crate::LocalTenant::mint) and
/// [`OfflineTenant::mint`](crate::OfflineTenant::mint) create it.
///
/// By default the token has the form that a tenant issues for a user in Auth0's own token profile. Its `typ` is `JWT`,
/// its `sub` is `auth0|local-user`, and its `azp` is the tenant's machine client. `iss` and `aud` are those of the
/// tenant. `iat` is the time of the tenant's clock when [`mint`](crate::LocalTenant::mint) is called, and `exp` is one
/// hour later. The token has no scope. The tenant signs it with RS256 and the current key.
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::Algorithm;
/// use auth0_api_testing::{LocalTenant, SigningKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let tenant = LocalTenant::start().await?;
/// let good =
///     tenant.mint().scope("read:orders").claim("https://example.com/plan", "pro").sign();
/// let expired =
///     tenant.mint().expires_at(tenant.clock().now() - Duration::from_secs(1)).sign();
/// let forged = tenant.mint().key(&SigningKey::generate(Algorithm::ES256)).sign();
/// let unsigned = tenant.mint().header("alg", "none").raw_signature("").sign();
/// # assert!(unsigned.ends_with('.') && good != expired && !forged.ends_with('.'));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "call `sign` to get the token"]
pub struct TokenBuilder {
    keys: KeyRing,
    signer: Signer,
    minted_at: SystemTime,
    rfc9068: bool,
    draft: Draft,
    encryption: Option<TokenEncryption>,
}

#[derive(Clone, Debug)]
enum Signer {
    Own(SigningKey),
    Tenant(Algorithm),
}

/// What the tokens of a tenant have in common.
pub(crate) struct Minter<'t> {
    pub(crate) issuer: &'t str,
    pub(crate) audience: &'t str,
    pub(crate) client_id: &'t str,
    pub(crate) keys: &'t KeyRing,
}

impl Minter<'_> {
    /// Creates the builder of a token that is issued at this time.
    pub(crate) fn mint(&self, minted_at: SystemTime) -> TokenBuilder {
        let (keys, signer) = (self.keys.clone(), Signer::Tenant(DEFAULT_ALGORITHM));
        TokenBuilder { keys, signer, minted_at, rfc9068: false, draft: Draft::default(), encryption: None }
            .issuer(self.issuer)
            .subject(DEFAULT_SUBJECT)
            .audience(self.audience)
            .claim("azp", self.client_id)
            .issued_at(minted_at)
            .expires_in(DEFAULT_LIFETIME)
    }

    /// Creates the builder of a logout token for this client
    /// ([Back-Channel Logout §2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
    pub(crate) fn mint_logout(&self, client_id: &str, minted_at: SystemTime) -> TokenBuilder {
        self.mint(minted_at)
            .header("typ", "logout+jwt")
            .without_claim("azp")
            .audience(client_id)
            .claim("jti", random_text())
            .claim("events", json!({ LOGOUT_EVENT: {} }))
            .expires_in(LOGOUT_LIFETIME)
    }
}

impl TokenBuilder {
    /// Sets `sub`; `auth0|local-user` by default.
    pub fn subject(self, subject: &str) -> Self {
        self.claim("sub", subject)
    }

    /// Sets `aud` to one string; the tenant's audience by default.
    pub fn audience(self, audience: &str) -> Self {
        self.claim("aud", audience)
    }

    /// Sets `aud` to a list.
    pub fn audiences(self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.claim("aud", list(audiences))
    }

    /// Sets `scope`, space-separated; absent by default.
    pub fn scope(self, scope: &str) -> Self {
        self.claim("scope", scope)
    }

    /// Sets `permissions`, which Auth0 can add to the tokens of an API with role-based access control; absent by
    /// default.
    pub fn permissions(self, permissions: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.claim("permissions", list(permissions))
    }

    /// Sets `iss`; the tenant's issuer by default.
    pub fn issuer(self, issuer: &str) -> Self {
        self.claim("iss", issuer)
    }

    /// Sets `iat`, in whole seconds. This method does not change `exp`.
    pub fn issued_at(self, time: SystemTime) -> Self {
        self.claim("iat", numeric_date(time))
    }

    /// Sets `exp`, in whole seconds.
    pub fn expires_at(self, time: SystemTime) -> Self {
        self.claim("exp", numeric_date(time))
    }

    /// Sets `exp` to `lifetime` after the time at which [`mint`](crate::LocalTenant::mint) was called; one hour by
    /// default.
    pub fn expires_in(self, lifetime: Duration) -> Self {
        let time = self.minted_at + lifetime;
        self.expires_at(time)
    }

    /// Sets `nbf`, in whole seconds; absent by default.
    pub fn not_before(self, time: SystemTime) -> Self {
        self.claim("nbf", numeric_date(time))
    }

    /// Binds the token to a DPoP key: sets `cnf.jkt`
    /// ([RFC 9449 §6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1)).
    pub fn bound_to(self, key: &DpopClient) -> Self {
        self.claim("cnf", json!({ "jkt": key.thumbprint().to_string() }))
    }

    /// Binds the token to a client certificate in DER: sets `cnf.x5t#S256`
    /// ([RFC 8705 §3.1](https://www.rfc-editor.org/rfc/rfc8705#section-3.1)).
    pub fn bound_to_certificate(self, der: &[u8]) -> Self {
        self.claim("cnf", json!({ "x5t#S256": certificate_thumbprint(der) }))
    }

    /// Gives the token the profile of [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068#section-2): `typ` `at+jwt`,
    /// `client_id` in place of `azp`, a `jti`, and no `gty`. It does not matter whether the claims are set before or
    /// after this call.
    pub fn rfc9068(mut self) -> Self {
        self.rfc9068 = true;
        self
    }

    /// Signs with the tenant's current key for `algorithm`. The tenant makes and publishes the key if it does not exist
    /// yet.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.signer = Signer::Tenant(algorithm);
        self
    }

    /// Signs with this key, and puts the `kid` and `alg` of the key into the header. The tenant does not publish the
    /// key; see [`publish`](crate::LocalTenant::publish).
    pub fn key(mut self, key: &SigningKey) -> Self {
        self.signer = Signer::Own(key.clone());
        self
    }

    /// Encrypts the token after it is signed; off by default.
    pub fn encrypt(mut self, encryption: &TokenEncryption) -> Self {
        self.encryption = Some(encryption.clone());
        self
    }

    /// Signs the token, encrypts it if [`encrypt`](Self::encrypt) was called, and returns it in compact form.
    pub fn sign(&self) -> String {
        let key = match &self.signer {
            Signer::Own(key) => key.clone(),
            Signer::Tenant(algorithm) => self.keys.current(*algorithm),
        };
        let header = |typ| json!({ "alg": key.algorithm().name(), "kid": key.kid(), "typ": typ });
        let jwt = if self.rfc9068 {
            self.in_rfc9068().sign(header("at+jwt"), &key)
        } else {
            self.draft.sign(header("JWT"), &key)
        };
        self.encryption.as_ref().map(|encryption| encryption.encrypt(&jwt)).unwrap_or(jwt)
    }

    /// Returns the claims in the profile of RFC 9068.
    fn in_rfc9068(&self) -> Draft {
        let mut draft = self.draft.clone();
        let client = draft.claims.remove("azp").map(|client| ("client_id".to_owned(), client));
        draft.claims.extend(client);
        draft.claims.remove("gty");
        draft.claims.entry("jti").or_insert_with(|| random_text().into());
        draft
    }
}

draft_setters!(TokenBuilder);

fn certificate_thumbprint(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, der))
}

fn list(items: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    items.into_iter().map(Into::into).collect()
}

/// The id of a user of a database connection, in Auth0's form.
const DEFAULT_SUBJECT: &str = "auth0|local-user";

const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The lifetime that Back-Channel Logout §4 recommends.
const LOGOUT_LIFETIME: Duration = Duration::from_secs(120);

/// One hour is long enough for a test that does not move its clock.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);
