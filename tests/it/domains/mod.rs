//! Tokens of several tenants: whose are taken, and that nobody else is ever asked.

mod bounded;
mod list;
mod resolver;

use auth0_api_core::{ApiClient, ApiClientBuilder, KeyPolicy, TrustedDomains};
use auth0_api_testing::{LocalTenant, ManualClock};

use crate::world::status_and_label;

/// Two tenants of one API, and a third that has nothing to do with it.
struct Tenants {
    clock: ManualClock,
    a: LocalTenant,
    b: LocalTenant,
    stranger: LocalTenant,
}

impl Tenants {
    async fn start() -> Self {
        let clock = ManualClock::new();
        let start = || async { LocalTenant::builder().clock(clock.clone()).start().await.unwrap() };
        Self { a: start().await, b: start().await, stranger: start().await, clock }
    }

    fn builder(&self, domains: TrustedDomains) -> ApiClientBuilder {
        let builder = ApiClient::builder(domains, self.a.audience()).insecure_http_loopback();
        builder.clock(self.clock.clone()).key_policy(KeyPolicy::new().jitter_percent(0))
    }

    /// A client of both tenants.
    fn api(&self) -> ApiClient {
        self.builder(TrustedDomains::list([self.a.domain(), self.b.domain()])).build().unwrap()
    }

    /// How often keys were fetched from each.
    fn fetches(&self) -> [usize; 3] {
        [&self.a, &self.b, &self.stranger].map(|tenant| {
            assert_eq!(tenant.requests().discovery, tenant.requests().jwks);
            tenant.requests().jwks
        })
    }
}

async fn outcome_of(api: &ApiClient, token: &str) -> String {
    status_and_label(&api.verify_access_token(token).await)
}
