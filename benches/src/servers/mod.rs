//! Measures whole servers, one after the other on one core, under the same load from another core.
//!
//! A program that calls [`run`] has three modes, selected by its arguments: it runs the whole measurement, it runs the
//! server of one contestant, or it sends the load. Servers and load are separate processes. For each round, both
//! processes are started again, on different cores if the system has `taskset`. Each round runs the contestants in the
//! opposite order of the previous round.

mod conduct;
mod load;
mod requests;
mod site;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use axum::Router;
use tokio::net::TcpListener;

pub use requests::PUBLIC_URL;
pub use site::Site;

/// A server to measure.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// The name in the table.
    pub name: &'static str,
    /// The scheme of the requests that the server receives.
    pub scheme: Scheme,
    /// Starts the server on a loopback port, inside the current runtime.
    pub start: fn(Site) -> Starting,
}

/// The credentials of a contestant's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A Bearer token, the same in every request.
    Bearer,
    /// A bound token, and a new proof for every request.
    Dpop,
}

/// A future that starts a server and returns the server's address. The server runs until its process ends.
pub type Starting = Pin<Box<dyn Future<Output = SocketAddr>>>;

/// Measures the contestants. Each ratio compares a contestant with the first contestant of the same scheme. The `main`
/// of a benchmark calls this function.
///
/// # Panics
///
/// If a server cannot be started, or answers with a status other than 200.
pub fn run(title: &str, contestants: &[Contestant]) {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match words.as_slice() {
        ["serve", scheme, name, site] => conduct::serve(find(contestants, scheme, name), site),
        ["load", address, milliseconds] => load::run(address, milliseconds),
        options => conduct::conduct(title, contestants, options),
    }
}

/// Serves a router on a loopback port.
///
/// # Panics
///
/// If no port is available.
pub fn serve(router: Router) -> Starting {
    Box::pin(async move {
        let listener = must(TcpListener::bind(("127.0.0.1", 0)).await);
        let address = must(listener.local_addr());
        tokio::spawn(async move { must(axum::serve(listener, router).await) });
        address
    })
}

fn find(contestants: &[Contestant], scheme: &str, name: &str) -> Contestant {
    let found = contestants.iter().find(|contestant| contestant.scheme.name() == scheme && contestant.name == name);
    must(found.copied().ok_or("no such contestant"))
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

#[expect(clippy::panic, reason = "a panic shows where the benchmark failed")]
#[track_caller]
fn must<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error:?}"))
}
