//! Configuring a client: everything that is wrong is said at once, before anything is served.

use std::sync::Arc;
use std::time::Duration;

use crate::build_error::{BuildError, ConfigProblem};
use crate::called_url::{TargetPolicy, TargetUrl, TrustedProxies};
use crate::client::ApiClient;
use crate::clock::{Clock, SystemClock};
use crate::credentials::Scheme;
use crate::dpop::{Dpop, DpopPolicy};
use crate::exchange::{ClientAuth, ExchangeCache, ExchangeConfig, Exchanger};
use crate::http::{Fetcher, HttpClient};
use crate::issuer::{Domain, IssuerConfig, JwksHost, KeyPolicy, Loopback, Trust, Trusted, TrustedDomains};
use crate::jose::{Algorithm, AlgorithmSet};
use crate::metadata::{ClientFacts, MetadataEndpoint, ProtectedResource};
use crate::mtls::{CertificatePolicy, CertificateSource};
use crate::revocation::{Revocation, RevocationList};
use crate::token::TokenPolicy;
use crate::token_cache::{RememberedTokens, TokenCache};
use crate::verify::Verifier;

/// Configures an [`ApiClient`].
///
/// | setting | default | source |
/// |---|---|---|
/// | [`algorithms`](Self::algorithms) | RS256 | what Auth0 signs with |
/// | [`client_certificates`](Self::client_certificates) | none: tokens bound to one are rejected | where TLS ends is yours to say |
/// | [`leeway`](Self::leeway) | 0 s | as auth0-api-js |
/// | [`max_token_age`](Self::max_token_age) | none: `exp` decides | as auth0-api-js |
/// | [`dpop`](Self::dpop) | [`DpopPolicy::accept`] | as auth0-api-js |
/// | [`exchange_cache`](Self::exchange_cache) | 10 000 entries | |
/// | [`resource_metadata`](Self::resource_metadata) | none | what to say is the API's business |
/// | [`trusted_proxies`](Self::trusted_proxies) | none | forwarded headers are anybody's to write |
/// | [`key_policy`](Self::key_policy) | [`KeyPolicy::new`] | Auth0's limits, and fifty replicas |
/// | [`http_client`](Self::http_client) | reqwest with rustls | |
///
/// Nothing is fetched until the first token, or [`ApiClient::warm_up`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ApiClientBuilder {
    domains: TrustedDomains,
    audiences: Vec<Box<str>>,
    algorithms: Vec<Algorithm>,
    client_auth: Option<ClientAuth>,
    client_certificates: CertificateSource,
    clock: Arc<dyn Clock>,
    dpop: DpopPolicy,
    exchange_cache: ExchangeCache,
    exchange_domain: Option<String>,
    http_client: Option<Arc<dyn HttpClient>>,
    jwks_hosts: Vec<Box<str>>,
    key_policy: KeyPolicy,
    leeway: Duration,
    loopback: Loopback,
    max_token_age: Option<Duration>,
    public_url: Option<String>,
    required_claims: Vec<Box<str>>,
    resource: Option<ProtectedResource>,
    strict_rfc9068: bool,
    telemetry: bool,
    revocation: Revocation,
    token_cache: Option<TokenCache>,
    trusted_proxies: TrustedProxies,
}

impl ApiClientBuilder {
    pub(crate) fn new(domains: TrustedDomains, audience: Box<str>) -> Self {
        Self {
            domains,
            audiences: vec![audience],
            algorithms: vec![DEFAULT_ALGORITHM],
            client_auth: None,
            client_certificates: CertificateSource::none(),
            clock: Arc::new(SystemClock),
            dpop: DpopPolicy::accept(),
            exchange_cache: ExchangeCache::default(),
            exchange_domain: None,
            http_client: None,
            jwks_hosts: Vec::new(),
            key_policy: KeyPolicy::new(),
            leeway: DEFAULT_LEEWAY,
            loopback: Loopback::HttpsOnly,
            max_token_age: None,
            public_url: None,
            required_claims: Vec::new(),
            resource: None,
            strict_rfc9068: false,
            telemetry: true,
            revocation: Revocation::default(),
            token_cache: None,
            trusted_proxies: TrustedProxies::none(),
        }
    }

