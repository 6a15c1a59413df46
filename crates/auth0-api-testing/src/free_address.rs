//! Addresses for servers that are other programs.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Returns an address of 127.0.0.1 on which nothing listens, for a server that must be told its port: a proxy, or one that
/// is stopped and started again.
///
/// The system takes ports for `bind` with port 0, and for outgoing connections, from a range that begins at 32768 (Linux) or
/// 49152. The port of this function is below that range, so these do not take it before the server starts, or while the
/// server is stopped. A process returns each port once; another process may return the same one.
///
/// A server in the test's own process needs no such address: it binds port 0.
///
/// # Panics
///
/// When no port is free.
#[expect(clippy::expect_used, reason = "tests need a free loopback port")]
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Few processes that run at the same time begin at neighbouring ports.
    let first = std::process::id().wrapping_mul(BETWEEN_PROCESSES);
    let mut addresses = (0..PORTS).filter_map(|_| {
        let offset = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % PORTS;
        Some(SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(LOWEST + offset).ok()?)))
    });
    addresses.find(|address| TcpListener::bind(address).is_ok()).expect("the loopback address has a free port")
}

/// Browsers refuse some ports, and all of them are lower.
const LOWEST: u32 = 11_000;
const PORTS: u32 = 21_000;
const BETWEEN_PROCESSES: u32 = 211;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_is_free_and_below_the_ports_that_the_system_gives_away() {
        let listen =
            || TcpListener::bind(free_address()).and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
        let listening: Vec<_> = (0..50).map(|_| listen()).collect();
        let below = |port: &u16| (11_000..32_000).contains(port);
        assert!(
            listening.iter().all(|listening| listening.as_ref().is_ok_and(|(port, _)| below(port))),
            "{listening:?}"
        );
    }
}
