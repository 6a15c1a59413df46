//! The configuration of a client. [`ApiClientBuilder::build`] reports every problem at once, before the API serves a
//! request.

mod assemble;

use std::sync::Arc;
use std::time::Duration;

#[cfg(doc)]
use crate::ApiClient;
use crate::called_url::TrustedProxies;
use crate::clock::{Clock, SystemClock};
use crate::decryption::DEFAULT_DECRYPTIONS;
use crate::dpop::DpopPolicy;
use crate::exchange::{ClientAuth, ExchangeCache};
use crate::http::HttpClient;
use crate::issuer::{KeyPolicy, Loopback, TrustedDomains};
use crate::jose::{Algorithm, DecryptionKey};
use crate::logout::LogoutPolicy;
use crate::long_connection::LongConnectionPolicy;
use crate::metadata::ProtectedResource;
use crate::mtls::CertificateSource;
use crate::rejected_bodies::RejectedBodies;
use crate::reloadable::Reloadable;
use crate::revocation::{Revocation, RevocationList};
use crate::token_cache::TokenCache;

/// Configures an [`ApiClient`].
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::{ApiClient, DpopPolicy};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .public_url("https://api.example.com")
///     .dpop(DpopPolicy::require())
///     .leeway(Duration::from_secs(5))
///     .build()?;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
///
/// Every setting has a default. [The guide](crate::guide::defaults) has the reason for each. An operator can write most of
/// them: see [`Settings`](crate::Settings).
///
/// **Tokens**: see [authorization](crate::guide::authorization), [encryption](crate::guide::encryption), [logout](crate::guide::logout).
///
/// | setting | default |
/// |---|---|
/// | [`audiences`](Self::audiences) | the audience of [`ApiClient::builder`] |
/// | [`algorithms`](Self::algorithms) | RS256 |
/// | [`leeway`](Self::leeway) | 0 s |
/// | [`max_token_age`](Self::max_token_age) | none: only `exp` limits the age |
/// | [`required_claim`](Self::required_claim) | none |
/// | [`strict_rfc9068`](Self::strict_rfc9068) | off |
/// | [`decryption_keys`](Self::decryption_keys) | none: encrypted tokens are rejected |
/// | [`decryptions_at_once`](Self::decryptions_at_once) | 64 |
/// | [`logout`](Self::logout) | none: tokens are valid until `exp`, also after a logout |
/// | [`revocation_list`](Self::revocation_list) | none |
/// | [`long_connections`](Self::long_connections) | the list is asked every 10 s, for outages of 60 s at most |
/// | [`token_cache`](Self::token_cache) | off |
///
/// **DPoP, certificates and the called URL**: see [DPoP](crate::guide::dpop), [proxies](crate::guide::proxies), [client certificates](crate::guide::mtls).
///
/// | setting | default |
/// |---|---|
/// | [`dpop`](Self::dpop) | [`DpopPolicy::accept`] |
/// | [`dpop_with`](Self::dpop_with) | – |
/// | [`public_url`](Self::public_url) | none: the URL of the request |
/// | [`own_hosts`](Self::own_hosts) | none: any host is accepted with a proof, and one warning is logged |
/// | [`trusted_proxies`](Self::trusted_proxies) | none: any client can forge forwarded headers |
/// | [`client_certificates`](Self::client_certificates) | none: tokens bound to a certificate are rejected |
///
/// **Keys of issuers**: see [operating](crate::guide::operating), [defaults](crate::guide::defaults).
///
/// | setting | default |
/// |---|---|
/// | [`key_policy`](Self::key_policy) | [`KeyPolicy::new`]: fresh for 10 min, used for 24 h in an outage |
/// | [`allow_jwks_host`](Self::allow_jwks_host) | only the issuer's own host |
/// | [`http_client`](Self::http_client) | reqwest with rustls |
///
/// **Exchanges**: see [exchange](crate::guide::exchange), [token requests](crate::guide::token_requests).
///
/// | setting | default |
/// |---|---|
/// | [`client_auth`](Self::client_auth) | none: the API cannot exchange tokens |
/// | [`exchange_domain`](Self::exchange_domain) | the domain of [`ApiClient::builder`] |
/// | [`exchange_cache`](Self::exchange_cache) | 10 000 entries |
/// | [`forward_end_user_address`](Self::forward_end_user_address) | off |
/// | [`without_telemetry`](Self::without_telemetry) | the header `Auth0-Client` is sent |
///
/// **Responses**: see [metadata](crate::guide::metadata), [rejected bodies](crate::guide::proxies#bodies-of-rejected-requests).
///
/// | setting | default |
/// |---|---|
/// | [`resource_metadata`](Self::resource_metadata) | none |
/// | [`rejected_bodies`](Self::rejected_bodies) | at most 256 at once are read, up to 1 MiB and 2 s |
///
/// **Tests and development**: see the crate `auth0-api-testing`.
///
/// | setting | default |
/// |---|---|
/// | [`clock`](Self::clock) | [`SystemClock`] |
/// | [`insecure_http_loopback`](Self::insecure_http_loopback) | off: every domain needs `https` |
///
/// The client fetches nothing before the first token arrives or [`ApiClient::warm_up`] is called.
#[doc(alias = "configuration", alias = "options")]
#[derive(Clone, Debug)]
#[must_use]
pub struct ApiClientBuilder {
    client_certificates: CertificateSource,
    clock: Arc<dyn Clock>,
    decryptions_at_once: usize,
    pub(crate) dpop: DpopPolicy,
    exchange_cache: ExchangeCache,
    pub(crate) forward_end_user_address: bool,
    http_client: Option<Arc<dyn HttpClient>>,
    jwks_hosts: Vec<Box<str>>,
    pub(crate) key_policy: KeyPolicy,
    leeway: Duration,
    logout: Option<Box<LogoutPolicy>>,
    pub(crate) long_connections: LongConnectionPolicy,
    loopback: Loopback,
    own_hosts: Option<Vec<Box<str>>>,
    public_url: Option<String>,
    rejected_bodies: RejectedBodies,
    pub(crate) reloadable: Reloadable,
    pub(crate) resource: Option<ProtectedResource>,
    revocation: Revocation,
    pub(crate) telemetry: bool,
    token_cache: TokenCache,
    trusted_proxies: TrustedProxies,
}