    /// Reads `AUTH0_DOMAIN`, `AUTH0_AUDIENCE` and, together, `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`.
    pub(crate) fn from_variables(variable: impl Fn(&'static str) -> Option<String>) -> Self {
        let required = |name| variable(name).unwrap_or_default();
        let builder = Self::new(required("AUTH0_DOMAIN").into(), required("AUTH0_AUDIENCE").into());
        match (variable("AUTH0_CLIENT_ID"), variable("AUTH0_CLIENT_SECRET")) {
            (None, None) => builder,
            (id, secret) => {
                builder.client_auth(ClientAuth::secret_post(id.unwrap_or_default(), secret.unwrap_or_default()))
            }
        }
    }

    /// Takes tokens for any of several audiences, instead of the one that the builder began with.
    pub fn audiences<A: Into<Box<str>>>(mut self, audiences: impl IntoIterator<Item = A>) -> Self {
        self.audiences = audiences.into_iter().map(Into::into).collect();
        self
    }

    /// Takes tokens signed with any of these algorithms. Default: RS256 alone.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Tolerates clocks that differ by so much when comparing `exp`, `nbf` and `iat`. Default: none; at most 10 minutes.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Rejects tokens issued longer ago than this, or in the future. Default: `exp` alone decides.
    pub fn max_token_age(mut self, age: Duration) -> Self {
        self.max_token_age = Some(age);
        self
    }

    /// Rejects tokens without this claim, whatever its value (401). What single routes need is a
    /// [`Requirement`](crate::Requirement) (403).
    pub fn required_claim(mut self, name: impl Into<Box<str>>) -> Self {
        self.required_claims.push(name.into());
        self
    }

    /// Demands the profile of [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4): `typ` `at+jwt`, and `sub`,
    /// `client_id`, `jti` besides what is always required. Auth0 issues it once the API's access token profile says so.
    pub fn strict_rfc9068(mut self) -> Self {
        self.strict_rfc9068 = true;
        self
    }

    /// Remembers verified tokens, so that the next request with one is not checked from the start. Default: none is remembered.
    pub fn token_cache(mut self, cache: TokenCache) -> Self {
        self.token_cache = Some(cache);
        self
    }

    /// Asks a list of yours, with each request, whether the token was revoked. Default: tokens are good until they expire.
    pub fn revocation_list(mut self, list: impl RevocationList) -> Self {
        self.revocation = Revocation::by(list);
        self
    }

    /// Sets the policy for sender-constrained tokens.
    pub fn dpop(mut self, policy: DpopPolicy) -> Self {
        self.dpop = policy;
        self
    }

    /// The URL that clients call, such as `https://api.example.com` or, where a proxy strips a prefix,
    /// `https://api.example.com/prefix`, without query and fragment. The best way to know what a proof's `htu` must be: nobody else
    /// can write it.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into());
        self
    }

