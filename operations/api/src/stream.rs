//! A response that takes its time, and ends with the token of its caller.

use std::convert::Infallible;
use std::time::Duration;

use auth0_api_axum::TokenEnd;
use auth0_api_axum::long_connection::{Ended, EndsWithToken};
use axum::body::Body;
use axum::extract::Path;
use futures_util::stream;

/// Sends a line each quarter of a second, for so many seconds, and then `done`. If the token ends before, the last line is
/// the reason.
pub(crate) async fn lines(Path(seconds): Path<u8>, TokenEnd(until_ended): TokenEnd) -> Body {
    let count = u32::from(seconds) * PER_SECOND;
    let lines = stream::unfold(0, move |number| async move {
        if number > count {
            return None;
        }
        tokio::time::sleep(Duration::from_secs(1) / PER_SECOND).await;
        let line = if number == count { "done\n".to_owned() } else { format!("{number}\n") };
        Some((Ok::<_, Infallible>(line), number + 1))
    });
    let last = |ended: Ended| Ok(format!("{}\n", ended.label()));
    Body::from_stream(EndsWithToken::new(lines, until_ended).with_last(last))
}

const PER_SECOND: u32 = 4;
