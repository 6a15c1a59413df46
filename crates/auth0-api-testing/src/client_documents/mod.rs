//! Client id metadata documents: a client that nobody has registered uses the URL of a document as its `client_id`, and
//! the document describes it
//! ([draft-ietf-oauth-client-id-metadata-document](https://datatracker.ietf.org/doc/draft-ietf-oauth-client-id-metadata-document/)).
//!
//! 1. The URL must keep the rules of [`url`].
//! 2. The tenant fetches the document ([`fetch`]) if it has not done so a short time ago. Requests that need the same
//!    document at the same time share one fetch. A fetch that fails is not remembered.
//! 3. The document must keep the rules of [`document`].
//!
//! Anybody can make the tenant fetch a URL, because an authorization request needs no authentication. So everything has a
//! bound: the size and the time of a fetch, the number of fetches at the same time, and the number of remembered documents.

mod document;
mod error;
mod fetch;
mod source;
mod url;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use auth0_api_core::http::HttpClient;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

use crate::Application;
use error::DocumentError;
pub(crate) use source::DocumentSource;

/// The documents that the tenant knows, and the client that fetches them. Clones share both.
#[derive(Clone)]
pub(crate) struct ClientDocuments(Arc<Inner>);

struct Inner {
    http: Arc<dyn HttpClient>,
    known: Mutex<HashMap<String, Known>>,
}

enum Known {
    /// A fetch is under way. The client of the last fetch is still remembered.
    Fetching {
        fetch: Fetch,
        last: Option<Arc<Application>>,
    },
    Fetched {
        client: Arc<Application>,
        until: SystemTime,
    },
}

type Outcome = Result<Arc<Application>, DocumentError>;
type Fetch = Shared<BoxFuture<'static, Outcome>>;

impl ClientDocuments {
    pub(crate) fn new(http: Arc<dyn HttpClient>) -> Self {
        Self(Arc::new(Inner { http, known: Mutex::default() }))
    }

    /// Returns whether a client id is meant as the URL of a document.
    pub(crate) fn may_be_at(client_id: &str) -> bool {
        client_id.starts_with("https://") || client_id.starts_with("http://")
    }

    /// Returns the client that the document at this URL describes.
    pub(crate) async fn client(&self, id: &str, now: SystemTime) -> Outcome {
        url::check(id).map_err(|reason| DocumentError::Invalid(format!("The client_id {reason}")))?;
        match self.look_up(id, now)? {
            Found::Client(client) => Ok(client),
            Found::Fetch(fetch) => fetch.await,
        }
    }

    /// Returns the client of the last document at this URL that was fetched, however long ago.
    pub(crate) fn remembered(&self, id: &str) -> Option<Arc<Application>> {
        match self.known().get(id)? {
            Known::Fetched { client, .. } => Some(Arc::clone(client)),
            Known::Fetching { last, .. } => last.clone(),
        }
    }

    /// Returns a client, or the fetch to wait for.
    fn look_up(&self, id: &str, now: SystemTime) -> Result<Found, DocumentError> {
        let mut known = self.known();
        let last = match known.get(id) {
            Some(Known::Fetching { fetch, .. }) => return Ok(Found::Fetch(fetch.clone())),
            Some(Known::Fetched { client, until }) if now < *until => return Ok(Found::Client(Arc::clone(client))),
            Some(Known::Fetched { client, .. }) => Some(Arc::clone(client)),
            None => None,
        };
        let fetches = known.values().filter(|known| matches!(known, Known::Fetching { .. })).count();
        if fetches >= MOST_FETCHES {
            return Err(DocumentError::Unavailable("too many documents are being fetched".into()));
        }
        if last.is_none() {
            make_room(&mut known);
        }
        let (http, url) = (Arc::clone(&self.0.http), id.to_owned());
        let fetch = async move { document::client(&*http, &url).await.map(Arc::new) }.boxed().shared();
        known.insert(id.to_owned(), Known::Fetching { fetch: fetch.clone(), last });
        // A task of its own: the fetch ends even if every request that waits for it is cancelled.
        drop(tokio::spawn(self.clone().finish(id.to_owned(), fetch.clone(), now + LIFETIME)));
        Ok(Found::Fetch(fetch))
    }

    /// Remembers a document that has been fetched. After a failure the last one stays, and its life is over.
    async fn finish(self, id: String, fetch: Fetch, until: SystemTime) {
        let outcome = fetch.await;
        let mut known = self.known();
        let last = known.remove(&id).and_then(|known| match known {
            Known::Fetching { last, .. } => last,
            Known::Fetched { client, .. } => Some(client),
        });
        let client = outcome.map(|client| (client, until)).ok();
        if let Some((client, until)) = client.or_else(|| Some((last?, SystemTime::UNIX_EPOCH))) {
            known.insert(id, Known::Fetched { client, until });
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Found {
    Client(Arc<Application>),
    Fetch(Fetch),
}

/// Forgets the document whose life ends first, if there are too many.
fn make_room(known: &mut HashMap<String, Known>) {
    while known.len() >= MOST_DOCUMENTS {
        let fetched = known.iter().filter_map(|(id, known)| match known {
            Known::Fetched { until, .. } => Some((*until, id)),
            Known::Fetching { .. } => None,
        });
        let Some(oldest) = fetched.min().map(|(_, id)| id.clone()) else { return };
        known.remove(&oldest);
    }
}

impl fmt::Debug for ClientDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientDocuments").field("known", &self.known().len()).finish_non_exhaustive()
    }
}

/// How long the tenant uses a document before it fetches it again, whatever the cache headers of the answer say. Short,
/// because a developer changes the document, and long enough for one login.
const LIFETIME: Duration = Duration::from_secs(60);

/// More than the clients of one developer. A document has at most 5 KiB, and its keys 12 KiB.
const MOST_DOCUMENTS: usize = 100;
/// Fetches at the same time. Each ends after a few seconds.
const MOST_FETCHES: usize = 16;

#[cfg(test)]
mod tests;
