//! A constant rate of requests, whatever the answers are.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::must;

/// Requests to send at a constant rate.
pub(super) struct Load {
    pub(super) per_second: usize,
    pub(super) connections: usize,
    /// Returns the token of the request with this number.
    pub(super) token: Box<dyn Fn(usize) -> String + Send + Sync>,
}

struct Answer {
    status: u16,
    wait: Duration,
    sent_after: Duration,
}

/// The answers to a load.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) statuses: BTreeMap<u16, usize>,
    /// From the moment when the request was due, in ascending order.
    pub(super) waits: Vec<Duration>,
    /// When the last request was sent, from the beginning.
    pub(super) sent_for: Duration,
}

impl Load {
    /// Sends the requests. A request that is due while all connections wait for an answer is sent later; its wait
    /// counts from the moment when it was due.
    pub(super) async fn send(self, to: SocketAddr, duration: Duration) -> Answers {
        let total = self.per_second * usize::try_from(duration.as_millis()).unwrap_or(usize::MAX) / 1000;
        let (load, next, start) = (Arc::new(self), Arc::new(AtomicUsize::new(0)), Instant::now());
        let mut connections = JoinSet::new();
        for _ in 0..load.connections {
            connections.spawn(connection(to, Arc::clone(&load), Arc::clone(&next), total, start));
        }
        let mut answers = Answers::default();
        for answered in connections.join_all().await {
            for Answer { status, wait, sent_after } in answered {
                *answers.statuses.entry(status).or_default() += 1;
                answers.waits.push(wait);
                answers.sent_for = answers.sent_for.max(sent_after);
            }
        }
        answers.waits.sort_unstable();
        answers
    }
}

impl Answers {
    /// Returns the wait that this share of the requests did not exceed.
    pub(super) fn percentile(&self, hundredths: usize) -> Duration {
        let last = self.waits.len().saturating_sub(1);
        self.waits.get(last * hundredths / 100).copied().unwrap_or_default()
    }
}

async fn connection(
    to: SocketAddr,
    load: Arc<Load>,
    next: Arc<AtomicUsize>,
    total: usize,
    start: Instant,
) -> Vec<Answer> {
    let mut stream = must(TcpStream::connect(to).await);
    must(stream.set_nodelay(true));
    let (mut answer, mut answers) = (Vec::with_capacity(4096), Vec::new());
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= total {
            return answers;
        }
        let due = start
            + Duration::from_secs(1) * u32::try_from(number).unwrap_or(u32::MAX)
                / u32::try_from(load.per_second).unwrap_or(u32::MAX);
        tokio::time::sleep_until(due.into()).await;
        let token = (load.token)(number);
        let request = format!("GET /orders HTTP/1.1\r\nhost: api.example.com\r\nauthorization: Bearer {token}\r\n\r\n");
        must(stream.write_all(request.as_bytes()).await);
        let sent_after = start.elapsed();
        answer.clear();
        while !is_whole(&answer) {
            let read = must(stream.read_buf(&mut answer).await);
            assert!(read > 0, "the server closed the connection: {:?}", String::from_utf8_lossy(&answer));
        }
        answers.push(Answer { status: status(&answer), wait: due.elapsed(), sent_after });
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let body = answer.len() - head - 4;
    header(answer, "content-length").and_then(|length| length.parse().ok()).is_some_and(|length: usize| body >= length)
}

/// Returns the status. A rejection with 503 must say when to try again.
fn status(answer: &[u8]) -> u16 {
    let status = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    let status = must(status.and_then(|digits| digits.parse().ok()).ok_or("the answer has no status"));
    assert!(status != 503 || header(answer, "retry-after").is_some(), "503 without Retry-After");
    status
}

fn header<'a>(answer: &'a [u8], name: &str) -> Option<&'a str> {
    let lines = std::str::from_utf8(answer).ok()?.lines().take_while(|line| !line.is_empty());
    let mut headers = lines.filter_map(|line| line.split_once(": "));
    headers.find(|(candidate, _)| candidate.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
