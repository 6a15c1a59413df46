//! The URL that a client called, and the one that a proof was made for. Pure; knows neither proofs nor settings'
//! defaults.
//!
//! A proof is good for one URL ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (9)), so the server
//! has to know which one was called, and both have to be read alike. [`TargetUrl`] is a URL that was read by these
//! rules, on either side; two of them are equal or they are not:
//!
//! 1. The text is visible ASCII. Control characters, white space and non-ASCII reject wherever they stand.
//! 2. Query and fragment are dropped, whatever else they hold. Of the rest, no more than 8 KiB is looked at.
//! 3. The scheme is `http` or `https`, in any case, and two slashes and the authority follow.
//! 4. There is no user information. The host is a name of letters, digits, `-`, `_` and single dots, or an IPv4
//!    address, or an IPv6 address in brackets. It is lower-cased and otherwise left as it is written.
//! 5. A port is a number up to 65535. The scheme's default port, and an empty one, are as good as none.
//! 6. In the path, percent-triplets get upper-case digits, those of unreserved characters are decoded, and then dot
//!    segments are resolved ([RFC 3986 §6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)). An empty path is
//!    `/`.
//! 7. Everything else in the path stays: its case, `%2F`, double and trailing slashes, and characters that RFC 3986 has
//!    no place for but browsers send (`[`, `|`). A backslash and a stray `%` reject.
//!
//! It is not a browser's parser on purpose: that one repairs what it reads, and a server's router does not repair
//! alike.
//!
//! Which URL was called is decided by the first of these that applies; readings are never mixed:
//!
//! 1. **A public URL** is configured. Scheme, host and port are taken from it, and its path is put before the path that
//!    the server received; always, so it has a path only where a proxy strips that path. What the request says of its
//!    host, and what proxies say, is not read.
//! 2. **The caller gave the URL**, so that is the one.
//! 3. **A trusted proxy** passed the request on. What the outermost trusted one says of scheme and host replaces what
//!    the server received, part by part, and its prefix is put before the path.
//! 4. **The request as received**: the connection's scheme, the host of `:authority` or `Host`, and the path. Both
//!    hosts must agree where both are there, there may be one `Host`
//!    ([RFC 9112 §3.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2)), and a request target that is a URL must
//!    belong to that scheme and host.
//!
//! What trusted proxies say is found so:
//!
//! 1. Nobody is trusted by default; forwarding headers are then not read at all.
//! 2. By hops: the entry at that place from the right. A header with fewer entries rejects, an absent one says nothing.
//! 3. By networks: if the peer is in one, its entry, the last; then the one before it while the sender of the entry is
//!    in one, too (`for=` of `Forwarded`, `X-Forwarded-For`). A shorter list was replaced by one of them: its first
//!    entry.
//! 4. `Forwarded` and `X-Forwarded-Proto`/`-Host` may both be there if they say the same, each part of it.
//! 5. `X-Forwarded-Prefix` has one entry: an absolute path in normal form, without empty segments or encoded slashes.
//!    `X-Forwarded-Port` is not read: a port that matters is in the host.
//! 6. What a trusted proxy wrote and cannot be read rejects. What is left of it in the list is not looked at, apart
//!    from the quotes that tell entries apart. A header has 8 KiB at most.

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