impl ApiClientBuilder {
    pub(crate) fn new(domains: TrustedDomains, audience: Box<str>) -> Self {
        Self {
            client_certificates: CertificateSource::none(),
            clock: Arc::new(SystemClock),
            decryptions_at_once: DEFAULT_DECRYPTIONS,
            dpop: DpopPolicy::accept(),
            exchange_cache: ExchangeCache::default(),
            forward_end_user_address: false,
            http_client: None,
            jwks_hosts: Vec::new(),
            key_policy: KeyPolicy::new(),
            leeway: DEFAULT_LEEWAY,
            logout: None,
            long_connections: LongConnectionPolicy::new(),
            loopback: Loopback::HttpsOnly,
            own_hosts: None,
            public_url: None,
            rejected_bodies: RejectedBodies::default(),
            reloadable: Reloadable::new(domains, audience),
            resource: None,
            revocation: Revocation::default(),
            telemetry: true,
            token_cache: TokenCache::off(),
            trusted_proxies: TrustedProxies::none(),
        }
    }
}

/// Tokens.
impl ApiClientBuilder {
    /// Accepts tokens for any of these audiences. This list replaces the audience given to [`ApiClient::builder`].
    #[doc(alias = "aud")]
    pub fn audiences<A: Into<Box<str>>>(mut self, audiences: impl IntoIterator<Item = A>) -> Self {
        self.reloadable = self.reloadable.audiences(audiences);
        self
    }

