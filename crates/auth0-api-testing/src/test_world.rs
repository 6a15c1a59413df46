//! A tenant, a clock and a client: what a test of an API begins with.

use std::time::{Duration, SystemTime};

use auth0_api_core::{ApiClient, ApiClientBuilder, Clock as _, Error, KeyPolicy, VerifiedToken};

use crate::must::must;
use crate::{LocalTenant, ManualClock};

/// A running [`LocalTenant`], an [`ApiClient`] for it, and the clock that both use.
///
/// The client needs the feature `reqwest` of `auth0-api-core`, which is on by default. Its key policy has no jitter, so
/// that tests are deterministic.
///
/// ```
/// use auth0_api_testing::{TestWorld, status_and_label};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let world = TestWorld::start().await;
/// let token = world.tenant.mint().scope("read:orders").sign();
/// assert_eq!(
///     status_and_label(&world.api.verify_access_token(&token).await),
///     "200 accepted"
/// );
/// world.pass(3_601);
/// assert_eq!(
///     status_and_label(&world.api.verify_access_token(&token).await),
///     "401 token_expired"
/// );
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct TestWorld {
    /// The tenant.
    pub tenant: LocalTenant,
    /// The clock of the tenant and of its clients.
    pub clock: ManualClock,
    /// The client.
    pub api: ApiClient,
}

impl TestWorld {
    /// Starts a tenant, and builds a client with the default configuration.
    ///
    /// # Panics
    ///
    /// When the tenant cannot be started, or the client cannot be built.
    pub async fn start() -> Self {
        Self::start_with(|builder| builder).await
    }

    /// Starts a tenant, and builds a client that `configure` changes.
    ///
    /// # Panics
    ///
    /// When the tenant cannot be started, or the client cannot be built.
    pub async fn start_with(configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        let clock = ManualClock::new();
        let tenant = must(LocalTenant::builder().clock(clock.clone()).start().await, "starting a tenant");
        let api = must(configure(builder(&tenant, &clock)).build(), "configuring a client");
        Self { tenant, clock, api }
    }

    /// Creates the builder of another client of the tenant, with the same clock.
    pub fn builder(&self) -> ApiClientBuilder {
        builder(&self.tenant, &self.clock)
    }

    /// Returns the time of the clock.
    pub fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Moves the clock forward by this many seconds.
    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn builder(tenant: &LocalTenant, clock: &ManualClock) -> ApiClientBuilder {
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    builder.clock(clock.clone()).key_policy(KeyPolicy::new().jitter_percent(0))
}

/// Returns the outcome of a verification as one text: the status and the [label](Error::label) of an error, such as
/// `401 token_expired`, or `200 accepted`.
pub fn status_and_label(outcome: &Result<VerifiedToken, Error>) -> String {
    match outcome {
        Ok(_) => "200 accepted".to_owned(),
        Err(error) => format!("{} {}", error.status(), error.label()),
    }
}
