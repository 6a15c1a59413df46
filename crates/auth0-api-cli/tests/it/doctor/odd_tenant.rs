//! Answers that the local tenant does not give: a wrong clock, and a wrong content type.

use auth0_api_core::Algorithm;
use auth0_api_testing::SigningKey;
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::setup::Setup;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_and_a_wrong_type_are_found() {
    let key = || SigningKey::generate(Algorithm::RS256).public_jwk();
    let keys = json!({ "keys": [key(), key()] });
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
