//! The redirects of a cluster.

use redis::RedisError;

use crate::server::Address;

/// Another node is responsible for the slot of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redirect {
    pub(crate) to: Address,
    /// The slot is on its way to the other node, and only the command after `ASKING` may use it there.
    pub(crate) asking: bool,
}

impl Redirect {
    /// Reads `MOVED slot host:port` and `ASK slot host:port`. An empty host is the host of the node that answered.
    pub(crate) fn from_error(error: &RedisError) -> Option<Self> {
        let (address, _) = error.redirect_node()?;
        // An IPv6 address has colons, and no brackets.
        let (host, port) = address.rsplit_once(':')?;
        let to = Address { host: host.to_owned(), port: port.parse().ok()? };
        Some(Self { to, asking: error.code() == Some("ASK") })
    }
}
