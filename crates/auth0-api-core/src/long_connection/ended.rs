//! Why the token of a long connection ended, and how each protocol says so.

use crate::token::TimeLimit;

/// Why the token of a connection has ended.
///
/// `Display` is a fixed text, short enough for the reason of a WebSocket's close frame.
///
/// | ended | label | close code | gRPC code |
/// |---|---|---|---|
/// | `Expired` | `token_expired` | 1008 | 16 `UNAUTHENTICATED` |
/// | `RevocationUnavailable` | `revocation_unavailable` | 1011 | 14 `UNAVAILABLE` |
/// | `Revoked` | `token_revoked` | 1008 | 16 `UNAUTHENTICATED` |
/// | `TooOld` | `token_too_old` | 1008 | 16 `UNAUTHENTICATED` |
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ended {
    /// The token has expired: the clock has reached its `exp`, plus the leeway of the client.
    #[error("the access token has expired")]
    Expired,
    /// The list of revoked tokens did not answer for the time of
    /// [`outage_limit`](super::LongConnectionPolicy::outage_limit). The token may still be valid.
    #[error("the list of revoked tokens is unavailable")]
    RevocationUnavailable,
    /// The token was revoked, or the list has read a claim that is malformed.
    #[error("the access token was revoked")]
    Revoked,
    /// The token is older than the [`max_token_age`](crate::ApiClientBuilder::max_token_age) of the client.
    #[error("the access token is too old")]
    TooOld,
}

impl Ended {
    /// A stable label, for logs and metrics: that of the error with which the client rejects a request for this reason.
    pub fn label(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::RevocationUnavailable => "revocation_unavailable",
            Self::Revoked => "token_revoked",
            Self::TooOld => "token_too_old",
        }
    }

    /// The code of the frame that closes a WebSocket
    /// ([RFC 6455 §7.4.1](https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1)): 1008, a violation of a policy, if the
    /// token has ended; 1011, an unexpected condition at the server, if the list is unavailable.
    pub fn close_code(self) -> u16 {
        if self.is_unavailable() { 1011 } else { 1008 }
    }

    /// The [gRPC status code](https://grpc.github.io/grpc/core/md_doc_statuscodes.html) for the end of a stream: 16,
    /// `UNAUTHENTICATED`, if the token has ended; 14, `UNAVAILABLE`, if the list is unavailable.
    pub fn grpc_code(self) -> i32 {
        if self.is_unavailable() { 14 } else { 16 }
    }

    /// The failure of the list is no fault of the client, so nothing blames its token.
    fn is_unavailable(self) -> bool {
        matches!(self, Self::RevocationUnavailable)
    }
}

impl From<TimeLimit> for Ended {
    fn from(limit: TimeLimit) -> Self {
        match limit {
            TimeLimit::Expiry => Self::Expired,
            TimeLimit::MaxAge => Self::TooOld,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_its_label_and_codes() {
        for (ended, label, close, grpc) in [
            (Ended::Expired, "token_expired", 1008, 16),
            (Ended::RevocationUnavailable, "revocation_unavailable", 1011, 14),
            (Ended::Revoked, "token_revoked", 1008, 16),
            (Ended::TooOld, "token_too_old", 1008, 16),
        ] {
            assert_eq!((ended.label(), ended.close_code(), ended.grpc_code()), (label, close, grpc));
            // RFC 6455 §5.5: a control frame has at most 125 octets, two of which are the code.
            assert!(ended.to_string().len() <= 123, "{ended}");
        }
    }
}