    /// Proxies whose forwarded headers say which URL was called. Default: none is trusted.
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.trusted_proxies = proxies;
        self
    }

    /// Says where the client certificate of a request comes from, so that tokens bound to one can be taken
    /// ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)). Default: from nowhere, and they are rejected.
    pub fn client_certificates(mut self, certificates: CertificateSource) -> Self {
        self.client_certificates = certificates;
        self
    }

    /// Publishes what this API says about itself ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)): completed from this
    /// configuration, it is served by [`ApiClient::resource_metadata`], and the challenges of every 401 and 403 name its URL.
    /// Default: nothing is published.
    pub fn resource_metadata(mut self, resource: ProtectedResource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Who this API is at the token endpoint: what exchanges need.
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = Some(client_auth);
        self
    }

    /// Keeps the answers of on-behalf-of and Token Vault exchanges. Default: 10 000 of them.
    pub fn exchange_cache(mut self, cache: ExchangeCache) -> Self {
        self.exchange_cache = cache;
        self
    }

    /// The one tenant that tokens are exchanged at, where tokens of several are taken. Default: the domain, where there is just one.
    pub fn exchange_domain(mut self, domain: impl Into<String>) -> Self {
        self.exchange_domain = Some(domain.into());
        self
    }

    /// Leaves out `Auth0-Client`, the header that tells the tenant the name and version of this crate, in exchanges and the
    /// discovery before them. Default: sent, as Auth0's SDKs do.
    pub fn without_telemetry(mut self) -> Self {
        self.telemetry = false;
        self
    }

    /// Lets discovery documents name a `jwks_uri` on this other host: `keys.example.com`, or `keys.example.com:8443`, without a
    /// scheme. Default: none but the issuer's own.
    pub fn allow_jwks_host(mut self, host: impl Into<Box<str>>) -> Self {
        self.jwks_hosts.push(host.into());
        self
    }

    /// Sets the numbers behind the issuers' keys: how long they serve, how often they are fetched, how many are held.
    pub fn key_policy(mut self, policy: KeyPolicy) -> Self {
        self.key_policy = policy;
        self
    }

    /// Fetches with a client of yours. Default: [`ReqwestClient`](crate::ReqwestClient).
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }

    /// Takes the time from a clock of yours: for tests. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Lets the domain be `http://127.0.0.1:port`, or another loopback address: for a local tenant, in development.
    pub fn insecure_http_loopback(mut self) -> Self {
        self.loopback = Loopback::HttpAllowed;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with everything that is wrong, not just the first.
    pub fn build(self) -> Result<ApiClient, BuildError> {
        let mut problems = Vec::new();
        let trusted = keep(&mut problems, self.domains.parse(self.loopback).map_err(ConfigProblem::from));
        let algorithms =
            keep(&mut problems, AlgorithmSet::new(self.algorithms.iter().copied()).ok_or(ConfigProblem::Algorithms));
        let http_client = keep(&mut problems, self.http_client.clone().map_or_else(default_http_client, Ok));
        let public_url = keep(&mut problems, self.public_url.as_deref().map(parsed_public_url).transpose());
        let jwks_hosts = self.parsed_jwks_hosts(&mut problems);
        let exchange_domain = keep(&mut problems, self.parsed_exchange_domain()).flatten();
        problems.extend(self.plain_problems());
        let metadata = trusted.as_ref().and_then(|trusted| keep(&mut problems, self.metadata(trusted))).flatten();
        let parts = (trusted, algorithms, http_client, public_url);
        let (Some(trusted), Some(algorithms), Some(http_client), Some(public_url)) = parts else {
            return Err(BuildError { problems });
        };
        let certificates = CertificatePolicy::new(self.client_certificates, self.trusted_proxies.clone());
        let target = TargetPolicy::new(public_url, self.trusted_proxies);
        let Some(dpop) = Dpop::new(self.dpop, target.clone(), certificates).filter(|_| problems.is_empty()) else {
            return Err(BuildError { problems });
        };
        let exchanger = self.client_auth.clone().zip(exchange_domain).map(|(auth, domain)| {
            let (cache, clock, telemetry) = (self.exchange_cache, Arc::clone(&self.clock), self.telemetry);
            Exchanger::new(ExchangeConfig {
                auth,
                cache,
                clock,
                domain,
                http_client: Arc::clone(&http_client),
                telemetry,
            })
        });
        let config = IssuerConfig {
            algorithms: algorithms.clone(),
            clock: Arc::clone(&self.clock),
            fetcher: Fetcher::new(http_client, self.key_policy.max_document_bytes, self.key_policy.fetch_timeout),
            jwks_hosts,
            policy: self.key_policy,
        };
        let tokens = TokenPolicy {
            audiences: self.audiences,
            client_id: self.client_auth.as_ref().map(|client| client.client_id().into()),
            leeway: self.leeway,
            max_token_age: self.max_token_age,
            required_claims: self.required_claims,
            strict_rfc9068: self.strict_rfc9068,
        };
        let issuers = Trust::new(trusted, self.loopback, config, target);
        let (clock, remembered, revocation) = (self.clock, RememberedTokens::new(self.token_cache), self.revocation);
        let verifier = Verifier { algorithms, clock, dpop, issuers, remembered, revocation, tokens };
        Ok(ApiClient::new(verifier, metadata, exchanger))
    }

    fn metadata(&self, trusted: &Trusted) -> Result<Option<MetadataEndpoint>, ConfigProblem> {
        let Some(resource) = self.resource.clone() else { return Ok(None) };
        let facts = ClientFacts {
            audiences: &self.audiences,
            issuers: trusted.issuers(),
            loopback: self.loopback,
            bearer_offered: self.dpop.offers(Scheme::Bearer),
            dpop_algorithms: self.dpop.offered_algorithms(),
            certificate_bound_tokens: self.client_certificates.is_configured(),
        };
        resource.complete(&facts).map(Some).map_err(ConfigProblem::ResourceMetadata)
    }

    fn parsed_jwks_hosts(&self, problems: &mut Vec<ConfigProblem>) -> Vec<JwksHost> {
        let parse =
            |host: &str| JwksHost::parse(host).map_err(|error| ConfigProblem::JwksHost { host: host.into(), error });
        self.jwks_hosts.iter().filter_map(|host| keep(problems, parse(host))).collect()
    }

    /// A client authenticates at one domain: the one that is named, else the only one.
    fn parsed_exchange_domain(&self) -> Result<Option<Domain>, ConfigProblem> {
        match (&self.exchange_domain, self.domains.only()) {
            (Some(named), _) => Domain::parse(named, self.loopback).map(Some).map_err(ConfigProblem::ExchangeDomain),
            // If it cannot be read, that is said already.
            (None, Some(only)) => Ok(Domain::parse(only, self.loopback).ok()),
            (None, None) if self.client_auth.is_some() => Err(ConfigProblem::ExchangeDomainMissing),
            (None, None) => Ok(None),
        }
    }

    fn plain_problems(&self) -> impl Iterator<Item = ConfigProblem> {
        let no_audience = self.audiences.is_empty() || self.audiences.iter().any(|audience| audience.trim().is_empty());
        let half_a_client = self.client_auth.as_ref().is_some_and(|client| !client.is_complete());
        let no_certificate = self.http_client.is_none() && self.client_auth.as_ref().is_some_and(ClientAuth::is_tls);
        [
            no_audience.then_some(ConfigProblem::Audience),
            half_a_client.then_some(ConfigProblem::ClientAuth),
            no_certificate.then_some(ConfigProblem::ClientCertificate),
            (!self.exchange_cache.is_usable()).then_some(ConfigProblem::ExchangeCache),
            self.client_certificates.problem(&self.trusted_proxies).map(ConfigProblem::CertificateHeader),
            self.dpop.problem().map(ConfigProblem::Dpop),
            self.key_policy.problem().map(ConfigProblem::KeyPolicy),
            (self.leeway > LONGEST_LEEWAY).then_some(ConfigProblem::Leeway),
        ]
        .into_iter()
        .flatten()
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

#[cfg(feature = "reqwest")]
fn default_http_client() -> Result<Arc<dyn HttpClient>, ConfigProblem> {
    let client = crate::http::ReqwestClient::new().map_err(|error| ConfigProblem::HttpClient(error.into()))?;
    Ok(Arc::new(client))
}

#[cfg(not(feature = "reqwest"))]
fn default_http_client() -> Result<Arc<dyn HttpClient>, ConfigProblem> {
    Err(ConfigProblem::HttpClient("the feature `reqwest` is off: set one".into()))
}

/// What Auth0 signs with unless told otherwise.
const DEFAULT_ALGORITHM: Algorithm = Algorithm::RS256;
/// As auth0-api-js: tokens live for hours, so that a second more or less is no reason to take an expired one.
const DEFAULT_LEEWAY: Duration = Duration::ZERO;
/// Clocks that differ by more are broken, and a longer tolerance would outlive short tokens.
const LONGEST_LEEWAY: Duration = Duration::from_secs(600);

#[cfg(all(test, feature = "reqwest"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{ApiClientBuilder, ConfigProblem};

    const ALL: [(&str, &str); 4] = [
        ("AUTH0_DOMAIN", "tenant.eu.auth0.com"),
        ("AUTH0_AUDIENCE", "https://api.example.com"),
        ("AUTH0_CLIENT_ID", "client"),
        ("AUTH0_CLIENT_SECRET", "hush"),
    ];

    fn from(variables: &[(&str, &str)]) -> ApiClientBuilder {
        ApiClientBuilder::from_variables(|name| {
            let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
            Some((*value).to_owned())
        })
    }

    fn problems(builder: ApiClientBuilder) -> Vec<&'static str> {
        builder.build().unwrap_err().problems().iter().map(ConfigProblem::option).collect()
    }

    #[test]
    fn environment_needs_a_domain_and_an_audience_and_nothing_else() {
        assert_eq!(from(&ALL[..2]).build().unwrap().issuers(), ["https://tenant.eu.auth0.com/"]);
        assert!(from(&ALL).build().is_ok());
        assert_eq!(problems(from(&[])), ["domain", "audience"]);
        assert_eq!(problems(from(&ALL[1..])), ["domain"]);
        assert_eq!(problems(from(&[ALL[0], ("AUTH0_AUDIENCE", " ")])), ["audience"]);
    }

    #[test]
    fn half_a_client_in_the_environment_is_told() {
        assert_eq!(problems(from(&ALL[..3])), ["client_auth"]);
        assert_eq!(problems(from(&[ALL[0], ALL[1], ALL[3]])), ["client_auth"]);
        assert_eq!(problems(from(&[ALL[2]])), ["domain", "audience", "client_auth"]);
    }

    #[test]
    fn errors_show_what_to_repair_and_no_secret() {
        let error = from(&[("AUTH0_DOMAIN", ""), ALL[1], ALL[2], ALL[3]]).build().unwrap_err();
        assert_eq!(format!("{error:?}"), "the configuration is unusable: domain: the domain is empty");
        assert!(!format!("{:?}", from(&ALL)).contains("hush"));
    }
}
