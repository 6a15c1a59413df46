//! What trusted proxies tell of the URL that a client called: `Forwarded` and `X-Forwarded-*`.
//!
//! Each header is one list, however many lines it has
//! ([RFC 9110 §5.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)), to which each proxy appends. Only the right
//! end of it is known to be true, so it is read from there.

use super::TargetError;
use super::authority::{Authority, Scheme};
use super::entries::{HeaderList, TrustedEntries, split_unquoted};
use super::path::Path;
use super::proxies::ProxyChain;
use crate::credentials::is_token;
use crate::request::HeaderSource;

/// What the trusted proxies say; nothing where they are silent.
#[derive(Debug, Default)]
pub(super) struct Forwarded {
    pub(super) origin: ForwardedOrigin,
    pub(super) prefix: Option<Path>,
}

/// Scheme and authority of the URL, as far as a proxy knows them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ForwardedOrigin {
    pub(super) scheme: Option<Scheme>,
    pub(super) authority: Option<Authority>,
}

impl Forwarded {
    /// Reads what the proxies of `chain` put into the headers.
    pub(super) fn by(chain: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Self, TargetError> {
        let origin = match (forwarded(chain, headers)?, x_forwarded(chain, headers)?) {
            // A proxy that writes one kind often lets the client's other kind through: it must not add or change a
            // thing.
            (Some(standard), Some(usual)) if standard != usual => return Err(TargetError::ForwardedConflict),
            (told, other) => told.or(other).unwrap_or_default(),
        };
        Ok(Self { origin, prefix: x_forwarded_prefix(headers)? })
    }
}

/// [RFC 7239 §4](https://www.rfc-editor.org/rfc/rfc7239#section-4): an entry is `for=…;proto=…;host=…` of one proxy.
fn forwarded(chain: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Option<ForwardedOrigin>, TargetError> {
    let list = HeaderList::read(headers, "forwarded")?;
    let reach = TrustedEntries::of(chain, &list, |entry| Ok(Entry::parse(entry)?.client));
    let Some(entry) = list.written_within(reach?)? else { return Ok(None) };
    let entry = Entry::parse(entry)?;
    Ok(Some(ForwardedOrigin {
        scheme: entry.proto.map(Scheme::parse).transpose().map_err(|_| Entry::MALFORMED)?,
        authority: entry.host.map(Authority::parse).transpose().map_err(|_| Entry::MALFORMED)?,
    }))
}

/// The older headers: parallel lists, with the addresses in `X-Forwarded-For`.
fn x_forwarded(chain: ProxyChain<'_>, headers: &dyn HeaderSource) -> Result<Option<ForwardedOrigin>, TargetError> {
    let (proto, host) =
        (HeaderList::read(headers, "x-forwarded-proto")?, HeaderList::read(headers, "x-forwarded-host")?);
    if proto.entries.is_empty() && host.entries.is_empty() {
        return Ok(None);
    }
    let reach = TrustedEntries::of(chain, &HeaderList::read(headers, "x-forwarded-for")?, |entry| Ok(Some(entry)))?;
    Ok(Some(ForwardedOrigin {
        scheme: proto.written_within(reach)?.map(Scheme::parse).transpose().map_err(|_| proto.malformed())?,
        authority: host.written_within(reach)?.map(Authority::parse).transpose().map_err(|_| host.malformed())?,
    }))
}

/// The path that a proxy strips. Each proxy strips one of its own or none, so of several entries nobody could say which
/// is whose: there may be one.
fn x_forwarded_prefix(headers: &dyn HeaderSource) -> Result<Option<Path>, TargetError> {
    let list = HeaderList::read(headers, "x-forwarded-prefix")?;
    match list.entries.as_slice() {
        [] => Ok(None),
        [prefix] => prefix_path(prefix).map(Some).ok_or(list.malformed()),
        [_, _, ..] => Err(list.malformed()),
    }
}

/// A prefix that says what it means: no dot segments, no empty ones, no slashes in disguise.
fn prefix_path(text: &str) -> Option<Path> {
    let path = Path::parse(text).ok()?;
    let plain = path.as_str() == text && !["//", "%2F", "%5C"].into_iter().any(|trick| text.contains(trick));
    plain.then_some(path)
}

/// One proxy's entry in `Forwarded`. Parameters other than these are ignored.
#[derive(Debug, Default)]
struct Entry<'r> {
    client: Option<&'r str>,
    proto: Option<&'r str>,
    host: Option<&'r str>,
}

impl<'r> Entry<'r> {
    const MALFORMED: TargetError = TargetError::Forwarded { header: "forwarded" };

    fn parse(text: &'r str) -> Result<Self, TargetError> {
        let mut entry = Self::default();
        for pair in split_unquoted(text, ';').ok_or(Self::MALFORMED)?.into_iter().filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(Self::MALFORMED)?;
            // RFC 7239 §4: parameter names ignore case.
            let known = match name.to_ascii_lowercase().as_str() {
                "for" => &mut entry.client,
                "proto" => &mut entry.proto,
                "host" => &mut entry.host,
                _ if is_token(name) => continue,
                _ => return Err(Self::MALFORMED),
            };
            // RFC 7239 §4: each parameter occurs once in an entry.
            if known.replace(parameter_value(value).ok_or(Self::MALFORMED)?).is_some() {
                return Err(Self::MALFORMED);
            }
        }
        Ok(entry)
    }
}

