//! A run of the suite: sends the rows and collects the failures. A row is one request and its expected response.

use std::net::SocketAddr;

use auth0_api_core::{ApiClient, ApiClientBuilder, DpopPolicy};

use super::{Answer, Call, Harness, Site};
use crate::TestWorld;
use crate::must::must;

/// A run of the suite: the harness, a tenant with a clock that only the suite moves, and the failures so far.
pub(super) struct Suite<'h, H> {
    pub(super) harness: &'h H,
    pub(super) world: TestWorld,
    failures: Vec<String>,
}

impl<'h, H: Harness> Suite<'h, H> {
    pub(super) async fn start(harness: &'h H) -> Self {
        Self { harness, world: TestWorld::start().await, failures: Vec::new() }
    }

    /// Starts a server whose client has this DPoP policy.
    pub(super) async fn open(&self, policy: DpopPolicy) -> SocketAddr {
        self.open_with(|builder| builder.dpop(policy)).await
    }

    /// Starts a server whose client is configured by `configure`.
    pub(super) async fn open_with(&self, configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> SocketAddr {
        self.open_for(must(configure(self.world.builder()).build(), "configuring a client")).await
    }

    /// Starts a server whose routes this client protects.
    pub(super) async fn open_for(&self, api: ApiClient) -> SocketAddr {
        let other = must(self.world.builder().audiences([OTHER_AUDIENCE]).build(), "configuring another client");
        self.harness.open(Site::new(api, other)).await
    }

    /// Runs one row: sends the call and compares the answer with the expected one.
    pub(super) async fn row(&mut self, row: &str, to: SocketAddr, call: Call, expected: Answer) -> Answer {
        let answer = self.harness.send(to, call).await;
        self.compare(row, answer.clone(), expected);
        answer
    }

    /// Compares an answer with the expected one, and records a failure if they differ.
    ///
    /// `Content-Type` is compared only if the expected answer has one.
    pub(super) fn compare(&mut self, row: &str, answer: Answer, expected: Answer) {
        let expected = self.harness.translate(expected).comparable();
        let named = expected.header("content-type").is_some();
        let answer = if named { answer } else { answer.without_content_type() }.comparable();
        if answer != expected {
            self.failures.push(format!("{row}\n  expected\n{expected}  received\n{answer}"));
        }
    }

    /// Records a failure of a row, with the answer, unless `holds` is true.
    pub(super) fn check(&mut self, row: &str, holds: bool, answer: &Answer) {
        if !holds {
            self.failures.push(format!("{row}\n  received\n{answer}"));
        }
    }

    pub(super) fn finish(self) {
        assert!(self.failures.is_empty(), "{} rows failed:\n\n{}", self.failures.len(), self.failures.join("\n"));
    }
}

const OTHER_AUDIENCE: &str = "https://other.example.com";
