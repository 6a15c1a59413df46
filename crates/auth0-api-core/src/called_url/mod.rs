//! The URL that a client called, and the URL that a DPoP proof was made for.
//!
//! A proof is valid for one URL ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (9)). The server
//! must therefore find out which URL the client called, and compare it with the proof's `htu`. This module is the
//! specification of both. It is pure: it knows neither proofs nor the defaults of settings. Every rule that is broken
//! is a [`TargetError`].
//!
//! # How a URL is read
//!
//! Both URLs are parsed by the same rules into a [`TargetUrl`], and they match if the two values are equal.
//!
//! 1. The whole text must be visible ASCII. A control character, white space or a non-ASCII character is an error,
//!    wherever it is.
//! 2. The query and the fragment are dropped and not parsed. What remains may have 8 KiB at most.
//! 3. The scheme is `http` or `https`, in upper or lower case. `://` and the authority follow.
//! 4. The authority has no user information. The host is a name of letters, digits, `-`, `_` and single dots, or an
//!    IPv4 address, or an IPv6 address in brackets. It is converted to lower case and not changed otherwise.
//! 5. A port is a number up to 65535. A missing port, an empty port and the scheme's default port are equal.
//! 6. In the path, the hexadecimal digits of percent-triplets are converted to upper case, and the triplets of
//!    unreserved characters are decoded. Then dot segments are resolved
//!    ([RFC 3986 §6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)). An empty path becomes `/`.
//! 7. Everything else in the path is kept: upper and lower case, `%2F`, double and trailing slashes, and characters
//!    that RFC 3986 does not allow but browsers send (`[`, `|`). A backslash is an error, and so is a `%` without two
//!    hexadecimal digits after it.
//!
//! These rules are not a browser's, on purpose. A browser's parser repairs what it reads, and the server's router may
//! not repair it in the same way.
//!
//! # Which URL the client called
//!
//! The first of these rules that applies decides ([`TargetPolicy`]):
//!
//! 1. **A public URL is configured.** Scheme, host and port are taken from it. Its path is always put before the path
//!    that the server received, so configure a path only if a proxy strips that path. The request's host and the
//!    proxies' headers are not read.
//! 2. **The caller gave the URL.** That URL is used.
//! 3. **A trusted proxy passed the request on.** The request as received must satisfy rule 4. Then the scheme and the
//!    host that the outermost trusted proxy states replace those of the request; a part that it does not state stays.
//!    Its prefix is put before the path.
//! 4. **Otherwise, the request as received:** the connection's scheme, the host of `:authority` or `Host`, and the
//!    path. If both hosts are present, they must agree. There may be only one `Host`
//!    ([RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)). A request target that is a URL must have
//!    that scheme and host.
//!
//! # What the trusted proxies state
//!
//! Each proxy appends its entry at the right end of a forwarding header. The client can write any entries to the left
//! of those, so a header is read from the right:
//!
//! 1. By default, no proxy is trusted. Forwarding headers are then not read at all.
//! 2. **Trust by hops** ([`TrustedProxies::hops`]): with *n* hops, the *n*-th entry from the right is used. A header
//!    with fewer entries is an error. An absent header states nothing.
//! 3. **Trust by networks** ([`TrustedProxies::networks`]): if the peer is in one of them, the peer wrote the last
//!    entry. That entry names its sender (`for=` of `Forwarded`, or `X-Forwarded-For`). If the sender is in one of the
//!    networks, too, it wrote the entry before, and so on to the left. The entry of the last trusted sender that is
//!    reached is used. If the header has fewer entries than that, a trusted proxy has replaced it, and its first entry
//!    is used.
//! 4. `Forwarded` and `X-Forwarded-Proto`/`-Host` may both be present if they state the same scheme and the same host.
//! 5. `X-Forwarded-Prefix` has one entry: an absolute path in normal form, without empty segments or encoded slashes.
//!    `X-Forwarded-Port` is not read: a port that matters is part of the host.
//! 6. An entry of a trusted proxy that cannot be parsed is an error. The entries to the left of it are not parsed,
//!    apart from the quotes that are needed to find where an entry ends. A header may have 8 KiB at most.

mod authority;
mod difference;
mod entries;
mod error;
mod forwarded;
mod path;
mod policy;
mod proxies;
mod request_target;
mod url;

pub use difference::UrlPart;
pub use error::TargetError;
pub use proxies::{TrustedProxies, TrustedProxiesError};
pub use url::TargetUrl;

pub(crate) use difference::hint;
pub(crate) use entries::split_unquoted;
pub(crate) use policy::TargetPolicy;
