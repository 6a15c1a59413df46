//! An API that trusts several domains: each finding names its domain, and a fault of one is no fault of another.

use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour, free_address};

use super::setup::Setup;

/// The host and the port of a tenant.
fn authority(domain: &str) -> String {
    domain.split_once("://").unwrap().1.to_owned()
}

/// Trusts these domains. Tokens are exchanged at the tenant of the set-up.
fn trusting(setup: Setup, domains: &str) -> Setup {
    let own = setup.tenant.domain().to_owned();
    setup.set("AUTH0_DOMAIN", domains).set("AUTH0_EXCHANGE_DOMAIN", &own)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_good_domains_have_no_faults() {
    let other = LocalTenant::start().await.unwrap();
    let setup = Setup::new().await;
    let both = format!("{},{}", setup.tenant.domain(), other.domain());
    let setup = trusting(setup, &both);
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec![], 0), "{}", outcome.text);
    for domain in [setup.tenant.domain(), other.domain()] {
        let found = outcome.of_domain(&authority(domain));
        assert_eq!(found, ["connection", "discovery", "keys", "verifier", "clock"], "{}", outcome.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_one_domain_is_not_one_of_the_other() {
    let failing = LocalTenant::start().await.unwrap();
    failing.misbehave(Endpoint::Jwks, Misbehaviour::Status(500));
    let unreachable = format!("http://{}", free_address());
    for (bad, status, faults, about_it) in [
        (unreachable.as_str(), 1, &["not_connected", "tenant"][..], &["not_connected", "tenant"][..]),
        // An outage is no fault of the deployment.
        (failing.domain(), 3, &["tenant_unavailable"], &["connection", "discovery", "tenant_unavailable", "clock"]),
    ] {
        for bad_is_first in [true, false] {
            let setup = Setup::new().await;
            let good = setup.tenant.domain().to_owned();
            let both = if bad_is_first { format!("{bad} {good}") } else { format!("{good} {bad}") };
            let outcome = trusting(setup, &both).run().await;
            assert_eq!((outcome.faults(), outcome.status), (faults.to_vec(), status), "{both}: {}", outcome.text);
            assert_eq!(outcome.of_domain(&authority(bad)), about_it, "{}", outcome.text);
            let about_good = ["connection", "discovery", "keys", "verifier", "clock"];
            assert_eq!(outcome.of_domain(&authority(&good)), about_good, "{both}: {}", outcome.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_one_tenant_needs_its_domain() {
    let other = LocalTenant::start().await.unwrap();
    let setup = Setup::new().await;
    let both = format!("{},{}", setup.tenant.domain(), other.domain());
    let outcome = trusting(setup.unset("AUTH0_MANAGEMENT_DOMAIN"), &both).run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec!["management_domain_unusable"], 1), "{}", outcome.text);
    let mends = outcome.mends("management_domain_unusable");
    assert!(mends.contains("machine: set AUTH0_MANAGEMENT_DOMAIN to the canonical domain of one tenant"), "{mends}");
}
