//! The configuration of a client. [`ApiClientBuilder::build`] reports every problem at once, before the API serves a
//! request.

use std::sync::Arc;
use std::time::Duration;

use crate::binding::Binder;
use crate::build_error::{BuildError, ConfigProblem, VariableError};
use crate::called_url::{OwnHosts, TargetPolicy, TargetUrl, TrustedProxies};
use crate::client::{ApiClient, ClientParts, EndUserAddresses};
use crate::clock::{Clock, SystemClock};
use crate::credentials::Scheme;
use crate::decryption::{DEFAULT_DECRYPTIONS, Decryption, MOST_DECRYPTIONS};
use crate::dpop::DpopPolicy;
use crate::exchange::{ClientAuth, ExchangeCache, ExchangeConfig, Exchanger};
#[cfg(feature = "reqwest")]
use crate::http::ReqwestClient;
use crate::http::{BoundedClient, HttpClient};
use crate::issuer::{Domain, IssuerConfig, JwksHost, KeyPolicy, Loopback, Trust, TrustedDomains};
use crate::jose::jwe::HeldKeys;
use crate::jose::{Algorithm, AlgorithmSet, DecryptionKey};
use crate::logout::LogoutPolicy;
use crate::long_connection::LongConnectionPolicy;
use crate::metadata::{ClientFacts, OfferedSchemes, ProtectedResource};
use crate::mtls::{CertificatePolicy, CertificateSource};
use crate::rejected_bodies::RejectedBodies;
use crate::revocation::{Revocation, RevocationList};
use crate::token::{AcceptedAudiences, Leeway, MaxAge, TimePolicy, TokenPolicy};
use crate::token_cache::{RememberedTokens, TokenCache};
use crate::verify::Verifier;

/// Configures an [`ApiClient`].
///
/// | setting | default | source |
/// |---|---|---|
/// | [`algorithms`](Self::algorithms) | RS256 | Auth0's default |
/// | [`client_certificates`](Self::client_certificates) | none: tokens bound to a certificate are rejected | depends on your deployment |
/// | [`decryption_keys`](Self::decryption_keys) | none: encrypted tokens are rejected | specific to each API |
/// | [`decryptions_at_once`](Self::decryptions_at_once) | 64 | the last of them waits about 12 ms |
/// | [`dpop`](Self::dpop) | [`DpopPolicy::accept`] | as auth0-api-js |
/// | [`exchange_cache`](Self::exchange_cache) | 10 000 entries | |
/// | [`forward_end_user_address`](Self::forward_end_user_address) | off | needs a setting of the application in the tenant |
/// | [`http_client`](Self::http_client) | reqwest with rustls | |
/// | [`key_policy`](Self::key_policy) | [`KeyPolicy::new`] | chosen for Auth0's limits and fifty replicas |
/// | [`leeway`](Self::leeway) | 0 s | as auth0-api-js |
/// | [`logout`](Self::logout) | none: tokens are valid until `exp`, also after a logout | as auth0-api-js |
/// | [`long_connections`](Self::long_connections) | [`LongConnectionPolicy::new`] | a logout takes effect within seconds |
/// | [`max_token_age`](Self::max_token_age) | none: only `exp` limits the age | as auth0-api-js |
/// | [`rejected_bodies`](Self::rejected_bodies) | at most 256 at once are read, up to 1 MiB and 2 s | a rejection must not break a connection |
/// | [`resource_metadata`](Self::resource_metadata) | none | specific to each API |
/// | [`own_hosts`](Self::own_hosts) | none: with proofs, any host is accepted, and one warning is logged | depends on your deployment |
/// | [`trusted_proxies`](Self::trusted_proxies) | none | any client can forge forwarded headers |
///
/// The client fetches nothing before the first token arrives or [`ApiClient::warm_up`] is called.
#[derive(Clone, Debug)]
#[must_use]
pub struct ApiClientBuilder {
    algorithms: Vec<Algorithm>,
    audiences: Vec<Box<str>>,
    client_auth: Option<ClientAuth>,
    client_certificates: CertificateSource,
    clock: Arc<dyn Clock>,
    decryption_keys: Option<Vec<DecryptionKey>>,
    decryptions_at_once: usize,
    domains: TrustedDomains,
    dpop: DpopPolicy,
    environment: Option<Environment>,
    exchange_cache: ExchangeCache,
    exchange_domain: Option<String>,
    forward_end_user_address: bool,
    http_client: Option<Arc<dyn HttpClient>>,
    jwks_hosts: Vec<Box<str>>,
    key_policy: KeyPolicy,
    leeway: Duration,
    logout: Option<Box<LogoutPolicy>>,
    long_connections: LongConnectionPolicy,
    loopback: Loopback,
    max_token_age: Option<Duration>,
    own_hosts: Option<Vec<Box<str>>>,
    public_url: Option<String>,
    rejected_bodies: RejectedBodies,
    required_claims: Vec<Box<str>>,
    resource: Option<ProtectedResource>,
    revocation: Revocation,
    strict_rfc9068: bool,
    telemetry: bool,
    token_cache: TokenCache,
    trusted_proxies: TrustedProxies,
}

