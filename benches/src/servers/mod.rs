//! Whole servers, one after the other on a core of their own, under the same load from another core.
//!
//! A program that calls [`run`] plays three parts, told apart by its arguments: it conducts, it serves as one contestant, or it
//! makes the load. Servers and load are processes of their own, new for each round and bound to different cores where `taskset`
//! exists; each round goes through the contestants in the opposite order of the one before.

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
    /// What it is called in the table.
    pub name: &'static str,
    /// What requests it gets.
    pub scheme: Scheme,
    /// Starts it on a loopback port, inside of the current runtime.
    pub start: fn(Site) -> Starting,
}

/// What the requests of a contestant carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// A Bearer token, the same in every request.
    Bearer,
    /// A bound token, and a new proof for every request.
    Dpop,
}

/// A server that is starting; it serves until its process ends.
pub type Starting = Pin<Box<dyn Future<Output = SocketAddr>>>;

/// Measures contestants; ratios are to the first of the same scheme. For the `main` of a benchmark.
///
/// # Panics
///
/// If a server cannot be started or answers anything but 200.
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
/// If there is no port.
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

#[expect(clippy::panic, reason = "a benchmark that cannot go on should say where")]
#[track_caller]
fn must<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error:?}"))
}
