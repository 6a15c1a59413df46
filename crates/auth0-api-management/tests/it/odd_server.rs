//! A server that is found like a tenant, and answers the Management API oddly.

use auth0_api_core::ClientAuth;
use auth0_api_management::{ManagementClient, ProfileClient};
use serde_json::json;
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockGuard, MockServer, ResponseTemplate};

use crate::clock::JumpingClock;

pub(crate) struct OddServer {
    pub(crate) server: MockServer,
    pub(crate) clock: JumpingClock,
    pub(crate) profiles: ProfileClient,
}

impl OddServer {
    /// Starts a server that gives every client a token.
    pub(crate) async fn start() -> Self {
        let server = MockServer::start().await;
        let (uri, clock) = (server.uri(), JumpingClock::new());
        let discovery = json!({
            "issuer": format!("{uri}/"),
            "jwks_uri": format!("{uri}/.well-known/jwks.json"),
            "token_endpoint": format!("{uri}/oauth/token"),
        });
        let tokens = json!({ "access_token": "hush-token", "token_type": "Bearer", "expires_in": 3600 });
        mount(&server, "GET", "/.well-known/openid-configuration", ResponseTemplate::new(200).set_body_json(discovery))
            .await;
        mount(&server, "POST", "/oauth/token", ResponseTemplate::new(200).set_body_json(tokens)).await;
        let client = ManagementClient::builder(&uri, ClientAuth::secret_post("client", "hush-secret"));
        let client = client.insecure_http_loopback().clock(clock.clone()).build().unwrap();
        Self { server, clock, profiles: client.token_exchange_profiles() }
    }

    /// Answers every request to the Management API like this, until the guard is dropped.
    pub(crate) async fn answer(&self, answer: ResponseTemplate) -> MockGuard {
        Mock::given(path_regex("^/api/v2/")).respond_with(answer).mount_as_scoped(&self.server).await
    }

    pub(crate) async fn answer_json(&self, status: u16, body: &str) -> MockGuard {
        self.answer(ResponseTemplate::new(status).set_body_raw(body.as_bytes().to_vec(), "application/json")).await
    }

    /// Returns the number of requests to paths that begin like this.
    pub(crate) async fn requests(&self, start: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().filter(|request| request.url.path().starts_with(start)).count()
    }
}

async fn mount(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(server).await;
}
