//! A stream that ends with a token.

use std::sync::Arc;

use auth0_api_core::long_connection::{EndsWithToken, UntilEnded};
use auth0_api_testing::TestWorld;
use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};

use super::{token, within};

async fn open() -> (TestWorld, UntilEnded) {
    let world = TestWorld::start().await;
    let until_ended = world.api.until_ended(&token(&world).await);
    (world, until_ended)
}

/// A stream that is always ready, and that holds a value until it is dropped.
fn endless(held: &Arc<()>) -> impl Stream<Item = &'static str> + use<> {
    let held = Arc::clone(held);
    stream::repeat_with(move || if Arc::strong_count(&held) > 0 { "item" } else { "" })
}

#[tokio::test]
async fn a_stream_that_is_always_ready_yields_nothing_after_the_end_and_is_dropped() {
    let (world, until_ended) = open().await;
    let held = Arc::new(());
    let mut ending = EndsWithToken::new(endless(&held), until_ended);
    assert_eq!(ending.next().await, Some("item"));
    world.pass(3600);
    assert_eq!(ending.next().await, None);
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(ending.next().await, None);
}

#[tokio::test]
async fn the_last_item_says_why_and_comes_once() {
    let (world, until_ended) = open().await;
    let waiting = stream::pending::<String>();
    let mut ending = EndsWithToken::new(waiting, until_ended).with_last(|ended| ended.label().to_owned());
    assert_eq!(ending.next().now_or_never(), None);
    world.pass(3600);
    assert_eq!(within(ending.next()).await.as_deref(), Some("token_expired"));
    assert_eq!(ending.next().await, None);
}

#[tokio::test]
async fn a_stream_that_ends_before_its_token_has_no_last_item() {
    let (world, until_ended) = open().await;
    let one = stream::iter(["item".to_owned()]);
    let mut ending = EndsWithToken::new(one, until_ended).with_last(|ended| ended.label().to_owned());
    assert_eq!(ending.next().await.as_deref(), Some("item"));
    assert_eq!(ending.next().await, None);
    world.pass(3600);
    assert_eq!(ending.next().await, None);
}
