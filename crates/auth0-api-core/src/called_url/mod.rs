//! The URL that a client called: how it is compared with `htu`, and errors of its configuration.

// For readers of the code:
//
// The URL that a client called, and the URL that a DPoP proof was made for.
//
// A proof is valid for one URL ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (9)). The server
// must therefore find out which URL the client called, and compare it with the proof's `htu`. This module specifies
// how both URLs are read. It has no I/O, and it depends neither on proofs nor on the defaults of settings. Each
// violation of a rule is a `TargetError`.
//
// # How a URL is read
//
// Both URLs are parsed by the same rules into a `TargetUrl`, and they match if the two values are equal.
//
// 1. The text must be visible ASCII. A control character, white space or a non-ASCII character is an error: wherever it
//    is in an `htu`, and before the query in the URL of a request.
// 2. The query and the fragment are dropped and not parsed. The rest may have 8 KiB at most.
// 3. The scheme is `http` or `https`, in upper or lower case. `://` and the authority follow.
// 4. The authority has no user information. The host is a name of letters, digits, `-`, `_` and single dots, or an
//    IPv4 address, or an IPv6 address in brackets. The host is converted to lower case and not changed otherwise.
// 5. A port is a number up to 65535. A missing port, an empty port and the scheme's default port are equal.
// 6. In the path, the hexadecimal digits of percent-triplets are converted to upper case, and the triplets of
//    unreserved characters are decoded. Then dot segments are resolved
//    ([RFC 3986 §6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)). An empty path becomes `/`. If the
//    request has a proof, a dot segment in its URL is an error, because routers do not resolve dot segments.
// 7. Everything else in the path is kept: upper and lower case, `%2F`, double and trailing slashes, and characters
//    that RFC 3986 does not allow but browsers send (`[`, `|`). A backslash is an error, and so is a `%` without two
//    hexadecimal digits after it.
//
// These rules differ from a browser's rules on purpose. A browser's parser corrects a malformed URL, and the server's
// router may correct the same URL in another way.
//
// # Which URL the client called
//
// The first of these rules that applies decides (`TargetPolicy`):
//
// 1. **A public URL is configured.** Scheme, host and port are taken from it. Its path is always put before the path
//    that the server received, so configure a path only if a proxy strips that path. The request's host and the
//    proxies' headers are not read.
// 2. **The application gave the URL** (`TokenRequest::new`). That URL is used.
// 3. **A trusted proxy passed the request on.** The request as received must satisfy rule 4. Then the scheme and the
//    host that the outermost trusted proxy states replace those of the request. A part that this proxy does not state
//    is kept. A prefix that a trusted proxy states is put before the path.
// 4. **Otherwise, the request as received:** the connection's scheme, the host of `:authority` or `Host`, and the
//    path. If both hosts are present, they must agree. There may be only one `Host`
//    ([RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)). If the request target is a URL, its
//    scheme, host and port must be those of the request.
//
// The scheme is the one of this server's listener. Each client can write any scheme into its request.
//
// The client also chooses the `Host`. A proof that was made for another API would therefore be accepted here with the
// other API's host. So if there is no public URL, the host must be one of the API's own hosts, by each of the rules
// above (`OwnHosts`). If none are configured, any host is accepted, and the caller logs a warning.
//
// # What the trusted proxies state
//
// Each proxy appends its entry at the right end of a forwarding header. The client can write any entries to the left
// of the proxies' entries, so a header is read from the right:
//
// 1. By default, no proxy is trusted. Forwarding headers are then not read at all.
// 2. **Trust by hops** (`TrustedProxies::hops`): with *n* hops, the *n*-th entry from the right is used. A header
//    with fewer entries is an error. An absent header states nothing.
// 3. **Trust by networks** (`TrustedProxies::networks`): if the peer is in one of the networks, the peer wrote the
//    last entry. This entry names its sender (`for=` of `Forwarded`, or `X-Forwarded-For`). If the sender is also in
//    one of the networks, the sender wrote the next entry to the left, and so on. The leftmost entry that a trusted
//    proxy wrote is used. If the header has fewer entries than there are trusted proxies, a trusted proxy has replaced
//    the header, and the first entry is used.
// 4. `Forwarded` and `X-Forwarded-Proto`/`-Host` may both be present if they state the same scheme and the same host.
// 5. `X-Forwarded-Prefix` has one entry: an absolute path in normal form, without empty segments or encoded slashes.
//    `X-Forwarded-Port` is not read: the port is taken from the same header as the host.
// 6. An entry of a trusted proxy that cannot be parsed is an error. The entries to the left of the trusted proxies'
//    entries are not parsed, except for the quotes: they decide where an entry ends. A header may have 8 KiB at most.
//
// The address of the client (`client_address`) is read from `Forwarded` or `X-Forwarded-For` by the same rules.

mod authority;
mod client_address;
mod difference;
mod entries;
mod error;
mod forwarded;
mod own_hosts;
mod path;
mod policy;
pub(crate) mod proxies;
mod request_target;
mod url;

pub use difference::UrlPart;
pub use error::TargetError;
pub(crate) use proxies::TrustedProxies;
pub use proxies::TrustedProxiesError;
pub use url::TargetUrl;

pub(crate) use authority::{port_number, split_port};
pub(crate) use difference::hint;
pub(crate) use entries::{Unclosed, split_unquoted};
pub(crate) use own_hosts::OwnHosts;
pub(crate) use policy::TargetPolicy;
