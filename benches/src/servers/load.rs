//! The load: several connections, each with one request in flight at any time.

#![expect(clippy::print_stdout, reason = "the main process reads what it prints")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::cell::Cell;
use std::io::Read as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use super::{must, requests};

/// Reads requests from standard input, sends them for the given time, and prints four numbers: the answered requests,
/// the elapsed microseconds, and the median and the 99th percentile of the latencies in microseconds.
pub(super) fn run(address: &str, milliseconds: &str) {
    let mut input = String::new();
    must(std::io::stdin().read_to_string(&mut input));
    let requests = Rc::new(Requests { all: requests::parse(&input), next: Cell::new(0) });
    let duration = Duration::from_millis(must(milliseconds.parse()));
    let runtime = must(tokio::runtime::Builder::new_current_thread().enable_io().build());
    let local = LocalSet::new();
    let start = Instant::now();
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|_| local.spawn_local(connection(address.to_owned(), Rc::clone(&requests), duration)))
        .collect();
    let mut latencies = Vec::new();
    for connection in connections {
        latencies.extend(must(local.block_on(&runtime, connection)));
    }
    let elapsed = start.elapsed().as_micros();
    latencies.sort_unstable();
    let percentile = |hundredths: usize| latencies.get(latencies.len() * hundredths / 100).copied().unwrap_or(0);
    println!("{} {elapsed} {} {}", latencies.len(), percentile(50), percentile(99));
}

/// The requests that all connections send in turn. After the last request, the connections start again with the first.
/// With proofs, the round must end before that: the server answers 401 to a replayed proof.
struct Requests {
    all: Vec<Vec<u8>>,
    next: Cell<usize>,
}

impl Requests {
    fn next(&self) -> &Vec<u8> {
        let index = self.next.replace(self.next.get() + 1);
        must(self.all.get(index % self.all.len()).ok_or("no requests"))
    }
}

/// Sends requests over one connection, and returns the microseconds that each request took.
async fn connection(address: String, requests: Rc<Requests>, duration: Duration) -> Vec<u128> {
    let mut stream = must(TcpStream::connect(address).await);
    must(stream.set_nodelay(true));
    let (mut answer, mut latencies) = (Vec::with_capacity(4096), Vec::new());
    let end = Instant::now() + duration;
    while Instant::now() < end {
        let sent = Instant::now();
        must(stream.write_all(requests.next()).await);
        answer.clear();
        while !is_whole(&answer) {
            let read = must(stream.read_buf(&mut answer).await);
            assert!(read > 0, "the server closed the connection: {:?}", String::from_utf8_lossy(&answer));
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
        latencies.push(sent.elapsed().as_micros());
    }
    latencies
}

/// Returns whether the answer is complete. All servers answer with the same body of two bytes, or with an error.
fn is_whole(answer: &[u8]) -> bool {
    answer.ends_with(b"\r\n\r\nok") || answer.starts_with(b"HTTP/1.1 4") || answer.starts_with(b"HTTP/1.1 5")
}

const CONNECTIONS: usize = 16;
