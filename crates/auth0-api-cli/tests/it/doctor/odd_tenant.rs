//! Answers that the local tenant does not give: a wrong clock, the clock of a cache, a wrong content type, and a
//! host that is no tenant.

use std::time::Duration;

use auth0_api_core::{Algorithm, Clock as _, SystemClock};
use auth0_api_testing::SigningKey;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::setup::Setup;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_and_a_wrong_type_are_found() {
    let keys = keys();
    for (name, status, mends, header) in [
        (
            "clock_differs",
            1,
            ["machine: synchronise the clock (NTP)", "api: leeway()"],
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ),
        ("document_type", 0, ["machine: look for a proxy", "other libraries"], ("content-type", "text/plain")),
    ] {
        let server = MockServer::start().await;
        let issuer = format!("{}/", server.uri());
        let document = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}keys") }).to_string();
        let content_type = if header.0 == "content-type" { header.1 } else { "application/json" };
        let answer = ResponseTemplate::new(200).set_body_raw(document, content_type).insert_header(header.0, header.1);
        Mock::given(path("/.well-known/openid-configuration")).respond_with(answer).mount(&server).await;
        let answer = ResponseTemplate::new(200).set_body_json(&keys);
        Mock::given(path("/keys")).respond_with(answer).mount(&server).await;
        let setup = Setup::new().await.set("AUTH0_DOMAIN", &server.uri());
        let outcome = setup.run().await;
        assert_eq!((outcome.faults(), outcome.status), (vec![name], status), "{}", outcome.text);
        let told = outcome.mends(name);
        assert!(mends.iter().all(|mend| told.contains(mend)), "{name}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_age_of_a_cached_answer_is_no_difference_of_clocks() {
    let server = MockServer::start().await;
    let issuer = format!("{}/", server.uri());
    let document = json!({ "issuer": issuer, "jwks_uri": format!("{issuer}keys") });
    for (age, faults, status) in [("60", vec![], 0), ("a minute", vec!["clock"], 3)] {
        server.reset().await;
        let date = httpdate::fmt_http_date(SystemClock.now() - Duration::from_secs(60));
        let answer = ResponseTemplate::new(200).set_body_json(&document).insert_header("age", age);
        let answer = answer.insert_header("date", date.as_str());
        Mock::given(path("/.well-known/openid-configuration")).respond_with(answer).mount(&server).await;
        let answer = ResponseTemplate::new(200).set_body_json(keys());
        Mock::given(path("/keys")).respond_with(answer).mount(&server).await;
        let outcome = Setup::new().await.set("AUTH0_DOMAIN", &server.uri()).run().await;
        assert_eq!((outcome.faults(), outcome.status), (faults, status), "{}", outcome.text);
    }
}

/// Two keys, as Auth0 publishes.
fn keys() -> Value {
    let key = || SigningKey::generate(Algorithm::RS256).public_jwk();
    json!({ "keys": [key(), key()] })
}

/// The discovery documents of hosts that are not the tenant, by the fault that the doctor finds.
fn no_tenants() -> [(&'static str, ResponseTemplate); 4] {
    let document = json!({ "issuer": "https://tenant.eu.auth0.com/" });
    [
        ("no_tenant", ResponseTemplate::new(404)),
        ("redirected", ResponseTemplate::new(302).insert_header("location", "https://tenant.eu.auth0.com/")),
        ("issuer_of_other_domain", ResponseTemplate::new(200).set_body_json(document)),
        ("tenant_unavailable", ResponseTemplate::new(503)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_no_tenant_gets_no_management_token() {
    for (name, answer) in no_tenants() {
        let server = MockServer::start().await;
        Mock::given(path("/.well-known/openid-configuration")).respond_with(answer).mount(&server).await;
        let (domain, port) = (server.uri(), server.address().port());
        let setup = Setup::new().await.without_record();
        let token = setup.tenant.mint().audience(&setup.tenant.management_audience());
        let token = token.scope("read:resource_servers").sign();
        let setup = setup.set("AUTH0_DOMAIN", &domain).set("AUTH0_MANAGEMENT_TOKEN", &token);
        let own = setup.tenant.domain().to_owned();

        let setup = setup.unset("AUTH0_MANAGEMENT_DOMAIN");
        let outcome = setup.run().await;
        assert!(outcome.faults().starts_with(&[name]) && outcome.faults().ends_with(&["record"]), "{}", outcome.text);
        assert!(outcome.mends("record").contains("AUTH0_MANAGEMENT_DOMAIN"), "{}", outcome.text);
        // The same host by its own name.
        let setup = setup.set("AUTH0_MANAGEMENT_DOMAIN", &format!("http://127.0.0.1:{port}/"));
        let outcome = setup.run().await;
        assert!(outcome.faults().ends_with(&["record"]), "{name}: {}", outcome.text);
        // Another domain that the operator names.
        let outcome = setup.set("AUTH0_MANAGEMENT_DOMAIN", &own).run().await;
        assert!(outcome.passed().contains(&"record"), "{name}: {}", outcome.text);
        let requests = server.received_requests().await.unwrap();
        assert!(requests.iter().all(|request| !request.url.path().starts_with("/api/")), "{name}: {requests:?}");
    }
}
