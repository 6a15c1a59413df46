//! The address of the client that sent a request, as far as trusted proxies vouch for it.
//!
//! The rules are those for the called URL: a header is read from the right, and only entries of trusted proxies count.
//! There is one difference. A called URL that cannot be determined rejects the request. An address that cannot be
//! determined is `None`, because it is not needed to verify a token.

use std::net::IpAddr;

use super::TrustedProxies;
use super::entries::{HeaderList, address};
use super::forwarded::Entry;
use super::proxies::ProxyChain;
use crate::request::HeaderSource;

/// Why the address of the client is unknown. The text is for log events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressUnknown {
    /// `Forwarded` and `X-Forwarded-For` state different addresses. A proxy that writes one of them often passes on the
    /// other one as the client wrote it.
    #[error("Forwarded and X-Forwarded-For state different addresses")]
    Conflict,
    #[error("the trusted proxy hides the address")]
    Hidden,
    #[error("the entry of a trusted proxy is malformed")]
    Malformed,
    #[error("no trusted proxy states the address")]
    NotStated,
    #[error("the server did not provide the address of its peer")]
    PeerMissing,
    /// The header has fewer entries than hops, or more entries of trusted proxies than any real chain.
    #[error("the number of entries does not fit the trusted proxies")]
    Length,
}

impl TrustedProxies {
    /// Returns the address of the client: that of the peer, or, if the peer is a trusted proxy, the one that the
    /// outermost trusted proxy states.
    pub(crate) fn client_of(&self, peer: Option<IpAddr>, headers: &dyn HeaderSource) -> Result<IpAddr, AddressUnknown> {
        let client = match self.for_peer(peer) {
            Some(proxies) => forwarded_for(proxies, headers)?,
            None => peer.ok_or(AddressUnknown::PeerMissing)?,
        };
        // A socket for both address families reports an IPv4 peer as `::ffff:a.b.c.d`.
        let client = client.to_canonical();
        if client.is_unspecified() || client.is_multicast() { Err(AddressUnknown::Malformed) } else { Ok(client) }
    }
}

