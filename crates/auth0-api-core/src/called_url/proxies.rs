//! The configuration of trusted proxies.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::str::FromStr;

use ipnet::IpNet;

use crate::printable::shown;

/// The proxies in front of this API whose forwarding headers are used to determine the URL that a client called, and the
/// address of the end user.
///
/// See [proxies](crate::guide::proxies).
///
/// The client can write any forwarding header. The header can be trusted only after a trusted proxy has replaced it or
/// appended to it. By default, no proxy is trusted. Each trusted proxy must replace, append to, or remove every one of
/// `Forwarded`, `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Prefix`. If a proxy passes on such a header
/// from the client unchanged, configure a public URL instead. The same holds for `X-Forwarded-For`, if the proxies are
/// trusted by their networks or if the address of the end user
/// [is forwarded](crate::ApiClientBuilder::forward_end_user_address).
///
/// As text, for example in an environment variable, the value is `none`, a number of hops, or a list of networks:
///
/// ```
/// use auth0_api_core::TrustedProxies;
/// use auth0_api_core::called_url::TrustedProxiesError;
///
/// let one_load_balancer: TrustedProxies = "1".parse()?;
/// let our_machines: TrustedProxies = "10.0.0.0/8, 127.0.0.1, ::1".parse()?;
///
/// assert!("everyone".parse::<TrustedProxies>().is_err());
/// # Ok::<(), TrustedProxiesError>(())
/// ```
#[doc(alias = "trust_proxy", alias = "X-Forwarded-Host")]
#[derive(Clone, Debug)]
#[must_use]
pub struct TrustedProxies(Trust);

#[derive(Clone, Debug)]
enum Trust {
    None,
    Hops(NonZeroUsize),
    Networks(Vec<IpNet>),
}

/// Why a text or a list does not describe [`TrustedProxies`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedProxiesError {
    /// The text or the list is empty. To trust no proxy, use [`TrustedProxies::none`].
    #[error("the list of trusted proxies is empty")]
    Empty,
    /// The network contains every IPv4 or every IPv6 address, so any client could write forwarding headers that are
    /// trusted. `::ffff:0:0/96` contains every IPv4 address, as a socket for both address families reports it.
    #[error("the network {0} contains every address")]
    Everyone(String),
    /// The entry is neither an address nor a network in CIDR notation. The text is its beginning.
    #[error("{0:?} is neither an address nor a network")]
    Network(String),
}

impl TrustedProxies {
    /// Trusts no proxy; forwarding headers are not read. This is the default.
    pub fn none() -> Self {
        Self(Trust::None)
    }

    /// Trusts the last `count` proxies that a request passes; 0 trusts none.
    ///
    /// Use this if the server can be reached through these proxies only, and if each of them appends an entry to the
    /// headers that it sends. A request is rejected if such a header has fewer entries than hops, because the request
    /// did not pass all of these proxies.
    pub fn hops(count: usize) -> Self {
        Self(NonZeroUsize::new(count).map_or(Trust::None, Trust::Hops))
    }

    /// Trusts the proxies in these networks. Each network is an address, or is in CIDR notation.
    ///
    /// The headers of a request are read only if the directly connected peer is in one of these networks. They are read
    /// from right to left, up to the first entry whose sender is not in these networks.
    ///
    /// ```
    /// use auth0_api_core::TrustedProxies;
    /// use auth0_api_core::called_url::TrustedProxiesError;
    ///
    /// let proxies = TrustedProxies::networks(["10.0.0.0/8", "fd00::/8"])?;
    /// # Ok::<(), TrustedProxiesError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The list is empty, or one of its entries is not a network or contains every address. The error names the first
    /// such entry.
    pub fn networks<I>(networks: I) -> Result<Self, TrustedProxiesError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let networks = networks.into_iter().map(|text| network(text.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if networks.is_empty() { Err(TrustedProxiesError::Empty) } else { Ok(Self(Trust::Networks(networks))) }
    }

    /// Returns true if no proxy is trusted.
    pub(crate) fn are_none(&self) -> bool {
        matches!(self.0, Trust::None)
    }

    /// Returns true if the peer that sent a request is a trusted proxy.
    pub(crate) fn believe(&self, peer: Option<IpAddr>) -> bool {
        self.for_peer(peer).is_some()
    }

    /// Returns the proxies to trust for a request from `peer`; `None` if `peer` is not trusted.
    pub(super) fn for_peer(&self, peer: Option<IpAddr>) -> Option<ProxyChain<'_>> {
        match &self.0 {
            Trust::None => None,
            Trust::Hops(count) => Some(ProxyChain::Hops(*count)),
            Trust::Networks(networks) => {
                let proxies = ProxyChain::Networks(networks);
                peer.is_some_and(|peer| proxies.trusts(peer)).then_some(proxies)
            }
        }
    }
}

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(text: &str) -> Result<Self, TrustedProxiesError> {
        match text.trim() {
            "" => Err(TrustedProxiesError::Empty),
            "none" => Ok(Self::none()),
            text => text.parse().map(Self::hops).or_else(|_| Self::networks(text.split(',').map(str::trim))),
        }
    }
}

