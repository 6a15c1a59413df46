//! Parsing any text gives a domain or an error. The issuer of a domain is an `https` origin in normal form, and a
//! client can be built with the domain.
#![no_main]

use auth0_api_core::ApiClient;
use auth0_api_core::called_url::TargetUrl;
use auth0_api_core::issuer::Domain;
use auth0_api_fuzz::{AUDIENCE, Tenant};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let build = |domain: &str| ApiClient::builder(domain, AUDIENCE).http_client(Tenant::default()).build();
    let Ok(domain) = text.parse::<Domain>() else {
        assert!(build(text).is_err());
        return;
    };
    let issuer = domain.issuer();
    let host = issuer.strip_prefix("https://").and_then(|rest| rest.strip_suffix('/')).expect("an https origin");
    assert!(host.bytes().all(|octet| octet.is_ascii_graphic() && !octet.is_ascii_uppercase()), "{issuer}");
    assert!(!host.is_empty() && !host.contains(['/', '\\', '?', '#', '@']), "{issuer}");
    assert_eq!(issuer.parse().as_ref(), Ok(&domain));
    assert_eq!(host.parse().as_ref(), Ok(&domain));
    assert_eq!(build(text).expect("a client").issuers(), [issuer]);
    // Discovery compares hosts as target URLs. If an issuer were not a valid target URL, the client could never fetch
    // its keys.
    assert_eq!(TargetUrl::parse(issuer).map(|url| url.to_string()).as_deref(), Ok(issuer));
});