fn forwarded_for(proxies: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<IpAddr, AddressUnknown> {
    match (standard(proxies, headers)?, x_forwarded_for(proxies, headers)?) {
        (Some(standard), Some(other)) if standard != other => Err(AddressUnknown::Conflict),
        (standard, other) => standard.or(other).ok_or(AddressUnknown::NotStated)?,
    }
}

/// What one header states: an address, or that the address is hidden.
type Stated = Result<IpAddr, AddressUnknown>;

/// Reads `Forwarded` ([RFC 7239 §5.2](https://www.rfc-editor.org/rfc/rfc7239#section-5.2)). A header without `for`
/// states nothing.
fn standard(proxies: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Option<Stated>, AddressUnknown> {
    let list = HeaderList::read(headers, "forwarded").map_err(|_| AddressUnknown::Malformed)?;
    let sender = |entry| Ok(Entry::parse(entry).map_err(|_| AddressUnknown::Malformed)?.sender.map(stated));
    outermost(proxies, list.entries.iter().rev().copied().map(sender))
}

/// Reads `X-Forwarded-For`.
///
/// This header has no quoted strings, so a comma always ends an entry. Whatever the client wrote at the left end, it
/// cannot change how the entries of the proxies at the right end are read, and so it cannot hide its address.
fn x_forwarded_for(proxies: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Option<Stated>, AddressUnknown> {
    let mut lines = Vec::new();
    headers.each_value("x-forwarded-for", &mut |line| lines.push(line));
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(|octet| *octet == b','));
    let text = |entry| str::from_utf8(entry).map(|entry| Some(stated(entry.trim_matches([' ', '\t']))));
    outermost(proxies, entries.map(|entry| text(entry).map_err(|_| AddressUnknown::Malformed)))
}

/// Walks from the last entry to the left, and returns the sender that the outermost trusted proxy names. Entries
/// further to the left are not read. An empty list states nothing.
fn outermost(
    proxies: ProxyChain<'_>,
    mut senders: impl Iterator<Item = Result<Option<Stated>, AddressUnknown>>,
) -> Result<Option<Stated>, AddressUnknown> {
    if let ProxyChain::Hops(hops) = proxies {
        // Each trusted proxy appends one entry, so the n-th entry from the right is the one of the outermost proxy.
        let Some(last) = senders.next() else { return Ok(None) };
        let outermost = if hops.get() == 1 { Some(last) } else { senders.nth(hops.get() - 2) };
        return outermost.ok_or(AddressUnknown::Length)?;
    }
    let mut found = None;
    for (count, sender) in senders.enumerate() {
        if count == MAX_PROXIES {
            return Err(AddressUnknown::Length);
        }
        // An entry without a sender ends the walk: it is unknown who wrote the entry to its left.
        let Some(sender) = sender? else { return Ok(None) };
        found = Some(sender);
        if !sender.is_ok_and(|sender| proxies.trusts(sender)) {
            break;
        }
    }
    Ok(found)
}

fn stated(node: &str) -> Stated {
    address(node).map_err(|_| AddressUnknown::Malformed)?.ok_or(AddressUnknown::Hidden)
}

/// Real chains have fewer than ten proxies. A client inside a trusted network could otherwise send any number of
/// entries.
const MAX_PROXIES: usize = 32;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::net::IpAddr;

    use super::{AddressUnknown, TrustedProxies};

    type Lines = &'static [(&'static str, &'static str)];

    fn client_of(proxies: &TrustedProxies, peer: &str, lines: Lines) -> Result<String, AddressUnknown> {
        let peer: Option<IpAddr> = peer.parse().ok();
        proxies.client_of(peer, &lines.to_vec()).map(|address| address.to_string())
    }

    #[test]
    fn without_a_trusted_proxy_the_peer_is_the_client_whatever_its_headers_say() {
        let networks = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
        for proxies in [TrustedProxies::none(), networks] {
            let spoofed: Lines = &[("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=198.51.100.7")];
            for lines in [&[] as Lines, spoofed, &[("X-Forwarded-For", "\"")], &[("Forwarded", "for=\"")]] {
                assert_eq!(client_of(&proxies, "192.0.2.1", lines).as_deref(), Ok("192.0.2.1"), "{lines:?}");
                assert_eq!(client_of(&proxies, "::ffff:192.0.2.1", lines).as_deref(), Ok("192.0.2.1"), "{lines:?}");
                assert_eq!(client_of(&proxies, "2001:db8::1", lines).as_deref(), Ok("2001:db8::1"), "{lines:?}");
                assert_eq!(client_of(&proxies, "-", lines), Err(AddressUnknown::PeerMissing), "{lines:?}");
            }
        }
    }

    #[test]
    fn number_of_hops_selects_the_entry_from_the_right() {
        use AddressUnknown as E;
        for (hops, lines, expected) in [
            (1, &[("X-Forwarded-For", "192.0.2.1")] as Lines, Ok("192.0.2.1")),
            (1, &[("X-Forwarded-For", "198.51.100.7, 192.0.2.1")], Ok("192.0.2.1")),
            (1, &[("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-For", "192.0.2.1")], Ok("192.0.2.1")),
            (2, &[("X-Forwarded-For", "198.51.100.7, 192.0.2.1, 10.0.0.2")], Ok("192.0.2.1")),
            (2, &[("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "10.0.0.2")], Ok("192.0.2.1")),
            (1, &[("Forwarded", "for=198.51.100.7, for=192.0.2.1;proto=https")], Ok("192.0.2.1")),
            (1, &[("Forwarded", "for=\"[2001:db8::1]:4711\"")], Ok("2001:db8::1")),
            (1, &[("Forwarded", "for=192.0.2.1"), ("X-Forwarded-For", "192.0.2.1:4711")], Ok("192.0.2.1")),
            // A quote of the client does not hide the client.
            (1, &[("X-Forwarded-For", "\"198.51.100.7, 192.0.2.1")], Ok("192.0.2.1")),
            (1, &[("X-Forwarded-For", "\u{e4},,%, 192.0.2.1")], Ok("192.0.2.1")),
            (1, &[], Err(E::NotStated)),
            (1, &[("Forwarded", "proto=https;host=api.a")], Err(E::NotStated)),
            (1, &[("Forwarded", "proto=https"), ("X-Forwarded-For", "192.0.2.1")], Ok("192.0.2.1")),
            (2, &[("X-Forwarded-For", "192.0.2.1")], Err(E::Length)),
            (2, &[("Forwarded", "for=192.0.2.1")], Err(E::Length)),
            (1, &[("Forwarded", "for=198.51.100.7"), ("X-Forwarded-For", "192.0.2.1")], Err(E::Conflict)),
            (1, &[("Forwarded", "for=_hidden"), ("X-Forwarded-For", "192.0.2.1")], Err(E::Conflict)),
            (1, &[("Forwarded", "for=_hidden")], Err(E::Hidden)),
            (1, &[("X-Forwarded-For", "unknown")], Err(E::Hidden)),
            (1, &[("X-Forwarded-For", "")], Err(E::Malformed)),
            (1, &[("X-Forwarded-For", "192.0.2.1,")], Err(E::Malformed)),
            (1, &[("X-Forwarded-For", "192.0.2.1\r\nX-Admin: 1")], Err(E::Malformed)),
            (1, &[("X-Forwarded-For", "0.0.0.0")], Err(E::Malformed)),
            (1, &[("X-Forwarded-For", "::")], Err(E::Malformed)),
            (1, &[("X-Forwarded-For", "224.0.0.1")], Err(E::Malformed)),
            (1, &[("X-Forwarded-For", "client.example")], Err(E::Malformed)),
            (1, &[("Forwarded", "for=198.51.100.7;for=192.0.2.1")], Err(E::Malformed)),
            (1, &[("Forwarded", "\"for=198.51.100.7, for=192.0.2.1")], Err(E::Malformed)),
        ] {
            let found = client_of(&TrustedProxies::hops(hops), "10.0.0.1", lines);
            assert_eq!(found.as_deref().map_err(|error| *error), expected, "{hops} {lines:?}");
        }
    }

    #[test]
    fn the_first_address_from_the_right_outside_the_networks_is_the_client() {
        use AddressUnknown as E;
        let networks = TrustedProxies::networks(["10.0.0.0/8", "2001:db8::/32"]).unwrap();
        for (lines, expected) in [
            (&[("X-Forwarded-For", "192.0.2.1")] as Lines, Ok("192.0.2.1")),
            (&[("X-Forwarded-For", "192.0.2.1, 10.0.0.3, 10.0.0.2:80")], Ok("192.0.2.1")),
            // The client claims to be behind a trusted proxy, or to be one.
            (&[("X-Forwarded-For", "198.51.100.7, 10.0.0.7, 192.0.2.1")], Ok("192.0.2.1")),
            (&[("X-Forwarded-For", "10.0.0.7, 192.0.2.1, 10.0.0.2")], Ok("192.0.2.1")),
            (&[("X-Forwarded-For", "\", 192.0.2.1")], Ok("192.0.2.1")),
            // A client inside the trusted networks.
            (&[("X-Forwarded-For", "10.0.0.9")], Ok("10.0.0.9")),
            (&[("X-Forwarded-For", "10.0.0.9, 10.0.0.2")], Ok("10.0.0.9")),
            (&[("X-Forwarded-For", "10.0.0.9, ::ffff:10.0.0.2")], Ok("10.0.0.9")),
            (&[("Forwarded", "for=198.51.100.7, for=192.0.2.1, for=\"[2001:db8::1]:80\"")], Ok("192.0.2.1")),
            (&[("Forwarded", "for=198.51.100.7, for=unknown")], Err(E::Hidden)),
            (&[("X-Forwarded-For", "198.51.100.7, unknown")], Err(E::Hidden)),
            (&[("Forwarded", "for=198.51.100.7, proto=https")], Err(E::NotStated)),
            (&[], Err(E::NotStated)),
            (&[("X-Forwarded-For", "198.51.100.7, proxy")], Err(E::Malformed)),
        ] {
            let found = client_of(&networks, "10.0.0.1", lines);
            assert_eq!(found.as_deref().map_err(|error| *error), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_chain_is_read_up_to_32_proxies() {
        let networks = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
        let chain = |proxies: usize| format!("192.0.2.1{}", ", 10.0.0.2".repeat(proxies));
        let client = |proxies: usize| {
            let (peer, value) = (IpAddr::from([10, 0, 0, 1]), chain(proxies));
            networks.client_of(Some(peer), &[("x-forwarded-for", value.as_str())])
        };
        assert_eq!(client(31), Ok(IpAddr::from([192, 0, 2, 1])));
        assert_eq!(client(32), Err(AddressUnknown::Length));
        assert_eq!(client(100_000), Err(AddressUnknown::Length));
    }
}
