//! What trusted proxies state about the URL that a client called: `Forwarded` and `X-Forwarded-*`.
//!
//! Each header is one list, even if it has several lines
//! ([RFC 9110 §5.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)). Each proxy appends its entry at the right end
//! of the list, and the client may have written the entries to the left. So each list is read from the right.

use super::TargetError;
use super::authority::{Authority, Scheme};
use super::entries::{HeaderList, TrustedEntries, Unclosed, split_unquoted};
use super::path::Path;
use super::proxies::ProxyChain;
use crate::credentials::is_token;
use crate::request::HeaderSource;

/// What the trusted proxies state. A field is empty if no trusted proxy states that part of the URL.
#[derive(Debug, Default)]
pub(super) struct Forwarded {
    pub(super) origin: ForwardedOrigin,
    pub(super) prefix: Option<Path>,
}

/// The scheme and the authority of the URL. A part that no trusted proxy states is `None`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ForwardedOrigin {
    pub(super) scheme: Option<Scheme>,
    pub(super) authority: Option<Authority>,
}

impl Forwarded {
    /// Reads what the trusted proxies wrote into the headers.
    pub(super) fn read(proxies: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Self, TargetError> {
        let origin = match (forwarded(proxies, headers)?, x_forwarded(proxies, headers)?) {
            // A proxy that writes one kind of header often passes on the client's headers of the other kind. The
            // client's headers must not add or change anything, so both kinds must state the same scheme and authority.
            (Some(standard), Some(other)) if standard != other => return Err(TargetError::ForwardedConflict),
            (standard, other) => standard.or(other).unwrap_or_default(),
        };
        Ok(Self { origin, prefix: x_forwarded_prefix(headers)? })
    }
}

/// Reads `Forwarded` ([RFC 7239 §4](https://www.rfc-editor.org/rfc/rfc7239#section-4)): each proxy appends an entry
/// `for=…;proto=…;host=…`.
fn forwarded(proxies: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Option<ForwardedOrigin>, TargetError> {
    let list = HeaderList::read(headers, "forwarded")?;
    let trusted = TrustedEntries::count(proxies, &list, |entry| Ok(Entry::parse(entry)?.sender))?;
    let Some(entry) = list.outermost(trusted)? else { return Ok(None) };
    let entry = Entry::parse(entry)?;
    Ok(Some(ForwardedOrigin {
        scheme: entry.proto.map(Scheme::parse).transpose().map_err(|_| Entry::MALFORMED)?,
        authority: entry.host.map(Authority::parse).transpose().map_err(|_| Entry::MALFORMED)?,
    }))
}

/// Reads `X-Forwarded-Proto` and `X-Forwarded-Host`.
///
/// Proxies write these two lists in parallel to `X-Forwarded-For`. Only `X-Forwarded-For` has addresses, so the trusted
/// entries are counted in `X-Forwarded-For`. The same count is used for the other two lists.
fn x_forwarded(proxies: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Option<ForwardedOrigin>, TargetError> {
    let (proto, host) =
        (HeaderList::read(headers, "x-forwarded-proto")?, HeaderList::read(headers, "x-forwarded-host")?);
    if proto.entries.is_empty() && host.entries.is_empty() {
        return Ok(None);
    }
    let senders = HeaderList::read(headers, "x-forwarded-for")?;
    let trusted = TrustedEntries::count(proxies, &senders, |entry| Ok(Some(entry)))?;
    Ok(Some(ForwardedOrigin {
        scheme: proto.outermost(trusted)?.map(Scheme::parse).transpose().map_err(|_| proto.malformed())?,
        authority: host.outermost(trusted)?.map(Authority::parse).transpose().map_err(|_| host.malformed())?,
    }))
}

/// Reads `X-Forwarded-Prefix`: the path that a proxy stripped.
///
/// Not every proxy strips a prefix. If there are several entries, it is unknown which proxy wrote which entry. So a
/// header with more than one entry is rejected.
fn x_forwarded_prefix(headers: &dyn HeaderSource) -> Result<Option<Path>, TargetError> {
    let list = HeaderList::read(headers, "x-forwarded-prefix")?;
    match list.entries.as_slice() {
        [] => Ok(None),
        [prefix] => prefix_path(prefix).map(Some).ok_or(list.malformed()),
        [_, _, ..] => Err(list.malformed()),
    }
}

/// Parses a prefix that is already in normal form and has no empty segments and no encoded slashes or backslashes.
fn prefix_path(text: &str) -> Option<Path> {
    let path = Path::parse(text).ok()?;
    let is_normal = path.as_str() == text && !["//", "%2F", "%5C"].into_iter().any(|part| text.contains(part));
    is_normal.then_some(path)
}

/// The entry of one proxy in `Forwarded`. Other parameters are ignored.
#[derive(Debug, Default)]
pub(super) struct Entry<'r> {
    /// The parameter `for`: the node that sent the request to this proxy.
    pub(super) sender: Option<&'r str>,
    proto: Option<&'r str>,
    host: Option<&'r str>,
}

impl<'r> Entry<'r> {
    const MALFORMED: TargetError = TargetError::Forwarded { header: "forwarded" };

    pub(super) fn parse(text: &'r str) -> Result<Self, TargetError> {
        let mut entry = Self::default();
        for pair in split_unquoted(text, b';') {
            let pair = pair.map_err(|Unclosed| Self::MALFORMED)?;
            if pair.is_empty() {
                continue;
            }
            let (name, value) = pair.split_once('=').ok_or(Self::MALFORMED)?;
            // RFC 7239 §4: parameter names are compared without regard to case.
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            let known = match name {
                _ if is("for") => &mut entry.sender,
                _ if is("proto") => &mut entry.proto,
                _ if is("host") => &mut entry.host,
                _ if is_token(name) => continue,
                _ => return Err(Self::MALFORMED),
            };
            // RFC 7239 §4: a parameter occurs at most once in an entry.
            if known.replace(parameter_value(value).ok_or(Self::MALFORMED)?).is_some() {
                return Err(Self::MALFORMED);
            }
        }
        Ok(entry)
    }
}

/// Returns the value of a parameter: a token, or the text between quotes.
///
/// Escapes are not decoded. A valid scheme, host or address contains no escape, so a value with an escape is rejected
/// when it is parsed.
fn parameter_value(text: &str) -> Option<&str> {
    match text.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"'),
        None => is_token(text).then_some(text),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::net::IpAddr;

    use super::super::TrustedProxies;
    use super::{Forwarded, TargetError};

    type Lines = &'static [(&'static str, &'static str)];

    /// What the trusted proxies state, as text. The peer is 10.0.0.1.
    fn stated(proxies: &TrustedProxies, lines: Lines) -> Result<String, TargetError> {
        let peer = IpAddr::from([10, 0, 0, 1]);
        let Forwarded { origin, prefix } = Forwarded::read(proxies.for_peer(Some(peer)).unwrap(), &lines.to_vec())?;
        let authority = origin.authority.map_or("-".to_owned(), |authority| match authority.port {
            Some(port) => format!("{}:{port}", authority.host),
            None => authority.host,
        });
        Ok(format!(
            "{} {authority} {}",
            origin.scheme.map_or("-", |scheme| scheme.name()),
            prefix.as_ref().map_or("-", |prefix| prefix.as_str()),
        ))
    }

    #[test]
    fn number_of_hops_selects_the_entry_from_the_right() {
        for (hops, lines, expected) in [
            (1, &[] as Lines, "- - -"),
            (1, &[("X-Forwarded-Proto", "https")], "https - -"),
            (1, &[("X-Forwarded-Proto", "HTTPS"), ("X-Forwarded-Host", "API.a:8443")], "https api.a:8443 -"),
            (1, &[("X-Forwarded-Host", "evil.example, api.a")], "- api.a -"),
            (1, &[("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Host", "api.a")], "- api.a -"),
            (1, &[("X-Forwarded-Host", "no host at all!,,\t, api.a")], "- api.a -"),
            (2, &[("X-Forwarded-Proto", "http, https, http")], "https - -"),
            (2, &[("X-Forwarded-Proto", "http"), ("X-Forwarded-Proto", "https, http")], "https - -"),
            (1, &[("X-Forwarded-Prefix", "/v1")], "- - /v1"),
            (1, &[("X-Forwarded-Prefix", "/v1/")], "- - /v1/"),
            (1, &[("Forwarded", "proto=https;host=api.a")], "https api.a -"),
            (
                1,
                &[("Forwarded", "Proto=https ; HOST=\"api.a:8443\";for=_x;;by=\"a,;\\\"b\";ext=1")],
                "https api.a:8443 -",
            ),
            (1, &[("Forwarded", "host=evil.example, host=api.a")], "- api.a -"),
            (1, &[("Forwarded", "garbage without sense, host=api.a")], "- api.a -"),
            (2, &[("Forwarded", "host=api.a;proto=https, for=10.0.0.2;proto=http")], "https api.a -"),
            (1, &[("Forwarded", "")], "- - -"),
            (1, &[("Forwarded", "for=192.0.2.1")], "- - -"),
            (1, &[("Forwarded", "proto=https"), ("X-Forwarded-Proto", "https")], "https - -"),
            (1, &[("Forwarded", "proto=https"), ("X-Forwarded-For", "192.0.2.1")], "https - -"),
            (1, &[("Forwarded", "proto=https"), ("X-Forwarded-Prefix", "/v1")], "https - /v1"),
        ] {
            assert_eq!(stated(&TrustedProxies::hops(hops), lines).as_deref(), Ok(expected), "{lines:?}");
        }
    }

    #[test]
    fn entries_are_read_from_the_right_up_to_the_first_untrusted_sender() {
        let networks = TrustedProxies::networks(["10.0.0.0/8", "2001:db8::/32"]).unwrap();
        for (lines, expected) in [
            (&[] as Lines, "- - -"),
            (&[("X-Forwarded-Proto", "https")], "https - -"),
            (&[("X-Forwarded-Proto", "http, https"), ("X-Forwarded-For", "192.0.2.1")], "https - -"),
            (&[("X-Forwarded-Proto", "https, http"), ("X-Forwarded-For", "192.0.2.1, 10.0.0.2")], "https - -"),
            (
                &[
                    ("X-Forwarded-Proto", "http, https, http"),
                    ("X-Forwarded-For", "10.9.9.9, 192.0.2.1, 10.0.0.2:4711"),
                ],
                "https - -",
            ),
            // The client claims to be a trusted proxy. The entries to the left of its real address are not read.
            (&[("X-Forwarded-Host", "evil.example, api.a"), ("X-Forwarded-For", "10.0.0.7, 192.0.2.1")], "- api.a -"),
            // A hidden address is not trusted.
            (&[("X-Forwarded-Host", "evil.example, api.a"), ("X-Forwarded-For", "10.0.0.7, unknown")], "- api.a -"),
            // A trusted proxy replaced the header and wrote its only entry.
            (&[("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1, 10.0.0.3, 10.0.0.2")], "https - -"),
            // The client's address is in the trusted networks, but only one proxy wrote an entry.
            (&[("X-Forwarded-Host", "evil.example, api.a"), ("X-Forwarded-For", "10.0.0.9")], "- api.a -"),
            // A malformed entry that no trusted proxy wrote is not read.
            (&[("X-Forwarded-Host", "%%, api.a"), ("X-Forwarded-For", "%%, 192.0.2.1")], "- api.a -"),
            (
                &[("Forwarded", "host=evil.example;for=10.0.0.7, host=api.a;for=192.0.2.1, host=inner;for=10.0.0.2")],
                "- api.a -",
            ),
            (
                &[("Forwarded", "host=evil.example, host=api.a;for=192.0.2.1, host=inner;for=\"[2001:db8::1]:80\"")],
                "- api.a -",
            ),
            (
                &[("Forwarded", "host=evil.example, host=api.a;for=_hidden, host=inner;for=\"10.0.0.2:_p\"")],
                "- api.a -",
            ),
            (&[("Forwarded", "host=evil.example, host=api.a")], "- api.a -"),
        ] {
            assert_eq!(stated(&networks, lines).as_deref(), Ok(expected), "{lines:?}");
        }
    }

    #[test]
    fn malformed_entry_of_a_trusted_proxy_is_rejected() {
        for (header, value) in [
            ("x-forwarded-proto", ""),
            ("x-forwarded-proto", "https,"),
            ("x-forwarded-proto", "ws"),
            ("x-forwarded-proto", "https://"),
            ("x-forwarded-proto", "\"https\""),
            ("x-forwarded-host", "api.a/"),
            ("x-forwarded-host", "https://api.a"),
            ("x-forwarded-host", "user@api.a"),
            ("x-forwarded-host", "api.a:99999"),
            ("x-forwarded-host", "\u{e4}pi.a"),
            ("x-forwarded-host", "\"evil.example, api.a"),
            ("x-forwarded-prefix", ""),
            ("x-forwarded-prefix", "v1"),
            ("x-forwarded-prefix", "//evil.example"),
            ("x-forwarded-prefix", "/v1//a"),
            ("x-forwarded-prefix", "/v1/.."),
            ("x-forwarded-prefix", "/.."),
            ("x-forwarded-prefix", "/v1/%2e%2e/admin"),
            ("x-forwarded-prefix", "/./v1"),
            ("x-forwarded-prefix", "/v1%2Fa"),
            ("x-forwarded-prefix", "/v1%2fa"),
            ("x-forwarded-prefix", "/v1%5Ca"),
            ("x-forwarded-prefix", "/v1\\a"),
            ("x-forwarded-prefix", "/v1?a"),
            ("x-forwarded-prefix", "/v1#a"),
            ("x-forwarded-prefix", "/v1, /v2"),
            ("x-forwarded-prefix", "https://evil.example/v1"),
            ("forwarded", "host"),
            ("forwarded", "host=api.a:8443"),
            ("forwarded", "host=\"api.a"),
            ("forwarded", "host=\"api.a\"x"),
            ("forwarded", "host=\"ap\\i.a\""),
            ("forwarded", "host=\""),
            ("forwarded", "host="),
            ("forwarded", "host=a;host=b"),
            ("forwarded", "host=a;Host=a"),
            ("forwarded", "proto=ftp"),
            ("forwarded", "ho st=a"),
            ("forwarded", "=a"),
            ("forwarded", "proto=https;host=\"evil.example, proto=https;host=\"api.a\""),
        ] {
            let error =
                Forwarded::read(TrustedProxies::hops(1).for_peer(None).unwrap(), &[(header, value)]).unwrap_err();
            assert_eq!(error, TargetError::Forwarded { header }, "{header}: {value}");
        }
    }

    #[test]
    fn malformed_address_in_an_entry_of_a_trusted_proxy_is_rejected() {
        let networks = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
        for (header, lines) in [
            ("x-forwarded-for", &[("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1, proxy")] as Lines),
            ("x-forwarded-for", &[("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1, ")]),
            ("forwarded", &[("Forwarded", "for=192.0.2.1, for=proxy")]),
            ("forwarded", &[("Forwarded", "for=192.0.2.1, for=10.0.0.2;for=10.0.0.2")]),
        ] {
            assert_eq!(stated(&networks, lines), Err(TargetError::Forwarded { header }), "{lines:?}");
        }
    }

    #[test]
    fn header_with_fewer_entries_than_hops_is_rejected() {
        let two = TrustedProxies::hops(2);
        for (header, lines) in [
            ("x-forwarded-proto", &[("X-Forwarded-Proto", "https")] as Lines),
            ("x-forwarded-host", &[("X-Forwarded-Proto", "https, http"), ("X-Forwarded-Host", "api.a")]),
            ("forwarded", &[("Forwarded", "proto=https")]),
        ] {
            let error = TargetError::ForwardedTooShort { header, entries: 1, hops: 2 };
            assert_eq!(stated(&two, lines), Err(error), "{lines:?}");
        }
    }

    #[test]
    fn a_header_has_at_most_64_entries() {
        let by_networks = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
        for proxies in [TrustedProxies::hops(1), by_networks] {
            let proxies = proxies.for_peer(Some(IpAddr::from([10, 0, 0, 1]))).unwrap();
            for (header, entry) in [
                ("forwarded", "for=10.0.0.2;proto=https"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "api.a"),
                ("x-forwarded-for", "10.0.0.2"),
            ] {
                let of = |entries: usize| {
                    let line = vec![entry; entries - 1].join(", ");
                    // X-Forwarded-For is read only beside another header.
                    let host = if header == "x-forwarded-for" { "x-forwarded-host" } else { "other" };
                    Forwarded::read(proxies, &vec![(host, "api.a"), (header, line.as_str()), (header, entry)])
                };
                assert!(of(64).is_ok(), "{header}");
                assert_eq!(of(65).unwrap_err(), TargetError::ForwardedTooLong { header, limit: 64 });
            }
        }
    }

    #[test]
    fn forwarded_and_x_forwarded_headers_that_disagree_are_rejected() {
        for lines in [
            &[("Forwarded", "proto=https"), ("X-Forwarded-Proto", "http")] as Lines,
            &[("Forwarded", "proto=https;host=evil.example"), ("X-Forwarded-Proto", "https")],
            &[("Forwarded", "proto=https"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")],
            &[("Forwarded", "for=192.0.2.1"), ("X-Forwarded-Host", "api.a")],
        ] {
            assert_eq!(stated(&TrustedProxies::hops(1), lines), Err(TargetError::ForwardedConflict), "{lines:?}");
        }
    }

    #[test]
    fn header_longer_than_the_limit_is_rejected() {
        let proxies = TrustedProxies::hops(1);
        let half = "a".repeat(4096);
        let lines = [("forwarded", half.as_str()), ("forwarded", half.as_str()), ("forwarded", "a")];
        assert_eq!(
            Forwarded::read(proxies.for_peer(None).unwrap(), &lines).unwrap_err(),
            TargetError::TooLong { length: 8193, limit: 8192 }
        );
        // This header is short enough to be read. It has no `=`.
        let lines = [("forwarded", half.as_str()), ("forwarded", half.as_str())];
        assert_eq!(
            Forwarded::read(proxies.for_peer(None).unwrap(), &lines).unwrap_err(),
            TargetError::Forwarded { header: "forwarded" }
        );
    }

    #[test]
    fn header_that_is_not_utf_8_is_rejected() {
        let proxies = TrustedProxies::hops(1);
        let error = Forwarded::read(proxies.for_peer(None).unwrap(), &[("forwarded", b"\xff")]).unwrap_err();
        assert_eq!(error, TargetError::Forwarded { header: "forwarded" });
    }
}
