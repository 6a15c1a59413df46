//! Whether the tenant, or the proxy in front of it, accepts connections.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::finding::{Diagnosis, Finding};
use super::proxy::Route;
use super::subject::Subject;

/// Returns true if there is a connection. The tenant may still not answer.
pub(super) async fn look(subject: &Subject<'_>, route: &Route, findings: &Diagnosis) -> bool {
    let (host, port) = subject.authority();
    let (finding, is_reached) = match route {
        Route::Direct => match connect(host, port).await {
            Ok(address) => (Finding::passed("connection", format!("{host} accepts connections at {address}")), true),
            Err(failure) if subject.is_local() => (of_local(host, port, &failure), false),
            Err(failure) => (of_tenant(host, port, &failure), false),
        },
        Route::Proxy { variable, host: proxy, port } => match connect(proxy, *port).await {
            Ok(_) => (Finding::passed("connection", format!("the proxy {proxy}:{port} accepts connections")), true),
            Err(failure) => {
                let text = format!("{variable} names the proxy {proxy}:{port}: {}", failure.words());
                let finding = Finding::problem("proxy_unreachable", text);
                (finding.machine(format!("correct {variable}, or add {host} to NO_PROXY")), false)
            }
        },
    };
    findings.add(finding);
    is_reached
}

/// A tenant on this machine needs no way through a network.
fn of_local(host: &str, port: u16, failure: &Failure) -> Finding {
    Finding::problem("not_connected", format!("{host}:{port}: {}", failure.words()))
        .machine("start the local tenant: auth0-api tenant")
        .api("correct the host and the port of AUTH0_DOMAIN")
}

fn of_tenant(host: &str, port: u16, failure: &Failure) -> Finding {
    let text = format!("{host}:{port}: {}", failure.words());
    match failure {
        Failure::Name => Finding::problem("name_unknown", text)
            .api("correct AUTH0_DOMAIN: the dashboard shows the domain in the settings of each application")
            .machine("let this machine resolve names of the internet, or set HTTPS_PROXY"),
        Failure::NameTimeout => {
            Finding::problem("name_timeout", text).machine("correct the name servers of this machine")
        }
        Failure::Connect(_) | Failure::ConnectTimeout => Finding::problem("not_connected", text)
            .machine(format!("let connections from this machine to {host}:{port} out, or set HTTPS_PROXY"))
            .api("correct the host and the port of AUTH0_DOMAIN"),
    }
}

/// Why there is no connection.
enum Failure {
    Name,
    NameTimeout,
    Connect(io::ErrorKind),
    ConnectTimeout,
}

impl Failure {
    fn words(&self) -> String {
        match self {
            Self::Name => "no name server knows this name".into(),
            Self::NameTimeout => format!("no name server answered within {} s", NAME_LIMIT.as_secs()),
            Self::Connect(io::ErrorKind::ConnectionRefused) => "nothing listens there (connection refused)".into(),
            Self::Connect(kind) => format!("the connection failed ({kind})"),
            Self::ConnectTimeout => format!("no connection within {} s", CONNECT_LIMIT.as_secs()),
        }
    }
}

/// Tries the addresses of a host one after the other, and returns the first that accepts a connection.
async fn connect(host: &str, port: u16) -> Result<SocketAddr, Failure> {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = timeout(NAME_LIMIT, lookup_host((name, port))).await.map_err(|_| Failure::NameTimeout)?;
    let mut failure = Failure::Name;
    for address in addresses.map_err(|_| Failure::Name)?.take(MOST_ADDRESSES) {
        match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(address),
            Ok(Err(error)) => failure = Failure::Connect(error.kind()),
            Err(_) => failure = Failure::ConnectTimeout,
        }
    }
    Err(failure)
}

/// The resolver of the system waits 5 s for each name server.
const NAME_LIMIT: Duration = Duration::from_secs(6);
/// As for the requests of core.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// A name may have any number of addresses. One each of IPv4 and IPv6 usually tells everything.
const MOST_ADDRESSES: usize = 4;
