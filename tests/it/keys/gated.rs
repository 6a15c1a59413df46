//! An HTTP client that lets nothing through until it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_core::{HttpClient, HttpFuture, HttpRequest, ReqwestClient};
use tokio::sync::{Notify, Semaphore};

/// The default client behind a gate. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Gated(Arc<Gate>);

#[derive(Debug)]
struct Gate {
    client: ReqwestClient,
    asked: AtomicUsize,
    arrival: Notify,
    passes: Semaphore,
}

impl Gated {
    /// Holds every request back.
    pub(super) fn closed() -> Self {
        Self(Arc::new(Gate {
            client: ReqwestClient::new().unwrap(),
            asked: AtomicUsize::new(0),
            arrival: Notify::new(),
            passes: Semaphore::new(0),
        }))
    }

    /// Lets everything through from now on.
    pub(super) fn open(&self) {
        self.0.passes.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// How many requests there were.
    pub(super) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Waits until a request stands at the gate.
    pub(super) async fn arrival(&self) {
        self.0.arrival.notified().await;
    }
}

impl HttpClient for Gated {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            self.0.asked.fetch_add(1, Ordering::SeqCst);
            self.0.arrival.notify_one();
            let _pass = self.0.passes.acquire().await.unwrap();
            self.0.client.send(request).await
        })
    }
}
