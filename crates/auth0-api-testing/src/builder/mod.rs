//! Starts a tenant: the builder and its options.

mod address;
mod client_documents;
mod connection;
mod organization;
mod request_log;
mod resource_parameter;
mod sign_in;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use auth0_api_core::{Clock, SystemClock};

use crate::address::{Address, Opened};
use crate::client_documents::{ClientDocuments, DocumentSource};
use crate::counts::Counters;
use crate::endpoints::{management, my_account};
use crate::key_ring::KeyRing;
use crate::ledger::Ledger;
use crate::misbehaviour::Faults;
use crate::must::random_text;
use crate::registry::{Action, ExchangeProfile, Registry};
use crate::request_log::RequestLog;
use crate::state::Tenant;
use crate::timestamp::timestamp;
use crate::{Api, Application, ExchangeRejection, ExchangeRequest, Exchanged, LinkedAccount, LocalTenant, User};

/// Configures and starts a [`LocalTenant`]; created by [`LocalTenant::builder`].
#[derive(Clone)]
#[must_use = "the tenant does not run until `start` is called"]
pub struct LocalTenantBuilder {
    pub(crate) address: Address,
    audience: String,
    client_id: String,
    client_secret: String,
    api_client_id: String,
    api_client_secret: String,
    clock: Arc<dyn Clock>,
    registry: Registry,
    accounts: Vec<(String, LinkedAccount)>,
    cors_origins: Option<Vec<String>>,
    documents: DocumentSource,
    pub(crate) log: Option<RequestLog>,
}

impl LocalTenant {
    /// Starts a tenant on a free port, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the machine has no free port.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Creates the builder of a tenant with options.
    pub fn builder() -> LocalTenantBuilder {
        LocalTenantBuilder::new()
    }
}

impl LocalTenantBuilder {
    fn new() -> Self {
        Self {
            address: Address::default(),
            audience: DEFAULT_AUDIENCE.into(),
            client_id: DEFAULT_CLIENT_ID.into(),
            client_secret: DEFAULT_CLIENT_SECRET.into(),
            api_client_id: DEFAULT_API_CLIENT_ID.into(),
            api_client_secret: DEFAULT_API_CLIENT_SECRET.into(),
            clock: Arc::new(SystemClock),
            registry: Registry::default(),
            accounts: Vec::new(),
            cors_origins: None,
            documents: DocumentSource::default(),
            log: None,
        }
    }

    /// Sets the identifier of the API under test; `https://api.example.com` by default.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// Sets the API that a token is for if the client names none, at `/authorize` or at the token endpoint; none by
    /// default, as in Auth0. It must be the API under test or a registered API.
    ///
    /// Without it, a user's token that is for no API is opaque, and other requests without an audience are rejected.
    pub fn default_audience(mut self, identifier: impl Into<String>) -> Self {
        self.registry.default_audience = Some(identifier.into());
        self
    }

