//! Kinds of requests: good ones, which the API should serve, and bad ones, which it must always reject.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Good {
    Bearer,
    /// A proof with the latest nonce. If the API demands another one, the client repeats the request once.
    Dpop,
    /// The API calls another API on behalf of the caller.
    Exchange,
    /// What a browser sends before the request of a page.
    Preflight,
    /// A response that takes seconds, and may outlive its token.
    Stream,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bad {
    Expired,
    NoToken,
    OtherAudience,
    /// Signed by a key that the tenant has removed, after all replicas have fetched the keys.
    RemovedKey,
    /// A request that was accepted, sent once more to the other replica.
    UsedProof,
}

impl Good {
    pub(crate) const ALL: [Self; 5] = [Self::Bearer, Self::Dpop, Self::Exchange, Self::Preflight, Self::Stream];

    /// How many of 200 clients send such requests.
    pub(crate) fn clients(self) -> usize {
        match self {
            Self::Bearer => 60,
            Self::Dpop => 70,
            Self::Exchange | Self::Stream => 20,
            Self::Preflight => 10,
        }
    }
}

impl Bad {
    pub(crate) const ALL: [Self; 5] =
        [Self::Expired, Self::NoToken, Self::OtherAudience, Self::RemovedKey, Self::UsedProof];

    pub(crate) fn clients(self) -> usize {
        match self {
            Self::Expired | Self::OtherAudience => 3,
            Self::NoToken | Self::RemovedKey => 2,
            Self::UsedProof => 10,
        }
    }
}

impl fmt::Display for Good {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
            Self::Exchange => "exchange",
            Self::Preflight => "preflight",
            Self::Stream => "stream",
        })
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Expired => "expired token",
            Self::NoToken => "no token",
            Self::OtherAudience => "other audience",
            Self::RemovedKey => "removed key",
            Self::UsedProof => "used proof",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_hundred_clients() {
        let good: usize = Good::ALL.into_iter().map(Good::clients).sum();
        let bad: usize = Bad::ALL.into_iter().map(Bad::clients).sum();
        assert_eq!(good + bad, 200);
    }
}