    /// Accepts tokens signed with any of these algorithms. Default: RS256 only.
    #[doc(alias = "tokenSigningAlg", alias = "tokenSigningAlgorithms")]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.reloadable = self.reloadable.algorithms(algorithms);
        self
    }

    /// Tolerates this difference between clocks when comparing `exp`, `nbf` and `iat`. Default: 0 s; at most 10
    /// minutes.
    #[doc(alias = "clock_skew", alias = "clockTolerance")]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Rejects tokens that were issued longer ago than `age`, or in the future. Default: no maximum age; `exp` still
    /// applies. From 1 s to 366 days.
    #[doc(alias = "maxTokenAge")]
    pub fn max_token_age(mut self, age: Duration) -> Self {
        self.reloadable = self.reloadable.max_token_age(age);
        self
    }

    /// Rejects tokens that lack this claim with 401. The claim may have any value.
    ///
    /// For a claim that only one route needs, use a [`Requirement`](crate::Requirement) (403).
    #[doc(alias = "requiredClaims")]
    pub fn required_claim(mut self, name: impl Into<Box<str>>) -> Self {
        self.reloadable.required_claims.push(name.into());
        self.reloadable = self.reloadable.set_by_code("required_claim");
        self
    }

    /// Requires the profile of [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4): `typ` is `at+jwt`, and
    /// the token has `sub`, `client_id` and `jti` in addition to the claims that are always required.
    ///
    /// Auth0 issues such tokens if the API's access token profile is set to RFC 9068 in the tenant.
    #[doc(alias = "strict")]
    pub fn strict_rfc9068(mut self) -> Self {
        self.reloadable = self.reloadable.strict_rfc9068(true);
        self
    }

    /// Accepts access tokens that the tenant encrypts for this API, and decrypts them with these keys. Tokens that are not
    /// encrypted are still accepted. Default: none, and encrypted tokens are rejected.
    ///
    /// During a rotation, give both keys, each with its `kid`. A token without a `kid` is tried with the first two keys
    /// that have its length and algorithm, so put the newest key first. See [the guide](crate::guide::encryption).
    ///
    /// An empty list is a [`BuildError`](crate::BuildError), and so are two keys with the same `kid`.
    pub fn decryption_keys(mut self, keys: impl IntoIterator<Item = DecryptionKey>) -> Self {
        self.reloadable = self.reloadable.decryption_keys(keys);
        self
    }

    /// Limits the encrypted tokens that are decrypted, or wait for a processor, at the same time. A further request is
    /// rejected with 503. Default: 64; from 1 to 10 000.
    ///
    /// With a key of 2048 bits, a decryption takes about 0.4 ms of one processor, so with two processors, the last of 64
    /// tokens waits about 12 ms. Longer keys take longer.
    pub fn decryptions_at_once(mut self, tokens: usize) -> Self {
        self.decryptions_at_once = tokens;
        self
    }

    /// Takes back-channel logouts of the tenant, and rejects the access tokens of users who have logged out. Default: none.
    ///
    /// The API needs a route for the logouts: `logout_route` of the adapters, or
    /// [`LogoutEndpoint`](crate::adapter::LogoutEndpoint). A [`revocation_list`](Self::revocation_list) is asked in
    /// addition. See [the guide](crate::guide::logout).
    #[doc(alias = "backchannel")]
    pub fn logout(mut self, policy: LogoutPolicy) -> Self {
        self.logout = Some(Box::new(policy));
        self
    }

    /// Asks this list on each request whether the token was revoked. Default: no list.
    #[doc(alias = "denylist", alias = "blacklist")]
    pub fn revocation_list(mut self, list: impl RevocationList) -> Self {
        self.revocation = Revocation::new(list);
        self
    }

    /// Sets how often the revocation list is asked about the token of a connection that stays open, and for how long the
    /// list may be unavailable: see [`ApiClient::until_ended`]. Default: every 10 s; 60 s.
    ///
    /// See [long connections](crate::guide::long_connections).
    pub fn long_connections(mut self, policy: LongConnectionPolicy) -> Self {
        self.long_connections = policy;
        self
    }

    /// Remembers verified tokens, so that later requests with the same token skip most checks. Default:
    /// [`TokenCache::off`].
    ///
    /// See [when to cache tokens](crate::guide::scaling#when-to-cache-tokens).
    #[doc(alias = "cache")]
    pub fn token_cache(mut self, cache: TokenCache) -> Self {
        self.token_cache = cache;
        self
    }
}

