/// Why a URL, or the URL a client called, cannot be had.
///
/// On the request's side it is the caller's malformed request, in a proof's `htu` a bad proof. Nothing of the text that
/// was rejected is repeated, so these errors may be logged and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// Something other than visible ASCII stands in the URL: a control character, white space, or a non-ASCII
    /// character.
    #[error("the URL has a character that no URL has")]
    Character,
    /// The URL does not begin with `http://` or `https://`.
    #[error("the URL is no absolute http or https URL")]
    Scheme,
    /// A user name or a password stands before the host.
    #[error("the URL has user information")]
    UserInfo,
    /// The host is neither a name, nor an IPv4 address, nor an IPv6 address in brackets.
    #[error("the host is malformed")]
    Host,
    /// The port is no number from 0 to 65535.
    #[error("the port is malformed")]
    Port,
    /// A backslash stands in the path, or the path does not begin with a slash.
    #[error("the path is malformed")]
    Path,
    /// A `%` is not followed by two hexadecimal digits.
    #[error("the path has a stray percent sign")]
    PercentEncoding,
    /// The URL, or a header with forwarding information, is too long to be looked at.
    #[error("{length} octets are more than the {limit} that are looked at")]
    TooLong {
        /// How long it is, in octets.
        length: usize,
        /// How long it may be, in octets.
        limit: usize,
    },
    /// The request target is neither a path nor a URL, as in `OPTIONS *` or `CONNECT`.
    #[error("the request target names no resource")]
    RequestTarget,
    /// The request target is a URL of another origin than the one the request was sent to.
    #[error("the request target and the host of the request disagree")]
    RequestTargetConflict,
    /// The request names no host.
    #[error("the request names no host")]
    HostMissing,
    /// The request has more than one `Host` header.
    #[error("the request has more than one host header")]
    HostRepeated,
    /// `:authority` and `Host` name different hosts.
    #[error("the request names two different hosts")]
    HostConflict,
    /// A trusted proxy sent a header that cannot be read, or that does not say one thing.
    #[error("the {header} header cannot be read")]
    Forwarded {
        /// The header, in lower case.
        header: &'static str,
    },
    /// A header has fewer entries than there are trusted proxies, so the request did not come through all of them.
    #[error("the {header} header has {entries} entries for {hops} proxies")]
    ForwardedTooShort {
        /// The header, in lower case.
        header: &'static str,
        /// How many entries there are.
        entries: usize,
        /// How many trusted proxies are configured.
        hops: usize,
    },
    /// `Forwarded` and `X-Forwarded-*` are both there and do not say the same.
    #[error("the forwarded and x-forwarded headers disagree")]
    ForwardedConflict,
}