impl fmt::Display for TrustedProxies {
    /// Writes what `FromStr` reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Trust::None => f.write_str("none"),
            Trust::Hops(count) => write!(f, "{count}"),
            Trust::Networks(networks) => {
                let networks: Vec<_> = networks.iter().map(IpNet::to_string).collect();
                f.write_str(&networks.join(", "))
            }
        }
    }
}

/// The proxies to trust for one request. The directly connected peer is one of these proxies.
#[derive(Clone, Copy, Debug)]
pub(super) enum ProxyChain<'p> {
    Hops(NonZeroUsize),
    Networks(&'p [IpNet]),
}

impl ProxyChain<'_> {
    /// Returns true if this address is known to belong to a trusted proxy. If the proxies are configured as a number of
    /// hops, no address is known.
    pub(super) fn trusts(self, address: IpAddr) -> bool {
        match self {
            Self::Hops(_) => false,
            // A socket for both address families reports an IPv4 peer as `::ffff:a.b.c.d`, so both forms are compared.
            Self::Networks(networks) => {
                networks.iter().any(|network| network.contains(&address) || network.contains(&address.to_canonical()))
            }
        }
    }
}

fn network(text: &str) -> Result<IpNet, TrustedProxiesError> {
    let network = text
        .parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| TrustedProxiesError::Network(shown(text).into()))?;
    // A socket for both address families reports IPv4 peers in `::ffff:0:0/96`.
    let has_every_ipv4 = MAPPED_ENDS.iter().all(|end| network.contains(&IpAddr::from(end.to_ipv6_mapped())));
    if network.prefix_len() == 0 || has_every_ipv4 {
        return Err(TrustedProxiesError::Everyone(text.to_owned()));
    }
    Ok(network)
}

/// The first and the last IPv4 address.
const MAPPED_ENDS: [Ipv4Addr; 2] = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST];

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{TrustedProxies, TrustedProxiesError};

    #[test]
    fn text_is_none_a_number_of_hops_or_networks() {
        for (text, debug) in [
            ("none", "TrustedProxies(None)"),
            ("0", "TrustedProxies(None)"),
            (" 2 ", "TrustedProxies(Hops(2))"),
            ("127.0.0.1", "TrustedProxies(Networks([127.0.0.1/32]))"),
            ("10.0.0.0/8,127.0.0.1, ::1", "TrustedProxies(Networks([10.0.0.0/8, 127.0.0.1/32, ::1/128]))"),
            ("0.0.0.0/1", "TrustedProxies(Networks([0.0.0.0/1]))"),
            ("::ffff:10.0.0.0/104", "TrustedProxies(Networks([::ffff:10.0.0.0/104]))"),
        ] {
            assert_eq!(format!("{:?}", text.parse::<TrustedProxies>().unwrap()), debug);
        }
    }

    #[test]
    fn empty_malformed_and_unlimited_lists_are_rejected() {
        for (text, error) in [
            ("", TrustedProxiesError::Empty),
            (" ", TrustedProxiesError::Empty),
            ("all", TrustedProxiesError::Network("all".to_owned())),
            ("-1", TrustedProxiesError::Network("-1".to_owned())),
            ("10.0.0.0/33", TrustedProxiesError::Network("10.0.0.0/33".to_owned())),
            ("10.0.0.1,", TrustedProxiesError::Network(String::new())),
            ("10.0.0.1,0.0.0.0/0", TrustedProxiesError::Everyone("0.0.0.0/0".to_owned())),
            ("::/0", TrustedProxiesError::Everyone("::/0".to_owned())),
            ("::ffff:0:0/96", TrustedProxiesError::Everyone("::ffff:0:0/96".to_owned())),
            ("::ffff:0.0.0.0/96", TrustedProxiesError::Everyone("::ffff:0.0.0.0/96".to_owned())),
            ("::/64", TrustedProxiesError::Everyone("::/64".to_owned())),
        ] {
            assert_eq!(text.parse::<TrustedProxies>().unwrap_err(), error);
        }
        assert_eq!(TrustedProxies::networks([""; 0]).unwrap_err(), TrustedProxiesError::Empty);
    }

    #[test]
    fn only_a_peer_from_the_networks_is_trusted() {
        let networks = TrustedProxies::networks(["10.0.0.0/8", "fd00::/8", "::ffff:192.0.2.0/120"]).unwrap();
        for (peer, trusted) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("fd00::1", true),
            ("::ffff:192.0.2.7", true),
            ("11.1.2.3", false),
            ("fe80::1", false),
        ] {
            assert_eq!(networks.for_peer(Some(peer.parse().unwrap())).is_some(), trusted, "{peer}");
        }
        assert!(networks.for_peer(None).is_none());
        assert!(TrustedProxies::none().for_peer(Some("127.0.0.1".parse().unwrap())).is_none());
        assert!(TrustedProxies::hops(1).for_peer(None).is_some());
    }
}