/// DPoP, certificates and the called URL.
impl ApiClientBuilder {
    /// Sets the policy for tokens that are bound to a key, and for their proofs. Default: [`DpopPolicy::accept`].
    ///
    /// See [DPoP](crate::guide::dpop).
    pub fn dpop(mut self, policy: DpopPolicy) -> Self {
        self.dpop = policy;
        self
    }

    /// Changes the policy for proofs that is in force, for code that adds to it: a replay store that the replicas share, for
    /// example.
    ///
    /// ```
    /// use auth0_api_core::Settings;
    /// use auth0_api_core::dpop::MemoryReplayStore;
    ///
    /// // The mode stays that of the settings.
    /// let store = MemoryReplayStore::with_capacity(1_000_000);
    /// let builder = Settings::from_env().builder().dpop_with(|policy| policy.replay_store(store));
    /// # drop(builder);
    /// ```
    pub fn dpop_with(mut self, change: impl FnOnce(DpopPolicy) -> DpopPolicy) -> Self {
        self.dpop = change(self.dpop);
        self
    }

    /// Sets the URL that clients call, without query and fragment: `https://api.example.com`, or
    /// `https://api.example.com/prefix` if a proxy strips the prefix.
    ///
    /// See [proxies](crate::guide::proxies#one-public-url).
    ///
    /// The API client uses this URL to compute the value that the `htu` of a proof must have. Prefer `public_url` to
    /// the headers of proxies, because callers may be able to forge these headers.
    #[doc(alias = "proxy", alias = "base_url", alias = "trust_proxy")]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Sets the hosts that clients call this API by: `api.example.com`, or `api.example.com:8443`. A host without a port
    /// has the default port of the called scheme. Default: none.
    ///
    /// See [proxies](crate::guide::proxies#own-hosts).
    ///
    /// A request with a proof is rejected if the host that its client called is none of these, also if a trusted proxy
    /// forwarded the host. Without this setting and without [`public_url`](Self::public_url), the client chooses the
    /// host that its proof is compared with. A proof that an attacker captured at another API is then accepted here, and
    /// the first proof causes the warning event `host_unchecked`. With `public_url`, this list is not used.
    ///
    /// An empty list is a [`BuildError`](crate::BuildError).
    #[doc(alias = "allowed_hosts", alias = "proxy")]
    pub fn own_hosts<H: Into<Box<str>>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.own_hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Trusts the forwarded headers of these proxies, which contain the URL that the client called. Default: no proxy
    /// is trusted.
    ///
    /// See [proxies](crate::guide::proxies#trusted-proxies).
    ///
    /// A header with a client certificate is read only if the request comes from one of these proxies.
    #[doc(alias = "proxy", alias = "trust_proxy", alias = "X-Forwarded-For")]
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.trusted_proxies = proxies;
        self
    }

    /// Sets where the API finds the client certificate of a request. Tokens that are bound to a certificate need this
    /// setting ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)). Default: no source, and such tokens
    /// are rejected.
    ///
    /// See [client certificates](crate::guide::mtls).
    #[doc(alias = "mtls", alias = "x509")]
    pub fn client_certificates(mut self, certificates: CertificateSource) -> Self {
        self.client_certificates = certificates;
        self
    }
}

/// Keys of issuers.
impl ApiClientBuilder {
    /// Sets how long the keys of issuers are used, how often they are fetched, and for how many issuers the client
    /// keeps keys.
    ///
    /// See [the reason for each default](crate::guide::defaults#keys-of-issuers).
    #[doc(alias = "jwks", alias = "cacheMaxAge", alias = "cooldownDuration")]
    pub fn key_policy(mut self, policy: KeyPolicy) -> Self {
        self.key_policy = policy;
        self
    }

