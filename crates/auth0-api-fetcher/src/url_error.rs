//! Why a URL is not one that a fetcher sends a token to.

/// Why a URL is not one that a fetcher sends a token to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// The path has a segment `.` or `..`, also percent-encoded: a server resolves it, and the request reaches another path
    /// than the one that the code names.
    #[error("the path has a dot segment: percent-encode the values that are put into it")]
    DotSegment,
    /// The URL has a fragment. A client does not send it: a `#` in a value would cut the path.
    #[error("the URL has a fragment: percent-encode the values that are put into it")]
    Fragment,
    /// The URL has a character that must be percent-encoded, an incomplete percent-encoding, or a malformed host or port.
    #[error("the URL is malformed: percent-encode the values that are put into it")]
    Malformed,
    /// The URL that is configured is not an absolute one.
    #[error("the URL is not absolute")]
    NotAbsolute,
    /// The URL begins with two slashes: for some libraries, a host follows.
    #[error("the path begins with two slashes")]
    NetworkPath,
    /// The URL is absolute, and its origin is neither that of the base URL nor one that `allow_origin` names. The token is
    /// not for this origin.
    #[error("the origin {origin} is not allowed: name it with allow_origin if the token may go there")]
    OtherOrigin {
        /// The origin.
        origin: Box<str>,
    },
    /// An origin was expected, and the URL has a path or a query.
    #[error("the origin has a path or a query")]
    PathInOrigin,
    /// The base URL has a query.
    #[error("the base URL has a query")]
    QueryInBase,
    /// The scheme is not `https` or `http`.
    #[error("the scheme is neither https nor http")]
    Scheme,
    /// The URL is longer than 8 KiB.
    #[error("the URL is longer than 8 KiB")]
    TooLong,
    /// The scheme is `http`, and `insecure_http` was not called.
    #[error("the scheme is http: a token would be sent without encryption")]
    Unencrypted,
    /// The URL has a user name or a password before its host.
    #[error("the URL has user information before its host")]
    UserInfo,
}
