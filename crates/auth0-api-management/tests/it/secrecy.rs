//! No `Debug` output, error or event contains a secret.

use std::error::Error;
use std::fmt::Write as _;

use auth0_api_core::ClientAuth;
use auth0_api_management::ManagementClient;
use wiremock::ResponseTemplate;

use crate::log::Log;
use crate::odd_server::OddServer;
use crate::world::{TYPE, wanted};

#[tokio::test]
async fn secret_and_token_stay_out_of_everything_that_is_shown() {
    let server = OddServer::start().await;
    let (log, _guard) = Log::subscribe();
    // A server that repeats what it received.
    let echo = r#"{"statusCode":400,"errorCode":"bad","message":"Bearer hush-token client_secret=hush-secret"}"#;
    for (status, body) in [(400, echo), (401, echo), (403, echo), (404, echo), (409, echo), (429, echo), (500, echo)] {
        let _answer = server.answer(ResponseTemplate::new(status).set_body_raw(body, "application/json")).await;
        for error in [
            server.profiles.find(TYPE).await.unwrap_err(),
            server.profiles.create(&wanted()).await.unwrap_err(),
            server.profiles.ensure(&wanted()).await.unwrap_err(),
        ] {
            let mut shown = format!("{error} {error:?} {:?} {}", error.hint(), error.label());
            let mut source = error.source();
            while let Some(error) = source {
                write!(shown, "{error} {error:?}").unwrap();
                source = error.source();
            }
            assert!(!shown.contains("hush"), "{shown}");
        }
        assert!(!format!("{:?}", server.profiles).contains("hush"), "{:?}", server.profiles);
    }
    let builder = ManagementClient::builder("tenant.eu.auth0.com", ClientAuth::secret_post("client", "hush-secret"));
    assert!(!format!("{builder:?} {:?}", builder.clone().build()).contains("hush"));
    let events = log.text();
    for event in ["management_answered", "management_waits", "token-exchange-profiles"] {
        assert!(events.contains(event), "{events}");
    }
    // The events of all crates, also those of the HTTP client.
    assert!(!events.contains("hush-secret") && !events.contains("hush-token"), "{events}");
}
