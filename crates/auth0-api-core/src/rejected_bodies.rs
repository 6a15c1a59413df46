//! The setting for the bodies of rejected requests.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What happens with the body of a request that is rejected before the body has arrived, for
/// [`rejected_bodies`](crate::ApiClientBuilder::rejected_bodies).
///
/// A server that answers while the client still sends has to close the connection, and the client, or the proxy in
/// front of the server, may then see a broken connection instead of the answer. So the middleware reads the rest of the
/// body, at most 1 MiB and for at most 2 s. [The guide](crate::guide::proxies#bodies-of-rejected-requests) has the
/// details, and the cost during an attack.
#[derive(Clone, Debug)]
#[must_use]
pub struct RejectedBodies(Option<Arc<Semaphore>>);

/// The permission to read one body.
#[derive(Debug)]
pub(crate) enum Place {
    /// Too many other bodies are read now.
    AllTaken,
    Granted(OwnedSemaphorePermit),
    /// No body is read, by configuration.
    Off,
}

impl RejectedBodies {
    /// Reads at most this many bodies at once, for all middleware of the client together. During an attack, each takes
    /// a connection (with HTTP/2, a stream) for at most 2 s. The next request gets its rejection at once, with
    /// `Connection: close`. Default: 256.
    pub fn read_at_once(bodies: usize) -> Self {
        Self(Some(Arc::new(Semaphore::new(bodies.min(Semaphore::MAX_PERMITS)))))
    }

    /// Reads no body. The server does what it always does with requests whose body the application does not read; but the
    /// adapter for actix-web closes a connection over HTTP/1.1 whose body is chunked, because actix-web would wait without a
    /// limit.
    pub const fn left_unread() -> Self {
        Self(None)
    }

    /// Takes a place. It is free again when the permit is dropped.
    pub(crate) fn place(&self) -> Place {
        match &self.0 {
            Some(places) => Arc::clone(places).try_acquire_owned().map_or(Place::AllTaken, Place::Granted),
            None => Place::Off,
        }
    }
}

impl Default for RejectedBodies {
    fn default() -> Self {
        Self::read_at_once(DEFAULT_BODIES)
    }
}

/// An attacker who holds all of them makes the server read at most 256 MiB in 2 s. Behind a proxy that sends a body at
/// once, a place is taken for milliseconds.
const DEFAULT_BODIES: usize = 256;
