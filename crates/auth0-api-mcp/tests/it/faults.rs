//! Failures on the way to the tenant.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, ReqwestClient};

use crate::people::World;

/// The way to the tenant, on which the answers of one endpoint get lost.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    client: Arc<ReqwestClient>,
    path: Arc<Mutex<&'static str>>,
    /// Whether the tenant states no scopes of a connected account.
    hides_scopes: Arc<AtomicBool>,
    /// How often Connect Accounts was begun.
    begun: Arc<AtomicUsize>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            client: Arc::new(ReqwestClient::new().unwrap()),
            path: Arc::new(Mutex::new("nothing")),
            begun: Arc::default(),
            hides_scopes: Arc::default(),
        }
    }
}

impl Faults {
    pub(crate) async fn world(&self) -> World {
        World::with(|builder| builder.login_client(|client| client.http_client(self.clone()))).await
    }

    /// Returns how often Connect Accounts was begun since the last call.
    pub(crate) fn begun(&self) -> usize {
        self.begun.swap(0, Ordering::Relaxed)
    }

    pub(crate) fn hide_scopes(&self) {
        self.hides_scopes.store(true, Ordering::Relaxed);
    }

    pub(crate) fn lose_answers_of(&self, path: &'static str) {
        *self.path.lock().unwrap() = path;
    }
}

impl HttpClient for Faults {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let is_lost = request.url.ends_with(*self.path.lock().unwrap());
            self.begun.fetch_add(usize::from(request.url.ends_with("/connect")), Ordering::Relaxed);
            let hides = self.hides_scopes.load(Ordering::Relaxed) && request.url.ends_with("/complete");
            let mut answer = self.client.send(request).await;
            if let Ok(answer) = &mut answer
                && hides
            {
                let mut account: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
                account.as_object_mut().unwrap().remove("scopes").unwrap();
                answer.body = account.to_string().into_bytes();
            }
            if is_lost { Err(HttpError::Timeout) } else { answer }
        })
    }
}
