//! Tokens of several tenants: which tokens the API accepts, and that the API fetches no keys from an untrusted tenant.

mod bounded;
mod flood;
mod list;
mod resolver;

use auth0_api_core::{ApiClient, ApiClientBuilder, KeyPolicy, TrustedDomains};
use auth0_api_testing::{LocalTenant, ManualClock, status_and_label};

/// Two tenants that the API trusts, and a third tenant that the API trusts only in the tests that configure it.
struct Tenants {
    clock: ManualClock,
    a: LocalTenant,
    b: LocalTenant,
    other: LocalTenant,
}

impl Tenants {
    async fn start() -> Self {
        let clock = ManualClock::new();
        let start = || async { LocalTenant::builder().clock(clock.clone()).start().await.unwrap() };
        Self { a: start().await, b: start().await, other: start().await, clock }
    }

    fn builder(&self, domains: TrustedDomains) -> ApiClientBuilder {
        let builder = ApiClient::builder(domains, self.a.audience()).insecure_http_loopback();
        builder.clock(self.clock.clone()).key_policy(KeyPolicy::new().jitter_percent(0))
    }

    /// A client that trusts `a` and `b`.
    fn api(&self) -> ApiClient {
        self.builder(TrustedDomains::list([self.a.domain(), self.b.domain()])).build().unwrap()
    }

    /// Returns how often keys were fetched from each tenant.
    fn fetches(&self) -> [usize; 3] {
        [&self.a, &self.b, &self.other].map(|tenant| {
            assert_eq!(tenant.requests().discovery, tenant.requests().jwks);
            tenant.requests().jwks
        })
    }
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}
