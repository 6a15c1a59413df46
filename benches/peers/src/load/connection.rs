//! One connection, with one request in flight.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::status;
use super::job::{Answer, Credentials, Load, Until};

/// What all connections of a load share.
pub(super) struct Shared {
    load: Rc<Load>,
    address: SocketAddr,
    start: Instant,
    next: Cell<usize>,
}

impl Shared {
    pub(super) fn new(load: Rc<Load>, address: SocketAddr, start: Instant) -> Self {
        Self { load, address, start, next: Cell::new(0) }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Returns the number of the next request, or `None` at the end of the load.
    fn next(&self) -> Option<usize> {
        let number = self.next.get();
        let ends = match self.load.until {
            Until::Milliseconds(limit) => self.due(number) - self.start >= Duration::from_millis(limit),
            Until::Requests(limit) => number >= limit,
        };
        self.next.set(number + 1);
        (!ends).then_some(number)
    }

    /// Returns when a request is due: now, unless the load has a rate.
    fn due(&self, number: usize) -> Instant {
        let at = |rate| self.start + Duration::from_secs_f64(number as f64 / f64::from(rate));
        self.load.per_second.map_or_else(Instant::now, at)
    }

    fn request(&self, number: usize) -> Vec<u8> {
        let credentials = match &self.load.credentials {
            Credentials::Same(lines) => lines.clone(),
            Credentials::Proofs { token, proofs } => {
                format!("authorization: DPoP {token}\r\ndpop: {}\r\n", proofs[number % proofs.len()])
            }
            Credentials::UnknownKeys { rest } => {
                let header = format!(r#"{{"alg":"RS256","typ":"JWT","kid":"unknown-{number}"}}"#);
                format!("authorization: Bearer {}.{rest}\r\n", URL_SAFE_NO_PAD.encode(header))
            }
        };
        format!("GET {PATH} HTTP/1.1\r\n{HEADERS}{credentials}\r\n").into_bytes()
    }
}

pub(super) async fn open(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Sends requests until the load ends. A wait counts from the moment when the request was due.
pub(super) async fn send(mut stream: TcpStream, shared: Rc<Shared>) -> Vec<Answer> {
    let (mut answers, mut buffer) = (Vec::new(), Vec::with_capacity(4096));
    while let Some(number) = shared.next() {
        let due = shared.due(number);
        if shared.load.per_second.is_some() {
            tokio::time::sleep_until(due.into()).await;
        }
        let request = shared.request(number);
        let status = timeout(LONGEST_WAIT, exchange(&mut stream, &request, &mut buffer)).await;
        let status = status.ok().and_then(Result::ok).unwrap_or(NO_ANSWER);
        answers.push(Answer { status, wait: due.elapsed() });
        if status == NO_ANSWER {
            stream = open(shared.address).await;
        }
    }
    answers
}

async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> io::Result<u16> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(status) = status(buffer) {
            return Ok(status);
        }
    }
}

const PATH: &str = "/orders?page=2";
/// A proxy that ends TLS adds the last one. Node reads it, so that the `htu` of the proofs matches.
const HEADERS: &str = "host: api.example.com\r\naccept: */*\r\nx-forwarded-proto: https\r\n";
const NO_ANSWER: u16 = 0;
/// Longer than any time limit that a contestant has for its own requests.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
