//! Streams that end with their token.

use std::time::Duration;

use auth0_api_axum::AuthLayer;
use auth0_api_testing::TestWorld;
use futures_util::{StreamExt as _, stream};
use http::uri::PathAndQuery;
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic::{Code, Request, Status, Streaming};

use super::text::TextCodec;
use super::{WATCH, serve};

/// Opens a stream that echoes what the client sends, and sends the first message.
async fn open(world: &TestWorld, token: &str) -> (Streaming<String>, tokio::sync::mpsc::UnboundedSender<String>) {
    let to = serve(AuthLayer::grpc(world.api.clone())).await;
    let channel = Channel::from_shared(format!("http://{to}")).unwrap().connect().await.unwrap();
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let sent = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
    let mut request = Request::new(sent.boxed());
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let call = client.streaming(request, PathAndQuery::from_static(WATCH), TextCodec);
    (timeout(LIMIT, call).await.unwrap().unwrap().into_inner(), sender)
}

async fn next(answers: &mut Streaming<String>) -> Result<Option<String>, Status> {
    timeout(LIMIT, answers.message()).await.unwrap()
}

#[tokio::test]
async fn a_stream_ends_with_the_status_unauthenticated_when_its_token_expires() {
    let world = TestWorld::start().await;
    let token = world.tenant.mint().expires_in(Duration::from_secs(3600)).sign();
    let (mut answers, sender) = open(&world, &token).await;
    for (passed, text) in [(0, "one"), (3599, "two")] {
        world.pass(passed);
        sender.send(text.to_owned()).unwrap();
        assert_eq!(next(&mut answers).await.unwrap().as_deref(), Some(text));
    }
    world.pass(1);
    let status = next(&mut answers).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "the access token has expired"));
    assert_eq!(next(&mut answers).await.unwrap(), None);
}

#[tokio::test]
async fn a_stream_ends_within_an_interval_after_its_token_is_revoked() {
    use auth0_api_core::revocation::{TokenIdentity, TokenStatus};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    let revoked = Arc::new(AtomicBool::new(false));
    let list = Arc::clone(&revoked);
    let list = move |_: &TokenIdentity| {
        let status = if list.load(Ordering::SeqCst) { TokenStatus::Revoked } else { TokenStatus::Valid };
        async move { Ok(status) }
    };
    let world = TestWorld::start_with(|builder| builder.revocation_list(list)).await;
    let (mut answers, sender) = open(&world, &world.tenant.mint().sign()).await;
    sender.send("one".to_owned()).unwrap();
    assert_eq!(next(&mut answers).await.unwrap().as_deref(), Some("one"));
    revoked.store(true, Ordering::SeqCst);
    world.pass(10);
    let status = next(&mut answers).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "the access token was revoked"));
}

const LIMIT: Duration = Duration::from_secs(30);