/// How the environment was read, if the configuration comes from it.
#[derive(Clone, Debug)]
struct Environment {
    unusable: Vec<(&'static str, VariableError)>,
    is_loopback: bool,
}

impl Environment {
    /// Puts the variables that cannot be used first, and drops the problems that follow from them.
    fn explain(&self, problems: Vec<ConfigProblem>) -> BuildError {
        let unusable = self.unusable.iter().map(|(name, error)| ConfigProblem::Variable { name, error: *error });
        let mut explained: Vec<_> = unusable.collect();
        let options: Vec<_> = explained.iter().map(ConfigProblem::option).collect();
        explained.extend(problems.into_iter().filter(|problem| !options.contains(&problem.option())));
        BuildError::in_environment(explained)
    }

    fn warn(&self) {
        if self.is_loopback {
            tracing::warn!(
                target: "auth0_api",
                event = "insecure_loopback",
                hint = "AUTH0_DOMAIN names a tenant on this machine by plain http: never use this in production"
            );
        }
    }
}

impl ApiClient {
    /// Configures a client for the domain of a tenant, or for [several domains](TrustedDomains), and for the identifier
    /// of this API.
    pub fn builder(domains: impl Into<TrustedDomains>, audience: impl Into<Box<str>>) -> ApiClientBuilder {
        ApiClientBuilder::new(domains.into(), audience.into())
    }
}

impl ApiClientBuilder {
    pub(crate) fn new(domains: TrustedDomains, audience: Box<str>) -> Self {
        Self {
            algorithms: vec![DEFAULT_ALGORITHM],
            audiences: vec![audience],
            client_auth: None,
            client_certificates: CertificateSource::none(),
            clock: Arc::new(SystemClock),
            decryption_keys: None,
            decryptions_at_once: DEFAULT_DECRYPTIONS,
            domains,
            dpop: DpopPolicy::accept(),
            environment: None,
            exchange_cache: ExchangeCache::default(),
            exchange_domain: None,
            forward_end_user_address: false,
            http_client: None,
            jwks_hosts: Vec::new(),
            key_policy: KeyPolicy::new(),
            leeway: DEFAULT_LEEWAY,
            logout: None,
            long_connections: LongConnectionPolicy::new(),
            loopback: Loopback::HttpsOnly,
            max_token_age: None,
            own_hosts: None,
            public_url: None,
            rejected_bodies: RejectedBodies::default(),
            required_claims: Vec::new(),
            resource: None,
            revocation: Revocation::default(),
            strict_rfc9068: false,
            telemetry: true,
            token_cache: TokenCache::off(),
            trusted_proxies: TrustedProxies::none(),
        }
    }

    /// Records how the environment was read.
    pub(crate) fn read_from_environment(
        mut self,
        unusable: Vec<(&'static str, VariableError)>,
        is_loopback: bool,
    ) -> Self {
        self.environment = Some(Environment { unusable, is_loopback });
        self
    }

    /// Accepts tokens signed with any of these algorithms. Default: RS256 only.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Allows discovery documents to name a `jwks_uri` on this additional host. Write the host without a scheme:
    /// `keys.example.com`, or `keys.example.com:8443`. Default: only the issuer's own host.
    pub fn allow_jwks_host(mut self, host: impl Into<Box<str>>) -> Self {
        self.jwks_hosts.push(host.into());
        self
    }

    /// Accepts tokens for any of these audiences. This list replaces the audience given to [`ApiClient::builder`].
    pub fn audiences<A: Into<Box<str>>>(mut self, audiences: impl IntoIterator<Item = A>) -> Self {
        self.audiences = audiences.into_iter().map(Into::into).collect();
        self
    }

    /// Sets how this API authenticates at the token endpoint. Token exchanges need it. Default: none.
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = Some(client_auth);
        self
    }

