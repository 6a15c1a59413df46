//! An HTTP client that delays requests or answers until the test opens its gates.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_core::{HttpClient, HttpFuture, HttpRequest, ReqwestClient};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// The default client with two gates: one gate for requests, and one gate for answers. Clones share the gates.
#[derive(Clone, Debug)]
pub(super) struct Gated(Arc<Gates>);

#[derive(Debug)]
struct Gates {
    client: ReqwestClient,
    asked: AtomicUsize,
    arrival: Notify,
    requests: Semaphore,
    answers: Semaphore,
}

impl Gated {
    /// Returns a client that delays every request.
    pub(super) fn closed() -> Self {
        Self::letting_through(0, OPEN)
    }

    /// Returns a client that delays every answer except the first `count`.
    pub(super) fn after_answers(count: usize) -> Self {
        Self::letting_through(OPEN, count)
    }

    fn letting_through(requests: usize, answers: usize) -> Self {
        Self(Arc::new(Gates {
            client: ReqwestClient::new().unwrap(),
            asked: AtomicUsize::new(0),
            arrival: Notify::new(),
            requests: Semaphore::new(requests),
            answers: Semaphore::new(answers),
        }))
    }

    /// Opens both gates.
    pub(super) fn open(&self) {
        self.0.requests.add_permits(OPEN);
        self.0.answers.add_permits(OPEN);
    }

    /// Returns the number of requests.
    pub(super) fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Waits until a gate delays a request or an answer.
    pub(super) async fn arrival(&self) {
        self.0.arrival.notified().await;
    }

    async fn pass(&self, gate: &Semaphore) {
        if gate.try_acquire().map(SemaphorePermit::forget).is_err() {
            self.0.arrival.notify_one();
            gate.acquire().await.unwrap().forget();
        }
    }
}

impl HttpClient for Gated {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            self.0.asked.fetch_add(1, Ordering::SeqCst);
            self.pass(&self.0.requests).await;
            let answer = self.0.client.send(request).await;
            self.pass(&self.0.answers).await;
            answer
        })
    }
}

const OPEN: usize = Semaphore::MAX_PERMITS / 4;
