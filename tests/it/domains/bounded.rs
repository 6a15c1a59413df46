//! More issuers than there is room for.

use auth0_api_core::{Domains, KeyPolicy};
use auth0_api_testing::LocalTenant;

use super::{Tenants, told};

#[tokio::test]
async fn the_issuer_that_was_not_asked_for_longest_goes() {
    let tenants = Tenants::start().await;
    let (a, b, c) = (&tenants.a, &tenants.b, &tenants.stranger);
    let list = || Domains::list([a, b, c].map(LocalTenant::domain));
    let [domain_a, domain_b, domain_c] = [a, b, c].map(|tenant| tenant.domain().to_owned());
    let all = move |_: &auth0_api_core::DomainContext<'_>| {
        std::future::ready(Ok(vec![domain_a.clone(), domain_b.clone(), domain_c.clone()]))
    };
    for domains in [list(), Domains::resolver(all)] {
        for tenant in [a, b, c] {
            tenant.reset_requests();
        }
        let api = tenants.builder(domains).key_policy(KeyPolicy::new().max_issuers(2)).build().unwrap();
        for (tenant, fetches) in [
            (a, [1, 0, 0]),
            (b, [1, 1, 0]),
            (a, [1, 1, 0]),
            (c, [1, 1, 1]),
            (a, [1, 1, 1]),
            (b, [1, 2, 1]),
            (c, [1, 2, 2]),
        ] {
            assert_eq!(told(&api, &tenant.mint().sign()).await, "200 accepted");
            assert_eq!(tenants.fetches(), fetches);
        }
    }
}