/// A token, or what stands between quotes. Escapes stay as they are: nothing we look for has any, so they reject later.
fn parameter_value(text: &str) -> Option<&str> {
    match text.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"'),
        None => is_token(text).then_some(text),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::net::IpAddr;

    use super::super::TrustedProxies;
    use super::super::entries::MAX_HEADER;
    use super::{Forwarded, TargetError};

    type Lines = &'static [(&'static str, &'static str)];

    /// What trusted proxies tell, as text; the peer is 10.0.0.1.
    fn told(proxies: &TrustedProxies, lines: Lines) -> Result<String, TargetError> {
        let peer = IpAddr::from([10, 0, 0, 1]);
        let Forwarded { origin, prefix } = Forwarded::by(proxies.chain(Some(peer)).unwrap(), &lines.to_vec())?;
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
    fn hops_count_entries_from_the_right() {
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
            assert_eq!(told(&TrustedProxies::hops(hops), lines).as_deref(), Ok(expected), "{lines:?}");
        }
    }

    #[test]
    fn networks_are_followed_from_the_right_while_they_last() {
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
            // The client says it was a proxy of ours: what stands before its true address is not read.
            (&[("X-Forwarded-Host", "evil.example, api.a"), ("X-Forwarded-For", "10.0.0.7, 192.0.2.1")], "- api.a -"),
            // A hidden address is nobody's.
            (&[("X-Forwarded-Host", "evil.example, api.a"), ("X-Forwarded-For", "10.0.0.7, unknown")], "- api.a -"),
            // One proxy replaces the header, so what is there is its word.
            (&[("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1, 10.0.0.3, 10.0.0.2")], "https - -"),
            // A client within our networks is still a client: only one entry was written by a proxy.
            (&[("X-Forwarded-Host", "evil.example, api.a"), ("X-Forwarded-For", "10.0.0.9")], "- api.a -"),
            // Garbage that no trusted proxy wrote is not read.
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
            assert_eq!(told(&networks, lines).as_deref(), Ok(expected), "{lines:?}");
        }
    }

    #[test]
    fn what_a_trusted_proxy_cannot_have_meant_is_rejected() {
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
            let error = Forwarded::by(TrustedProxies::hops(1).chain(None).unwrap(), &[(header, value)]).unwrap_err();
            assert_eq!(error, TargetError::Forwarded { header }, "{header}: {value}");
        }
    }

    #[test]
    fn addresses_that_a_trusted_proxy_cannot_have_meant_are_rejected() {
        let networks = TrustedProxies::networks(["10.0.0.0/8"]).unwrap();
        for (header, lines) in [
            ("x-forwarded-for", &[("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1, nobody")] as Lines),
            ("x-forwarded-for", &[("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1, ")]),
            ("forwarded", &[("Forwarded", "for=192.0.2.1, for=nobody")]),
            ("forwarded", &[("Forwarded", "for=192.0.2.1, for=10.0.0.2;for=10.0.0.2")]),
        ] {
            assert_eq!(told(&networks, lines), Err(TargetError::Forwarded { header }), "{lines:?}");
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
            assert_eq!(told(&two, lines), Err(error), "{lines:?}");
        }
    }

    #[test]
    fn two_kinds_of_headers_that_do_not_say_the_same_are_rejected() {
        for lines in [
            &[("Forwarded", "proto=https"), ("X-Forwarded-Proto", "http")] as Lines,
            &[("Forwarded", "proto=https;host=evil.example"), ("X-Forwarded-Proto", "https")],
            &[("Forwarded", "proto=https"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")],
            &[("Forwarded", "for=192.0.2.1"), ("X-Forwarded-Host", "api.a")],
        ] {
            assert_eq!(told(&TrustedProxies::hops(1), lines), Err(TargetError::ForwardedConflict), "{lines:?}");
        }
    }

    #[test]
    fn header_beyond_any_chain_of_proxies_is_rejected() {
        let chain = TrustedProxies::hops(1);
        let half = "a".repeat(MAX_HEADER / 2);
        let lines = [("forwarded", half.as_str()), ("forwarded", half.as_str()), ("forwarded", "a")];
        assert_eq!(
            Forwarded::by(chain.chain(None).unwrap(), &lines).unwrap_err(),
            TargetError::TooLong { length: MAX_HEADER + 1, limit: MAX_HEADER }
        );
    }

    #[test]
    fn octets_that_are_no_text_are_rejected() {
        let error = Forwarded::by(TrustedProxies::hops(1).chain(None).unwrap(), &[("forwarded", b"\xff")]).unwrap_err();
        assert_eq!(error, TargetError::Forwarded { header: "forwarded" });
    }
}
