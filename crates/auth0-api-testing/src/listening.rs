//! The sockets that a tenant listens on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;

/// The sockets of one host, all with the same port.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) listeners: Vec<TcpListener>,
    /// The host, as a URL contains it.
    host: String,
    port: u16,
}

impl Listening {
    /// Listens on a host: `localhost`, an IP address, or a name of this machine. With port 0, the system chooses a free
    /// port.
    pub(crate) async fn bind(host: &str, port: u16) -> io::Result<Self> {
        if host == LOCALHOST {
            return Self::localhost(port).await;
        }
        let listener = TcpListener::bind((unbracketed(host), port)).await?;
        Self::new(vec![listener], url_host(host))
    }

    /// Returns the host and the port that clients on this machine can call.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Listens on both addresses that `localhost` can mean: some clients try only one of them. On a machine without
    /// IPv6, listens on 127.0.0.1 only.
    async fn localhost(port: u16) -> io::Result<Self> {
        let mut attempts = if port == 0 { ATTEMPTS } else { 1 };
        loop {
            attempts -= 1;
            let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            match TcpListener::bind((Ipv6Addr::LOCALHOST, first.local_addr()?.port())).await {
                Ok(second) => return Self::new(vec![first, second], LOCALHOST.into()),
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    return Self::new(vec![first], LOCALHOST.into());
                }
                Err(error) if attempts == 0 => return Err(error),
                Err(_) => {}
            }
        }
    }

    fn new(listeners: Vec<TcpListener>, host: String) -> io::Result<Self> {
        let address = listeners.first().map(TcpListener::local_addr).transpose()?;
        Ok(Self { listeners, host, port: address.map_or(0, |address| address.port()) })
    }
}

/// Returns the host as a URL contains it.
pub(crate) fn url_host(host: &str) -> String {
    unbracketed(host).parse().map_or_else(|_| host.to_owned(), reachable)
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Returns an address that clients on this machine can call. A server that listens on the unspecified address listens
/// on every address, and no client can call the unspecified address itself.
fn reachable(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        IpAddr::V6(address) if address.is_unspecified() => format!("[{}]", Ipv6Addr::LOCALHOST),
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

const LOCALHOST: &str = "localhost";

/// How often the tenant looks for a port that is free on both addresses. One more attempt is enough, unless another
/// program takes ports very fast.
const ATTEMPTS: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_an_address_that_clients_can_call() {
        for (address, host) in [
            ("0.0.0.0", "127.0.0.1"),
            ("::", "[::1]"),
            ("::1", "[::1]"),
            ("127.0.0.1", "127.0.0.1"),
            ("192.0.2.7", "192.0.2.7"),
        ] {
            assert_eq!(address.parse().map(reachable), Ok(host.to_owned()), "{address}");
        }
    }
}