    /// Sets where the API finds the client certificate of a request. Tokens that are bound to a certificate need this
    /// setting ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)). Default: no source, and such tokens
    /// are rejected.
    pub fn client_certificates(mut self, certificates: CertificateSource) -> Self {
        self.client_certificates = certificates;
        self
    }

    /// Takes the time from this clock, for tests. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Accepts access tokens that the tenant encrypts for this API, and decrypts them with these keys. Tokens that are not
    /// encrypted are still accepted. Default: none, and encrypted tokens are rejected.
    ///
    /// During a rotation, give both keys, each with its `kid`. A token without a `kid` is tried with the first two keys
    /// that have its length and algorithm, so put the newest key first. See [the guide](crate::guide::encryption).
    ///
    /// An empty list is a [`BuildError`], and so are two keys with the same `kid`.
    pub fn decryption_keys(mut self, keys: impl IntoIterator<Item = DecryptionKey>) -> Self {
        self.decryption_keys = Some(keys.into_iter().collect());
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

    /// Sets the policy for tokens that are bound to a key, and for their proofs. Default: [`DpopPolicy::accept`].
    pub fn dpop(mut self, policy: DpopPolicy) -> Self {
        self.dpop = policy;
        self
    }

    /// Sets the cache for the responses of on-behalf-of and Token Vault exchanges. Default: 10 000 entries.
    pub fn exchange_cache(mut self, cache: ExchangeCache) -> Self {
        self.exchange_cache = cache;
        self
    }

    /// Sets the domain of the tenant that exchanges tokens. Default: the domain given to [`ApiClient::builder`].
    ///
    /// With [`client_auth`](Self::client_auth), this setting is mandatory if the client trusts a list of domains or a
    /// resolver.
    pub fn exchange_domain(mut self, domain: impl Into<String>) -> Self {
        self.exchange_domain = Some(domain.into());
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

    /// Sends requests with this HTTP client. Default: [`ReqwestClient`](crate::http::ReqwestClient).
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }

    /// Allows `http` for a domain on a loopback address, such as `http://127.0.0.1:port`: for a local tenant, in
    /// development.
    pub fn insecure_http_loopback(mut self) -> Self {
        self.loopback = Loopback::HttpAllowed;
        self
    }

    /// Sets how long the keys of issuers are used, how often they are fetched, and for how many issuers the client
    /// keeps keys.
    pub fn key_policy(mut self, policy: KeyPolicy) -> Self {
        self.key_policy = policy;
        self
    }

    /// Tolerates this difference between clocks when comparing `exp`, `nbf` and `iat`. Default: 0 s; at most 10
    /// minutes.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Takes back-channel logouts of the tenant, and rejects the access tokens of users who have logged out. Default: none.
    ///
    /// The API needs a route for the logouts: `logout_route` of the adapters, or
    /// [`LogoutEndpoint`](crate::adapter::LogoutEndpoint). A [`revocation_list`](Self::revocation_list) is asked in
    /// addition. See [the guide](crate::guide::logout).
    pub fn logout(mut self, policy: LogoutPolicy) -> Self {
        self.logout = Some(Box::new(policy));
        self
    }

    /// Sets how often the revocation list is asked about the token of a connection that stays open, and for how long the
    /// list may be unavailable: see [`ApiClient::until_ended`]. Default: every 10 s; 60 s.
    pub fn long_connections(mut self, policy: LongConnectionPolicy) -> Self {
        self.long_connections = policy;
        self
    }

    /// Rejects tokens that were issued longer ago than `age`, or in the future. Default: no maximum age; `exp` still
    /// applies. From 1 s to 366 days.
    pub fn max_token_age(mut self, age: Duration) -> Self {
        self.max_token_age = Some(age);
        self
    }

    /// Sets the hosts that clients call this API by: `api.example.com`, or `api.example.com:8443`. A host without a port
    /// has the default port of the called scheme. Default: none.
    ///
    /// A request with a proof is rejected if the host that its client called is none of these, also if a trusted proxy
    /// forwarded the host. Without this setting and without [`public_url`](Self::public_url), the client chooses the
    /// host that its proof is compared with. A proof that an attacker captured at another API is then accepted here, and
    /// the first proof causes the warning event `host_unchecked`. With `public_url`, this list is not used.
    ///
    /// An empty list is a [`BuildError`].
    pub fn own_hosts<H: Into<Box<str>>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.own_hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the URL that clients call, without query and fragment: `https://api.example.com`, or
    /// `https://api.example.com/prefix` if a proxy strips the prefix.
    ///
    /// The API client uses this URL to compute the value that the `htu` of a proof must have. Prefer `public_url` to
    /// the headers of proxies, because callers may be able to forge these headers.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Sets what the middleware of an adapter does with the body of a request that it rejects before the body has
    /// arrived. Default: it reads at most 256 such bodies at once, each up to 1 MiB and for at most 2 s.
    pub fn rejected_bodies(mut self, bodies: RejectedBodies) -> Self {
        self.rejected_bodies = bodies;
        self
    }

    /// Rejects tokens that lack this claim with 401. The claim may have any value.
    ///
    /// For a claim that only one route needs, use a [`Requirement`](crate::Requirement) (403).
    pub fn required_claim(mut self, name: impl Into<Box<str>>) -> Self {
        self.required_claims.push(name.into());
        self
    }

    /// Publishes the metadata of this API as a protected resource ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)).
    /// Default: none.
    ///
    /// The client completes the metadata from its own configuration. [`ApiClient::resource_metadata`] returns the
    /// document to serve, and the challenges of 401 and 403 responses name its URL.
    pub fn resource_metadata(mut self, resource: ProtectedResource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Asks this list on each request whether the token was revoked. Default: no list.
    pub fn revocation_list(mut self, list: impl RevocationList) -> Self {
        self.revocation = Revocation::new(list);
        self
    }

    /// Requires the profile of [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4): `typ` is `at+jwt`, and
    /// the token has `sub`, `client_id` and `jti` in addition to the claims that are always required.
    ///
    /// Auth0 issues such tokens if the API's access token profile is set to RFC 9068 in the tenant.
    pub fn strict_rfc9068(mut self) -> Self {
        self.strict_rfc9068 = true;
        self
    }

    /// Remembers verified tokens, so that later requests with the same token skip most checks. Default:
    /// [`TokenCache::off`].
    pub fn token_cache(mut self, cache: TokenCache) -> Self {
        self.token_cache = cache;
        self
    }

    /// Trusts the forwarded headers of these proxies, which contain the URL that the client called. Default: no proxy
    /// is trusted.
    ///
    /// A header with a client certificate is read only if the request comes from one of these proxies.
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.trusted_proxies = proxies;
        self
    }

    /// Omits the header `Auth0-Client` from exchange requests and from the discovery requests before an exchange. The
    /// header contains the name and the version of this crate. Default: the header is sent to the tenant, as Auth0's
    /// SDKs do.
    pub fn without_telemetry(mut self) -> Self {
        self.telemetry = false;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with every problem, not only the first.
    pub fn build(self) -> Result<ApiClient, BuildError> {
        let (environment, mut problems) = (self.environment.clone(), Vec::new());
        let client = self.assemble(&mut problems);
        let Some(environment) = environment else { return client.ok_or(BuildError::of(problems)) };
        environment.warn();
        client.filter(|_| environment.unusable.is_empty()).ok_or_else(|| environment.explain(problems))
    }

    /// Checks every setting, and assembles the client from the checked forms. Returns `None` if there is a problem.
    fn assemble(self, problems: &mut Vec<ConfigProblem>) -> Option<ApiClient> {
        // `keep` records the problem of a setting. Nothing returns above the last `keep`, so every problem is recorded.
        let trusted = keep(problems, self.domains.parse(self.loopback).map_err(ConfigProblem::from));
        let algorithms = AlgorithmSet::new(self.algorithms.iter().copied());
        let algorithms = keep(problems, algorithms.ok_or(ConfigProblem::Algorithms));
        let http_client = keep(
            problems,
            self.http_client.clone().map_or_else(|| default_http_client(&self.domains, self.loopback), Ok),
        );
        let public_url = keep(problems, self.public_url.as_deref().map(parsed_public_url).transpose());
        let own_hosts = self.own_hosts.as_deref().map(|hosts| parsed_own_hosts(hosts, problems));
        let jwks_hosts = self.parsed_jwks_hosts(problems);
        let exchange_domain = keep(problems, self.parsed_exchange_domain());
        let audiences = keep(problems, AcceptedAudiences::new(self.audiences.clone()).ok_or(ConfigProblem::Audience));
        let client_auth = self.client_auth.clone().map(|auth| auth.check().ok_or(ConfigProblem::ClientAuth));
        let client_auth = keep(problems, client_auth.transpose());
        let no_certificate = self.http_client.is_none() && self.client_auth.as_ref().is_some_and(ClientAuth::is_tls);
        let certificate = if no_certificate { Err(ConfigProblem::ClientCertificate) } else { Ok(()) };
        let certificate = keep(problems, certificate);
        let exchange_cache = keep(problems, self.exchange_cache.check().ok_or(ConfigProblem::ExchangeCache));
        let certificates = CertificatePolicy::new(self.client_certificates, self.trusted_proxies.clone());
        let certificates = keep(problems, certificates.map_err(ConfigProblem::CertificateSource));
        let decryption_keys = self.decryption_keys.map(HeldKeys::new).transpose();
        let decryption_keys = keep(problems, decryption_keys.map_err(ConfigProblem::decryption_keys));
        if !(1..=MOST_DECRYPTIONS).contains(&self.decryptions_at_once) {
            problems.push(ConfigProblem::DecryptionsAtOnce);
        }
        let dpop = keep(problems, self.dpop.check().map_err(ConfigProblem::Dpop));
        let key_policy = keep(problems, self.key_policy.check().map_err(ConfigProblem::KeyPolicy));
        let leeway = keep(problems, Leeway::new(self.leeway).ok_or(ConfigProblem::Leeway));
        let long_connections = keep(problems, self.long_connections.check().map_err(ConfigProblem::LongConnections));
        let max_age = self.max_token_age.map(|age| MaxAge::new(age).ok_or(ConfigProblem::MaxTokenAge)).transpose();
        let max_age = keep(problems, max_age);
        let logout = self.logout.map(|policy| policy.check(self.leeway).map_err(ConfigProblem::Logout)).transpose();
        let logout = keep(problems, logout);
        let remembered = keep(problems, RememberedTokens::new(self.token_cache).ok_or(ConfigProblem::TokenCache));
        // The metadata contains the trusted issuers, so the metadata is checked only if the trusted issuers are valid.
        let resource = trusted.as_ref().and_then(|trusted| {
            let (issuers, audiences) = (trusted.issuers(), self.audiences.as_slice());
            let facts = ClientFacts { audiences, issuers, loopback: self.loopback };
            let resource = self.resource.map(|resource| resource.check_for(&facts)).transpose();
            keep(problems, resource.map_err(ConfigProblem::ResourceMetadata))
        });
        if !problems.is_empty() {
            return None;
        }

        let (trusted, algorithms, http_client, key_policy) = (trusted?, algorithms?, http_client?, key_policy?);
        let (client_auth, (), certificates) = (client_auth?, certificate?, certificates?);
        let tokens = TokenPolicy {
            audiences: audiences?,
            client_id: client_auth.as_ref().map(|client| client.client_id().into()),
            required_claims: self.required_claims,
            strict_rfc9068: self.strict_rfc9068,
            times: TimePolicy { leeway: leeway?, max_age: max_age? },
        };
        let exchange_domain = exchange_domain?.or_else(|| trusted.only().cloned());
        let exchange_cache = exchange_cache?;
        let exchanger = client_auth.zip(exchange_domain).map(|(auth, domain)| {
            let (clock, http_client) = (Arc::clone(&self.clock), Arc::clone(&http_client));
            let (cache, telemetry, forward_end_user) = (exchange_cache, self.telemetry, self.forward_end_user_address);
            Exchanger::new(ExchangeConfig { auth, cache, clock, domain, forward_end_user, http_client, telemetry })
        });
        let config = IssuerConfig {
            algorithms: algorithms.clone(),
            clock: Arc::clone(&self.clock),
            http: BoundedClient::new(Arc::clone(&http_client), key_policy.max_document_bytes, key_policy.fetch_timeout),
            jwks_hosts: jwks_hosts?,
            policy: key_policy,
        };
        let end_users = if self.forward_end_user_address {
            EndUserAddresses::stated_by(self.trusted_proxies.clone())
        } else {
            EndUserAddresses::off()
        };
        let target = TargetPolicy::new(public_url?, own_hosts, self.trusted_proxies);
        let certificate_bound_tokens = certificates.is_configured();
        let binding = Binder::new(dpop?, target.clone(), certificates);
        let metadata = resource?.map(|resource| {
            let dpop_algorithms = binding.proof_algorithms().iter().map(Algorithm::name);
            resource.complete(OfferedSchemes {
                bearer: binding.offers(Scheme::Bearer),
                certificate_bound_tokens,
                dpop_algorithms: dpop_algorithms.filter(|_| binding.offers(Scheme::Dpop)).collect(),
            })
        });
        let issuers = Trust::new(trusted, self.loopback, config, target);
        let (logouts, revocation) = match logout? {
            Some((receiver, subjects)) => (Some(receiver), self.revocation.and(subjects)),
            None => (None, self.revocation),
        };
        let (clock, remembered) = (self.clock, remembered?);
        let decryption = Decryption::new(decryption_keys?, self.decryptions_at_once);
        let verifier = Verifier { algorithms, binding, clock, decryption, issuers, remembered, revocation, tokens };
        Some(ApiClient::new(ClientParts {
            verifier,
            end_users,
            exchanger,
            http_client,
            logouts,
            long_connections: long_connections?,
            metadata,
            rejected_bodies: self.rejected_bodies,
        }))
    }

    /// Parses every host, also after an invalid one.
    fn parsed_jwks_hosts(&self, problems: &mut Vec<ConfigProblem>) -> Option<Vec<JwksHost>> {
        let parse =
            |host: &str| JwksHost::parse(host).map_err(|error| ConfigProblem::JwksHost { host: host.into(), error });
        let hosts: Vec<_> = self.jwks_hosts.iter().map(|host| keep(problems, parse(host))).collect();
        hosts.into_iter().collect()
    }

    /// Returns the domain where the client authenticates; `None` stands for the only trusted domain.
    fn parsed_exchange_domain(&self) -> Result<Option<Domain>, ConfigProblem> {
        match &self.exchange_domain {
            Some(named) => Domain::parse(named, self.loopback).map(Some).map_err(ConfigProblem::ExchangeDomain),
            None if self.client_auth.is_some() && !self.domains.is_one() => Err(ConfigProblem::ExchangeDomainMissing),
            None => Ok(None),
        }
    }
}

fn keep<T>(problems: &mut Vec<ConfigProblem>, result: Result<T, ConfigProblem>) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

fn parsed_public_url(url: &str) -> Result<TargetUrl, ConfigProblem> {
    if url.contains(['?', '#']) {
        return Err(ConfigProblem::PublicUrlQuery);
    }
    TargetUrl::parse(url).map_err(ConfigProblem::PublicUrl)
}

fn parsed_own_hosts(hosts: &[Box<str>], problems: &mut Vec<ConfigProblem>) -> OwnHosts {
    if hosts.is_empty() {
        problems.push(ConfigProblem::OwnHostsEmpty);
    }
    let mut own_hosts = OwnHosts::default();
    for host in hosts {
        keep(problems, own_hosts.add(host).map_err(|error| ConfigProblem::OwnHost { host: host.clone(), error }));
    }
    own_hosts
}

/// Without any certificate on this machine, a client for tenants on this machine still works by plain HTTP.
#[cfg(feature = "reqwest")]
fn default_http_client(domains: &TrustedDomains, loopback: Loopback) -> Result<Arc<dyn HttpClient>, ConfigProblem> {
    let client = ReqwestClient::new().or_else(|error| {
        let is_local = domains.parse(loopback).is_ok_and(|trusted| trusted.is_plain_http());
        if is_local { ReqwestClient::without_certificates() } else { Err(error) }
    });
    Ok(Arc::new(client.map_err(|error| ConfigProblem::HttpClient(error.into()))?))
}

#[cfg(not(feature = "reqwest"))]
fn default_http_client(_: &TrustedDomains, _: Loopback) -> Result<Arc<dyn HttpClient>, ConfigProblem> {
    Err(ConfigProblem::HttpClient("the feature `reqwest` is off: set http_client()".into()))
}

/// Auth0's default.
const DEFAULT_ALGORITHM: Algorithm = Algorithm::RS256;
/// The default of auth0-api-js. Tokens are valid for hours, so an API need not accept an expired token for some seconds
/// longer.
const DEFAULT_LEEWAY: Duration = Duration::ZERO;