    /// Allows discovery documents to name a `jwks_uri` on this additional host. Write the host without a scheme:
    /// `keys.example.com`, or `keys.example.com:8443`. Default: only the issuer's own host.
    #[doc(alias = "jwksUri", alias = "jwks")]
    pub fn allow_jwks_host(mut self, host: impl Into<Box<str>>) -> Self {
        self.jwks_hosts.push(host.into());
        self
    }

    /// Sends requests with this HTTP client. Default: [`ReqwestClient`](crate::http::ReqwestClient).
    #[doc(alias = "proxy", alias = "fetch")]
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }
}

/// Exchanges.
impl ApiClientBuilder {
    /// Sets how this API authenticates at the token endpoint. Token exchanges need it. Default: none.
    #[doc(alias = "clientSecret", alias = "clientAssertion")]
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.reloadable = self.reloadable.client_auth(client_auth);
        self
    }

    /// Sets the domain of the tenant that exchanges tokens. Default: the domain given to [`ApiClient::builder`].
    ///
    /// With [`client_auth`](Self::client_auth), this setting is mandatory if the client trusts a list of domains or a
    /// resolver.
    pub fn exchange_domain(mut self, domain: impl Into<String>) -> Self {
        self.reloadable = self.reloadable.exchange_domain(domain);
        self
    }

    /// Sets the cache for the responses of on-behalf-of and Token Vault exchanges. Default: 10 000 entries.
    #[doc(alias = "cache")]
    pub fn exchange_cache(mut self, cache: ExchangeCache) -> Self {
        self.exchange_cache = cache;
        self
    }

    /// Sends the address of the end user to the tenant, in the header `auth0-forwarded-for` of each exchange that is given
    /// one: see [`OnBehalfOf::end_user_address`](crate::OnBehalfOf::end_user_address). The tenant then counts failed
    /// exchanges and limits for this address instead of the address of this API. Default: off.
    ///
    /// Switch on *Trust Token Endpoint IP Header* for the application in the tenant too: otherwise the tenant ignores the
    /// header. The address is personal data. If proxies are in front of this API, set
    /// [`trusted_proxies`](Self::trusted_proxies): otherwise every end user has the address of the last proxy.
    pub fn forward_end_user_address(mut self) -> Self {
        self.forward_end_user_address = true;
        self
    }

    /// Omits the header `Auth0-Client` from exchange requests and from the discovery requests before an exchange. The
    /// header contains the name and the version of this crate. Default: the header is sent to the tenant, as Auth0's
    /// SDKs do.
    pub fn without_telemetry(mut self) -> Self {
        self.telemetry = false;
        self
    }
}

/// Responses.
impl ApiClientBuilder {
    /// Publishes the metadata of this API as a protected resource ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)).
    /// Default: none.
    ///
    /// See [metadata](crate::guide::metadata).
    ///
    /// The client completes the metadata from its own configuration. [`ApiClient::resource_metadata`] returns the
    /// document to serve, and the challenges of 401 and 403 responses name its URL.
    #[doc(alias = "rfc9728", alias = "well_known")]
    pub fn resource_metadata(mut self, resource: ProtectedResource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Sets what the middleware of an adapter does with the body of a request that it rejects before the body has
    /// arrived. Default: it reads at most 256 such bodies at once, each up to 1 MiB and for at most 2 s.
    ///
    /// See [bodies of rejected requests](crate::guide::proxies#bodies-of-rejected-requests).
    pub fn rejected_bodies(mut self, bodies: RejectedBodies) -> Self {
        self.rejected_bodies = bodies;
        self
    }
}

/// Tests and development.
impl ApiClientBuilder {
    /// Takes the time from this clock, for tests. Default: [`SystemClock`].
    #[doc(alias = "now")]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Allows `http` for a domain on a loopback address, such as `http://127.0.0.1:port`: for a local tenant, in
    /// development.
    pub fn insecure_http_loopback(mut self) -> Self {
        self.loopback = Loopback::HttpAllowed;
        self
    }
}

/// The default of auth0-api-js. Tokens are valid for hours, so an API need not accept an expired token for some seconds
/// longer.
const DEFAULT_LEEWAY: Duration = Duration::ZERO;