    /// Sets id and secret of the machine client that gets tokens for the API under test; `local-client` and
    /// `local-secret` by default.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client_id = id.into();
        self.client_secret = secret.into();
        self
    }

    /// Sets id and secret of the Custom API client; `local-api-client` and `local-api-secret` by default.
    ///
    /// The API under test authenticates as this client to exchange the tokens that it receives.
    pub fn api_client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.api_client_id = id.into();
        self.api_client_secret = secret.into();
        self
    }

    /// Sets the clock that the tenant uses for everything it issues and checks; the machine's clock by default.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Registers another API, or replaces the default registration of the API under test, for example to set the
    /// [scopes](Api::scopes) of that API.
    pub fn api(mut self, api: Api) -> Self {
        self.registry.apis.push(api);
        self
    }

    /// Registers another client.
    pub fn application(mut self, application: Application) -> Self {
        self.registry.applications.push(Arc::new(application));
        self
    }

    /// Registers a user. By default `/authorize` signs in the first registered user. If no user is registered,
    /// `/authorize` signs in `auth0|local-user`.
    pub fn user(mut self, user: User) -> Self {
        self.registry.users.push(user);
        self
    }

    /// Registers an exchange profile: `action` accepts or rejects subject tokens of this type, as an Auth0 Action does.
    ///
    /// The type must be a URI of 8 to 100 characters outside the namespaces of Auth0, Okta and the IETF. The tenant
    /// chooses the id of the Action; with [`action`](Self::action) and
    /// [`exchange_profile_of`](Self::exchange_profile_of) you choose it.
    ///
    /// ```
    /// use auth0_api_testing::{ExchangeRejection, LocalTenant, User};
    ///
    /// let builder = LocalTenant::builder().exchange_profile("urn:acme:legacy-session", |request| {
    ///     match request.subject_token() {
    ///         "session-of-ada" => Ok(User::new("auth0|ada")),
    ///         "session-of-bob" => Err(ExchangeRejection::deny("account_locked", "Bob has left")),
    ///         _ => Err(ExchangeRejection::reject_subject_token("no such session")),
    ///     }
    /// });
    /// # drop(builder);
    /// ```
    pub fn exchange_profile<E: Into<Exchanged>>(
        mut self,
        subject_token_type: impl Into<String>,
        action: impl Fn(&ExchangeRequest) -> Result<E, ExchangeRejection> + Send + Sync + 'static,
    ) -> Self {
        let id = format!("action-{}", self.registry.actions.len() + 1);
        self.registry.actions.push(Action::new(id.clone(), action));
        self.exchange_profile_of(subject_token_type, id)
    }

    /// Registers an Action with this id. An exchange profile that the Management API makes can name it as its
    /// `action_id`, and has an effect at once.
    ///
    /// ```
    /// use auth0_api_testing::{ExchangeRejection, LocalTenant, User};
    ///
    /// let builder = LocalTenant::builder().action("check-session", |request| {
    ///     let user = request.subject_token().strip_prefix("session-of-");
    ///     user.map(User::new)
    ///         .ok_or_else(|| ExchangeRejection::reject_subject_token("no such session"))
    /// });
    /// # drop(builder);
    /// ```
    pub fn action<E: Into<Exchanged>>(
        mut self,
        id: impl Into<String>,
        action: impl Fn(&ExchangeRequest) -> Result<E, ExchangeRejection> + Send + Sync + 'static,
    ) -> Self {
        self.registry.actions.push(Action::new(id.into(), action));
        self
    }

    /// Registers an exchange profile whose Action is registered with [`action`](Self::action).
    pub fn exchange_profile_of(mut self, subject_token_type: impl Into<String>, action_id: impl Into<String>) -> Self {
        self.registry.profiles.push(ExchangeProfile::new(subject_token_type.into(), action_id.into()));
        self
    }

    /// Sets the origins whose pages may call the tenant, such as `http://localhost:5173`; every origin by default.
    ///
    /// This limits only CORS. It does not stop a page that rebinds its own host name to 127.0.0.1: for the browser, that page
    /// and the tenant have the same origin.
    pub fn cors_origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.cors_origins = Some(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Starts the tenant on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the tenant cannot listen on the port, usually because the port is in use, or has no HTTP client for
    /// documents, because the system has no usable certificate store. The error is `InvalidInput` when
    /// an API, client, user, organization, connection, Action or exchange profile is registered twice, when a registration names an API,
    /// an organization or an Action that is not registered, or when Auth0 would not accept the type of an exchange profile or
    /// the lifetime of an API's tokens.
    pub async fn start(mut self) -> io::Result<LocalTenant> {
        self.register_defaults();
        let problems = self.problems();
        if !problems.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problems.join("; ")));
        }
        let documents = self.documents.http()?;
        let Opened { listening, transport, domain, authority } = self.address.open().await?;
        self.register_own_apis(&domain);
        let started_at = self.clock.now();
        let tenant = Tenant {
            issuer: format!("{domain}/"),
            domain,
            local_url: format!("{}://{}", self.address.scheme(), listening.authority()),
            ca_certificate: authority,
            audience: self.audience,
            client_id: self.client_id,
            client_secret: self.client_secret,
            api_client_id: self.api_client_id,
            api_client_secret: self.api_client_secret,
            started_at: timestamp(started_at),
            clock: self.clock,
            keys: KeyRing::default(),
            counters: Counters::default(),
            faults: Faults::default(),
            checkpoints: management::Checkpoints::new(&random_text()),
            ledger: Mutex::new(Ledger::new(self.accounts, self.registry.profiles.clone(), started_at)),
            registry: self.registry,
            settings: Mutex::default(),
            cors_origins: self.cors_origins,
            log: self.log,
            documents: documents.map(ClientDocuments::new),
        };
        Ok(LocalTenant::serve(Arc::new(tenant), listening.listeners, &transport))
    }

    /// Returns every reason why the tenant cannot start, except those of the machine, such as a port in use.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut complete = self.clone();
        complete.register_defaults();
        let mut problems = complete.registry.problems();
        problems.extend(self.address.problem());
        problems
    }

    /// Registers the My Account API and the Management API, whose identifiers depend on the tenant's URL.
    fn register_own_apis(&mut self, domain: &str) {
        let my_account = Api::new(format!("{domain}{}", my_account::PATH)).scopes(my_account::SCOPES);
        let management = Api::new(format!("{domain}{}", management::PATH)).scopes(management::SCOPES);
        for api in [my_account, management] {
            if self.registry.api(api.identifier()).is_none() {
                self.registry.apis.push(api);
            }
        }
    }

    /// Registers the two default clients and the API under test, unless the caller has registered a client or an API
    /// with the same id.
    fn register_defaults(&mut self) {
        let machine = Application::machine(&self.client_id, self.client_secret.as_str());
        let api = Application::custom_api(&self.api_client_id, self.api_client_secret.as_str(), &self.audience);
        for application in [machine, api] {
            if self.registry.application(application.id()).is_none() {
                self.registry.applications.push(Arc::new(application));
            }
        }
        self.register_linked_connections();
        if self.registry.api(&self.audience).is_none() {
            self.registry.apis.push(Api::new(&self.audience));
        }
    }
}

impl fmt::Debug for LocalTenantBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalTenantBuilder")
            .field("address", &self.address)
            .field("audience", &self.audience)
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}

pub(crate) const DEFAULT_AUDIENCE: &str = "https://api.example.com";
const DEFAULT_CLIENT_ID: &str = "local-client";
const DEFAULT_CLIENT_SECRET: &str = "local-secret";
const DEFAULT_API_CLIENT_ID: &str = "local-api-client";
const DEFAULT_API_CLIENT_SECRET: &str = "local-api-secret";
