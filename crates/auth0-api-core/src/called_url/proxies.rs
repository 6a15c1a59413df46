//! Which proxies are believed.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::str::FromStr;

use ipnet::IpNet;

use super::TargetError;
use super::entries::{HeaderList, TrustedEntries};
use crate::request::TokenRequest;

/// The proxies in front of this API whose word is taken for the URL that a client called.
///
/// A forwarding header is whatever the client wrote until a proxy of yours has replaced it or appended to it. So nobody
/// is trusted unless told to, and those who are must, each of them, replace, append to, or remove every one of
/// `Forwarded`, `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-Prefix`. Where one of them lets a client's
/// header through, configure a public URL instead.
///
/// In text, as for an environment variable, it is `none`, a number of hops, or a list of networks:
///
/// ```
/// use auth0_api_core::{TrustedProxies, TrustedProxiesError};
///
/// let one_load_balancer: TrustedProxies = "1".parse()?;
/// let our_machines: TrustedProxies = "10.0.0.0/8, 127.0.0.1, ::1".parse()?;
///
/// assert!("everyone".parse::<TrustedProxies>().is_err());
/// # Ok::<(), TrustedProxiesError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrustedProxies(Trust);

#[derive(Clone, Debug)]
enum Trust {
    Nobody,
    Hops(NonZeroUsize),
    Networks(Vec<IpNet>),
}

/// Why a text or a list describes no [`TrustedProxies`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedProxiesError {
    /// No network is listed; [`TrustedProxies::none`] says so on purpose.
    #[error("no trusted proxy is named")]
    Empty,
    /// The network is the whole internet, so anyone could say which URL was called.
    #[error("the network {0} trusts everyone")]
    Everyone(String),
    /// This is neither an address nor a network in CIDR notation.
    #[error("{0:?} is neither an address nor a network")]
    Network(String),
}

impl TrustedProxies {
    /// Believes nobody: the default. Forwarding headers are then not even read.
    #[must_use]
    pub fn none() -> Self {
        Self(Trust::Nobody)
    }

    /// Believes the last `count` proxies that a request comes through; 0 believes nobody.
    ///
    /// For servers that can be reached through those proxies only, and where each of them appends to the headers it
    /// sends. A header that is there but has fewer entries than hops rejects the request: it came another way.
    #[must_use]
    pub fn hops(count: usize) -> Self {
        Self(NonZeroUsize::new(count).map_or(Trust::Nobody, Trust::Hops))
    }

    /// Believes the proxies in these networks, each an address or in CIDR notation.
    ///
    /// The directly connected peer must be one of them. From there the headers are followed from right to left for as
    /// long as the sender of the next entry is one of them, too.
    ///
    /// ```
    /// use auth0_api_core::{TrustedProxies, TrustedProxiesError};
    ///
    /// let proxies = TrustedProxies::networks(["10.0.0.0/8", "fd00::/8"])?;
    /// # Ok::<(), TrustedProxiesError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Names the first entry that is no network, or that is all of the internet; rejects an empty list.
    pub fn networks<I>(networks: I) -> Result<Self, TrustedProxiesError>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let networks = networks.into_iter().map(|text| network(text.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if networks.is_empty() { Err(TrustedProxiesError::Empty) } else { Ok(Self(Trust::Networks(networks))) }
    }

    /// Whether nobody is believed, whoever it is.
    pub(crate) fn are_none(&self) -> bool {
        matches!(self.0, Trust::Nobody)
    }

    /// Whether the peer that sent a request is believed.
    pub(crate) fn believe(&self, peer: Option<IpAddr>) -> bool {
        self.chain(peer).is_some()
    }

    /// The entry of a header to which each trusted proxy appends one about its own client: that of the outermost of them. `None`
    /// if the peer is not trusted or the header is absent; a header with fewer entries rejects.
    pub(crate) fn outermost_entry<'r>(
        &self,
        request: &TokenRequest<'r>,
        header: &'static str,
        limit: usize,
    ) -> Result<Option<&'r str>, TargetError> {
        let Some(chain) = self.chain(request.peer()) else { return Ok(None) };
        let senders = HeaderList::read(request.headers, "x-forwarded-for")?;
        let reach = TrustedEntries::of(chain, &senders, |entry| Ok(Some(entry)))?;
        HeaderList::read_within(limit, request.headers, header)?.written_within(reach.exactly())
    }

    /// Whom to believe of those who passed on a request that came from `peer`; `None` for nobody.
    pub(super) fn chain(&self, peer: Option<IpAddr>) -> Option<ProxyChain<'_>> {
        match &self.0 {
            Trust::Nobody => None,
            Trust::Hops(count) => Some(ProxyChain::Hops(*count)),
            Trust::Networks(networks) => {
                let chain = ProxyChain::Networks(networks);
                peer.is_some_and(|peer| chain.trusts(peer)).then_some(chain)
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

/// The proxies that passed on one request and may be believed; the directly connected one is.
#[derive(Clone, Copy, Debug)]
pub(super) enum ProxyChain<'p> {
    Hops(NonZeroUsize),
    Networks(&'p [IpNet]),
}

impl ProxyChain<'_> {
    /// Whether this address is known to be a trusted proxy's.
    pub(super) fn trusts(self, address: IpAddr) -> bool {
        match self {
            Self::Hops(_) => false,
            // A socket for both families shows IPv4 peers as `::ffff:a.b.c.d`.
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
        .map_err(|_| TrustedProxiesError::Network(text.to_owned()))?;
    if network.prefix_len() == 0 {
        return Err(TrustedProxiesError::Everyone(text.to_owned()));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{TrustedProxies, TrustedProxiesError};

    #[test]
    fn text_names_nobody_hops_or_networks() {
        for (text, debug) in [
            ("none", "TrustedProxies(Nobody)"),
            ("0", "TrustedProxies(Nobody)"),
            (" 2 ", "TrustedProxies(Hops(2))"),
            ("127.0.0.1", "TrustedProxies(Networks([127.0.0.1/32]))"),
            ("10.0.0.0/8,127.0.0.1, ::1", "TrustedProxies(Networks([10.0.0.0/8, 127.0.0.1/32, ::1/128]))"),
        ] {
            assert_eq!(format!("{:?}", text.parse::<TrustedProxies>().unwrap()), debug);
        }
    }

    #[test]
    fn text_that_names_nothing_or_everyone_is_rejected() {
        for (text, error) in [
            ("", TrustedProxiesError::Empty),
            (" ", TrustedProxiesError::Empty),
            ("all", TrustedProxiesError::Network("all".to_owned())),
            ("-1", TrustedProxiesError::Network("-1".to_owned())),
            ("10.0.0.0/33", TrustedProxiesError::Network("10.0.0.0/33".to_owned())),
            ("10.0.0.1,", TrustedProxiesError::Network(String::new())),
            ("10.0.0.1,0.0.0.0/0", TrustedProxiesError::Everyone("0.0.0.0/0".to_owned())),
            ("::/0", TrustedProxiesError::Everyone("::/0".to_owned())),
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
            assert_eq!(networks.chain(Some(peer.parse().unwrap())).is_some(), trusted, "{peer}");
        }
        assert!(networks.chain(None).is_none());
        assert!(TrustedProxies::none().chain(Some("127.0.0.1".parse().unwrap())).is_none());
        assert!(TrustedProxies::hops(1).chain(None).is_some());
    }
}
