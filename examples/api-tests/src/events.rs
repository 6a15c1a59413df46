//! The event stream, which ends with its token.

use std::time::Duration;

use auth0_api_testing::LocalTenant;
use reqwest::Response;
use tokio::time::timeout;

use crate::process::Process;

const EVENTS: &str = "/api/stream";

/// The program has the system clock, so this test takes as long as its token is valid: see `opened`.
pub async fn the_event_stream_ends_with_its_token() {
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[]).await;
    assert_eq!(api.get(EVENTS, &[]).await.status(), 401);
    let (bearer, response) = opened(&tenant, &api).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"text/event-stream".parse().unwrap())
    );
    let events = timeout(Duration::from_secs(30), response.text()).await.unwrap().unwrap();
    assert!(events.starts_with("data: connected\n\n"), "{events}");
    assert!(events.ends_with("event: token_ended\ndata: token_expired\n\n"), "{events}");
    assert_eq!(api.get(EVENTS, &[("authorization", &bearer)]).await.status(), 401);
}

/// Opens the stream with a token that is valid for a second. If the machine is too slow for that, the next token is valid
/// for longer.
async fn opened(tenant: &LocalTenant, api: &Process) -> (String, Response) {
    let mut seconds = 1;
    loop {
        let bearer = format!("Bearer {}", tenant.mint().expires_in(Duration::from_secs(seconds)).sign());
        let response = api.get(EVENTS, &[("authorization", &bearer)]).await;
        if response.status() != 401 || seconds > 16 {
            return (bearer, response);
        }
        seconds *= 2;
    }
}
