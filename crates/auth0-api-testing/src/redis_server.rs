//! A real Redis for tests.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::free_address::free_address;

/// A `redis-server` process for one test.
///
/// It listens on a free port of 127.0.0.1, starts empty, writes no files, and is killed when this value is dropped.
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
    arguments: Vec<String>,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts a server and waits until it answers.
    ///
    /// If `redis-server` is not installed, this function prints that the test is skipped, and returns `None`.
    ///
    /// # Panics
    ///
    /// When the server does not start. Also when the server is not installed and the environment variable `STRICT` is
    /// `1`, because skipped tests are not allowed then.
    pub async fn start() -> Option<Self> {
        Self::start_with(Vec::new).await
    }

    /// Starts a server with further arguments, such as `--cluster-enabled yes`, and waits until it answers.
    ///
    /// Calls the closure again when the server did not start, because another process may have taken a port that the
    /// arguments name. With a configuration file as the first argument, the server may be a sentinel. Some arguments
    /// make the server write files: a replica needs a `--dir` of its own.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    #[expect(clippy::panic, reason = "a test that cannot start its server fails")]
    pub async fn start_with(mut arguments: impl FnMut() -> Vec<String>) -> Option<Self> {
        for _ in 0..PORTS_TO_TRY {
            let mut server = Self { address: free_address(), arguments: arguments(), process: None };
            match server.launch().await {
                Ok(()) => return Some(server),
                Err(Failure::NotInstalled) => return skip(),
                // Another process may have taken the port since `free_address` looked at it: try another port.
                Err(Failure::Exited) => {}
            }
        }
        panic!("redis-server did not start on any of {PORTS_TO_TRY} ports");
    }

    /// Returns the URL to connect to: `redis://127.0.0.1:port`. The URL stays the same when the server is stopped and
    /// started again.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Returns the address, for commands that name a server by its host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Kills the server to simulate an outage, and waits until the process has ended. The server loses its data.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // Both calls succeed, because no other code has waited for this process before.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts the server again, empty, on the same port, and waits until it answers.
    ///
    /// # Panics
    ///
    /// When the server does not start.
    pub async fn start_again(&mut self) {
        self.stop();
        let launched = self.launch().await;
        assert!(launched.is_ok(), "redis-server did not start again on {}: {launched:?}", self.address);
    }

    async fn launch(&mut self) -> Result<(), Failure> {
        let port = self.address.port().to_string();
        let process = Command::new("redis-server")
            .args(&self.arguments)
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
        self.wait_until_ready().await
    }

    async fn wait_until_ready(&mut self) -> Result<(), Failure> {
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

#[expect(clippy::disallowed_methods, reason = "only tests read STRICT")]
fn skip() -> Option<RedisServer> {
    let strict = std::env::var_os("STRICT").is_some_and(|value| value == "1");
    assert!(!strict, "STRICT=1 does not allow the test to be skipped: redis-server is not installed");
    eprintln!("skipped: redis-server is not installed");
    None
}

const PORTS_TO_TRY: usize = 5;

/// A ping takes up to 20 ms, and the pause after the ping takes 20 ms. All pings take up to 20 s. A busy machine needs
/// far less.
const PINGS: usize = 500;

const BETWEEN_PINGS: Duration = Duration::from_millis(20);
