//! Server-sent events over sockets.

use reqwest::Response;

use super::servers::{Api, both};
use super::{HOUR, Mode, with_switch, within};

/// Opens the event stream.
async fn open(api: &Api, token: &str) -> Response {
    let url = format!("http://{}/events", api.address);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = within(client.get(url).bearer_auth(token).send()).await.unwrap();
    assert_eq!(response.status(), 200, "{}", api.name);
    response
}

/// Sends an event, and reads it at the client.
async fn exchange(api: &Api, response: &mut Response, text: &'static str) {
    assert_eq!(api.events.send(text).unwrap(), 1, "{}", api.name);
    assert_eq!(chunk(response).await, format!("data: {text}\n\n"), "{}", api.name);
}

async fn chunk(response: &mut Response) -> String {
    String::from_utf8(within(response.chunk()).await.unwrap().unwrap().to_vec()).unwrap()
}

/// Reads the last event, and the end of the body.
async fn assert_ended(api: &Api, response: &mut Response, label: &str) {
    assert_eq!(chunk(response).await, format!("event: token_ended\ndata: {label}\n\n"), "{}", api.name);
    assert_eq!(within(response.chunk()).await.unwrap(), None, "{}", api.name);
    // The server has dropped the stream, and what it holds.
    assert_eq!(api.events.receiver_count(), 0, "{}", api.name);
}

#[tokio::test]
async fn an_event_stream_ends_when_its_token_expires() {
    let (world, _) = with_switch().await;
    for api in both(&world.api).await {
        let mut response = open(&api, &world.tenant.mint().expires_in(HOUR).sign()).await;
        exchange(&api, &mut response, "one").await;
        world.pass(3599);
        exchange(&api, &mut response, "two").await;
        world.pass(1);
        assert_ended(&api, &mut response, "token_expired").await;
    }
}

#[tokio::test]
async fn an_event_stream_ends_within_an_interval_after_its_token_is_revoked() {
    let (world, switch) = with_switch().await;
    for api in both(&world.api).await {
        switch.set(Mode::Valid);
        let mut response = open(&api, &world.tenant.mint().sign()).await;
        world.pass(10);
        exchange(&api, &mut response, "one").await;
        switch.set(Mode::Revoked);
        world.pass(10);
        assert_ended(&api, &mut response, "token_revoked").await;
    }
}

#[tokio::test]
async fn an_event_stream_ends_at_the_expiry_while_the_list_does_not_answer() {
    let (world, switch) = with_switch().await;
    for api in both(&world.api).await {
        switch.set(Mode::Valid);
        let mut response = open(&api, &world.tenant.mint().expires_in(HOUR).sign()).await;
        switch.set(Mode::Silent);
        world.pass(3599);
        exchange(&api, &mut response, "one").await;
        world.pass(1);
        assert_ended(&api, &mut response, "token_expired").await;
    }
}
