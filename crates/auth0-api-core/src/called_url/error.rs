/// Why a URL is invalid, or why the URL that a client called cannot be determined.
///
/// For the URL of a request, this error means that the request is malformed. For a proof's `htu`, it means that the
/// proof is invalid. The error contains no part of the rejected text, so it may be logged and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// The URL contains a character that is not visible ASCII: a control character, white space, or a non-ASCII
    /// character.
    #[error("the URL contains a character that is not visible ASCII")]
    Character,
    /// The URL does not begin with `http://` or `https://`.
    #[error("the URL is not an absolute http or https URL")]
    Scheme,
    /// The URL begins with `ws://` or `wss://`. The handshake of a WebSocket is an http or https request
    /// ([RFC 6455 §4.1](https://www.rfc-editor.org/rfc/rfc6455#section-4.1)).
    #[error("the URL has the scheme of a WebSocket, not http or https")]
    WebSocketScheme,
    /// The URL has a user name or a password before the host.
    #[error("the URL contains user information")]
    UserInfo,
    /// The host is neither a name, nor an IPv4 address, nor an IPv6 address in brackets.
    #[error("the host is malformed")]
    Host,
    /// The port is not a number from 0 to 65535.
    #[error("the port is malformed")]
    Port,
    /// The path contains a backslash, or does not begin with a slash.
    #[error("the path is malformed")]
    Path,
    /// The path of the request has a segment `.` or `..`, plain or percent-encoded. Routers do not resolve it, so the
    /// proof for one resource would open another one.
    #[error("the path of the request has a dot segment")]
    DotSegment,
    /// A `%` is not followed by two hexadecimal digits.
    #[error("the path has a percent sign without two hexadecimal digits")]
    PercentEncoding,
    /// The URL, or a header with forwarding information, is longer than the limit.
    #[error("{length} octets exceed the limit of {limit}")]
    TooLong {
        /// The length in octets.
        length: usize,
        /// The greatest length that is accepted, in octets.
        limit: usize,
    },
    /// The request target is neither a path nor a URL, as in `OPTIONS *` or `CONNECT`.
    #[error("the request target is neither a path nor a URL")]
    RequestTarget,
    /// The request target is a URL, and its scheme, host or port is not that of the request.
    #[error("the request target and the host of the request disagree")]
    RequestTargetConflict,
    /// The host that the client called is not one of the API's
    /// [`own_hosts`](crate::ApiClientBuilder::own_hosts).
    #[error("the request names a host that is not one of this API's")]
    HostForeign,
    /// The request has neither `:authority` nor `Host`.
    #[error("the request names no host")]
    HostMissing,
    /// The request has more than one `Host` header.
    #[error("the request has more than one host header")]
    HostRepeated,
    /// `:authority` and `Host` name different hosts.
    #[error("the request names two different hosts")]
    HostConflict,
    /// A trusted proxy sent a header that is malformed or ambiguous.
    #[error("the {header} header is malformed")]
    Forwarded {
        /// The header, in lower case.
        header: &'static str,
    },
    /// A header has fewer entries than there are trusted proxies, so the request did not pass all trusted proxies.
    #[error("the {header} header has {entries} entries, fewer than the {hops} trusted proxies")]
    ForwardedTooShort {
        /// The header, in lower case.
        header: &'static str,
        /// The number of entries in the header.
        entries: usize,
        /// The number of entries that the trusted proxies must have written.
        hops: usize,
    },
    /// A header has more entries than any real chain of proxies writes.
    #[error("the {header} header has more than {limit} entries")]
    ForwardedTooLong {
        /// The header, in lower case.
        header: &'static str,
        /// The greatest number of entries.
        limit: usize,
    },
    /// `Forwarded` and `X-Forwarded-*` are both present and state different schemes or hosts.
    #[error("the forwarded and x-forwarded headers disagree")]
    ForwardedConflict,
}
