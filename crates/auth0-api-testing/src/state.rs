//! The state that the server of a tenant shares with the handle [`LocalTenant`](crate::LocalTenant).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auth0_api_core::Clock;
use serde_json::{Map, Value};

use crate::client_documents::ClientDocuments;
use crate::counts::Counters;
use crate::endpoints::ErrorResponse;
use crate::endpoints::management::Checkpoints;
use crate::key_ring::KeyRing;
use crate::ledger::Ledger;
use crate::mint::Minter;
use crate::misbehaviour::Faults;
use crate::nonces::{Nonces, Server};
use crate::registry::Registry;
use crate::request_log::RequestLog;
use crate::{Application, TokenBuilder};

#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) domain: String,
    pub(crate) issuer: String,
    /// The URL of the address that the tenant listens on. It differs from the domain if a public URL is configured.
    pub(crate) local_url: String,
    /// The certificate of the authority that clients must trust, as PEM.
    pub(crate) ca_certificate: Option<String>,
    pub(crate) audience: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) api_client_id: String,
    pub(crate) api_client_secret: String,
    pub(crate) clock: Arc<dyn Clock>,
    /// When the tenant started, as a timestamp: users have not changed since.
    pub(crate) started_at: String,
    pub(crate) keys: KeyRing,
    pub(crate) counters: Counters,
    pub(crate) faults: Faults,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) registry: Registry,
    pub(crate) ledger: Mutex<Ledger>,
    pub(crate) settings: Mutex<Settings>,
    /// The origins whose pages may call the tenant; `None` for every origin.
    pub(crate) cors_origins: Option<Vec<String>>,
    pub(crate) log: Option<RequestLog>,
    /// `None` if a client cannot be described by a document at its id.
    pub(crate) documents: Option<ClientDocuments>,
}

/// Settings that a test may change while the tenant runs.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) discovery: Option<Value>,
    /// `None` if proofs need no nonce.
    pub(crate) nonces: Option<Nonces>,
    /// Members of the records of APIs that a test has set, by the identifier of the API.
    pub(crate) records: BTreeMap<String, Map<String, Value>>,
}

impl Tenant {
    /// Returns the URL of the token endpoint.
    pub(crate) fn token_url(&self) -> String {
        self.url(TOKEN_PATH)
    }

    /// Creates the builder of an access token.
    pub(crate) fn mint(&self) -> TokenBuilder {
        self.minter().mint(self.clock.now())
    }

    /// Creates the builder of a logout token for a client.
    pub(crate) fn mint_logout(&self, client_id: &str) -> TokenBuilder {
        self.minter().mint_logout(client_id, self.clock.now())
    }

    fn minter(&self) -> Minter<'_> {
        let Self { issuer, audience, client_id, keys, .. } = self;
        Minter { issuer, audience, client_id, keys }
    }

    /// Returns the URL of an endpoint, as the discovery document contains it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.domain)
    }

    /// Returns the client with this id: a registered one, or the one that the document at this id describes, if the
    /// tenant takes such documents.
    ///
    /// # Errors
    ///
    /// When the id is the URL of a document, and the document is not available, or does not describe a client.
    pub(crate) async fn client(&self, id: &str) -> Result<Option<Arc<Application>>, ErrorResponse> {
        let registered = self.registered(id);
        match self.documents.as_ref().filter(|_| registered.is_none() && ClientDocuments::may_be_at(id)) {
            Some(documents) => Ok(Some(documents.client(id, self.clock.now()).await?)),
            None => Ok(registered),
        }
    }

    /// Returns the client with this id without a request: a registered one, or one whose document the tenant still
    /// remembers. Only [`client`](Self::client) may decide what a client gets.
    pub(crate) fn application(&self, id: &str) -> Option<Arc<Application>> {
        self.registered(id).or_else(|| self.documents.as_ref()?.remembered(id))
    }

    /// Returns a client that is registered with the builder, or that has registered itself at `/oidc/register`.
    fn registered(&self, id: &str) -> Option<Arc<Application>> {
        let registered_itself = || self.ledger().applications.iter().find(|known| known.id() == id).cloned();
        self.registry.application(id).cloned().or_else(registered_itself)
    }

    /// Returns the nonce that a server of the tenant sends to clients; `None` if proofs need no nonce.
    pub(crate) fn dpop_nonce(&self, server: Server) -> Option<String> {
        self.settings().nonces.as_ref().map(|nonces| nonces.current(server, self.clock.now()))
    }

    /// Returns the nonces that a server of the tenant accepts; none if proofs need no nonce.
    pub(crate) fn accepted_nonces(&self, server: Server) -> Vec<String> {
        self.settings().nonces.as_ref().map(|nonces| nonces.accepted(server, self.clock.now())).unwrap_or_default()
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/oauth/token";
