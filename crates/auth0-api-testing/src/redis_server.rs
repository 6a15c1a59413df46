//! A real Redis for tests.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A `redis-server` of a test's own: on a free port of the loopback address, empty, writing no files, gone when
/// dropped.
///
/// # Examples
///
/// ```no_run
/// use auth0_api_testing::RedisServer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let Some(mut redis) = RedisServer::start().await else { return };
/// assert!(redis.url().starts_with("redis://127.0.0.1:"));
///
/// redis.stop();
/// redis.start_again().await;
/// # }
/// ```
#[derive(Debug)]
pub struct RedisServer {
    address: SocketAddr,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts a server and waits until it answers.
    ///
    /// Returns `None` when the machine has no `redis-server`, having printed that the test is skipped.
    ///
    /// # Panics
    ///
    /// The server does not come up; or it is not installed and the environment has `STRICT=1`, under which nothing may
    /// be skipped.
    #[expect(clippy::panic, reason = "a test that cannot have its server fails")]
    pub async fn start() -> Option<Self> {
        for _ in 0..PORTS_TO_TRY {
            let mut server = Self { address: free_address(), process: None };
            match server.launch().await {
                Ok(()) => return Some(server),
                Err(Failure::NotInstalled) => return skip(),
                // Somebody else may have taken the port in between.
                Err(Failure::Exited) => {}
            }
        }
        panic!("redis-server exited at once on {PORTS_TO_TRY} ports");
    }

    /// The URL to connect to: `redis://127.0.0.1:port`. It stays the same when the server is stopped and started again.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Kills the server, as an outage would, and waits until it is gone. All that it held is lost.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // Neither fails for a process that has not been waited for.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts the server again, empty, on the same port, and waits until it answers.
    ///
    /// # Panics
    ///
    /// The server does not come up.
    pub async fn start_again(&mut self) {
        self.stop();
        let launched = self.launch().await;
        assert!(launched.is_ok(), "redis-server did not come up again on {}: {launched:?}", self.address);
    }

    async fn launch(&mut self) -> Result<(), Failure> {
        let port = self.address.port().to_string();
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        match process {
            Ok(process) => self.process = Some(process),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NotFound, "redis-server cannot be started: {error}");
                return Err(Failure::NotInstalled);
            }
        }
        self.until_it_answers().await
    }

    async fn until_it_answers(&mut self) -> Result<(), Failure> {
        for _ in 0..PINGS {
            if tokio::time::timeout(BETWEEN_PINGS, self.answers_ping()).await.is_ok_and(|answers| answers) {
                return Ok(());
            }
            if self.process.as_mut().is_none_or(|process| process.try_wait().is_ok_and(|status| status.is_some())) {
                return Err(Failure::Exited);
            }
            tokio::time::sleep(BETWEEN_PINGS).await;
        }
        Err(Failure::Exited)
    }

    async fn answers_ping(&self) -> bool {
        let Ok(mut connection) = TcpStream::connect(self.address).await else { return false };
        let mut answer = [0; 7];
        connection.write_all(b"PING\r\n").await.is_ok()
            && connection.read_exact(&mut answer).await.is_ok()
            && answer == *b"+PONG\r\n"
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

#[derive(Debug)]
enum Failure {
    Exited,
    NotInstalled,
}

#[expect(clippy::disallowed_methods, reason = "STRICT is read by tests alone")]
fn skip() -> Option<RedisServer> {
    let strict = std::env::var_os("STRICT").is_some_and(|value| value == "1");
    assert!(!strict, "redis-server is not installed, and STRICT=1 forbids to skip the test");
    eprintln!("skipped: redis-server is not installed");
    None
}

#[expect(clippy::expect_used, reason = "a machine without a free loopback port runs no test of ours")]
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the loopback address has a free port");
    listener.local_addr().expect("a bound socket has an address")
}

const PORTS_TO_TRY: usize = 5;

/// With the pause, up to 20 s: far more than a busy machine needs.
const PINGS: usize = 500;

const BETWEEN_PINGS: Duration = Duration::from_millis(20);
